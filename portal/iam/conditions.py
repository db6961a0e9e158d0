"""The Condition element: an operator, a key, and the values of which one must match (or, with a negated operator, none)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.iam import anybody
from portal.iam.matching import names_segment_by_variable
from portal.iam.operators import OPERATORS, Operator
from portal.iam.principals import Context
from portal.iam.truth import Truth, Unknown, all_of, any_of, negate, unknown
from portal.iam.variables import Template, Text, Values, resolve, template, value_of

IF_EXISTS = "IfExists"
NULL = "Null"


class Quantifier(StrEnum):
    ONE = ""
    ALL = "ForAllValues:"
    ANY = "ForAnyValue:"


@dataclass(frozen=True, kw_only=True)
class Condition:
    operator: Operator
    quantifier: Quantifier
    if_exists: bool
    key: str
    values: tuple[Template | Unknown, ...]

    def holds(self, request: Values) -> Truth:
        given = value_of(self.key, request)
        if given is None:
            return self._holds_without_key()
        if isinstance(given, Unknown):
            return given
        if self.quantifier is Quantifier.ONE:
            # AWS wants a set operator here, and does not say what it does without one.
            return self._matches(given, request) if isinstance(given, str) else unknown(f"{self.key} without a set operator")
        return self._holds_for_set((given,) if isinstance(given, str) else given, request)

    def _holds_without_key(self) -> Truth:
        if self.quantifier is Quantifier.ANY:
            return unknown(f"ForAnyValue with IfExists, and no {self.key}") if self.if_exists else False
        return self.if_exists or self.quantifier is Quantifier.ALL or self.operator.negated

    def _holds_for_set(self, given: tuple[str, ...], request: Values) -> Truth:
        empty = given == ("",)
        truths = (self._matches(value, request) for value in given)
        if self.quantifier is Quantifier.ALL:
            # AWS: an empty string is an empty set, of which all is true.
            return True if empty else all_of(truths)
        truth = any_of(truths)
        return truth if truth is False or not empty else unknown(f"ForAnyValue over an empty {self.key}")

    def _matches(self, given: str, request: Values) -> Truth:
        truth = any_of(self._equals(value, given, request) for value in self.values)
        return negate(truth) if self.operator.negated else truth

    def _equals(self, value: Template | Unknown, given: str, request: Values) -> Truth:
        plain = value if isinstance(value, Unknown) else resolve(value, request)
        if isinstance(plain, Unknown):
            return plain
        if plain is None:
            return False
        return anybody.truth(self.operator.matches(plain, given), plain, given, is_text=self.operator.variables)


@dataclass(frozen=True, kw_only=True)
class Absent:
    """The Null operator: `wanted` holds True where the key must be absent, False where it must be there; both hold always."""

    key: str
    wanted: frozenset[bool]

    def holds(self, request: Values) -> Truth:
        given = value_of(self.key, request)
        if isinstance(given, Unknown):
            return given
        if given == "":
            return unknown(f"whether an empty {self.key} is null")
        return (given is None) in self.wanted


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A condition that this evaluator does not know."""

    words: str

    def holds(self, _request: Values) -> Truth:
        return unknown(self.words)


AnyCondition = Condition | Absent | Unreadable


def conditions(element: Any, *, variables: bool) -> tuple[AnyCondition, ...]:
    """Return the conditions of a Condition element; all must hold."""
    if not isinstance(element, Mapping) or not all(isinstance(keys, Mapping) for keys in element.values()):
        return (Unreadable(words="a Condition that is no map of maps"),)
    return tuple(_conditions(element, variables=variables))


def _conditions(element: Mapping[str, Any], *, variables: bool) -> Iterator[AnyCondition]:
    for name, keys in element.items():
        for key, value in keys.items():
            values = _texts(value)
            if not values:
                yield Unreadable(words=f"the values of {key}")
            elif name == NULL:
                yield _null(key, values)
            else:
                yield _condition(name, key, values, variables=variables)


def _null(key: str, values: tuple[str, ...]) -> AnyCondition:
    if not {value.lower() for value in values} <= {"true", "false"}:
        return Unreadable(words=f"Null of {key}")
    return Absent(key=key.lower(), wanted=frozenset(value.lower() == "true" for value in values))


def _condition(name: str, key: str, values: tuple[str, ...], *, variables: bool) -> AnyCondition:
    quantifier = next(one for one in (Quantifier.ALL, Quantifier.ANY, Quantifier.ONE) if name.startswith(one))
    base = name.removeprefix(quantifier)
    operator = OPERATORS.get(base.removesuffix(IF_EXISTS))
    if operator is None:
        return Unreadable(words=f"the operator {name}")
    return Condition(
        operator=operator,
        quantifier=quantifier,
        if_exists=base.endswith(IF_EXISTS),
        key=key.lower(),
        values=tuple(_value(base, operator, value, variables=variables) for value in values),
    )


def _value(name: str, operator: Operator, text: str, *, variables: bool) -> Template | Unknown:
    if not operator.variables:
        return (Text(text),)
    parts = template(text, variables=variables)
    if name.startswith("Arn") and not isinstance(parts, Unknown) and names_segment_by_variable(parts):
        return unknown(f"a variable before the fifth colon of {text!r}")
    return parts


def _texts(value: Any) -> tuple[str, ...]:
    """Return the values as texts; none when one is neither text, number nor Boolean."""
    values = value if isinstance(value, list | tuple) else [value]
    texts = [str(one).lower() if isinstance(one, bool) else str(one) for one in values if isinstance(one, str | int | float)]
    return tuple(texts) if len(texts) == len(values) else ()


class Request(dict[str, str | tuple[str, ...] | Unknown]):
    """A request's keys as conditions look them up: whoever asks about many calls has them made once."""


def request_values(context: Context) -> Request:
    """Return the request's keys as conditions look them up. A key without values is absent."""
    if isinstance(context, Request):
        return context
    return Request((key.lower(), _given(value)) for key, value in context.items())


def _given(value: str | Iterable[str] | Unknown) -> str | tuple[str, ...] | Unknown:
    return value if isinstance(value, str | Unknown) else tuple(value)
