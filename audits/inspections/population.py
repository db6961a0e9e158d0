"""The entries to production of a day, each with its leave, its work report and what was found of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from audits import presence
from audits.cloudtrail.classes import SETTLED
from audits.inspections import plan
from audits.inspections.rules import Leave, Report, Use
from audits.log_ins import extent, knowing
from audits.log_ins.knowing import Known
from audits.log_ins.selectors import QUIET
from audits.mentions import folded
from audits.models import FindingName, FindingStatus, LogIn, LogInClass, Stay, WorkReport

# Where nobody works on what the company runs on: who may always go there is not inspected. By leave, or without any, they are.
NOT_PRODUCTION = ("development", "staging")
ORDINARY = (LogInClass.STANDING, LogInClass.DECLARED)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """From when to when all was read of every account that can be read: None where one of them never was, or none is there.

    `unread` are the accounts that cannot be read, and those whose Regions AWS never told.
    """

    since: datetime | None
    until: datetime | None
    unread: Sequence[str] = field(default=())

    def has(self, day: date) -> bool:
        """Whether the day is read whole: CloudTrail may tell of it for a day after its end."""
        begins, ends = plan.span(day)
        return self.since is not None and self.until is not None and self.since <= begins and self.until >= ends + SETTLED

    def began_after(self, day: date) -> bool:
        """Whether reading began later: nothing will ever tell of the whole of the day."""
        return self.since is not None and self.since > plan.span(day)[0]


def reach(known: Known | None = None) -> Reach:
    """Return how far log-ins were read. Two queries."""
    known = known or knowing.known()
    readable = [place for place in known.places if place.is_readable]
    unread = [place.key for place in known.places if not (place.is_readable and place.are_told)]
    told = extent.how_far(known)
    read = [told.get(place.account) for place in readable]
    whole = [one for one in read if one is not None]
    if not whole or len(whole) < len(read):
        return Reach(since=None, until=None, unread=unread)
    return Reach(since=max(one[0] for one in whole), until=min(one[1] for one in whole), unread=unread)


def entries(since: datetime, until: datetime) -> QuerySet[LogIn]:
    """Return what is inspected of this time: whoever came in, but not who may always go where production is not."""
    elsewhere = [place.account for place in knowing.known().places if place.kind in NOT_PRODUCTION]
    came_in = LogIn.objects.filter(began_at__gte=since, began_at__lt=until).exclude(kind__in=(*QUIET, LogInClass.REFUSED))
    return came_in.exclude(Q(kind__in=ORDINARY, account__in=elsewhere)).order_by("began_at", "pk")


def refused(since: datetime, until: datetime) -> int:
    """Return how often AWS let nobody in."""
    return LogIn.objects.filter(began_at__gte=since, began_at__lt=until, kind=LogInClass.REFUSED).count()


def of_codes(codes: Collection[str]) -> Mapping[str, Use]:
    """Return log-in -> what is known of it now. Six queries, however many there are."""
    return {use.log_in: use for use in of(LogIn.objects.filter(code__in=codes).order_by("began_at", "pk"))} if codes else {}


def of(rows: Iterable[LogIn]) -> list[Use]:
    """Return the log-ins with what is known of each now."""
    found = list(rows)
    codes = sorted({row.elevation for row in found} - {""})
    leave = {access.code: access for access in presence.in_full(Stay.objects.filter(subject__in=codes))} if codes else {}
    reports = {row.elevation: row for row in WorkReport.objects.filter(elevation__in=codes)} if codes else {}
    findings = _findings({*codes, *(row.code for row in found)})
    known = knowing.known()
    return [_use(row, leave.get(row.elevation), reports.get(row.elevation), findings, known) for row in found]


def _use(
    row: LogIn,
    access: presence.Access | None,
    report: WorkReport | None,
    findings: Mapping[str, Collection[str]],
    known: Known,
) -> Use:
    place = known.place(row.account)
    entered: Mapping[str, Any] = row.entered
    named = {str(approval.decision["approver"]) for approval in access.approvals} if access else set[str]()
    owner = str(row.exemption["owner"]) if row.exemption else ""
    return Use(
        log_in=row.code,
        log_in_entry=row.entry_id,
        began_at=row.began_at,
        kind=row.kind,
        reason=row.reason,
        account=place.key if place else row.account,
        role=row.role.rpartition("/")[2],
        who=row.person or row.principal or str(entered.get("principal_id", "")) or row.account,
        person=row.person,
        elevation=row.elevation,
        request=access.request_code if access else "",
        requester=str(access.said.get("person", "")) if access else "",
        approvers=sorted((named | {owner}) - {""}),
        leave=_leave(access) if access else None,
        report=_report(report) if report else None,
        findings=sorted({*findings.get(row.code, ()), *findings.get(row.elevation, ())}),
    )


def _report(row: WorkReport) -> Report:
    said = {"done": row.done, "deviation": row.deviation}
    return Report(status=row.status, is_unused=row.is_unused, deviates=bool(row.deviation), entry=row.entry_id, **said)


def _leave(access: presence.Access) -> Leave:
    asked = {"ticket": str(access.asked.get("change_ticket", "")), "reason": str(access.asked.get("reason", ""))}
    return Leave(**asked, starts_at=access.starts_at, ends_at=access.ends_at)


def _findings(names: Collection[str]) -> Mapping[str, Collection[str]]:
    """Return log-in or access -> the codes of findings about it that are not closed. One query."""
    found: dict[str, list[str]] = defaultdict(list)
    by_value = {folded(name): name for name in names}
    rows = FindingName.objects.filter(value__in=[*by_value]).exclude(finding__status=FindingStatus.CLOSED)
    for value, code in rows.values_list("value", "finding__code"):
        found[by_value[value]].append(code)
    return found
