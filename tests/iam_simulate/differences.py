"""Where iam-simulate and our evaluator differ, and why we think that AWS is with ours.

A difference is not taken on trust: the policy is restated in words that mean the same and that both understand, and then both
must agree. What we call unknown is told by its words.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from portal.iam.evaluation import KEY_UNREAD, THING_UNREAD
from portal.iam.principals import Context, Policy
from tests.iam_simulate.cases import Case

Statement = dict[str, Any]
# No value of a request has this character, so that nothing is like such a text or equal to it.
NOTHING = "§"
NO_ARN = f"arn:{NOTHING}:{NOTHING}:{NOTHING}:{NOTHING}:{NOTHING}"
VARIABLE = re.compile(r"\$\{([^},]+)\}")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a restatement may depend on."""

    keys: frozenset[str]
    version: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """`restate` gets a statement of a policy and returns one of the same meaning."""

    name: str
    reason: str
    restate: Callable[[Statement, Request], Statement]


def _values(statement: Statement, restate: Callable[[str, Any], Any]) -> Statement:
    """Return the statement with each value of its conditions restated; `restate` gets the operator and the value."""
    conditions = {
        operator: {key: [restate(operator, value) for value in _listed(values)] for key, values in keys.items()}
        for operator, keys in statement.get("Condition", {}).items()
    }
    return {**statement, "Condition": conditions} if conditions else statement


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _texts(value: Any, restate: Callable[[str], str]) -> Any:
    """Return JSON with each text in it restated, but for names of keys."""
    if isinstance(value, Mapping):
        return {key: _texts(one, restate) for key, one in value.items()}
    if isinstance(value, list):
        return [_texts(one, restate) for one in value]
    return restate(value) if isinstance(value, str) else value


def _no_variables_in_old_versions(statement: Statement, request: Request) -> Statement:
    old = request.version != "2012-10-17"
    return _texts(statement, lambda text: text.replace("${", NOTHING)) if old else statement


def _special_characters_are_themselves(statement: Statement, _request: Request) -> Statement:
    def restate(operator: str, value: Any) -> Any:
        exact = "Equals" in operator and "String" in operator
        return value.replace("${*}", "*").replace("${?}", "?") if exact and isinstance(value, str) else value

    return _values(statement, restate)


def _nothing_is_like_no_value(statement: Statement, request: Request) -> Statement:
    def restate(operator: str, value: Any) -> Any:
        names = {name.lower() for name in VARIABLE.findall(str(value))} - {"*", "?", "$"}
        if "Not" not in operator or names <= request.keys:
            return value
        return NO_ARN if "Arn" in operator else NOTHING

    return _values(statement, restate)


def _epoch_in_seconds(statement: Statement, _request: Request) -> Statement:
    """Write seconds as dates, but for the key that is itself in seconds."""
    conditions = {
        operator: {key: values if key.lower() == "aws:epochtime" else _dates(values) for key, values in keys.items()}
        for operator, keys in statement.get("Condition", {}).items()
        if "Date" in operator
    }
    return {**statement, "Condition": {**statement["Condition"], **conditions}} if conditions else statement


def _dates(values: Any) -> list[Any]:
    return ["2026-11-23T20:00:00Z" if value == "1795464000" else value for value in _listed(values)]


def _addresses_as_networks(statement: Statement, _request: Request) -> Statement:
    def restate(operator: str, value: Any) -> Any:
        return f"{value}/{128 if ':' in value else 32}" if "IpAddress" in operator and "/" not in value else value

    return _values(statement, restate)


def _whole_internet(statement: Statement, _request: Request) -> Statement:
    conditions = {
        operator: {key: [half for value in _listed(values) for half in _halves(value)] for key, values in keys.items()}
        for operator, keys in statement.get("Condition", {}).items()
    }
    return {**statement, "Condition": conditions} if conditions else statement


def _halves(value: Any) -> list[Any]:
    return ["0.0.0.0/1", "128.0.0.0/1"] if value == "0.0.0.0/0" else [value]


def _completed_arns(statement: Statement, _request: Request) -> Statement:
    if "NotResource" not in statement:
        return statement
    return {**statement, "NotResource": [_completed(arn) for arn in _listed(statement["NotResource"])]}


def _completed(arn: str) -> str:
    return arn if arn == "*" else arn + ":*" * (5 - arn.count(":"))


DIFFERENCES = (
    Difference(
        name="variables in an old version",
        reason="AWS: variables need version 2012-10-17; without it they are plain text. The package fills them in.",
        restate=_no_variables_in_old_versions,
    ),
    Difference(
        name="special characters without wildcards",
        reason="AWS: ${*} is an asterisk wherever a variable may stand. The package reads four characters under StringEquals.",
        restate=_special_characters_are_themselves,
    ),
    Difference(
        name="negated operators and a variable without a value",
        reason="AWS: StringNotEquals and the like do match against a variable that has no value. The package says they do not.",
        restate=_nothing_is_like_no_value,
    ),
    Difference(
        name="seconds since 1970",
        reason="AWS: a date may be in epoch time, which is seconds. The package takes them for milliseconds.",
        restate=_epoch_in_seconds,
    ),
    Difference(
        name="all of IPv4",
        reason="0.0.0.0/0 holds every IPv4 address. The package shifts 32 bits by 32, which in its language shifts by none.",
        restate=_whole_internet,
    ),
    Difference(
        name="one address of the other family",
        reason="An IPv4 address is no IPv6 address, so NotIpAddress holds. The package says so of networks only.",
        restate=_addresses_as_networks,
    ),
    Difference(
        name="incomplete ARNs in NotResource",
        reason="AWS completes them in identity policies. The package matches nothing with it in NotResource.",
        restate=_completed_arns,
    ),
)

# What ours calls unknown, by its words, and why it does.
LEFT_OPEN = {
    "NotPrincipal with Allow": "AWS supports NotPrincipal with Deny only; the package takes it for everyone else.",
    "NotPrincipal that names the caller": "AWS: a Deny whose NotPrincipal lists a user and not the account may deny the user.",
    "whether a boundary limits what everyone may": "AWS says it of users, sessions and roles by name; the package of `*`.",
    "ForAnyValue with IfExists, and no": "AWS's sentences on the two contradict each other; the package follows one.",
    KEY_UNREAD: "AWS: no policy of IAM gives a key without the key's own; the package takes an unread one for none.",
    THING_UNREAD: "AWS: in one account a thing's policy may give by itself, and deny; the package takes an unread one for none.",
    "a variable without a value in NotResource": "AWS: it matches no resource, which NotResource may turn either way.",
}


def left_open(words: str) -> bool:
    return any(phrase in words for phrase in LEFT_OPEN)


def restated(case: Case, differences: tuple[Difference, ...] = DIFFERENCES) -> Case:
    """Return the case with every policy restated."""
    context = case.call.context
    principal = replace(
        case.principal,
        policies=tuple(restated_policy(policy, context, differences) for policy in case.principal.policies),
        boundary=case.principal.boundary and restated_policy(case.principal.boundary, context, differences),
    )
    role = case.role and replace(case.role, trust=restated_policy(case.role.trust, context, differences))
    return replace(case, principal=principal, role=role)


def restated_policy(policy: Policy, context: Context, differences: tuple[Difference, ...] = DIFFERENCES) -> Policy:
    document = policy.document
    request = Request(keys=frozenset(key.lower() for key in context), version=document.get("Version", "2008-10-17"))
    body = _listed(document["Statement"])
    for difference in differences:
        body = [difference.restate(statement, request) for statement in body]
    return replace(policy, document={**document, "Statement": body})
