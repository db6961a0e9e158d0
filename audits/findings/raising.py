"""What the portal sees: something wrong, the same again, and that it is gone.

By a worker that follows the trail (`following`) or the clock (`due`), behind the entry that is the evidence. The same kind with
the same key is the same finding: it is opened once, and opened again if it was closed, or if it was accepted and is not any more
what was accepted: when it is worse, somebody else may have caused it, or the evidence says something else. Otherwise being seen
again is written down when there is newer evidence, and else once a day.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from audits.acts import Act
from audits.findings import writing
from audits.findings.identity import code_of
from audits.kinds import KINDS, FindingKind
from audits.models import Finding, FindingStatus
from portal.verbs.actor import WORKER

SEEN_EVERY = timedelta(days=1)
# Of the entries that are evidence the last are named.
MOST = 50


def raise_finding(
    *,
    kind: FindingKind,
    key: Mapping[str, str],
    evidence: Collection[int],
    now: datetime,
    caused_by: Collection[str] = (),
    says_more: bool = False,
    remark: str = "",
) -> Finding:
    """Open the finding, or note that it was seen again; return it.

    `evidence`: ids of entries of the trail. `caused_by`: usernames of people who can not be the ones to accept it. `says_more`:
    the evidence tells what that before did not. `remark`: what no entry says. Raises ValueError for a key that is not its kind's.
    """
    code = code_of(kind, key)
    writing.hold()
    finding = Finding.objects.filter(code=code).first()
    data = {"evidence": sorted(set(evidence))[-MOST:], "remark": remark}
    newest = max(evidence, default=0)
    level = KINDS[kind].severity
    if finding is None:
        finding = Finding(code=code, kind=kind, key=dict(key), severity=level, caused_by=sorted(set(caused_by)))
        _open(finding, now)
        finding.first_seen_at, finding.evidence_to = now, newest
        writing.write(finding, Act.FINDING_OPENED, actor=WORKER, now=now, data=data)
        return finding
    is_other = says_more or level > finding.severity or not set(caused_by) <= set(finding.caused_by)
    is_news = is_other or newest > finding.evidence_to
    finding.evidence_to = max(finding.evidence_to, newest)
    finding.severity = max(finding.severity, level)
    finding.caused_by = sorted({*finding.caused_by, *caused_by})
    if finding.status == FindingStatus.CLOSED or (finding.status == FindingStatus.ACCEPTED and is_other):
        reopen(finding, now)
        writing.write(finding, Act.FINDING_REOPENED, actor=WORKER, now=now, data=data)
    elif is_news or now - finding.last_seen_at >= SEEN_EVERY:
        finding.last_seen_at = now
        writing.write(finding, Act.FINDING_SEEN, actor=WORKER, now=now, data=data)
    return finding


def see_again(findings: Collection[tuple[FindingKind, Mapping[str, str]]], *, now: datetime) -> None:
    """Note of those of the findings that are there still and were not seen for a day that they were. Two statements at least."""
    codes = [code_of(kind, key) for kind, key in findings]
    unseen = Finding.objects.filter(code__in=codes, last_seen_at__lte=now - SEEN_EVERY).exclude(status=FindingStatus.CLOSED)
    if not unseen.exists():
        return
    writing.hold()
    for finding in unseen.order_by("pk"):
        finding.last_seen_at = now
        writing.write(finding, Act.FINDING_SEEN, actor=WORKER, now=now, data={"evidence": [], "remark": ""})


def gone(*, kind: FindingKind, key: Mapping[str, str], evidence: Collection[int], now: datetime) -> None:
    """Close the finding, if there is one that is not closed: its cause is there no longer."""
    code = code_of(kind, key)
    if not Finding.objects.filter(code=code).exclude(status=FindingStatus.CLOSED).exists():
        return
    writing.hold()
    finding = Finding.objects.get(code=code)
    if finding.status == FindingStatus.CLOSED:
        return
    close(finding, now)
    data = {"evidence": sorted(set(evidence))[-MOST:], "remark": ""}
    writing.write(finding, Act.FINDING_GONE, actor=WORKER, now=now, data=data)


def close(finding: Finding, now: datetime) -> None:
    """Set what a closed finding has. Who owned it and when it was due stays: it may come again."""
    finding.status, finding.closed_at = FindingStatus.CLOSED, now
    forget_acceptance(finding)


def reopen(finding: Finding, now: datetime) -> None:
    """Set what a finding has that is open again: the same one."""
    _open(finding, now)
    finding.times_opened += 1


def forget_acceptance(finding: Finding) -> None:
    finding.accepted_until, finding.accepted_by = None, ""
    finding.asked_by, finding.asked_until, finding.asked_because = "", None, ""


def _open(finding: Finding, now: datetime) -> None:
    finding.status, finding.closed_at = FindingStatus.OPEN, None
    finding.opened_at = finding.last_seen_at = now
    forget_acceptance(finding)
