"""The parameters that an execution is given, against those that its document declares."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from portal.simulated_aws.systems_manager.declared_parameters import plain_type
from portal.simulated_aws.systems_manager.definitions import Parameter
from portal.simulated_aws.systems_manager.errors import InvalidAutomationExecutionParameters
from portal.simulated_aws.systems_manager.substitution import text

Given = Mapping[str, Sequence[str]]


def complete(declared: Mapping[str, Parameter], given: Given) -> dict[str, list[str]]:
    """Return what is given, with defaults for the rest. Raises InvalidAutomationExecutionParameters."""
    for name in given:
        if name not in declared:
            raise InvalidAutomationExecutionParameters(f'Parameter "{name}" is not defined in the document.')
    whole = {}
    for name, parameter in declared.items():
        if name in given:
            whole[name] = list(given[name])
        elif parameter.default is not None:
            whole[name] = _as_given(parameter)
        else:
            raise InvalidAutomationExecutionParameters(f"Missing required parameter: {name} in user inputs.")
        _check(parameter, whole[name])
    return whole


def typed(declared: Mapping[str, Parameter], whole: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the values with the types that the document declares."""
    return {name: _typed(declared[name], values) for name, values in whole.items()}


def _as_given(parameter: Parameter) -> list[str]:
    default = parameter.default
    return [text(item) for item in default] if isinstance(default, list) else [text(default)]


def _check(parameter: Parameter, values: list[str]) -> None:
    kind = plain_type(parameter.type)
    if kind not in ("StringList", "MapList") and len(values) != 1:
        raise _refusal(parameter, f"has {len(values)} values, and its type {kind} has one")
    limits = parameter.limits
    if not limits.get("minItems", 0) <= len(values) <= limits.get("maxItems", len(values)):
        raise _refusal(parameter, f"has {len(values)} items, outside of minItems and maxItems")
    for value in values:
        _check_value(parameter, value)
    try:
        _typed(parameter, values)
    except ValueError as error:
        raise _refusal(parameter, f"is not of the type {kind}") from error


def _check_value(parameter: Parameter, value: str) -> None:
    limits, allowed = parameter.limits, parameter.allowed_values
    if not limits.get("minChars", 0) <= len(value) <= limits.get("maxChars", len(value)):
        raise _refusal(parameter, f"has {len(value)} characters, outside of minChars and maxChars")
    if allowed is not None and value not in (texts := [text(item) for item in allowed]):
        raise _refusal(parameter, f'has value "{value}" not found in [{", ".join(texts)}]')
    # Searched for, not matched from end to end: a pattern without ^ and $ limits nothing.
    if parameter.allowed_pattern and not re.search(parameter.allowed_pattern, value):
        raise _refusal(parameter, f'has value "{value}" that does not match {parameter.allowed_pattern}')


def _typed(parameter: Parameter, values: list[str]) -> Any:
    match plain_type(parameter.type):
        case "StringList":
            return values
        case "MapList":
            return [_map(value) for value in values]
        case "StringMap":
            return _map(values[0])
        case "Integer":
            return int(values[0])
        case "Boolean":
            return _boolean(values[0])
    return values[0]


def _map(value: str) -> Any:
    decoded = json.loads(value)
    if not isinstance(decoded, dict):
        raise ValueError(value)  # noqa: TRY004  The text is at fault.
    return decoded


def _boolean(value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise ValueError(value)
    return value.lower() == "true"


def _refusal(parameter: Parameter, fault: str) -> InvalidAutomationExecutionParameters:
    return InvalidAutomationExecutionParameters(f'Parameter "{parameter.name}" {fault}.')
