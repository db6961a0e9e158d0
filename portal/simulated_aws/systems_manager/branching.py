"""The choices of an aws:branch step: which step comes next."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from portal.simulated_aws.systems_manager.definitions import Step
from portal.simulated_aws.systems_manager.errors import InvalidDocumentContent
from portal.simulated_aws.systems_manager.substitution import text

ACTION = "aws:branch"
_OPERATIONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "StringEquals": lambda value, wanted: text(value) == text(wanted),
    "EqualsIgnoreCase": lambda value, wanted: text(value).lower() == text(wanted).lower(),
    "StartsWith": lambda value, wanted: text(value).startswith(text(wanted)),
    "EndsWith": lambda value, wanted: text(value).endswith(text(wanted)),
    "Contains": lambda value, wanted: text(wanted) in text(value),
    "NumericEquals": lambda value, wanted: float(value) == float(wanted),
    "NumericGreater": lambda value, wanted: float(value) > float(wanted),
    "NumericLesser": lambda value, wanted: float(value) < float(wanted),
    "NumericGreaterOrEquals": lambda value, wanted: float(value) >= float(wanted),
    "NumericLesserOrEquals": lambda value, wanted: float(value) <= float(wanted),
    "BooleanEquals": lambda value, wanted: text(value).lower() == text(wanted).lower(),
}
_OPERATORS = ("And", "Or", "Not")


def check(step: Step) -> None:
    """Raise InvalidDocumentContent for choices that cannot be evaluated."""
    choices = step.inputs["Choices"]
    if not isinstance(choices, list) or not choices:
        raise InvalidDocumentContent(f"Step {step.name}: Choices is a list of at least one choice.")
    for choice in choices:
        if not isinstance(choice, dict) or not isinstance(choice.get("NextStep"), str):
            raise InvalidDocumentContent(f"Step {step.name}: each choice has a NextStep.")
        _check(step, {name: value for name, value in choice.items() if name != "NextStep"})


def targets(step: Step) -> Iterator[str]:
    """Yield every step that it may lead to by a choice."""
    if step.action == ACTION:
        yield from (choice["NextStep"] for choice in step.inputs["Choices"])
        if "Default" in step.inputs:
            yield step.inputs["Default"]


def chosen(inputs: Mapping[str, Any]) -> str | None:
    """Return the step of the first choice that is true, or the default. Raises TypeError, ValueError for no number."""
    for choice in inputs["Choices"]:
        if _holds({name: value for name, value in choice.items() if name != "NextStep"}):
            return str(choice["NextStep"])
    return inputs.get("Default")


def _check(step: Step, condition: Any) -> None:
    if not isinstance(condition, dict):
        raise InvalidDocumentContent(f"Step {step.name}: a condition is a map, not {condition!r}.")
    operators = [name for name in _OPERATORS if name in condition]
    if operators and condition.keys() == set(operators[:1]):
        inside = condition[operators[0]]
        for part in inside if isinstance(inside, list) else [inside]:
            _check(step, part)
    elif condition.keys() not in [{"Variable", operation} for operation in _OPERATIONS]:
        known = ", ".join(_OPERATIONS)
        raise InvalidDocumentContent(f"Step {step.name}: a condition is a Variable and one of {known}, not {condition!r}.")


def _holds(condition: Mapping[str, Any]) -> bool:
    if "And" in condition:
        return all(_holds(part) for part in condition["And"])
    if "Or" in condition:
        return any(_holds(part) for part in condition["Or"])
    if "Not" in condition:
        return not _holds(condition["Not"])
    operation = next(name for name in condition if name != "Variable")
    return _OPERATIONS[operation](condition["Variable"], condition[operation])
