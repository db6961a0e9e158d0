"""Drift, and the comparisons that found it."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from access_requests.lifecycle import DRIFT_OPEN
from access_requests.models import Drift, Reconciliation

NEWEST_FIRST = "-id"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list of drift is narrowed to. Empty ones narrow nothing, but that what is settled is shown only where asked for."""

    settled_too: bool = False
    kind: str = ""
    work_group: str = ""
    words: str = ""


def in_full(rows: QuerySet[Drift]) -> QuerySet[Drift]:
    """Return them with all that a list or a page shows, in one query."""
    return rows.select_related("work_group", "elevation")


def still_open() -> QuerySet[Drift]:
    return Drift.objects.filter(status__in=DRIFT_OPEN)


def filtered(rows: QuerySet[Drift], filters: Filters) -> QuerySet[Drift]:
    """Return the rows narrowed, newest first."""
    if not filters.settled_too:
        rows = rows.filter(status__in=DRIFT_OPEN)
    exact = {"kind": filters.kind, "work_group__name": filters.work_group}
    rows = rows.filter(**{field: value for field, value in exact.items() if value})
    if filters.words:
        fields = ("code", "account", "thing", "name", "principal")
        rows = rows.filter(Q(*[(f"{field}__icontains", filters.words) for field in fields], _connector=Q.OR))
    return rows.order_by(NEWEST_FIRST)


def latest() -> Reconciliation | None:
    """Return the last comparison that came to its end."""
    return Reconciliation.objects.filter(ended_at__isnull=False).order_by("-began_at").first()


def under_way() -> Reconciliation | None:
    """Return the comparison that runs now."""
    return Reconciliation.objects.filter(running=True).first()
