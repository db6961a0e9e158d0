"""Policy documents as statements that can be asked whether they apply."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from portal.iam import anybody
from portal.iam.conditions import AnyCondition, conditions
from portal.iam.fences import VERSION
from portal.iam.matching import arn_pattern, names_segment_by_variable, wildcard_pattern
from portal.iam.principals import Policy
from portal.iam.trust import Trusted, trusted
from portal.iam.truth import Truth, Unknown, all_of, any_of, negate, unknown
from portal.iam.variables import Template, Values, Variable, resolve, template

# The language without variables, which a document without a version speaks.
OLD_VERSION = "2008-10-17"
ACTION = re.compile(r"\*|(\*|[A-Za-z0-9-]+):[A-Za-z0-9*?]+")


class Effect(StrEnum):
    ALLOW = "Allow"
    DENY = "Deny"


class Kind(StrEnum):
    """Where a policy stands: at who calls (and what limits them), at the role or at another thing that is called."""

    IDENTITY = "identity"
    TRUST = "trust"
    RESOURCE = "resource"


@dataclass(frozen=True, kw_only=True)
class Actions:
    pattern: re.Pattern[str]
    negated: bool

    def match(self, action: str) -> bool:
        return (self.pattern.fullmatch(action) is not None) is not self.negated


@dataclass(frozen=True, kw_only=True)
class Resources:
    templates: tuple[Template | Unknown, ...]
    negated: bool

    def match(self, resource: str, request: Values) -> Truth:
        truth = any_of(self._matches(one, resource, request) for one in self.templates)
        return negate(truth) if self.negated else truth

    def _matches(self, parts: Template | Unknown, resource: str, request: Values) -> Truth:
        plain = parts if isinstance(parts, Unknown) else resolve(parts, request)
        if isinstance(plain, Unknown):
            return plain
        if plain is None:
            # Such a resource is none; whether NotResource then means all or nothing AWS does not say.
            return unknown("a variable without a value in NotResource") if self.negated else False
        return plain == ANY_RESOURCE or anybody.truth(arn_pattern(plain).fullmatch(resource) is not None, plain, resource)


@dataclass(frozen=True, kw_only=True)
class Statement:
    """`resources` is None in a trust policy, `trusted` in an identity policy."""

    label: str
    effects: frozenset[Effect]
    actions: Actions
    resources: Resources | None
    trusted: Trusted | None
    conditions: tuple[AnyCondition, ...]

    def applies(self, action: str, resource: str, request: Values) -> Truth:
        """Return whether it speaks of this call, whoever makes it."""
        if not self.actions.match(action):
            return False
        if self.resources is None:
            return all_of(condition.holds(request) for condition in self.conditions)
        matched = self.resources.match(resource, request)
        return matched if matched is False else all_of((matched, *(condition.holds(request) for condition in self.conditions)))


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A statement of which only the effect may be known; it may apply to every call."""

    label: str
    effects: frozenset[Effect]
    words: str


EITHER = frozenset(Effect)
ANY_RESOURCE = template("*", variables=False)
AnyStatement = Statement | Unreadable


class Malformed(Exception):
    """What is wrong with a document or a statement, in words."""


def statements(policy: Policy, kind: Kind) -> tuple[AnyStatement, ...]:
    """Return the policy's statements. The same document costs its reading once, whichever object holds it."""
    return (_unreadable("the document is no JSON"),) if policy.text is None else _statements(policy.text, kind)


def body_of(policy: Policy, label: str) -> Mapping[str, Any] | None:
    """Return the statement of this label as the policy writes it, if there is one."""
    bodies = policy.document.get("Statement", [])
    listed = bodies if isinstance(bodies, list) else [bodies]
    named = ((str(body.get("Sid") or f"#{number}"), body) for number, body in enumerate(listed, 1) if isinstance(body, Mapping))
    return next((body for name, body in named if name == label), None)


@lru_cache(maxsize=2048)
def _statements(text: str, kind: Kind) -> tuple[AnyStatement, ...]:
    document = json.loads(text)
    try:
        variables, bodies = _parts(document)
    except Malformed as malformed:
        return (_unreadable(str(malformed)),)
    return tuple(_statement(body, number, kind, variables=variables) for number, body in enumerate(bodies, 1))


def _unreadable(words: str) -> Unreadable:
    return Unreadable(label="", effects=EITHER, words=words)


def _parts(document: Any) -> tuple[bool, list[Any]]:
    if not document:
        raise Malformed("the document could not be read")
    if not isinstance(document, dict) or not set(document) <= {"Version", "Id", "Statement"} or "Statement" not in document:
        raise Malformed("the document is no policy")
    version = document.get("Version", OLD_VERSION)
    if version not in (VERSION, OLD_VERSION):
        raise Malformed(f"the version {version!r}")
    bodies = document["Statement"]
    return version == VERSION, bodies if isinstance(bodies, list) else [bodies]


def _statement(body: Any, number: int, kind: Kind, *, variables: bool) -> AnyStatement:
    label, effects = f"#{number}", EITHER
    try:
        if not isinstance(body, dict):
            raise Malformed("it is no object")  # noqa: TRY301  Read like the others.
        label, effects = str(body.get("Sid") or label), _effects(body)
        _refuse_unknown_elements(body)
        return Statement(
            label=label,
            effects=effects,
            actions=_actions(body),
            resources=_resources(body, kind, variables=variables),
            trusted=_trusted(body, kind),
            conditions=conditions(body.get("Condition", {}), variables=variables),
        )
    except Malformed as malformed:
        return Unreadable(label=label, effects=effects, words=str(malformed))


def _effects(body: dict[str, Any]) -> frozenset[Effect]:
    """Return both where the effect is not a known one."""
    return frozenset(effect for effect in Effect if effect == body.get("Effect")) or EITHER


ELEMENTS = {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}


def _refuse_unknown_elements(body: dict[str, Any]) -> None:
    if unknown_elements := sorted(set(body) - ELEMENTS):
        raise Malformed(f"the element {unknown_elements[0]}")
    if body.get("Effect") not in list(Effect):
        raise Malformed("the effect")


def _one_of(body: dict[str, Any], name: str) -> tuple[Any, bool]:
    """Return the value of the element or of its negation, and whether it is the negation."""
    found = [(body[key], key.startswith("Not")) for key in (name, f"Not{name}") if key in body]
    if len(found) != 1:
        raise Malformed(f"{'both' if found else 'neither'} {name} and Not{name}" if found else f"no {name}")
    return found[0]


def _texts(value: Any, name: str) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise Malformed(f"the values of {name}")
    return texts


def _actions(body: dict[str, Any]) -> Actions:
    value, negated = _one_of(body, "Action")
    texts = _texts(value, "Action")
    for text in texts:
        if not ACTION.fullmatch(text):
            raise Malformed(f"the action {text!r}")
    sources = (pattern.pattern for pattern in _action_patterns(texts))
    return Actions(pattern=re.compile("|".join(sources), re.IGNORECASE), negated=negated)


def _action_patterns(texts: list[str]) -> Iterator[re.Pattern[str]]:
    for text in texts:
        parts = template(text, variables=False)
        if not isinstance(parts, Unknown):
            yield wildcard_pattern(tuple(part for part in parts if not isinstance(part, Variable)))


def _resources(body: dict[str, Any], kind: Kind, *, variables: bool) -> Resources | None:
    if kind is Kind.TRUST:
        if {"Resource", "NotResource"} & set(body):
            raise Malformed("a Resource in a trust policy")
        return None
    value, negated = _one_of(body, "Resource")
    return Resources(templates=tuple(_resource(text, variables=variables) for text in _texts(value, "Resource")), negated=negated)


def _resource(text: str, *, variables: bool) -> Template | Unknown:
    parts = template(text, variables=variables)
    if text != "*" and not text.startswith("arn:"):
        return unknown(f"the resource {text!r}")
    if not isinstance(parts, Unknown) and names_segment_by_variable(parts):
        return unknown(f"a variable before the fifth colon of {text!r}")
    return parts


def _trusted(body: dict[str, Any], kind: Kind) -> Trusted | None:
    if kind is Kind.IDENTITY:
        if {"Principal", "NotPrincipal"} & set(body):
            raise Malformed("a Principal in an identity policy")
        return None
    value, negated = _one_of(body, "Principal")
    return trusted(value, negated=negated, canonical=kind is Kind.RESOURCE)
