"""The acts of the trail: one enumeration, which nobody writes beside, and which agrees with the state machines."""

import ast
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import pytest

from access_requests.lifecycle import DRIFT_OPEN, UNDECIDED, UNSETTLED, DriftStatus, ElevationStatus, RequestStatus
from access_requests.services.drift.recording import ACTS as OF_DRIFT
from access_requests.services.record.states import OF_ELEVATION, OF_REQUEST
from audits.acts import TOLD, Act

ROOT = Path(__file__).resolve().parents[2]
# Where else the trail's rows are made is where they are forged.
WRITER = ROOT / "audits" / "trail.py"


@pytest.mark.parametrize(
    ("acts", "states", "open_states"),
    [
        (OF_REQUEST, RequestStatus, UNDECIDED),
        (OF_ELEVATION, ElevationStatus, UNSETTLED),
        ({DriftStatus.OPEN: Act.DRIFT_FOUND, **OF_DRIFT}, DriftStatus, DRIFT_OPEN),
    ],
    ids=["requests", "elevations", "drift"],
)
def test_each_state_has_an_act_which_is_the_last_where_nothing_leads_on(
    acts: Mapping[StrEnum, Act], states: type[StrEnum], open_states: frozenset[StrEnum]
) -> None:
    assert set(acts) == set(states)
    assert {state for state, act in acts.items() if not act.is_last} == open_states


def test_every_state_of_requests_and_elevations_is_told() -> None:
    assert {*OF_REQUEST.values(), *OF_ELEVATION.values()} < TOLD


def test_nothing_but_the_trails_writer_makes_entries() -> None:
    """Whoever made rows by themselves could write an act, or data, that there is not."""
    sources = [path for room in ("portal", "access_requests", "audits") for path in (ROOT / room).rglob("*.py")]
    assert {path for path in sources if makes_entries(path.read_text())} == {WRITER}


def makes_entries(source: str) -> bool:
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    made = ("TrailEntry", "TrailEntry.objects.create", "TrailEntry.objects.bulk_create", "TrailEntry.objects.get_or_create")
    return any(call in made for call in calls)
