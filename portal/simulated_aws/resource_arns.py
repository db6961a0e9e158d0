"""The ARNs of what calls are about: as they are named, or as what is there by that name has them."""

from collections.abc import Callable
from typing import Any

from moto.core.exceptions import ServiceException

from portal.simulated_aws import identity_directory, signing_keys, stacks
from portal.simulated_aws.asked import Asked

Entity = Any  # moto's User, Group, Role or ManagedPolicy; moto has no types.
Found = Callable[[Asked], str | tuple[str, ...]]


def existing(find: Callable[[], Entity]) -> Entity | None:
    try:
        return find()
    except ServiceException:
        return None


def user(asked: Asked) -> str:
    name = user_name(asked)
    return _arn(asked, "user", name, existing(lambda: asked.iam.get_user(name)))


def group(asked: Asked) -> str:
    name = asked.parameters["GroupName"]
    return _arn(asked, "group", name, existing(lambda: asked.iam.get_group(name)))


def role(asked: Asked) -> str:
    name = asked.parameters["RoleName"]
    return _arn(asked, "role", name, existing(lambda: asked.iam.get_role(name)))


def profile(asked: Asked) -> str:
    name = asked.parameters["InstanceProfileName"]
    return _arn(asked, "instance-profile", name, existing(lambda: asked.iam.get_instance_profile(name)))


def user_name(asked: Asked) -> str:
    """Return the user's name, which is the caller's own where none is given."""
    user = asked.caller.user
    return str(asked.parameters.get("UserName") or (user.name if user else ""))


def _arn(asked: Asked, kind: str, name: str, found: Entity | None) -> str:
    """Return an entity's ARN, with its path; of one that isn't there, what AWS makes of the name alone."""
    return str(found.arn) if found else f"arn:aws:iam::{asked.caller.account_id}:{kind}/{name}"


def given_by(parameter: str) -> Found:
    return lambda asked: str(asked.parameters[parameter])


def named(form: str) -> Found:
    """Return what fills the form in by the call's parameters, its Region and the caller's account."""
    return lambda asked: form.format(region=asked.region, account=asked.caller.account_id, **asked.parameters)


def new(kind: str, parameter: str) -> Found:
    def arn(asked: Asked) -> str:
        path = asked.parameters.get("Path", "/")
        return f"arn:aws:iam::{asked.caller.account_id}:{kind}{path}{asked.parameters[parameter]}"

    return arn


def listed(kind: str) -> Found:
    """Lists are asked for by the path that they begin at."""
    return lambda asked: f"arn:aws:iam::{asked.caller.account_id}:{kind}{asked.parameters.get('PathPrefix', '/')}"


def everything(_asked: Asked) -> str:
    return "*"


def trail(parameter: str) -> Found:
    """A trail is named by its name or its ARN. An organisation's, which has the management account, is asked for as one's own."""

    def arn(asked: Asked) -> str:
        name = str(asked.parameters[parameter]).rpartition("/")[2]
        return f"arn:aws:cloudtrail:{asked.region}:{asked.caller.account_id}:trail/{name}"

    return arn


def target(asked: Asked) -> str:
    target, place = asked.parameters["Target"], f"{asked.region}:{asked.caller.account_id}"
    return (
        f"arn:aws:ssm:{place}:managed-instance/{target}" if target.startswith("mi-") else f"arn:aws:ec2:{place}:instance/{target}"
    )


def document(asked: Asked) -> str:
    name = str(asked.parameters["Name"])
    return name if name.startswith("arn:") else f"arn:aws:ssm:{asked.region}:{asked.caller.account_id}:document/{name}"


def definition(asked: Asked) -> str:
    """Automation asks for the right to a runbook or change template with its version."""
    name = str(asked.parameters["DocumentName"]).rpartition("/")[2]
    version = asked.parameters.get("DocumentVersion", "$DEFAULT")
    return f"arn:aws:ssm:{asked.region}:{asked.caller.account_id}:automation-definition/{name}:{version}"


def of_store(*kinds: str) -> Found:
    """Identity stores ask for the right to the store itself and to each thing in it."""

    def arns(asked: Asked) -> tuple[str, ...]:
        store = f"arn:aws:identitystore::{asked.caller.account_id}:identitystore/{_last(asked.parameters['IdentityStoreId'])}"
        return store, *(f"arn:aws:identitystore:::{kind}/{_in_store(asked, kind)}" for kind in kinds)

    return arns


def _in_store(asked: Asked, kind: str) -> str:
    """Return the id of the user, group or membership that a call names; `*` where it names none."""
    given = asked.parameters
    if "MembershipId" in given:
        return _of_membership(asked, _last(given["MembershipId"]), kind)
    ids = {"group": given.get("GroupId"), "user": given.get("UserId") or given.get("MemberId", {}).get("UserId")}
    return _last(ids.get(kind) or "*")


def _of_membership(asked: Asked, membership_id: str, kind: str) -> str:
    store = identity_directory.of(asked.caller.account_id, asked.region)
    found = store.memberships.get(membership_id) if store else None
    if kind == "membership" or found is None:
        return membership_id if kind == "membership" else "*"
    return found.group_id if kind == "group" else found.user_id


def _last(given: str) -> str:
    return given.rpartition("/")[2]


def stack(asked: Asked) -> str:
    """Return the ARN of a stack or of the one that a change set is for; of one that isn't there, with any id."""
    place = (asked.caller.account_id, asked.region)
    name = str(asked.parameters.get("StackName") or "")
    found = stacks.find(place, name) if name else stacks.of_change_set(place, str(asked.parameters.get("ChangeSetName")))
    if found is not None:
        return found.id
    return name if name.startswith("arn:") else f"arn:aws:cloudformation:{place[1]}:{place[0]}:stack/{name or '*'}/*"


def signing_key(parameter: str) -> Found:
    """An alias is asked for as the key that it leads to; an alias itself is a resource besides where it is made or moved."""

    def arns(asked: Asked) -> str | tuple[str, ...]:
        place, given = (asked.caller.account_id, asked.region), str(asked.parameters[parameter])
        found = signing_keys.find(place, given)
        key = found.arn if found else given if given.startswith("arn:") else f"arn:aws:kms:{place[1]}:{place[0]}:key/{given}"
        alias = asked.parameters.get("AliasName")
        return (key, f"arn:aws:kms:{place[1]}:{place[0]}:{alias}") if alias else key

    return arns
