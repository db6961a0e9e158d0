"""What to know before asking and deciding: why a grant would not work, and how the same went the last times."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access_requests import problems
from access_requests.lifecycle import DRIFT_OPEN
from access_requests.models import AccessRequest, BackendHealth, Drift, DriftKind, Elevation, RoleGate, WorkGroup
from access_requests.selectors import system
from access_requests.services.elevations import gates
from portal.users.models import User

LAST_TIMES = 3
LOOKS_BACK = timedelta(days=180)
# Nothing is left out that matters: of one card three are shown.
MOST_EARLIER = 300
OF_GROUP: Mapping[str, Promise] = {
    DriftKind.GROUP_GONE: _("The group %(thing)s is gone in AWS."),
    DriftKind.SWITCH_DENIED: _("AWS denies members of %(thing)s the switch to %(name)s, says the last comparison."),
}
OF_ROLE: Mapping[str, Promise] = {
    DriftKind.ROLE_GONE: _("The role %(thing)s is gone in AWS."),
    DriftKind.ROLE_REMADE: _("The role %(thing)s was deleted and made again in AWS: it is not the one of the catalogue."),
    DriftKind.ROLE_BOUNDARY: _("The role %(thing)s lacks its boundary, so that its session gate cannot be relied on."),
}
OF_USER: Mapping[str, Promise] = {
    DriftKind.USER_RENAMED: _("The IAM user %(thing)s was renamed."),
    DriftKind.USER_REMADE: _("The IAM user %(thing)s was deleted and made again."),
    DriftKind.USER_GONE: _("The IAM user %(thing)s is gone."),
    DriftKind.USER_BOUNDARY: _("The IAM user %(thing)s lacks its boundary, so that no entry fence can be written."),
}
# A limit that was met stays met until somebody makes room.
LIMITS = ("groups_full", "tags_full", "user_policies_full", "LimitExceeded")


@dataclass(frozen=True, kw_only=True)
class Beforehand:
    """`warnings`: sentences on what cannot work. `last`: the requester's latest access by the same work groups."""

    warnings: Sequence[str] = ()
    last: Sequence[Elevation] = ()


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known already, each read once for all requests on the page."""

    drifts: Sequence[Drift]
    backends: Mapping[str, BackendHealth]
    gates: Mapping[int, RoleGate]
    earlier: Sequence[Elevation]
    now: datetime


def of(requests: Sequence[AccessRequest], *, now: datetime) -> Mapping[int, Beforehand]:
    """Return it by the requests' keys, in four queries. The requests are loaded in full."""
    if not requests:
        return {}
    groups = {group for request in requests for group in request.work_groups.all()}
    known = _known({request.requester_id for request in requests}, groups, now)
    return {request.pk: _of_one(request, known) for request in requests}


def warnings(person: User, groups: Sequence[WorkGroup], *, now: datetime) -> list[str]:
    """Return why a grant would not work, as far as that is known before anything is asked for."""
    known = _known({person.pk}, set(groups), now)
    return _warnings(person, groups, known.earlier, known)


def _known(people: AbstractSet[int], groups: AbstractSet[WorkGroup], now: datetime) -> Known:
    roles = {role.pk for group in groups for role in group.target_roles.all()}
    earlier = Elevation.objects.filter(person__in=people, work_group__in=groups, starts_at__gt=now - LOOKS_BACK)
    return Known(
        drifts=list(Drift.objects.filter(status__in=DRIFT_OPEN, kind__in=[*OF_GROUP, *OF_ROLE, *OF_USER]).order_by("pk")),
        backends={row.alias: row for row in BackendHealth.objects.all()},
        gates={gate.role_id: gate for gate in RoleGate.objects.filter(role__in=roles).select_related("role")},
        earlier=list(earlier.select_related("work_group").order_by("-pk")[:MOST_EARLIER]),
        now=now,
    )


def _of_one(request: AccessRequest, known: Known) -> Beforehand:
    groups = list(request.work_groups.all())
    names = {group.pk for group in groups}
    earlier = [row for row in known.earlier if row.person_id == request.requester_id and row.work_group_id in names]
    return Beforehand(
        warnings=_warnings(request.requester, groups, earlier, known),
        last=[row for row in earlier if row.request_id != request.pk][:LAST_TIMES],
    )


def _warnings(person: User, groups: Sequence[WorkGroup], earlier: Sequence[Elevation], known: Known) -> list[str]:
    return [*_of_drift(person, groups, known), *_of_backends(groups, known), *_of_gates(groups, known), *_of_limits(earlier)]


def _of_drift(person: User, groups: Iterable[WorkGroup], known: Known) -> Iterator[str]:
    names = {group.name for group in groups}
    roles = {(role.account.key, role.name) for group in groups for role in group.target_roles.all()}
    binding = getattr(person, "iam_user", None)
    for drift in known.drifts:
        said = {"thing": drift.thing, "name": drift.name}
        if drift.kind in OF_GROUP and drift.thing in names:
            yield str(OF_GROUP[drift.kind]) % said
        elif drift.kind in OF_ROLE and (drift.account, drift.thing) in roles:
            yield str(OF_ROLE[drift.kind]) % said
        elif drift.kind in OF_USER and binding is not None and drift.thing == binding.user_name:
            yield str(OF_USER[drift.kind]) % said


def _of_backends(groups: Iterable[WorkGroup], known: Known) -> Iterator[str]:
    for alias in sorted({group.backend for group in groups}):
        health = known.backends.get(alias)
        if health is None:
            continue
        if system.is_stale(health.checked_at, now=known.now):
            yield gettext("Workers have not checked the backend %(name)s lately: they may be standing still.") % {"name": alias}
        elif not health.ok:
            yield gettext("The backend %(name)s lacks something in AWS, said the last check.") % {"name": alias}


def _of_gates(groups: Iterable[WorkGroup], known: Known) -> Iterator[str]:
    for role in sorted({role for group in groups for role in group.target_roles.all()}, key=str):
        gate = known.gates.get(role.pk)
        if gate is not None and gates.more_people(gate.role) == 0:
            yield gettext("The session gate of %(role)s is full: nobody more fits in.") % {"role": role.name}


def _of_limits(earlier: Sequence[Elevation]) -> Iterator[str]:
    """Yield the limit at which the latest grant failed, if it did."""
    latest = next((row for row in earlier if row.granted_at or row.was_not_granted), None)
    if latest is not None and latest.was_not_granted and latest.problem_at_end.partition(":")[0] in LIMITS:
        words = {"code": latest.code, "why": problems.at_the_end(latest.problem_at_end)}
        yield gettext("The last grant, %(code)s, was not made: %(why)s") % words
