"""Writing what was asked for, once it is checked: by a new request or by an extension."""

from collections.abc import Sequence
from datetime import datetime

from access_requests.models import AccessRequest, RequestedGroup, WorkGroup
from access_requests.services.elevations import change_requests
from access_requests.services.record import snapshot, transition
from portal.verbs.actor import Actor


def submission(actor: Actor, now: datetime) -> dict[str, object]:
    return {"door": actor.door, "client": actor.client, "submitted_at": now}


def write(request: AccessRequest, groups: Sequence[WorkGroup], *, actor: Actor, now: datetime) -> AccessRequest:
    """Write a checked request with its groups and its trail entry."""
    taken = snapshot.take(request, groups)
    request.snapshot, request.digest = snapshot.kept(taken), snapshot.digest(taken)
    request.save(force_insert=True)
    waits = request.asked_starts_at is None and request.extends is None
    RequestedGroup.objects.bulk_create(
        RequestedGroup(request=request, work_group=group, requester=request.requester, waits_to_start_now=waits)
        for group in groups
    )
    transition.begin_request(request, actor=actor, now=now)
    change_requests.begin(request, groups, now=now)
    return request
