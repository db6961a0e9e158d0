"""Whether AWS would allow a call: an explicit deny wins, then an allow where one is needed, else it is denied implicitly.

Covered are identity policies, the permissions boundary and a role's trust policy. Not looked at are policies of an organisation
and of a session, which could only take away, and policies of other resources than roles, which could also give.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.iam.conditions import request_values
from portal.iam.principals import Context, Policy, Principal, Role
from portal.iam.statements import AnyStatement, Effect, Kind, Statement, statements
from portal.iam.trust import Reach
from portal.iam.truth import Truth, Unknown, all_of, any_of, negate, unknown
from portal.iam.variables import Values

ASSUME_ROLE = "sts:AssumeRole"
# AWS answers it to whoever asks, whatever policies say.
NEVER_REFUSED = "sts:getcalleridentity"


class Decision(StrEnum):
    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicit_deny"
    IMPLICIT_DENY = "implicit_deny"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call: `sts:AssumeRole` on an ARN (`*` for an action that knows no resources), with the keys that AWS fills in."""

    action: str
    resource: str
    context: Context


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`policy` and `statement` (its Sid, else `#2`) name what decided, if anything did. `unknown` has words for what is open.

    An implicit deny has such words where it may be an explicit one.
    """

    decision: Decision
    policy: str = ""
    statement: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return self.decision is Decision.ALLOWED


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A statement that applies, or may."""

    policy: str
    statement: str
    truth: Truth
    reach: Reach | None = None


@dataclass(frozen=True, kw_only=True)
class Side:
    """What some policies say to one call. Statements that do not apply are left out."""

    allows: tuple[Finding, ...] = ()
    denies: tuple[Finding, ...] = ()

    def allow(self, reach: Reach | None = None) -> Truth:
        return any_of(finding.truth for finding in self.allows if finding.reach is reach)


def evaluate(principal: Principal, call: Call) -> Answer:
    """Return what the principal's policies and permissions boundary say to the call."""
    if call.action.lower() == NEVER_REFUSED:
        return Answer(decision=Decision.ALLOWED)
    identity, boundary = _sides_of_caller(principal, call)
    sides = (identity, *([boundary] if boundary else []))
    return _answer(all_of((identity.allow(), _within(boundary))), sides, allows=identity.allows)


def evaluate_assume_role(principal: Principal, role: Role, context: Context) -> Answer:
    """Return whether the principal may switch to the role: both sides are asked."""
    call = Call(action=ASSUME_ROLE, resource=role.arn, context=context)
    identity, boundary = _sides_of_caller(principal, call)
    trust = _trust_side(role.trust, principal, request_values(context))
    sides = (identity, *([boundary] if boundary else []), trust)
    by_both = all_of((any_of(trust.allow(reach) for reach in Reach), identity.allow(), _within(boundary)))
    if by_both is True or principal.account_id != role.account_id:
        return _answer(by_both, sides, allows=identity.allows)
    direct = [finding for finding in trust.allows if finding.reach is not Reach.ACCOUNT]
    return _answer(any_of((by_both, _by_trust_alone(trust, _within(boundary)))), sides, allows=direct)


def _by_trust_alone(trust: Side, within: Truth) -> Truth:
    """Return whether, in one account, the trust policy suffices without an allow of the caller's own."""
    if within is False:
        # AWS says it of a user and a session, and denies it of a role; of everyone it says nothing.
        everyone = all_of((trust.allow(Reach.EVERYONE), unknown("whether a boundary limits what everyone may")))
        return any_of((trust.allow(Reach.CALLER), everyone))
    return any_of((trust.allow(Reach.CALLER), *(all_of((trust.allow(reach), within)) for reach in (Reach.ROLE, Reach.EVERYONE))))


def _within(boundary: Side | None) -> Truth:
    return True if boundary is None else boundary.allow()


def _sides_of_caller(principal: Principal, call: Call) -> tuple[Side, Side | None]:
    request = request_values(call.context)
    boundary = _identity_side((principal.boundary,), call, request) if principal.boundary else None
    return _identity_side(principal.policies, call, request), boundary


def _identity_side(policies: Iterable[Policy], call: Call, request: Values) -> Side:
    allows, denies = [], []
    for policy in policies:
        for statement in statements(policy, Kind.IDENTITY):
            truth = _applies(statement, call, request)
            if truth is False:
                continue
            finding = _finding(policy, statement, truth)
            allows += [finding] * (Effect.ALLOW in statement.effects)
            denies += [finding] * (Effect.DENY in statement.effects)
    return Side(allows=tuple(allows), denies=tuple(denies))


def _trust_side(trust: Policy, principal: Principal, request: Values) -> Side:
    allows: list[Finding] = []
    denies: list[Finding] = []
    call = Call(action=ASSUME_ROLE, resource="", context={})
    for statement in statements(trust, Kind.TRUST):
        applies = _applies(statement, call, request)
        named = statement.trusted if isinstance(statement, Statement) else None
        if Effect.ALLOW in statement.effects:
            for reach in Reach:
                truth = all_of((applies, named.names(principal, reach) if named else True))
                allows.append(_finding(trust, statement, truth, reach))
        if Effect.DENY in statement.effects:
            truth = all_of((applies, named.denies(principal) if named else True))
            denies.append(_finding(trust, statement, truth))
    return Side(allows=tuple(allows), denies=tuple(denies))


def _finding(policy: Policy, statement: AnyStatement, truth: Truth, reach: Reach | None = None) -> Finding:
    placed = _with_place(truth, policy, statement)
    return Finding(policy=policy.name, statement=statement.label, truth=placed, reach=reach)


def _applies(statement: AnyStatement, call: Call, request: Values) -> Truth:
    if not isinstance(statement, Statement):
        return unknown(statement.words)
    return statement.applies(call.action, call.resource, request)


def _with_place(truth: Truth, policy: Policy, statement: AnyStatement) -> Truth:
    if not isinstance(truth, Unknown):
        return truth
    place = f"{policy.name} {statement.label}".strip()
    return Unknown(tuple(f"{place}: {words}" for words in truth.words))


def _answer(allowed: Truth, sides: Iterable[Side], *, allows: Iterable[Finding]) -> Answer:
    """Return the answer; `allows` holds the statement to name when the call goes through."""
    denies = [finding for side in sides for finding in side.denies]
    for finding in denies:
        if finding.truth is True:
            return Answer(decision=Decision.EXPLICIT_DENY, policy=finding.policy, statement=finding.statement)
    if allowed is False:
        return Answer(decision=Decision.IMPLICIT_DENY, unknown=_words(any_of(finding.truth for finding in denies)))
    # An unknown deny matters only now that without it the call would, or might, go through.
    open_ = all_of((allowed, *(negate(finding.truth) for finding in denies)))
    if isinstance(open_, Unknown):
        return Answer(decision=Decision.UNKNOWN, unknown=open_.words)
    decisive = next(finding for finding in allows if finding.truth is True)
    return Answer(decision=Decision.ALLOWED, policy=decisive.policy, statement=decisive.statement)


def _words(truth: Truth) -> tuple[str, ...]:
    return truth.words if isinstance(truth, Unknown) else ()
