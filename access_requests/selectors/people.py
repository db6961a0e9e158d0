"""People, for those who read everything: lists of them, and all that one of them has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from access_requests.lifecycle import DRIFT_OPEN, UNDECIDED, UNSETTLED
from access_requests.models import AccessRequest, ApiClient, ApprovalLevel, Binding, Drift, Elevation, PersonalToken, WorkGroup
from access_requests.selectors import catalogue, personal_tokens
from portal.users import sessions
from portal.users.models import User

APPROVER, ADMINISTRATOR, AUDITOR = "approver", "administrator", "auditor"
ENABLED, DISABLED = "enabled", "disabled"
BOUND, UNBOUND, IN_PRODUCTION = "bound", "unbound", "in_production"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list of people is narrowed to. Empty ones narrow nothing; `words` are looked for in names and e-mail addresses."""

    words: str = ""
    state: str = ""
    duty: str = ""
    in_aws: str = ""


@dataclass(frozen=True, kw_only=True)
class Has:
    """What a person has now, all of which ends when they are disabled."""

    sessions: Sequence[UserSession]
    tokens: Sequence[PersonalToken]
    waiting: Sequence[AccessRequest]
    elevations: Sequence[Elevation]


def filtered(filters: Filters) -> QuerySet[User]:
    rows = User.objects.annotate(approves=Exists(_seats()))
    if filters.words:
        fields = ("username", "name", "email")
        rows = rows.filter(Q(*[(f"{field}__icontains", filters.words) for field in fields], _connector=Q.OR))
    for chosen in (filters.state, filters.duty, filters.in_aws):
        rows = rows.filter(CHOICES[chosen]) if chosen else rows
    return rows


def in_full(rows: QuerySet[User]) -> QuerySet[User]:
    """Return them with all that a row shows, in a constant number of queries."""
    now_open = Elevation.objects.filter(status__in=UNSETTLED).select_related("work_group").order_by("ends_at")
    rows = rows.annotate(approves=Exists(_seats())).select_related("iam_user", "identity_center_user")
    return rows.prefetch_related("standing_groups", "held_roles", Prefetch("elevations", now_open))


def has(person: User, *, now: datetime) -> Has:
    """Costs four queries."""
    waiting = AccessRequest.objects.filter(requester=person, status__in=UNDECIDED).prefetch_related("work_groups")
    elevations = Elevation.objects.filter(person=person, status__in=UNSETTLED).select_related("work_group")
    return Has(
        sessions=list(sessions.live(now=now).filter(user=person)),
        tokens=list(personal_tokens.live(personal_tokens.of_person(person), now=now)),
        waiting=list(waiting.order_by("pk")),
        elevations=list(elevations.order_by("ends_at", "pk")),
    )


def seats(person: User) -> Sequence[ApprovalLevel]:
    """Return the levels at which the person decides, each with its policy, work groups and other approvers."""
    groups = Prefetch("policy__work_groups", WorkGroup.objects.filter(retired_at=None).order_by("name"))
    rows = ApprovalLevel.objects.filter(approvers=person, policy__retired_at=None).select_related("policy")
    return list(rows.prefetch_related("approvers", groups).order_by("policy__key", "number"))


def left_without(person: User) -> Sequence[ApprovalLevel]:
    """Return the levels that nobody can pass once the person is disabled: too few others approve there."""
    rows = seats(person)
    others = {row.pk: [each for each in row.approvers.all() if each.is_active and each.pk != person.pk] for row in rows}
    return [row for row in rows if len(others[row.pk]) < row.approvals]


def may_ask_for(person: User) -> Sequence[WorkGroup]:
    return list(catalogue.requestable_by(person))


def owned_clients(person: User) -> Sequence[ApiClient]:
    """Return the services whose secret the person was shown, or is said to know."""
    return list(ApiClient.objects.filter(owners=person, retired_at=None).order_by("key"))


def drift_of(person: User) -> Sequence[Drift]:
    """Return what is otherwise in AWS than the portal left it about the person's users there."""
    bound: Sequence[Binding] = list(person.bindings.all())
    names = [row.user_name for row in bound]
    if not names:
        return []
    return list(Drift.objects.filter(Q(name__in=names) | Q(thing__in=names), status__in=DRIFT_OPEN).order_by("-pk"))


def _seats() -> QuerySet[ApprovalLevel]:
    return ApprovalLevel.objects.filter(approvers=OuterRef("pk"), policy__retired_at=None)


CHOICES: Mapping[str, Q | Exists] = {
    ENABLED: Q(is_active=True),
    DISABLED: Q(is_active=False),
    ADMINISTRATOR: Q(is_administrator=True),
    AUDITOR: Q(is_auditor=True),
    APPROVER: Exists(_seats()),
    BOUND: Q(iam_user__isnull=False) | Q(identity_center_user__isnull=False),
    UNBOUND: Q(iam_user__isnull=True, identity_center_user__isnull=True),
    IN_PRODUCTION: Exists(Elevation.objects.filter(person=OuterRef("pk"), status__in=UNSETTLED)),
}


def administrators() -> QuerySet[User]:
    """Return those who can administer the portal now."""
    return User.objects.filter(is_administrator=True, is_active=True)
