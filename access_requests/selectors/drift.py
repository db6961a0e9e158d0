"""Drift, and the comparisons that found it: who may see which, and what a page shows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from access_requests.lifecycle import DRIFT_OPEN, ElevationStatus
from access_requests.models import AccountKind, AwsAccount, Drift, Elevation, Reconciliation, WorkGroup
from audits.findings import culprits
from audits.findings.identity import code_of
from audits.kinds import FindingKind
from audits.models import Finding, TrailEntry
from portal.users.models import User

NEWEST_FIRST = "-id"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list of drift is narrowed to. Empty ones narrow nothing, but that what is settled is shown only where asked for."""

    settled_too: bool = False
    kind: str = ""
    work_group: str = ""
    words: str = ""


def may_see_any(person: User) -> bool:
    """Whether drift is for the person's eyes at all: for who reads everything, and for leads."""
    return person.reads_everything or person.approval_levels.exists()


def visible_to(person: User) -> QuerySet[Drift]:
    """Return what is for the person's eyes: of a lead, what is about the work groups that name them."""
    if person.reads_everything:
        return Drift.objects.all()
    return Drift.objects.filter(work_group__in=WorkGroup.objects.filter(policy__levels__approvers=person))


def in_full(rows: QuerySet[Drift]) -> QuerySet[Drift]:
    """Return them with all that a list or a page shows, in one query."""
    return rows.select_related("work_group", "elevation__person")


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


def finding_of(drift: Drift) -> Finding | None:
    """Return the finding that the drift's entries made, where a worker has followed them."""
    return Finding.objects.filter(code=_finding_code(drift)).first()


def caused_by(person: User, rows: Iterable[Drift]) -> frozenset[str]:
    """Return the codes of those drifts that the person may have caused, as their findings say. One query."""
    codes = {_finding_code(row): row.code for row in rows}
    said = Finding.objects.filter(code__in=codes).values_list("code", "caused_by")
    return frozenset(codes[code] for code, names in said if person.username in names)


def may_have_caused(person: User, drift: Drift) -> bool:
    """Whether the person may have: by the drift's finding, and before there is one by the trail's last word on the drift."""
    if (finding := finding_of(drift)) is not None:
        return person.username in finding.caused_by
    last = history(drift).filter(data__has_key="drift").last()
    return last is not None and person.username in culprits.of_drift(last)


def _finding_code(drift: Drift) -> str:
    key = {"difference": drift.kind, "account": drift.account, "thing": drift.thing, "name": drift.name}
    return code_of(FindingKind.DRIFT, key)


def inside(drift: Drift) -> QuerySet[Elevation]:
    """Return the access that people have right now by the group, or to the role, that a drift is about."""
    of_role = Q(work_group__target_roles__account__key=drift.account, work_group__target_roles__name=drift.thing)
    rows = Elevation.objects.filter(Q(work_group__name=drift.thing) | of_role, status=ElevationStatus.ACTIVE)
    return rows.select_related("person", "work_group").order_by("ends_at", "id").distinct()


def history(drift: Drift) -> QuerySet[TrailEntry]:
    """Return what the trail has of a drift, oldest first."""
    return TrailEntry.objects.filter(subject=drift.code).order_by("id")


def latest() -> Reconciliation | None:
    """Return the last comparison that came to its end."""
    return _comparisons().filter(ended_at__isnull=False).order_by("-began_at").first()


def under_way() -> Reconciliation | None:
    """Return the comparison that runs now."""
    return _comparisons().filter(running=True).first()


def never_read() -> QuerySet[AwsAccount]:
    """Return the accounts in which the portal has no role to read them by."""
    return AwsAccount.objects.filter(gate_role_arn="").exclude(kind=AccountKind.JUMP).order_by("account_id")


def _comparisons() -> QuerySet[Reconciliation]:
    return Reconciliation.objects.defer("matrix")  # It grows with the company, and has a reader of its own.
