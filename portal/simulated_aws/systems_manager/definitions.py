"""What a runbook says, once it was checked: parameters and steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

STEP = "step:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A declared parameter. `default` is None where there is none, so that it must be given."""

    name: str
    type: str
    description: str = ""
    default: Any = None
    allowed_values: tuple[Any, ...] | None = None
    allowed_pattern: str | None = None
    limits: Mapping[str, int] = field(default_factory=dict)  # minItems, maxItems, minChars, maxChars


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a step keeps of an answer: the part that the selector finds, under a name."""

    name: str
    selector: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step; `on_failure` and `on_cancel` are Abort, Continue or `step:NAME`. Not said to be critical or not, it depends."""

    name: str
    action: str
    inputs: Mapping[str, Any]
    outputs: tuple[Output, ...] = ()
    on_failure: str = "Abort"
    on_cancel: str = "Abort"
    is_critical: bool | None = None
    is_end: bool = False
    next_step: str | None = None
    max_attempts: int = 1
    timeout_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A runbook, or the part of a change template that is one."""

    description: str
    parameters: Mapping[str, Parameter]
    steps: tuple[Step, ...]
    outputs: tuple[str, ...] = ()
    assume_role: str | None = None

    def position(self, name: str) -> int:
        """Return where the step stands. Raises ValueError for a name that no step has."""
        return [step.name for step in self.steps].index(name)


def target_of(course: str) -> str | None:
    """Return the step that `onFailure` or `onCancel` leads to, None where it leads to none."""
    return course.removeprefix(STEP) if course.startswith(STEP) else None
