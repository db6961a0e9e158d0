"""Who is who in IAM, as AWS names them: users of the Jump account, and roles of the others."""

from dataclasses import dataclass

from portal.aws.calls import AwsClient, is_missing
from portal.aws.errors import BackendRefused
from portal.aws.inventory import GROUPS, read
from portal.aws.sessions import iam_of, jump_iam, jump_sts
from portal.iam.principals import partition_of
from portal.iam.switch import switches_of


@dataclass(frozen=True, kw_only=True)
class IamUser:
    """A user; `arn` is empty of one that was not read just now."""

    name: str
    user_id: str
    arn: str = ""


@dataclass(frozen=True, kw_only=True)
class IamRole:
    name: str
    role_id: str
    arn: str


def find_iam_user(name: str) -> IamUser | None:
    """Return the user of this name as AWS spells it, or None. One call. Raises BackendError."""
    return user_named(AwsClient.without_lease(jump_iam()), name)


def find_role(portal_role_arn: str, name: str) -> IamRole | None:
    """Return the role of this name in the account of the portal's role there, or None. One call. Raises BackendError."""
    return role_named(AwsClient.without_lease(iam_of(portal_role_arn)), name)


def find_portal_role(account_id: str, path_and_name: str) -> IamRole | None:
    """Return the portal's role in an account, as AWS shows it to whoever is in it. Three calls. Raises BackendError.

    It is taken on in the partition in which the portal itself is; a path or name that is another's lets nobody in.
    """
    partition = partition_of(AwsClient.without_lease(jump_sts()).call("get_caller_identity")["Arn"])
    return find_role(f"arn:{partition}:iam::{account_id}:role/{path_and_name}", path_and_name.rpartition("/")[2])


def find_switches(jump_id: str) -> dict[str, frozenset[str]]:
    """Return, for each IAM group of the Jump account by its name in lower case, the ARNs to which its policies allow the switch.

    One read of the account's groups. Raises BackendError.
    """
    account = read(AwsClient.without_lease(jump_iam()), account_id=jump_id, kinds=GROUPS)
    return {name: switches_of(account, group) for name, group in account.groups.items()}


def role_named(aws: AwsClient, name: str) -> IamRole | None:
    """Return the role that has this name now, or None. Raises BackendError."""
    try:
        role = aws.call("get_role", RoleName=name)["Role"]
    except BackendRefused as error:
        if is_missing(error):
            return None
        raise
    return IamRole(name=role["RoleName"], role_id=role["RoleId"], arn=role["Arn"])


def user_named(aws: AwsClient, name: str) -> IamUser | None:
    """Return the user that has this name now, or None. Raises BackendError."""
    try:
        user = aws.call("get_user", UserName=name)["User"]
    except BackendRefused as error:
        if is_missing(error):
            return None
        raise
    return IamUser(name=user["UserName"], user_id=user["UserId"], arn=user["Arn"])


def current_name(aws: AwsClient, name: str, user_id: str) -> str | None:
    """Return the name that the user with this id has now, or None when it is gone.

    One call as long as the name still fits; else one more for every 1,000 users. Source: IAM GetUser, ListUsers.
    """
    user = user_named(aws, name)
    if user is not None and user.user_id == user_id:
        return user.name
    everyone = aws.pages("list_users", "Users", MaxItems=1000)
    return next((str(user["UserName"]) for user in everyone if user["UserId"] == user_id), None)
