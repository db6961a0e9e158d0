"""May this call be made: the one question, asked once for each call, with all that an answer needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.iam.models import IAMBackend

from portal.simulated_aws.credentials import PARTITION, Principal


@dataclass(frozen=True, slots=True)
class Call:
    principal: Principal
    action: str
    resource: str
    at: datetime
    parameters: Mapping[str, Any]


def permit(call: Call) -> None:
    """Let everyone do everything whose key is known: policies are kept here, not yet evaluated."""


def resource_of(*, parameters: Mapping[str, Any], backend: IAMBackend) -> str:
    """Return the ARN that a call acts on, `*` where it names none.

    A call that names a group and a user acts on the group.
    """
    for given in ("PolicyArn", "RoleArn"):
        if given in parameters:
            return str(parameters[given])
    if "GroupName" in parameters:
        return _arn(backend, "group", parameters["GroupName"], backend.groups.get(parameters["GroupName"]))
    if "RoleName" in parameters:
        roles = (role for role in backend.get_roles() if role.name == parameters["RoleName"])
        return _arn(backend, "role", parameters["RoleName"], next(roles, None))
    if "UserName" in parameters:
        return _arn(backend, "user", parameters["UserName"], backend.users.get(parameters["UserName"]))
    return "*"


def _arn(backend: IAMBackend, kind: str, name: str, entity: Any) -> str:
    return str(entity.arn) if entity else f"arn:{PARTITION}:iam::{backend.account_id}:{kind}/{name}"
