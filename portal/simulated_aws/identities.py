"""The policies that a caller has, as `portal.iam` evaluates them."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from moto.iam.models import Group, IAMBackend, User
from moto.iam.models import ManagedPolicy as MotoPolicy
from moto.iam.models import Role as MotoRole

from portal.iam.principals import Policy, Principal, Role
from portal.simulated_aws import root
from portal.simulated_aws.credentials import Signer
from portal.simulated_aws.root import Root
from portal.simulated_aws.sessions import RootSession
from portal.simulated_aws.users import Person

_NOTHING = {"Version": "2012-10-17", "Statement": []}


def principal_of(caller: Signer, iam: IAMBackend) -> Principal:
    """Return the caller with all identity policies of the user and its groups, or of the session's role."""
    if isinstance(caller.entity, Root):
        confined = caller.session.task_policy if isinstance(caller.session, RootSession) else ""
        return root.principal(caller.entity, task_policy=confined)
    if isinstance(caller.entity, MotoRole):
        return role(caller.entity, iam).session(caller.session_name)
    return user(caller.entity, iam)


def user(found: User, iam: IAMBackend) -> Principal:
    groups = (policy for held in iam.groups.values() if found in held.users for policy in _policies("group", held))
    return Principal(
        arn=found.arn,
        account_id=iam.account_id,
        policies=(*_policies("user", found), *groups),
        boundary=_boundary(found, iam),
    )


def group(found: Group, iam: IAMBackend) -> Principal:
    return Principal(arn=found.arn, account_id=iam.account_id, policies=tuple(_policies("group", found)))


def role(found: MotoRole, iam: IAMBackend) -> Role:
    return Role(
        arn=found.arn,
        role_id=found.id,
        trust=Policy(name="trust", document=decoded(found.assume_role_policy_document)),
        policies=tuple(_policies("role", found)),
        boundary=_boundary(found, iam),
    )


@lru_cache(maxsize=8_192)
def decoded(text: str) -> Any:
    """Return the document, the same object each time: the evaluator prepares a document once."""
    return json.loads(text)


def boundary_arn(found: User | MotoRole) -> str | None:
    boundary = found.permissions_boundary if isinstance(found, MotoRole | Person) else None
    return boundary["PermissionsBoundaryArn"] if boundary else None


def _policies(kind: str, found: User | Group | MotoRole) -> Iterator[Policy]:
    """Yield what is put on an entity and attached to it, under the names that a simulation gives as their source."""
    for name, text in found.policies.items():
        yield Policy(name=f"{kind}_{found.name}_{name}", document=decoded(text))
    for managed in found.managed_policies.values():
        yield _managed(managed)


def _managed(policy: MotoPolicy) -> Policy:
    text = next(version.document for version in policy.versions if version.version_id == policy.default_version_id)
    return Policy(name=policy.name, document=decoded(text))


def _boundary(found: User | MotoRole, iam: IAMBackend) -> Policy | None:
    arn = boundary_arn(found)
    if arn is None:
        return None
    # A boundary that was deleted allows nothing any more.
    return _managed(iam.managed_policies[arn]) if arn in iam.managed_policies else Policy(name=arn, document=_NOTHING)
