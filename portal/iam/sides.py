"""What policies say to one call: the statements that apply or may, from each side that has a say."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.iam.organisation import binds_thing
from portal.iam.principals import Call, Called, Policy, Principal
from portal.iam.statements import AnyStatement, Effect, Kind, Statement, statements
from portal.iam.trust import Reach
from portal.iam.truth import Truth, Unknown, all_of, any_of, unknown
from portal.iam.variables import Values


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A statement that applies, or may."""

    policy: str
    statement: str
    truth: Truth
    reach: Reach | None = None


@dataclass(frozen=True, kw_only=True)
class Side:
    """What some policies say to one call, by the name of what they are. Statements that do not apply are left out."""

    name: str = ""
    allows: tuple[Finding, ...] = ()
    denies: tuple[Finding, ...] = ()

    def allow(self, reach: Reach | None = None) -> Truth:
        return any_of(finding.truth for finding in self.allows if finding.reach is reach)

    def allow_of_any_reach(self) -> Truth:
        return any_of(finding.truth for finding in self.allows)


def of_caller(principal: Principal, call: Call, request: Values) -> Side:
    return _of_identity("", principal.policies, call, request)


def limiting(principal: Principal, call: Call, request: Values) -> tuple[Side, ...]:
    """Return what limits the caller's own policies: each must allow as well."""
    boundary, session = principal.boundary, principal.session_policies
    return (
        *([_of_identity(boundary.name, (boundary,), call, request)] if boundary else []),
        *([_of_identity("session policies", session, call, request)] if session is not None else []),
    )


def of_organisation(principal: Principal, call: Call, request: Values) -> tuple[Side, ...]:
    """Return what limits everything in the caller's account, whoever else allows it: each level must allow."""
    levels = () if principal.is_service_linked else principal.scps
    return tuple(_of_identity(level.name, level.policies, call, request) for level in levels)


def of_thing(called: Called, kind: Kind, principal: Principal, call: Call, request: Values) -> Side:
    """Return what the policy of what is called says, by how closely it names the caller."""
    allows: list[Finding] = []
    denies: list[Finding] = []
    for statement in statements(called.policy, kind):
        applies = _applies(statement, call, request)
        if applies is False:
            continue
        named = statement.trusted if isinstance(statement, Statement) else None
        if Effect.ALLOW in statement.effects:
            for reach in Reach:
                truth = all_of((applies, named.names(principal, reach) if named else True))
                allows.append(_finding(called.policy, statement, truth, reach))
        if Effect.DENY in statement.effects:
            truth = all_of((applies, named.denies(principal) if named else True))
            denies.append(_finding(called.policy, statement, truth))
    return Side(name=called.policy.name, allows=tuple(allows), denies=tuple(denies))


def of_things_organisation(called: Called, principal: Principal, call: Call, request: Values) -> Side:
    """Return what denies access to everything in the thing's account. AWS itself attaches what allows it, for good."""
    binds = binds_thing(principal, called, call.action)
    if binds is False:
        return Side()
    policies = (policy for level in called.rcps for policy in level.policies)
    read = ((policy, statement) for policy in policies for statement in statements(policy, Kind.RESOURCE))
    denying = ((policy, one, _applies(one, call, request)) for policy, one in read if Effect.DENY in one.effects)
    return Side(
        denies=tuple(_finding(policy, one, all_of((binds, truth))) for policy, one, truth in denying if truth is not False)
    )


def _of_identity(name: str, policies: Iterable[Policy], call: Call, request: Values) -> Side:
    allows, denies = [], []
    for policy in policies:
        for statement in statements(policy, Kind.IDENTITY):
            truth = _applies(statement, call, request)
            if truth is False:
                continue
            finding = _finding(policy, statement, truth)
            allows += [finding] * (Effect.ALLOW in statement.effects)
            denies += [finding] * (Effect.DENY in statement.effects)
    return Side(name=name, allows=tuple(allows), denies=tuple(denies))


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
