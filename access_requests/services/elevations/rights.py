"""Whether a worker may give, or write a later end: the rules are asked again at the moment of every step."""

from datetime import datetime

from access_requests import policy
from access_requests.grants.registry import backend_of
from access_requests.models import Elevation
from access_requests.policy.leave import Unfounded, Withheld
from access_requests.policy.situations import Granting
from access_requests.services.elevations import leave
from access_requests.services.record import bindings, rights
from portal.users.models import User


def why_not(elevation: Elevation, *, now: datetime) -> str:
    """Return why access must not be given or prolonged, as a stop reason, or nothing. The elevation is locked."""
    refused = policy.refusal(granting(elevation, now=now))
    if refused is None:
        return ""
    reason = str(refused.data["reason"] if isinstance(refused, Withheld) else refused.code)
    if reason in set(Unfounded):
        leave.alarm(elevation, reason)
    return reason


def granting(elevation: Elevation, *, now: datetime) -> Granting:
    person, group = User.objects.get(pk=elevation.person_id), elevation.work_group
    principal = backend_of(group.backend).principal
    return Granting(
        now=now,
        ends_at=elevation.ends_at,
        requester=rights.requester(person),
        work_groups=rights.work_groups([group], person, policy_id=elevation.request.policy_id),
        rebound="" if bindings.is_bound_still(elevation, person) else str(principal),
        grounds=leave.grounds([elevation])[elevation.pk],
    )
