"""Whether a backend could grant now: asked of AWS by reads of the same kinds as the backend makes, and by nothing else.

What only a write tells is not asked: whether `iam:PassRole` is allowed, or whether there still is Change Manager.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from access_requests.grants import documents
from access_requests.grants.documents import CHANGE_MANAGER, SSM_AUTOMATION, Owner
from access_requests.grants.identity_center import Store
from portal.aws.calls import AwsClient, is_denied, is_missing
from portal.aws.errors import BackendError
from portal.aws.sessions import jump_iam, ssm_of, sts_of
from portal.iam.fences import entry_fence_name

IAM_GROUP, IDENTITY_CENTER = "iam_group", "identity_center"
PUBLISHER, REVIEWER = "AWS_CHANGE_PUBLISHER_ROLE_ARN", "AWS_CHANGE_REVIEWER_ROLE_ARN"
STARTER, APPROVER = "AWS_CHANGE_STARTER_ROLE_ARN", "AWS_CHANGE_APPROVER_ROLE_ARN"
RUNBOOK, DIRECTORY = "AWS_RUNBOOK_ROLE_ARN", "AWS_IDENTITY_CENTER_ROLE_ARN"
# The settings of the roles that a way to grant needs.
NEEDS: Mapping[str, Sequence[str]] = {
    CHANGE_MANAGER: (PUBLISHER, STARTER, APPROVER, RUNBOOK),
    SSM_AUTOMATION: (PUBLISHER, STARTER, RUNBOOK),
    IDENTITY_CENTER: (DIRECTORY,),
}
RENDERED_FROM: Mapping[str, Sequence[str]] = {CHANGE_MANAGER: (RUNBOOK, APPROVER), SSM_AUTOMATION: (RUNBOOK,)}
# Taken on where they are set: people may review templates in AWS.
MAY_HAVE: Mapping[str, Sequence[str]] = {CHANGE_MANAGER: (REVIEWER,)}
SETTING_EMPTY, ROLE_REFUSED, CALL_DENIED = "setting_empty", "role_refused", "call_denied"
GROUP_MISSING, NO_SUCH_BACKEND = "group_missing", "no_such_backend"
BOUNDARY_MISSING = "boundary_missing"
NO_EXECUTION = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, kw_only=True)
class Missing:
    """What there is to do something about: which thing, a short stable word for what is wrong, and what AWS said."""

    what: str
    problem: str
    detail: str = ""


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


Look = Callable[[Sequence[Owner], AwsClient], Iterator[Missing]]


def probe(alias: str, owners: Sequence[Owner], aws: AwsClient, *, user_name: str = "") -> Found:
    """Return whether the backend could grant for these work groups now. Never raises BackendError.

    `user_name` is an IAM user whose tags and policies are read, as every grant reads them. Without AWS it is one call.
    """
    identity = _Asking(aws)
    who = identity.ask("AWS", lambda: aws.through(sts_of("")).call("get_caller_identity")["Arn"], else_="")
    if not who:
        return Found(missing=tuple(identity.missing))
    if alias not in settings.GRANT_BACKENDS and alias not in LOOKS:
        return Found(identity=who, missing=(Missing(what=alias, problem=NO_SUCH_BACKEND),))
    set_beside = [name for name in MAY_HAVE.get(alias, ()) if getattr(settings, name)]
    roles, missing = _take_on([*NEEDS.get(alias, ()), *set_beside], aws)
    usable = {role.setting for role in roles if role.identity}
    for needs, look in LOOKS.get(alias, ()):
        if needs in usable or not needs:
            missing += look(owners, aws)
    if user_name and alias in BY_IAM_USER:
        missing += _people(user_name, aws)
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


def _take_on(names: Sequence[str], aws: AwsClient) -> tuple[list[TakenOn], list[Missing]]:
    """Take each role on. That of the runbooks trusts Systems Manager alone, so that only its setting can be looked at."""
    asking, roles = _Asking(aws), []
    for name in names:
        arn = str(getattr(settings, name))
        if not arn:
            asking.missing.append(Missing(what=name, problem=SETTING_EMPTY))
        elif name != RUNBOOK:
            who = asking.ask(arn, lambda arn=arn: _identity_in(arn, aws), else_="", denied=ROLE_REFUSED)  # type: ignore[misc]
            roles.append(TakenOn(setting=name, arn=arn, identity=who))
    return roles, asking.missing


def _identity_in(arn: str, aws: AwsClient) -> str:
    return str(aws.through(sts_of(arn)).call("get_caller_identity")["Arn"])


def _groups(owners: Sequence[Owner], aws: AwsClient) -> Iterator[Missing]:
    """Yield what is wrong with the IAM groups. One call each."""
    for owner in owners:
        try:
            aws.through(jump_iam()).call("get_group", GroupName=owner.group, MaxItems=1)
        except BackendError as error:
            yield _wrong(owner.group, error, call="iam:GetGroup")


def _people(user_name: str, aws: AwsClient) -> Iterator[Missing]:
    """Yield which reads about IAM users are denied. Four calls; that the user is gone is drift, and told as such."""
    iam = aws.through(jump_iam())
    reads: Mapping[str, dict[str, Any]] = {
        "get_user": {"UserName": user_name},
        "list_user_tags": {"UserName": user_name},
        "get_user_policy": {"UserName": user_name, "PolicyName": entry_fence_name("none")},
        "list_users": {"MaxItems": 1},
    }
    for method, parameters in reads.items():
        try:
            iam.call(method, **parameters)
        except BackendError as error:
            if not is_missing(error):
                yield _wrong("", error, call=f"iam:{iam.client.meta.method_to_api_mapping[method]}")


def _executions(_owners: Sequence[Owner], aws: AwsClient) -> Iterator[Missing]:
    """Yield whether executions may not be looked at: one that never was is not found by whoever may look."""
    try:
        _ssm(STARTER, aws).call("get_automation_execution", AutomationExecutionId=NO_EXECUTION)
    except BackendError as error:
        if error.problem != "AutomationExecutionNotFoundException":
            yield _wrong("", error, call="ssm:GetAutomationExecution")


def _documents(owners: Sequence[Owner], aws: AwsClient) -> Iterator[Missing]:
    """Yield which documents cannot be used, as the role sees it that starts them."""
    if not all(getattr(settings, name) for owner in owners for name in RENDERED_FROM[owner.by]):
        return  # What they are to say is not known, and the settings are named already.
    for owner in owners:
        try:
            for difference in documents.differences(owner, _ssm(STARTER, aws)):
                yield Missing(what=difference.document, problem=difference.problem)
        except BackendError as error:
            yield _wrong("", error, call="ssm:GetDocument")
            return


def _directory_groups(owners: Sequence[Owner], aws: AwsClient) -> Iterator[Missing]:
    """Yield whether there is not the one Identity Center, and which groups it lacks. One call, and one for each group."""
    try:
        store = Store.found(aws)
    except BackendError as error:
        yield _wrong(settings.AWS_IDENTITY_CENTER_REGION, error, call="sso:ListInstances")
        return
    for owner in owners:
        try:
            if store.group_id(owner.group) is None:
                yield Missing(what=owner.group, problem=GROUP_MISSING)
        except BackendError as error:
            yield _wrong(owner.group, error, call="identitystore:GetGroupId")


def _wrong(what: str, error: BackendError, *, call: str) -> Missing:
    """Return what went wrong with a thing; a call that is denied is itself what is missing."""
    if is_denied(error):
        return Missing(what=call, problem=CALL_DENIED, detail=error.detail)
    return Missing(what=what or call, problem=GROUP_MISSING if is_missing(error) else error.problem, detail=error.detail)


def _ssm(setting: str, aws: AwsClient) -> AwsClient:
    return aws.through(ssm_of(getattr(settings, setting), settings.AWS_REGION))


# What is looked at, and the setting of the role in which; none for the portal's own identity.
LOOKS: Mapping[str, Sequence[tuple[str, Look]]] = {
    IAM_GROUP: (("", _groups),),
    CHANGE_MANAGER: (("", _groups), (STARTER, _documents), (STARTER, _executions)),
    SSM_AUTOMATION: (("", _groups), (STARTER, _documents), (STARTER, _executions)),
    IDENTITY_CENTER: ((DIRECTORY, _directory_groups),),
}
# Whose members are IAM users, with entry fences and TTL tags.
BY_IAM_USER = frozenset({IAM_GROUP, CHANGE_MANAGER, SSM_AUTOMATION})
