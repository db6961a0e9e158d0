"""Prints docs/lifecycle.md from the tables of access_requests.lifecycle."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from django.core.management.base import BaseCommand

from access_requests.lifecycle import (
    DRIFT_TRANSITIONS,
    ELEVATION_TRANSITIONS,
    REQUEST_TRANSITIONS,
    DriftStatus,
    ElevationStatus,
    RequestStatus,
)

Transitions = Mapping[tuple[Any, Any], StrEnum]


class Command(BaseCommand):
    help = "Print the state charts as Markdown with Mermaid diagrams; docs/lifecycle.md is this output."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(chart(), ending="")


def chart() -> str:
    """Return the whole document."""
    return "\n".join(
        (
            "# Lifecycle",
            "",
            "Generated from `access_requests/lifecycle.py` by `python manage.py lifecycle_chart`; a test compares the two.",
            "",
            "## Access request",
            "",
            *_diagram(RequestStatus.PENDING, REQUEST_TRANSITIONS),
            "",
            "## Elevation",
            "",
            *_diagram(ElevationStatus.SCHEDULED, ELEVATION_TRANSITIONS),
            "",
            "## Drift",
            "",
            *_diagram(DriftStatus.OPEN, DRIFT_TRANSITIONS),
            "",
        )
    )


def _diagram(first: StrEnum, transitions: Transitions) -> Iterable[str]:
    befores = {before for before, _ in transitions}
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {first}"
    for (before, action), after in transitions.items():
        yield f"    {before} --> {after}: {action.replace('_', ' ')}"
    for last in sorted(set(transitions.values()) - befores):
        yield f"    {last} --> [*]"
    yield "```"
