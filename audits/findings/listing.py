"""Lists of findings: the worst first, of these the newest. Each filter is read out of an index, however many there are."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from audits import mentions
from audits.models import Finding, FindingStatus, Severity
from portal.pages.narrowing import Count, count_of

WORST_FIRST = ("-severity", "-pk")


@dataclass(frozen=True, kw_only=True)
class Filters:
    """`status` is one of FindingStatus, `waiting` for what waits for a second administrator, `overdue`, or empty for all.

    `names` is what a finding names, whole: a person, a group, an account, a code.
    """

    status: str = ""
    kind: str = ""
    severity: str = ""
    owner: str = ""
    names: str = ""


WAITING, OVERDUE = "waiting", "overdue"


def found(filters: Filters, *, today: date) -> QuerySet[Finding]:
    """Return the findings that the filters leave, in no order yet."""
    rows = Finding.objects.filter(_status(filters.status, today))
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.severity:
        rows = rows.filter(severity=Severity[filters.severity.upper()])
    if filters.owner:
        rows = rows.filter(owner=filters.owner)
    if names := mentions.folded(filters.names):
        rows = rows.filter(names__value=names)
    return rows


def counts(*, today: date) -> dict[str, Count]:
    """Return how many are open, wait for a second administrator and are overdue, as far as one counts. Three queries."""
    states = (FindingStatus.OPEN, WAITING, OVERDUE)
    return {state: count_of(Finding.objects.filter(_status(state, today))) for state in states}


def _status(status: str, today: date) -> Q:
    if status == WAITING:
        return Q(status=FindingStatus.OPEN) & ~Q(asked_by="")
    if status == OVERDUE:
        return Q(status=FindingStatus.OPEN, due_on__lt=today)
    return Q(status=status) if status else Q()
