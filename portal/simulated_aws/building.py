"""Makes a declared world true, in the place of what was there (sessions, fences, memberships too) or beside it."""

import json
from collections.abc import Iterable, Mapping

from moto.core.exceptions import ServiceException
from moto.core.model_instances import reset_model_data
from moto.iam import models
from moto.iam.models import iam_backends

from portal.simulated_aws import (
    clock,
    faults,
    history,
    identifiers,
    identity_directory,
    lookups,
    objects,
    organization,
    session_manager,
    sessions,
    signing_keys,
    stacks,
    trail,
)
from portal.simulated_aws.credentials import PARTITION
from portal.simulated_aws.gateway import one_at_a_time
from portal.simulated_aws.iam import StrictIam, install
from portal.simulated_aws.identity_directory import Directory, Membership, Person
from portal.simulated_aws.identity_directory import Group as DirectoryGroup
from portal.simulated_aws.systems_manager import change_manager, documents, executions, tokens
from portal.simulated_aws.trails import delivering
from portal.simulated_aws.world import (
    AccessKey,
    Account,
    Document,
    Group,
    IdentityCenter,
    ManagedPolicy,
    Role,
    User,
    World,
    WorldError,
)

_REGION = "us-east-1"


def build(world: World) -> None:
    """Replace everything by the world. Raises WorldError, and leaves nothing, where AWS would not allow it.

    What CloudTrail remembers stays where it outlives the process: it is of the world that was there before, too.
    """
    with one_at_a_time:
        _clear() if trail.outlives() else reset()
        try:
            add(world)
        except WorldError:
            _clear()
            raise


def add(world: World) -> None:
    """Make what the world declares beside what is there. Raises WorldError, with half of it made, where AWS would not."""
    with one_at_a_time:
        try:
            organization.keep(world.organization, world.regions)
            lookups.limit(world.lookups_per_second)
            for account in world.accounts:
                _account(account)
        except (ServiceException, WorldError) as error:
            raise WorldError(str(error)) from error


def reset() -> None:
    """Forget every account, what CloudTrail remembers of it, and what was set of the clock."""
    with one_at_a_time:
        _clear()
        trail.forget_all()


def _clear() -> None:
    with one_at_a_time:
        # Not moto's own reset, which makes every account anew before it drops them.
        iam_backends.clear()
        reset_model_data()
        for kept in (
            sessions,
            session_manager,
            organization,
            lookups,
            delivering,
            documents,
            executions,
            tokens,
            identity_directory,
            history,
            stacks,
            signing_keys,
            objects,
            identifiers,
        ):
            kept.forget_all()
        change_manager.reset()
        faults.clear()
        clock.reset()
        clock.install()
        install()


def _account(account: Account) -> None:
    iam = iam_backends[account.id][PARTITION]
    if not isinstance(iam, StrictIam):
        message = f"{account.id} was used before this AWS was made strict"
        raise WorldError(message)
    for policy in account.managed_policies:
        _managed_policy(iam, policy)
    for role in account.roles:
        _role(iam, role)
    for group in account.groups:
        _group(iam, group)
    for user in account.users:
        _user(iam, user)
    if account.identity_center:
        _identity_center(account.id, account.identity_center)


def _managed_policy(iam: StrictIam, policy: ManagedPolicy) -> None:
    iam.create_policy(description="", path=policy.path, policy_document=_text(policy.document), policy_name=policy.name, tags=[])


def _role(iam: StrictIam, declared: Role) -> None:
    role = iam.create_role(
        declared.name,
        assume_role_policy_document=_text(declared.trust),
        path=declared.path,
        permissions_boundary=declared.boundary,
        description="",
        tags=[],
        max_session_duration=str(declared.max_session_seconds),
    )
    _attach(iam, role, declared.managed)
    for name, document in declared.inline.items():
        iam.put_role_policy(role.name, name, _text(document))


def _group(iam: StrictIam, declared: Group) -> None:
    group = iam.create_group(declared.name, declared.path)
    _attach(iam, group, declared.managed)
    for name, document in declared.inline.items():
        iam.put_group_policy(group.name, name, _text(document))


def _user(iam: StrictIam, declared: User) -> None:
    user = iam.create_user(_REGION, declared.name, declared.path, _tags(declared.tags))
    user.id = declared.user_id or user.id
    _attach(iam, user, declared.managed)
    iam.bound_user(user.name, declared.boundary)
    for name, document in declared.inline.items():
        iam.put_user_policy(user.name, name, _text(document))
    for group in declared.groups:
        iam.add_user_to_group(group, user.name)
    for key in declared.keys:
        _access_key(iam, user, key)
    for device in declared.mfa:
        iam.give_device(user, device)


def _identity_center(account_id: str, declared: IdentityCenter) -> None:
    now = clock.now()
    made = Directory(account_id=account_id, region=declared.region, created_at=now)
    for user in declared.users:
        user_id = user.user_id or identity_directory.stable_id(account_id, "user", user.name)
        made.add_user(Person(id=user_id, name=user.name, attributes=user.attributes, created_at=now))
    for group in declared.groups:
        group_id = identity_directory.stable_id(account_id, "group", group.name)
        made.add_group(DirectoryGroup(id=group_id, name=group.name, description=group.description, created_at=now))
        made.assignments |= {(group_id, account, permission_set) for account, permission_set in group.assignments}
        for name in group.members:
            _membership(made, group_id, group.name, name)
    identity_directory.keep(made)


def _membership(made: Directory, group_id: str, group: str, name: str) -> None:
    user = made.user_named(name)
    if user is None:
        message = f"{group} has the member {name}, who is not there"
        raise WorldError(message)
    membership_id = identity_directory.stable_id(made.account_id, "membership", f"{group}/{name}")
    made.add_membership(Membership(id=membership_id, group_id=group_id, user_id=user.id, created_at=made.created_at))


def _access_key(iam: StrictIam, user: models.User, declared: AccessKey) -> None:
    key = iam.create_access_key(user.name)
    del iam.access_keys[key.access_key_id]
    key.access_key_id, key.secret_access_key = declared.id, declared.secret
    iam.access_keys[declared.id] = key


def _attach(iam: StrictIam, entity: models.Role | models.Group | models.User, arns: Iterable[str]) -> None:
    for arn in arns:
        iam.get_policy(arn).attach_to(entity)


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _text(document: Document) -> str:
    return json.dumps(document, separators=(",", ":"))
