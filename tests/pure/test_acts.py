"""The acts of the trail: one enumeration, which nobody writes beside, and which agrees with the state machines."""

import ast
import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import ValidationError

from access_requests.lifecycle import DRIFT_OPEN, UNDECIDED, UNSETTLED, DriftStatus, ElevationStatus, RequestStatus
from access_requests.models import DriftKind
from access_requests.policy.leave import Unfounded
from access_requests.services.drift.recording import ACTS as OF_DRIFT
from access_requests.services.record.states import OF_ELEVATION, OF_REQUEST
from audits.acts import TOLD, Act, reasons
from audits.acts.catalogue import ApprovalPolicy
from audits.acts.words import NEWS, WORDS
from audits.replay.steps import CHANGE_NOTHING, STEPS

ROOT = Path(__file__).resolve().parents[2]
# Where else the trail's rows are made is where they are forged.
WRITER = ROOT / "audits" / "trail.py"
ACTS = ROOT / "audits" / "acts"
# Lies in every export and imports nothing of the portal's; `test_stories` compares.
STANDS_ALONE = ROOT / "audits" / "verify.py"


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


def test_each_act_has_its_words_and_those_that_are_told_have_more() -> None:
    assert set(WORDS) == set(Act)
    assert set(NEWS) == TOLD


def test_each_act_changes_the_state_or_is_known_not_to() -> None:
    assert set(STEPS) | CHANGE_NOTHING == set(Act)
    assert not set(STEPS) & CHANGE_NOTHING


def test_each_kind_of_drift_and_each_reason_of_the_portals_has_its_words() -> None:
    assert set(reasons.FOUND) == set(DriftKind)
    assert set(reasons.UNFOUNDED) == set(Unfounded)
    assert reasons.stopped("of a newer version") == "of a newer version"


def test_personal_texts_are_marked_wherever_they_are() -> None:
    texts = ("identity", "address", "user_agent")
    proof = {(text,) for text in texts} | {("own_token", "allowed", "proof", text) for text in texts}
    of_proof = {("proof", *path) for path in proof}
    person = {("name",), ("email",), ("identities", "*"), ("links", "*", "external_id")}
    assert Act.ELEVATION_ACTIVE.personal == of_proof
    assert Act.REQUEST_APPROVED.personal == of_proof | {("decision", *path) for path in of_proof}
    assert Act.PERSON_CHANGED.personal == of_proof | {(when, *path) for when in ("before", "after") for path in person}
    assert Act.TOKEN_COLLECTED.personal == of_proof | {("after", "asked_from"), ("after", "collected_from")}
    event = {("drift", "event", "sourceIPAddress"), ("drift", "event", "userAgent")}
    assert Act.DRIFT_ATTRIBUTED.personal == of_proof | event
    assert Act.COMPARISON_DRIFT_FOUND.personal == set()


@pytest.mark.parametrize("act", Act)
def test_every_shape_holds_only_what_a_leaf_can_hold(act: Act) -> None:
    """Numbers are whole: a schema of JSON names those that may not be otherwise."""
    assert '"type": "number"' not in json.dumps(act.shape.model_json_schema())


@pytest.mark.parametrize("setting", [15, True, "C0APPROVALS", ["browser"], None])
def test_a_policy_takes_a_further_setting_that_is_plain(setting: object) -> None:
    said = {"shortest": 1, "longest": 240, "decision": 1440, "levels": [], "decide_by": [], "slack_channel": ""}
    policy = {**said, "same_client_may_decide": False, "step": setting}
    assert ApprovalPolicy.model_validate_json(json.dumps(policy)).model_dump() == policy
    with pytest.raises(ValidationError):
        ApprovalPolicy.model_validate_json(json.dumps({**policy, "step": {"minutes": 15}}))
    with pytest.raises(ValidationError):
        ApprovalPolicy.model_validate_json(json.dumps({**policy, "longest": "4h"}))


def test_nothing_but_the_trails_writer_makes_entries() -> None:
    """Whoever made rows by themselves could write an act, or data, that there is not."""
    assert {path for path, tree in sources() if makes_entries(tree)} == {WRITER}


def test_acts_are_members_and_no_texts() -> None:
    assert [(path, text) for path, tree in sources() for text in spelled(tree)] == []


def sources() -> Iterator[tuple[Path, ast.Module]]:
    """Yield what runs, but for the acts themselves and for migrations, which keep what was."""
    for path in (path for room in ("portal", "access_requests", "audits") for path in (ROOT / room).rglob("*.py")):
        if ACTS not in path.parents and path != STANDS_ALONE and "migrations" not in path.parts:
            yield path, ast.parse(path.read_text())


def makes_entries(tree: ast.Module) -> bool:
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = ("TrailEntry", "TrailEntry.objects.create", "TrailEntry.objects.bulk_create", "TrailEntry.objects.get_or_create")
    return any(call in made for call in calls)


def spelled(tree: ast.Module) -> Iterator[str]:
    """Yield the acts that are spelled out, and what would be put together from one's beginning."""
    families = {f"{act.partition('.')[0]}." for act in Act}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in list(Act):
            yield node.value
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant) and node.values[0].value in families:
            yield ast.unparse(node)
