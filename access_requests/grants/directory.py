"""IAM users of the Jump account, as AWS names them."""

from dataclasses import dataclass

from django.utils import timezone

from access_requests.grants.calls import Caller, is_missing
from access_requests.grants.errors import BackendRefused
from portal.aws.sessions import jump_iam


@dataclass(frozen=True, kw_only=True)
class IamUser:
    name: str
    user_id: str


def find_iam_user(name: str) -> IamUser | None:
    """Return the user of this name as AWS spells it, or None. One call. Raises BackendError."""
    return user_named(Caller(client=jump_iam(), before_each=lambda: None, clock=timezone.now), name)


def user_named(aws: Caller, name: str) -> IamUser | None:
    """Return the user that has this name now, or None. Raises BackendError."""
    try:
        user = aws.call("get_user", UserName=name)["User"]
    except BackendRefused as error:
        if is_missing(error):
            return None
        raise
    return IamUser(name=user["UserName"], user_id=user["UserId"])


def current_name(aws: Caller, name: str, user_id: str) -> str | None:
    """Return the name that the user with this id has now, or None when it is gone.

    One call as long as the name still fits; else one more for every 1,000 users. Source: IAM GetUser, ListUsers.
    """
    user = user_named(aws, name)
    if user is not None and user.user_id == user_id:
        return user.name
    everyone = aws.pages("list_users", "Users", MaxItems=1000)
    return next((str(user["UserName"]) for user in everyone if user["UserId"] == user_id), None)
