"""Which roles in AWS the catalogue's are: read by the workers where nobody has, and asked for again before anything is given."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q
from django.utils import timezone

from access_requests.grants.contract import GrantedRole
from access_requests.grants.registry import with_fences_on_users
from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation, TargetRole, WorkGroup
from access_requests.policy.facts import UnreadRole
from access_requests.services.record import changes
from audits.acts import Act
from portal.aws import directory
from portal.aws.calls import AwsClient
from portal.aws.directory import IamRole
from portal.aws.errors import BackendBusy, BackendError, BackendRefused
from portal.aws.sessions import iam_of
from portal.iam.fences import ROLE_ARN
from portal.verbs.actor import WORKER
from portal.verbs.run import run

logger = logging.getLogger(__name__)
IDENTITY_UNREAD, ROLE_CHANGED = "identity_unread", "role_changed"
RETRY = timedelta(minutes=1)


def unread(work_groups: Iterable[WorkGroup]) -> tuple[UnreadRole, ...]:
    """Return the groups' roles of which nobody knows which ones they are. No query where the groups are in full."""
    return tuple(
        UnreadRole(role=str(role), work_group=group.name)
        for group in work_groups
        for role in group.target_roles.all()
        if not role.is_known
    )


def confirm(work_group: WorkGroup, given: Iterable[GrantedRole], aws: AwsClient) -> list[dict[str, str | None]]:
    """Return which roles in AWS the group's are, for the trail.

    Raise BackendError unless each is the one that is known: IDENTITY_UNREAD, ROLE_CHANGED.

    `given` are the roles as the step read them when it began, and as its fences will name them. One that was read or loaded
    anew meanwhile makes the step begin again.

    One call a role where the portal has a role to ask by. Elsewhere the ARN was declared whole.
    """
    arns, confirmed = {role.pk: role.arn for role in given}, []
    for role in work_group.target_roles.select_related("account").order_by("name"):
        if not role.is_known or arns.get(role.pk) != role.arn:
            raise BackendBusy(IDENTITY_UNREAD, str(role))
        if role.account.gate_role_arn:
            there = directory.role_named(aws.through(iam_of(role.account.gate_role_arn)), role.name)
            if there is None or (there.arn, there.role_id) != (role.arn, role.role_id):
                # A role with the same name and another RoleId: fence and gate would be about a role that nobody approved.
                raise BackendRefused(ROLE_CHANGED, f"{role} was {role.arn} {role.role_id} and is {there or 'gone'}")
        confirmed.append({"role": str(role), "arn": role.arn, "role_id": role.role_id})
    return confirmed


def due(*, now: datetime) -> Iterable[int]:
    """Return the ids of the roles that a worker can read and nobody has."""
    unread = TargetRole.objects.filter(role_id=None).exclude(account__gate_role_arn="")
    return unread.filter(Q(read_again_at=None) | Q(read_again_at__lte=now)).order_by("pk").values_list("pk", flat=True)


def read(pk: int) -> None:
    """Read a role in AWS, once. Raises nothing: what AWS does not answer is asked again by the sweep."""
    role = TargetRole.objects.select_related("account").filter(pk=pk, role_id=None).exclude(account__gate_role_arn="").first()
    if role is None:
        return  # Another worker has read the role already, or the message was forged.
    there = _read(role)
    if there is None:
        TargetRole.objects.filter(pk=pk).update(read_again_at=timezone.now() + RETRY)
    else:
        run(partial(_keep, pk, there))


def rewrite_fences(role: TargetRole) -> None:
    """Have the sweep write the fences of the role's open windows anew: they may name an ARN that no role has."""
    there = Elevation.objects.filter(work_group__target_roles=role, status=ElevationStatus.ACTIVE)
    ids = list(there.filter(work_group__backend__in=with_fences_on_users()).values_list("pk", flat=True))
    Elevation.objects.filter(pk__in=ids).update(written_ends_at=None, try_again_at=None)


def _read(role: TargetRole) -> IamRole | None:
    try:
        there = directory.find_role(role.account.gate_role_arn, role.name)
    except BackendError as error:
        logger.warning("%s cannot be read: %s", role, error)
        return None
    if there is None or not ROLE_ARN.fullmatch(there.arn):
        logger.error("%s is no role that can be fenced: %s", role, there or "there is none of this name")
        return None
    return there


def _keep(pk: int, there: IamRole) -> None:
    role = TargetRole.objects.select_for_update(of=("self",), no_key=True).select_related("account").get(pk=pk)
    if role.role_id is not None:
        return
    now, before = timezone.now(), {"arn": role.arn, "role_id": role.role_id}
    role.arn, role.role_id, role.read_at, role.read_again_at = there.arn, there.role_id, now, None
    role.save(update_fields=["arn", "role_id", "read_at", "read_again_at"])
    after = {"arn": role.arn, "role_id": role.role_id}
    changes.record(act=Act.CATALOGUE_CHANGED, subject=f"role:{role}", before=before, after=after, actor=WORKER, now=now)
    rewrite_fences(role)
