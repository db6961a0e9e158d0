"""Intrinsic functions and conditions: what a template's values are once its parameters and resources are known."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.simulated_aws.errors import NotSimulated, ValidationError

NO_VALUE = object()
_VARIABLE = re.compile(r"\$\{(?P<kept>!)?(?P<name>[^}]*)\}")
_FUNCTION = re.compile(r"Fn::\w+|Ref|Condition")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What names stand for: parameters, pseudo parameters and variables of Fn::Sub; resources by their ids and attributes."""

    values: Mapping[str, Any]
    conditions: Mapping[str, Any] = field(default_factory=dict)
    reference: Callable[[str], Any]
    attribute: Callable[[str, str], Any]

    def is_true(self, condition: str) -> bool:
        return bool(resolved(self.conditions[condition], self))


def resolved(value: Any, scope: Scope) -> Any:
    """Return the value with all functions in it replaced. Raises ValidationError, NotSimulated."""
    if isinstance(value, list):
        return [item for item in (resolved(each, scope) for each in value) if item is not NO_VALUE]
    if not isinstance(value, dict):
        return value
    function = _function(value)
    if function is None:
        items = ((key, resolved(each, scope)) for key, each in value.items())
        return {key: item for key, item in items if item is not NO_VALUE}
    if function not in _FUNCTIONS:
        raise NotSimulated(f"The function {function} is not simulated")
    return _FUNCTIONS[function](value[function], scope)


def names_in(value: Any) -> Iterator[str]:
    """Yield the parameters and resources that the value names, as often as it does."""
    if isinstance(value, list):
        for each in value:
            yield from names_in(each)
    elif isinstance(value, dict):
        function = _function(value)
        if function in _NAMING:
            yield from _NAMING[function](value[function])
        else:
            yield from names_in(list(value.values()))


def conditions_in(value: Any) -> Iterator[str]:
    """Yield the conditions that the value names. A statement of a policy has a Condition too, which is no name."""
    if isinstance(value, list):
        for each in value:
            yield from conditions_in(each)
    elif isinstance(value, dict):
        function = _function(value)
        if function == "Condition":
            yield str(value["Condition"])
        elif function == "Fn::If":
            yield str(value["Fn::If"][0])
            yield from conditions_in(value["Fn::If"][1:])
        else:
            for each in value.values():
                yield from conditions_in(each)


def _function(value: Mapping[str, Any]) -> str | None:
    if len(value) != 1:
        return None
    (name,) = value
    if name == "Condition" and not isinstance(value[name], str):
        return None
    return name if isinstance(name, str) and _FUNCTION.fullmatch(name) else None


def _ref(name: Any, scope: Scope) -> Any:
    if name == "AWS::NoValue":
        return NO_VALUE
    return scope.values[name] if name in scope.values else scope.reference(name)


def _get_att(given: Any, scope: Scope) -> Any:
    name, attribute = given
    return scope.attribute(name, str(resolved(attribute, scope)))


def _sub(given: Any, scope: Scope) -> str:
    text, variables = (given, {}) if isinstance(given, str) else given
    local = {name: resolved(value, scope) for name, value in variables.items()}
    return _VARIABLE.sub(lambda found: _substituted(found, local, scope), text)


def _substituted(found: re.Match[str], local: Mapping[str, Any], scope: Scope) -> str:
    name = found["name"].strip()
    if found["kept"]:
        return f"${{{found['name']}}}"
    if name in local:
        return _text(local[name])
    if "." in name:
        resource, _, attribute = name.partition(".")
        return _text(scope.attribute(resource, attribute))
    return _text(_ref(name, scope))


def _names_in_text(given: Any) -> Iterator[str]:
    text, variables = (given, {}) if isinstance(given, str) else given
    yield from names_in(variables)
    for found in _VARIABLE.finditer(text):
        name = found["name"].strip()
        if not found["kept"] and name not in variables:
            yield name.partition(".")[0]


def _join(given: Any, scope: Scope) -> str:
    between, parts = given
    return str(between).join(map(_text, resolved(parts, scope)))


def _select(given: Any, scope: Scope) -> Any:
    index, items = resolved(given, scope)
    try:
        return items[int(index)]
    except (IndexError, ValueError) as error:
        raise ValidationError(f"Template error: Fn::Select cannot select nonexistent value at index {index}") from error


def _split(given: Any, scope: Scope) -> list[str]:
    between, text = resolved(given, scope)
    return str(text).split(between)


def _if(given: Any, scope: Scope) -> Any:
    condition, then, otherwise = given
    return resolved(then if scope.is_true(condition) else otherwise, scope)


def _equals(given: Any, scope: Scope) -> bool:
    one, other = resolved(given, scope)
    return _text(one) == _text(other)


# What names something, and how; of a condition that is no resource nothing is needed.
_NAMING: Mapping[str | None, Callable[[Any], Iterator[str]]] = {
    "Condition": lambda _given: iter(()),
    "Fn::GetAtt": lambda given: iter([str(given[0])]),
    "Fn::Sub": _names_in_text,
    "Ref": lambda given: iter([str(given)]),
}
_FUNCTIONS: Mapping[str, Callable[[Any, Scope], Any]] = {
    "Ref": _ref,
    "Condition": lambda name, scope: scope.is_true(name),
    "Fn::And": lambda given, scope: all(resolved(given, scope)),
    "Fn::Equals": _equals,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::Join": _join,
    "Fn::Not": lambda given, scope: not resolved(given, scope)[0],
    "Fn::Or": lambda given, scope: any(resolved(given, scope)),
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
}


def _text(value: Any) -> str:
    """Return a value as CloudFormation writes it into a text."""
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
