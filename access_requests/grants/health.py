"""Whether a backend could grant now: asked of AWS by reads of the same kinds as the backend makes, and by nothing else.

What only a write tells is not asked: whether `iam:PassRole` is allowed, or whether there still is Change Manager.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from access_requests.grants.contract import GrantBackend
from access_requests.grants.needs import Asked, Missing, Needs, Owner
from portal.aws.calls import AwsClient, is_denied, is_missing
from portal.aws.errors import BackendError
from portal.aws.sessions import sts_of

SETTING_EMPTY, ROLE_REFUSED, CALL_DENIED = "setting_empty", "role_refused", "call_denied"
GROUP_MISSING, NO_SUCH_BACKEND = "group_missing", "no_such_backend"
BOUNDARY_MISSING = "boundary_missing"


@dataclass(frozen=True, kw_only=True)
class TakenOn:
    """A role, and the session's ARN by which AWS knows the portal in it; empty where it was not taken on."""

    setting: str
    arn: str
    identity: str = ""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a probe found. `identity` is the portal's ARN in the Jump account, empty where AWS was not reached."""

    identity: str = ""
    roles: tuple[TakenOn, ...] = ()
    missing: tuple[Missing, ...] = ()


def probe(
    alias: str, backend: GrantBackend[Any] | None, owners: Sequence[Owner], aws: AwsClient, *, user_name: str = ""
) -> Found:
    """Return whether the backend could grant for these work groups now. Never raises BackendError.

    `user_name` is an IAM user whom people act as, whose tags and policies are read as every grant reads them. Without AWS it is
    one call. `backend` is None where the settings do not name the alias.
    """
    identity = _Asking(aws)
    who = identity.ask("AWS", lambda: aws.through(sts_of("")).call("get_caller_identity")["Arn"], else_="")
    if not who:
        return Found(missing=tuple(identity.missing))
    if backend is None:
        return Found(identity=who, missing=(Missing(what=alias, problem=NO_SUCH_BACKEND),))
    roles, missing = _take_on(backend.needs, aws)
    usable = {role.setting for role in roles if role.identity}
    missing += backend.probe(Asked(owners=owners, aws=aws, user_name=user_name, usable=usable))
    return Found(identity=who, roles=tuple(roles), missing=tuple(missing))


class _Asking:
    """Asks one thing after the other, and keeps what AWS refused."""

    def __init__(self, aws: AwsClient) -> None:
        self.aws = aws
        self.missing: list[Missing] = []

    def ask(self, what: str, call: Callable[[], Any], *, else_: Any = None, denied: str = CALL_DENIED) -> Any:
        try:
            return call()
        except BackendError as error:
            problem = denied if is_denied(error) else error.problem
            self.missing.append(Missing(what=what, problem=problem, detail=error.detail))
            return else_


def _take_on(needs: Needs, aws: AwsClient) -> tuple[list[TakenOn], list[Missing]]:
    """Take each role on. One that AWS alone takes on trusts nobody else, so that only its setting can be looked at."""
    asking, roles = _Asking(aws), []
    for one in needs.roles:
        arn = one.arn
        if not arn:
            asking.missing += [] if one.is_optional else [Missing(what=one.setting, problem=SETTING_EMPTY)]
        elif one.service is None:
            who = asking.ask(arn, lambda arn=arn: _identity_in(arn, aws), else_="", denied=ROLE_REFUSED)  # type: ignore[misc]
            roles.append(TakenOn(setting=one.setting, arn=arn, identity=who))
    return roles, asking.missing


def _identity_in(arn: str, aws: AwsClient) -> str:
    return str(aws.through(sts_of(arn)).call("get_caller_identity")["Arn"])


def wrong(what: str, error: BackendError, *, call: str) -> Missing:
    """Return what went wrong with a thing; a call that is denied is itself what is missing."""
    if is_denied(error):
        return Missing(what=call, problem=CALL_DENIED, detail=error.detail)
    return Missing(what=what or call, problem=GROUP_MISSING if is_missing(error) else error.problem, detail=error.detail)
