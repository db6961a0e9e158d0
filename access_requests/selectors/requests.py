"""Requests, for whoever may see them."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from access_requests import details, wording
from access_requests.lifecycle import UNDECIDED
from access_requests.models import NOT_GRANTED, AccessRequest, ApprovalLevel, Decision, Elevation, Verdict, WorkGroup
from portal.users.models import User

NEWEST_FIRST = "-id"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list of requests is narrowed to. Empty ones narrow nothing; `words` are looked for in what a row of it shows.

    `state` is that of a request, or wording.NOT_GRANTED.
    """

    state: str = ""
    requester: str = ""
    work_group: str = ""
    since: datetime | None = None
    until: datetime | None = None
    waiting_for_me: bool = False
    words: str = ""


def visible_to(person: User) -> QuerySet[AccessRequest]:
    """Return the requests that the person may see whole: own, those to decide on, or all for those who read everything."""
    if person.reads_everything:
        return AccessRequest.objects.all()
    approves = ApprovalLevel.objects.filter(policy=OuterRef("policy"), approvers=person)
    decided = Decision.objects.filter(request=OuterRef("pk"), approver=person)
    return AccessRequest.objects.filter(Q(requester=person) | Exists(approves) | Exists(decided))


def decided_by(person: User) -> QuerySet[AccessRequest]:
    """Return the requests on which the person has decided, newest first, each with its decisions and what became of it."""
    mine = Decision.objects.filter(request=OuterRef("pk"), approver=person)
    return with_outcome(AccessRequest.objects.filter(Exists(mine))).order_by(NEWEST_FIRST)


def in_full(requests: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    """Return them with all that a list or a page shows, in a constant number of queries."""
    elevations = Elevation.objects.select_related("work_group").prefetch_related("work_group__target_roles__account")
    return (
        with_failure(with_approvals(requests))
        .select_related("requester__iam_user", "requester__identity_center_user", "policy", "extends__request", "revises")
        .prefetch_related(
            "work_groups__target_roles__account",
            Prefetch("elevations", elevations.order_by("id")),
        )
    )


def with_approvals(requests: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    """Return them with who has decided and who may, which is what selectors.waiting reckons with."""
    return requests.select_related("requester", "policy").prefetch_related(
        Prefetch("work_groups", WorkGroup.objects.order_by("name")),
        "policy__levels__approvers",
        Prefetch("decisions", Decision.objects.select_related("approver").order_by("decided_at")),
    )


def with_outcome(requests: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    """Return them as with_approvals does, and with what became of them: access, or a younger version."""
    elevations = Elevation.objects.select_related("work_group").order_by("id")
    return with_failure(with_approvals(requests)).prefetch_related(Prefetch("elevations", elevations), "revisions")


def with_failure(requests: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    """Return them with whether something of them was approved and not granted."""
    return requests.annotate(lacks_access=_not_granted())


def _not_granted() -> Exists:
    return Exists(Elevation.objects.filter(NOT_GRANTED, request=OuterRef("pk")))


def in_brief(requests: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    """Return them with what a row of a list shows, in three queries: without the long texts, and what was frozen of them."""
    access = Elevation.objects.only("request", "code", "status", "granted_at", "stop_reason").order_by("id")
    rows = with_failure(requests).select_related("requester", "extends").defer("snapshot", *details.NAMES)
    return rows.prefetch_related("work_groups", Prefetch("elevations", access))


def filtered(requests: QuerySet[AccessRequest], filters: Filters, person: User, *, now: datetime) -> QuerySet[AccessRequest]:
    """Return the requests narrowed, newest first."""
    if filters.state == wording.NOT_GRANTED:
        requests = requests.filter(_not_granted())
        filters = replace(filters, state="")
    exact = {"status": filters.state, "requester__username": filters.requester, "work_groups__name": filters.work_group}
    requests = requests.filter(**{field: value for field, value in exact.items() if value})
    if filters.since is not None:
        requests = requests.filter(submitted_at__gte=filters.since)
    if filters.until is not None:
        requests = requests.filter(submitted_at__lt=filters.until)
    if filters.waiting_for_me:
        requests = requests.filter(pk__in=waiting_for(person, now=now).values("pk"))
    if filters.words:
        requests = requests.filter(_has(filters.words))
    return requests.order_by(NEWEST_FIRST)


def _has(words: str) -> Q:
    """The words are in what a row shows: its texts, who asked, what for. A number is given whole."""
    groups = WorkGroup.objects.filter(access_requests=OuterRef("pk"), name__icontains=words)
    people = Q(requester__username__icontains=words) | Q(requester__name__icontains=words)
    return Q(change_ticket__icontains=words) | Q(reason__icontains=words) | people | Exists(groups) | Q(code__iexact=words)


def waiting_for(person: User, *, now: datetime) -> QuerySet[AccessRequest]:
    """Return the pending requests that this person can decide on now, soonest deadline first.

    A level waits when it lacks approvals and every lower one has its own: the same rule as policy.waiting_level, in one query.
    """
    if not person.is_active:
        return AccessRequest.objects.none()
    undecided = AccessRequest.objects.filter(status__in=UNDECIDED, decide_until__gt=now).exclude(requester=person)
    decided = Decision.objects.filter(request=OuterRef("pk"), approver=person)
    seat = ApprovalLevel.approvers.through.objects.filter(approvallevel=OuterRef("waits_at"), user=person)
    return undecided.annotate(waits_at=_waiting_level()).filter(~Exists(decided), Exists(seat)).order_by("decide_until")


def _waiting_level() -> Subquery:
    """The key of the lowest level of the request's policy that lacks approvals."""
    approvals = Decision.objects.filter(
        request=OuterRef(OuterRef("pk")), level_number=OuterRef("number"), verdict=Verdict.APPROVE
    )
    given = approvals.order_by().values("request").annotate(n=Count("pk")).values("n")
    levels = ApprovalLevel.objects.filter(policy=OuterRef("policy")).annotate(given=Coalesce(Subquery(given), 0))
    return Subquery(levels.filter(given__lt=F("approvals")).order_by("number").values("pk")[:1])
