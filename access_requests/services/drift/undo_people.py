"""Putting right what is drift about a person: membership, TTL tag, fence. All of it under that person's lease.

Each verb adds its calls, and returns whether there was still something to write. Raises BackendError.
"""

import logging
import uuid
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from access_requests.grants.contract import Grant, NothingKnown, Principal
from access_requests.grants.executions import StepClient
from access_requests.grants.registry import backend_of
from access_requests.lifecycle import IN_AWS, ElevationStatus
from access_requests.models import Drift, Elevation, WorkGroup
from access_requests.services.elevations import aws_step, executions, fences, lease, provision
from access_requests.services.record import bindings, locking
from portal.aws.calls import Call
from portal.aws.errors import BackendBusy, BackendRefused
from portal.aws.sessions import jump_iam

logger = logging.getLogger(__name__)
BUSY = "person_busy"
STILL_A_MEMBER = "still_a_member"
Write = Callable[[StepClient], bool]


def take_member_out(drift: Drift, calls: list[Call]) -> bool:
    """Fence to now where the portal may, membership out, read back, tag off: unless access was given meanwhile."""

    def write(aws: StepClient) -> bool:
        if _is_explained(drift):
            return False
        grant, person, backend = _grant(drift, drift.name, drift.thing), _binding(drift), backend_of(_work_group(drift).backend)
        if person is not None:
            try:
                fences.put_all(person.person, grant, backend.fenced(grant), aws, now=aws.clock())
            except BackendRefused as error:
                # The portal may not write a fence on a user without the boundary. The membership is taken out all the same.
                logger.info("no fence for %s: %s", drift.name, error)
        backend.take(grant, aws)
        return True

    return _about_person(drift, write, calls)


def untag(drift: Drift, calls: list[Call]) -> bool:
    def write(aws: StepClient) -> bool:
        if _is_explained(drift):
            return False
        group = _work_group(drift)
        if backend_of(group.backend).look(_grant(drift, drift.thing, group.name), aws).membership:
            raise BackendBusy(STILL_A_MEMBER)
        aws.unless_missing("untag_user", UserName=drift.thing, TagKeys=[drift.name])
        return True

    return _about_person(drift, write, calls)


def restore(drift: Drift, calls: list[Call]) -> bool:  # noqa: ARG001  The elevation's own entries name the calls.
    """Have the elevation's gate, fence, tag and membership written as an extension has, by the same step."""
    with transaction.atomic(durable=True):
        elevation = locking.lock_elevation(drift.elevation_id or 0)
        if elevation.status != ElevationStatus.ACTIVE:
            return False
        # Marked as not written, so that the sweep goes on when this worker dies on the way.
        elevation.written_ends_at = elevation.try_again_at = None
        elevation.save(update_fields=["written_ends_at", "try_again_at"])
    provision.prolong(elevation.pk)
    elevation.refresh_from_db()
    if any(one.is_open for one in executions.of_elevation(elevation)):
        return True  # An execution runs in AWS; the sweep goes on from there.
    if elevation.status == ElevationStatus.ACTIVE and elevation.written_ends_at is None:
        raise BackendBusy(elevation.problem or BUSY)
    return True


def _about_person(drift: Drift, write: Write, calls: list[Call]) -> bool:
    """Write under the lease of the user's person. No other writer touches a user without a binding."""
    binding = _binding(drift)
    if binding is None:
        return _through(StepClient.without_lease(jump_iam()), write, calls)
    holder = uuid.uuid4().hex
    with transaction.atomic(durable=True):
        if not lease.take(binding.person_id, holder=holder, now=timezone.now()):
            raise BackendBusy(BUSY)
    try:
        return _through(aws_step.client_for(binding.person_id, holder), write, calls)
    finally:
        lease.release(binding.person_id, holder=holder, now=timezone.now())


def _through(aws: StepClient, write: Write, calls: list[Call]) -> bool:
    aws.calls = calls
    return write(aws)


def _binding(drift: Drift) -> bindings.Binding | None:
    """Return the user's binding: in IAM, or in Identity Center where the work group is granted there."""
    return bindings.of_user(str(drift.detail.get("user_id", "")), _principal(drift))


def _is_explained(drift: Drift) -> bool:
    """Whether an elevation explains the membership by now; none can begin while this worker holds the person's lease."""
    of_user = bindings.is_for(_principal(drift), drift.detail.get("user_id", ""))
    mine = Elevation.objects.filter(of_user, work_group=drift.work_group_id)
    return mine.filter(status__in=IN_AWS).exists()


def _principal(drift: Drift) -> Principal:
    return backend_of(_work_group(drift).backend).principal


def _grant(drift: Drift, user_name: str, group: str) -> Grant:
    grant = Grant(
        elevation="",
        user_name=user_name,
        user_id=str(drift.detail.get("user_id", "")),
        group=group,
        roles=aws_step.roles_of(_work_group(drift)),
        ends_at=timezone.now(),
    )
    return aws_step.made_for(_work_group(drift), grant, NothingKnown())


def _work_group(drift: Drift) -> WorkGroup:
    if drift.work_group is None:
        raise BackendRefused("no_work_group")
    return drift.work_group
