"""What a sweep finds by the clock: ends past due, a failed verification, acceptances that are over; and what is to be told."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from audits import selectors, trail
from audits.acts import Act
from audits.findings import following, raising, unanswered, writing
from audits.findings.identity import code_of
from audits.kinds import KINDS, FindingKind
from audits.models import Finding, FindingStatus, Stay, TrailEntry, Verification
from portal.verbs.actor import WORKER
from portal.verbs.run import run

# A worker takes an end up within seconds.
SLOW = timedelta(minutes=5)
# Each of them has the end of an access; what began its end came early.
STEPS = (
    *(Act.ELEVATION_GRANTING, Act.ELEVATION_ACTIVE, Act.ELEVATION_EXTENDED, Act.ELEVATION_EXTENSION_REFUSED),
    Act.ELEVATION_REVOKING,
)
SUBJECT = "findings"
OPENED = (Act.FINDING_OPENED, Act.FINDING_REOPENED)
BATCH, MOST = 1000, 20


def sweep(*, now: datetime) -> None:
    """Follow the trail, and do all that is due. Twelve queries where nothing is."""
    following.follow(now=now)
    _raise_overdue(now)
    _judge_verification(now)
    _end_acceptances(now)
    unanswered.judge(now=now)
    tell(now=now)


def today(now: datetime) -> date:
    """Return the day of the portal's own zone, by which acceptances end."""
    return now.astimezone(ZoneInfo(settings.DEFAULT_PERSON_TIME_ZONE)).date()


def _raise_overdue(now: datetime) -> None:
    """Raise the accesses that should have ended. What has ended closes by its entry (`following`)."""
    overdue = list(_overdue(now))
    codes = [code_of(FindingKind.END_OVERDUE, {"elevation": entry["subject"]}) for entry in overdue]
    lately = Finding.objects.filter(code__in=codes, last_seen_at__gt=now - raising.SEEN_EVERY)
    known = set(lately.exclude(status=FindingStatus.CLOSED).values_list("code", flat=True)) if codes else set()
    for code, entry in zip(codes, overdue, strict=True):
        if code not in known:
            raised = partial(
                raising.raise_finding,
                kind=FindingKind.END_OVERDUE,
                key={"elevation": entry["subject"]},
                evidence=[entry["pk"]],
                caused_by=[entry["data__elevation__person"]],
                now=now,
            )
            run(raised)


def _overdue(now: datetime) -> Iterator[Mapping[str, Any]]:
    """Yield the last entry of each access that the trail does not say has ended, and that should have. Two queries."""
    inside = Stay.objects.filter(hours__isnull=True).values_list("subject", flat=True)
    fields = ("pk", "subject", "act", "at", "data__elevation__ends_at", "data__elevation__person")
    steps = TrailEntry.objects.filter(subject__in=list(inside), act__in=STEPS).order_by("pk").values(*fields)
    for entry in {entry["subject"]: entry for entry in steps}.values():
        said = entry["data__elevation__ends_at"]
        end = entry["at"] if entry["act"] == Act.ELEVATION_REVOKING or not said else datetime.fromisoformat(said)
        if end < now - SLOW:
            yield entry


def _judge_verification(now: datetime) -> None:
    """Raise what the last verification found; one that holds closes what others of the same log found."""
    last = Verification.objects.order_by("-pk").first()
    if last is None:
        return
    key = {"log": last.origin, "place": last.fault.partition(": ")[0]}
    unclosed = Finding.objects.filter(kind=FindingKind.TRAIL_DAMAGED).exclude(status=FindingStatus.CLOSED)
    if last.faults:
        if not unclosed.filter(code=code_of(FindingKind.TRAIL_DAMAGED, key), last_seen_at__gt=now - raising.SEEN_EVERY).exists():
            raised = partial(
                raising.raise_finding, kind=FindingKind.TRAIL_DAMAGED, key=key, evidence=[], now=now, remark=last.fault
            )
            run(raised)
        return
    for finding in unclosed.filter(key__log=last.origin):
        run(partial(raising.gone, kind=FindingKind.TRAIL_DAMAGED, key=finding.key, evidence=[], now=now))


def _end_acceptances(now: datetime) -> None:
    """Open what was accepted until a day that is over: the same finding, again."""
    over = Finding.objects.filter(status=FindingStatus.ACCEPTED, accepted_until__lt=today(now))
    for code in list(over.values_list("code", flat=True)[:BATCH]):
        run(partial(_end_acceptance, code, now))


def _end_acceptance(code: str, now: datetime) -> None:
    writing.hold()
    finding = Finding.objects.get(code=code)
    if finding.status == FindingStatus.ACCEPTED:
        raising.reopen(finding, now)
        writing.write(finding, Act.FINDING_ACCEPTANCE_ENDED, actor=WORKER, now=now, data={"comment": ""})


def tell(*, now: datetime) -> int:
    """Have what was opened since the last time told in one entry, however much it is; return how much."""
    news, through = _untold()
    if news:
        run(partial(_append, news, through, now))
    return len(news)


def _untold() -> tuple[Sequence[TrailEntry], int]:
    """Return the entries that opened what nothing else tells of, after the last that was told. Two queries."""
    told = selectors.numbered().filter(subject=SUBJECT, act=Act.FINDINGS_TOLD).order_by("-pk")
    last = told.values_list("pk", "data__through").first()
    after = min(last[1], last[0]) if last is not None and isinstance(last[1], int) else 0
    entries = list(selectors.after(after).filter(act__in=OPENED)[:BATCH])
    return [entry for entry in entries if _is_told(entry)], max((entry.pk for entry in entries), default=0)


def _is_told(entry: TrailEntry) -> bool:
    about = KINDS.get(entry.data["finding"]["kind"])
    return about is None or about.is_told


def _append(news: Sequence[TrailEntry], through: int, now: datetime) -> None:
    worst = sorted(news, key=lambda entry: (-writing.level(entry.data["finding"]["severity"]), entry.pk))
    data = {"count": len(news), "found": [_named(entry) for entry in worst[:MOST]], "through": through}
    trail.record(now=now, act=Act.FINDINGS_TOLD, actor=WORKER.name, subject=SUBJECT, data=data)


def _named(entry: TrailEntry) -> dict[str, object]:
    finding = entry.data["finding"]
    again = entry.act == Act.FINDING_REOPENED
    return {**{name: finding[name] for name in ("code", "kind", "key", "severity")}, "again": again}
