"""The values of a template's parameters: given, kept from before, or by default."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portal.simulated_aws.cloudformation.templates import Template
from portal.simulated_aws.errors import NotSimulated, ValidationError

_HIDDEN = "****"
_LISTS = re.compile(r"CommaDelimitedList|List<.+>")
# Types that AWS looks up: taken here for the texts that they are.
_TEXTS = re.compile(r"String|Number|AWS::(?!SSM::Parameter::Value).+")


def complete(template: Template, given: Sequence[Mapping[str, Any]], *, before: Mapping[str, str]) -> dict[str, str]:
    """Return each parameter's value as it was written. Raises ValidationError."""
    values = dict(_given(given, before))
    if unknown := sorted(values.keys() - template.parameters.keys()):
        raise ValidationError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    defaults = {name: str(each["Default"]) for name, each in template.parameters.items() if "Default" in each}
    values = {**defaults, **values}
    if missing := [name for name in template.parameters if name not in values]:
        raise ValidationError(f"Parameters: [{', '.join(missing)}] must have values")
    for name, declared in template.parameters.items():
        _check(name, declared, values[name])
    return values


def typed(template: Template, values: Mapping[str, str]) -> dict[str, Any]:
    """Return the values as Ref gives them: lists are lists."""
    return {name: _typed(declared, values[name]) for name, declared in template.parameters.items()}


def shown(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values as DescribeStacks shows them."""
    return {
        name: _HIDDEN if _text(declared.get("NoEcho")) == "true" else values[name]
        for name, declared in template.parameters.items()
    }


def _given(given: Sequence[Mapping[str, Any]], before: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for each in given:
        name = each["ParameterKey"]
        if not each.get("UsePreviousValue"):
            yield name, each.get("ParameterValue", "")
        elif name in before:
            yield name, before[name]
        else:
            raise ValidationError(f"Invalid input for parameter key {name}. There is no previous value")


def _check(name: str, declared: Mapping[str, Any], value: str) -> None:
    kind = declared.get("Type", "")
    if not _LISTS.fullmatch(kind) and not _TEXTS.fullmatch(kind):
        raise NotSimulated(f"The type {kind} of the parameter {name} is not simulated")
    allowed = [_text(each) for each in declared.get("AllowedValues", ())]
    for each in _typed(declared, value) if _LISTS.fullmatch(kind) else [value]:
        if allowed and each not in allowed:
            raise ValidationError(f"Parameter '{name}' must be one of AllowedValues")
        if "AllowedPattern" in declared and not re.fullmatch(declared["AllowedPattern"], each):
            raise ValidationError(f"Parameter '{name}' must match pattern {declared['AllowedPattern']}")
    _check_size(name, declared, value)


def _check_size(name: str, declared: Mapping[str, Any], value: str) -> None:
    if declared["Type"] == "Number":
        try:
            size, least, most = float(value), "MinValue", "MaxValue"
        except ValueError as error:
            raise ValidationError(f"Parameter '{name}' must be a number.") from error
    else:
        size, least, most = float(len(value)), "MinLength", "MaxLength"
    if size < float(declared.get(least, size)) or size > float(declared.get(most, size)):
        raise ValidationError(f"Parameter '{name}' is outside of {least} and {most}")


def _typed(declared: Mapping[str, Any], value: str) -> Any:
    if not _LISTS.fullmatch(declared["Type"]):
        return value
    return [each.strip() for each in value.split(",")] if value else []


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
