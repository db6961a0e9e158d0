"""Published ways from some rights to more: which of them the policies of one holder leave open."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from portal.iam import contexts
from portal.iam.checks.remarks import Remark
from portal.iam.evaluation import is_open
from portal.iam.principals import Call, Context, Policy, Principal, Role
from portal.iam.truth import unknown
from portal.iam.written.policies import OWN_ACCOUNT, UNRESOLVED_KEY, Holder

# A role that something runs with already: refusing these ways forbids ordinary work.
EXISTING = "existing"
REGION = "eu-west-1"
# What the calls of a service are about; any thing of that kind, so that only what is allowed on all of them counts.
THINGS: Mapping[str, str] = {
    "apprunner": "service/some/1",
    "bedrock-agentcore": "code-interpreter/some",
    "cloudformation": "stack/some/1",
    "codebuild": "project/some",
    "ec2": "instance/i-1",
    "ec2-instance-connect": "instance/i-1",
    "ecs": "service/some/1",
    "glue": "job/some",
    "lambda": "function:some",
    "sagemaker": "notebook-instance/some",
    "ssm": "instance/i-1",
}
EVERYTHING = Policy(
    name="everything",
    document={"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
)
SERVICE_OF_THING = {"ec2-instance-connect": "ec2", "ssm": "ec2"}
# Words in an action's name, and the kind of thing of IAM that it is about: the first that fits.
KINDS = (("Role", "role"), ("Group", "group"), ("User", "user"), ("AccessKey", "user"), ("LoginProfile", "user"), ("", "policy"))


@dataclass(frozen=True, kw_only=True)
class Way:
    id: str
    kind: str
    actions: tuple[str, ...]


@cache
def ways() -> tuple[Way, ...]:
    read = yaml.safe_load(files(__package__).joinpath("ways.yaml").read_text(encoding="utf-8"))
    return tuple(
        Way(id=name, kind=kind, actions=tuple(actions.split()))
        for kind, several in read.items()
        for name, actions in several.items()
    )


def open_ways(policies: Iterable[Policy], boundary: Policy | None, *, at: datetime) -> list[Way]:
    """Return the ways of which every action is allowed, whatever it is about and wherever it comes from.

    A deny or a boundary that may hold or not closes none.
    """
    principal = principal_of(tuple(policies), boundary)
    allowed = {action: is_open(principal, call_of(action, at=at)) for way in ways() for action in way.actions}
    return [way for way in ways() if all(allowed[action] for action in way.actions)]


def escalations(holder: Holder, *, at: datetime) -> Iterator[Remark]:
    """Yield the ways that somebody has, those by which ordinary work goes too as a note."""
    policies = [written.policy() for written in holder.policies if not written.is_limit]
    if not policies:
        return
    found = open_ways(policies, holder.limit(), at=at)
    for is_note in (False, True):
        some = [way for way in found if (way.kind == EXISTING) is is_note]
        if some:
            listed = "; ".join(f"{way.id} ({' + '.join(way.actions)})" for way in some)
            count = f"{len(some)} published way{'s' * (len(some) > 1)}"
            fields = {"count": count, "ways": listed, **({"is_note": "yes"} if is_note else {})}
            yield Remark(rule="escalation", place=holder.place, where=holder.name, fields=fields)


def is_let(holder: Holder, action: str, *, at: datetime) -> bool:
    """Return whether neither the holder's own denies nor the boundary are known to keep them from doing this to anything."""
    own = (written.policy() for written in holder.policies)
    principal = principal_of((EVERYTHING, *own), holder.limit(), account=holder.account)
    return is_open(principal, call_of(action, at=at, account=holder.account))


def call_of(action: str, *, at: datetime, account: str = OWN_ACCOUNT) -> Call:
    """Return the call about any thing of its kind in the account."""
    return Call(action=action, resource=thing_of(action, account), context=_context(at, account))


def principal_of(policies: tuple[Policy, ...], boundary: Policy | None, *, account: str = OWN_ACCOUNT) -> Principal:
    """Return a session of some role with these policies."""
    trust = Policy(name="trust", document={})
    role = Role(arn=_some_role(account), role_id="AROASOME", trust=trust, policies=policies, boundary=boundary)
    return role.session("somebody")


def _some_role(account: str) -> str:
    return f"arn:aws:iam::{account}:role/some"


@lru_cache(maxsize=128)
def _context(at: datetime, account: str) -> Context:
    keys = contexts.of_session(
        role_arn=_some_role(account), role_id="AROASOME", session_name="somebody", issued_at=at, at=at, mfa=True
    )
    unread = ("iam:PassedToService", *contexts.TAGS_OF_ROLE, *contexts.TAGS_OF_CALLER, *contexts.BY_A_SERVICE)
    told = contexts.not_made_yet(keys, unread=unread)
    return {**told, UNRESOLVED_KEY: unknown("what the file does not tell")}


def thing_of(action: str, account: str = OWN_ACCOUNT) -> str:
    """Return any thing of the kind that the call is about, in the account."""
    service, _colon, name = action.partition(":")
    if service in ("iam", "sts"):
        kind = next(kind for word, kind in KINDS if word in name)
        return f"arn:aws:iam::{account}:{kind}/somebody"
    thing = THINGS.get(service)
    return f"arn:aws:{SERVICE_OF_THING.get(service, service)}:{REGION}:{account}:{thing}" if thing else "*"
