"""Whether a guard rail holds for somebody: everything that it denies is denied explicitly, whatever else allows it."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

from portal.iam.conditions import request_values
from portal.iam.evaluation import Answer, Decision, evaluate, explicit_deny
from portal.iam.matching import ANYTHING
from portal.iam.principals import Call, Context, Policy, Principal
from portal.iam.rails.rail import Form, Place, Rail, Statement, rails
from portal.iam.statements import AnyStatement, Effect, Kind, statements
from portal.iam.statements import Statement as Read

FILLED = "anything"
Contexts = Callable[[bool], Context]
"""The keys of the calls that somebody makes, with and without MFA."""


class Standing(StrEnum):
    HOLDS = "holds"
    MISSING = "missing"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Held:
    """How a rail stands; `call` is the first that is not denied, as the rail writes it.

    `policy` and `statement` break the rail: a Deny that does not reach so far. `opened_by` names the statement that then allows
    the call, if any does.
    """

    standing: Standing
    call: str = ""
    resource: str = ""
    policy: str = ""
    statement: str = ""
    opened_by: str = ""
    why: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A call that the rail is to deny; `written` as the rail writes it."""

    written: str
    call: str
    resource: str
    mfa: bool = True


def held(rail: Rail, forms: Iterable[Form], place: Place, principal: Principal, context: Contexts) -> Held:
    """Return how the rail stands for the principal: unknown where a key decides that nobody has told."""
    tried = list(calls(rail, tuple(forms), place))
    by_mfa = {mfa: request_values(context(mfa)) for mfa in {each.mfa for each in tried}}
    asked = [(each, Call(action=each.call, resource=each.resource, context=by_mfa[each.mfa])) for each in tried]
    answers = [(each, call, explicit_deny(principal, call)) for each, call in asked]
    others = [(each, call, answer) for each, call, answer in answers if answer.decision is not Decision.EXPLICIT_DENY]
    open_ = next(((each, call) for each, call, answer in others if not answer.unknown), None)
    if open_ is None:
        return _unknown(others[0][0], others[0][2]) if others else Held(standing=Standing.HOLDS)
    denying = {answer.statement for _each, _call, answer in answers if answer.decision is Decision.EXPLICIT_DENY}
    each, call = open_
    return _blamed(each, evaluate(principal, call), rail, principal, denying)


def _unknown(tried: Tried, answer: Answer) -> Held:
    return Held(standing=Standing.UNKNOWN, call=tried.written, resource=tried.resource, why=answer.unknown)


def calls(rail: Rail, forms: tuple[Form, ...], place: Place) -> Iterator[Tried]:
    """Yield what the rail denies there: the calls that its file expects, and each action on each thing of its statements."""
    for expected in rail.denies:
        if expected.form in forms:
            for resource in place.arns(expected.resource):
                yield Tried(written=expected.action, call=expected.action, resource=resource, mfa=expected.mfa)
    for form in forms:
        for statement in rail.statements(form, place):
            yield from _written(statement)


def _written(statement: Statement) -> Iterator[Tried]:
    resources = _listed(statement.get("Resource", []))
    # One that spares the portal is met by all others. When any other condition is met only the file's own calls tell.
    if not resources or set(statement.get("Condition", {})) - {"ArnNotLike"}:
        return
    for action, resource in product(_listed(statement["Action"]), resources):
        yield Tried(written=action, call=_filled(action), resource=resource if resource == "*" else _filled(resource))


def _filled(pattern: str) -> str:
    return "".join(FILLED if sign in ANYTHING else sign for sign in pattern)


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _blamed(tried: Tried, answer: Answer, rail: Rail, principal: Principal, denying: Collection[str]) -> Held:
    """Return with the call the Deny that was to refuse it: of the rail's name, about the call, or about others of the rail's."""
    opened = f"{answer.policy} {answer.statement}".strip() if answer.allowed else ""
    found = Held(standing=Standing.MISSING, call=tried.written, resource=tried.resource, opened_by=opened)
    denies = [one for one in _denies(principal.policies) if not _is_of_another(one[1].label, rail)]
    named = (one for one in denies if one[1].label.startswith(rail.sid))
    about = (one for one in denies if one[1].actions.match(tried.call))
    partly = (one for one in denies if one[1].label in denying)
    blamed = next(iter((*named, *about, *partly)), None)
    if blamed is None:
        return found
    policy, statement = blamed
    return replace(found, standing=Standing.BROKEN, policy=policy.name, statement=statement.label)


def _is_of_another(label: str, rail: Rail) -> bool:
    """Return whether a statement has another rail's name: where two overlap one is not the other's."""
    return not label.startswith(rail.sid) and any(label.startswith(other.sid) for other in rails())


def _denies(policies: Iterable[Policy]) -> Iterator[tuple[Policy, Read]]:
    for policy in policies:
        for statement in statements(policy, Kind.IDENTITY):
            if _is_deny(statement) and isinstance(statement, Read):
                yield policy, statement


def _is_deny(statement: AnyStatement) -> bool:
    return Effect.DENY in statement.effects
