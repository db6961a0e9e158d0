"""Session Manager sessions of a person whose access is over: they go on, whatever policies say, unless they are terminated."""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime

from django.conf import settings

from access_requests.grants import session_manager
from access_requests.grants.contract import GrantedRole
from access_requests.models import Elevation, TargetRole
from access_requests.services.elevations import fences, gates
from access_requests.services.elevations.target_roles import IDENTITY_UNREAD
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendError, LeaseLost
from portal.aws.sessions import ssm_of
from portal.iam.principals import session_arn

logger = logging.getLogger(__name__)
Ended = Mapping[str, object]


def end_of(elevation: Elevation, aws: AwsClient) -> list[Ended]:
    """Terminate what is open on the elevation's roles, unless another elevation leads the person there still.

    Return for each role and Region {"role", "region", "ended": ids, "problem"}. It holds up no end: what AWS refuses or does not
    answer is told, and a page that has it says so.
    """
    roles, now = list(gates.gated(elevation.work_group)), aws.clock()
    if not roles:
        return []
    inside = fences.inside(elevation.person, now=now)
    return [
        _end_in(role, region, elevation, aws)
        for role in roles
        if not _leads_there_still(elevation, role, inside, now)
        for region in role.account.regions or [settings.AWS_REGION]
    ]


def _end_in(role: TargetRole, region: str, elevation: Elevation, aws: AwsClient) -> Ended:
    target = AwsClient(
        client=ssm_of(role.account.gate_role_arn, region), before_each=aws.before_each, clock=aws.clock, calls=aws.calls
    )
    where = {"role": str(role), "region": region}
    if role.arn is None:
        return {**where, "ended": [], "problem": IDENTITY_UNREAD}
    owner = session_arn(role.arn, elevation.iam_user_name)
    try:
        return {**where, "ended": session_manager.terminate_all(target, owner_arn=owner), "problem": ""}
    except LeaseLost:
        raise
    except BackendError as error:
        logger.warning("open sessions of %s in %s: %s", elevation.code, region, error)
        return {**where, "ended": [], "problem": error.problem}


def _leads_there_still(elevation: Elevation, role: TargetRole, inside: Collection[int], now: datetime) -> bool:
    there = GrantedRole(pk=role.pk, name=role.name, arn=role.arn)
    return fences.open_until(elevation.person, there, inside=inside, now=now).until > now
