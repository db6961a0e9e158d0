"""Whether a user can switch to a role at a moment and act there: the user's side, the role's trust, and its session gate."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from portal.iam import anybody, contexts
from portal.iam.account import UNREADABLE, Account, Group, User
from portal.iam.evaluation import ASSUME_ROLE, Answer, Decision, evaluate, evaluate_assume_role
from portal.iam.principals import Call, Context, Document, Policy, Principal, Role, account_of
from portal.iam.session_gate import SESSION_GATE_NAME

# Of no service, so that a gate, which speaks of every action, is all that can speak of it.
ANYTHING = "sekisho:Anything"


@dataclass(frozen=True, kw_only=True)
class Switch:
    """`entry` is AWS's answer to sts:AssumeRole, `gate` the gate's to whatever comes then; None where the role has no gate.

    A gate denies explicitly or says nothing, which is an implicit deny of its own and leaves the rest to the role's policies.
    """

    entry: Answer
    gate: Answer | None

    @property
    def decision(self) -> Decision:
        if not self.entry.allowed or self.gate is None:
            return self.entry.decision
        return self.gate.decision if self.gate.decision in (Decision.EXPLICIT_DENY, Decision.UNKNOWN) else Decision.ALLOWED

    @property
    def decided_by(self) -> Answer:
        """The answer whose policy and statement decided."""
        return self.gate if self.gate is not None and self.entry.allowed and self.decision != Decision.ALLOWED else self.entry

    @property
    def is_shut(self) -> bool:
        """Whether both deny explicitly, which no Allow anywhere gets round; without a gate the entry alone."""
        return all(side.decision is Decision.EXPLICIT_DENY for side in (self.entry, self.gate) if side is not None)


def evaluate_switch(
    account: Account, user: User, role: Role, *, at: datetime, mfa: bool = True, session_name: str | None = None
) -> Switch:
    """Return what AWS answers to the user's switch, by default with MFA and under the user's own name, and to what follows it."""
    name = session_name or user.name
    context = keys_of_switch(user, role.arn, role.tags, at=at, mfa=mfa, session_name=name)
    entry = evaluate_assume_role(account.principal(user.name), role, context)
    gate = session_gate_of(role)
    return Switch(entry=entry, gate=None if gate is None else _through(gate, role, name, at=at, mfa=mfa))


def evaluate_fences(user: User, role: Role, *, at: datetime) -> Switch:
    """Return what the user's and the role's own inline policies deny by themselves, whatever groups and trust allow.

    Only denies matter: hand in the user with the entry fence alone and the role with the session gate alone, as AWS showed them.
    """
    policies = tuple(Policy(name=f"user {user.name}: {name}", document=document) for name, document in user.inline.items())
    caller = Principal(arn=user.arn, account_id=account_of(user.arn), policies=policies)
    context = keys_of_switch(user, role.arn, role.tags, at=at, mfa=True, session_name=user.name)
    entry = evaluate(caller, Call(action=ASSUME_ROLE, resource=role.arn, context=context))
    gate = session_gate_of(role)
    return Switch(entry=entry, gate=None if gate is None else _through(gate, role, user.name, at=at, mfa=True))


def keys_of_switch(
    user: User, role_arn: str, role_tags: Mapping[str, str] | None, *, at: datetime, mfa: bool, session_name: str
) -> Context:
    """Return the keys of a switch that nobody has made yet. A role that could not be read has None for tags."""
    of_caller = contexts.TAGS_OF_CALLER if anybody.is_in(user.name) else ()
    of_role = contexts.TAGS_OF_ROLE if role_tags is None else ()
    keys = contexts.of_switch(
        arn=user.arn,
        user_id=user.id,
        user_name=user.name,
        at=at,
        mfa=mfa,
        session_name=session_name,
        role_arn=role_arn,
        role_tags=role_tags,
        tags=user.tags,
    )
    return contexts.not_made_yet(keys, unread=(*of_caller, *of_role))


def session_gate_of(role: Role) -> Policy | None:
    return next((policy for policy in role.policies if policy.name.endswith(f": {SESSION_GATE_NAME}")), None)


def switches_of(account: Account, group: Group) -> frozenset[str]:
    """Return on what the group's policies allow sts:AssumeRole, as they write it; * where that cannot be told."""
    managed = (account.policies.get(arn, UNREADABLE) for arn in group.attached)
    return frozenset(resource for document in (*group.inline.values(), *managed) for resource in _switched(document))


def _switched(document: Document) -> Iterator[str]:
    for statement in _listed(document.get("Statement", [{}])):
        actions = [str(action).lower() for action in _listed(statement.get("Action", "*"))]
        if statement.get("Effect") != "Deny" and any(fnmatchcase(ASSUME_ROLE.lower(), action) for action in actions):
            yield from map(str, _listed(statement.get("Resource", "*")))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _through(gate: Policy, role: Role, name: str, *, at: datetime, mfa: bool) -> Answer:
    session = role.session(name)
    alone = Principal(arn=session.arn, account_id=session.account_id, policies=(gate,), role_arn=role.arn)
    context = contexts.of_session(role_arn=role.arn, role_id=role.role_id, session_name=name, issued_at=at, at=at, mfa=mfa)
    return evaluate(alone, Call(action=ANYTHING, resource="*", context=contexts.not_made_yet(context)))
