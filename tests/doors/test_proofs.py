"""Every door, walked by people who lack a second factor, whose proof is too old, and whose proof is too weak."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from portal.users.models import Factor, User
from tests.cli.conftest import AtATerminal, command_line, person, portal, terminal
from tests.doors.test_doors_agree import DONE, EVERY_DOOR, Doors, doors, in_production, waiting
from tests.stand_ins import bots
from tests.worlds import factors
from tests.worlds.cast import Cast

__all__ = ["AtATerminal", "command_line", "doors", "person", "portal", "terminal"]
pytestmark = pytest.mark.django_db(transaction=True)
# By these somebody is there who can prove more; for the others the policy's doors are the rule.
ASKED = ("browser", "own_token", "command_line")
DAY = timedelta(days=1)
Patch = pytest.MonkeyPatch


def _missing(_monkeypatch: Patch) -> None:
    Factor.objects.all().delete()


def _proven(monkeypatch: Patch, said: Callable[[User], dict[str, Any]], at: datetime) -> None:
    """Let whoever logs in, or allowed a token, have proven this."""
    monkeypatch.setattr(factors, "record_of", lambda person: {**said(person), "at": at.timestamp()})
    monkeypatch.setattr(bots, "proof_of", lambda person: {**_kept(said(person), person), "at": at.isoformat()})


def _kept(record: dict[str, Any], person: User) -> dict[str, Any]:
    if record["method"] == "password":
        return {"method": "password"}
    return {"method": "totp", "factor": person.second_factors[record["id"]].code}


def _stale(monkeypatch: Patch) -> None:
    best = factors.record_of
    _proven(monkeypatch, lambda person: best(person, at=time.time()), timezone.now() - DAY)


def _weak(monkeypatch: Patch) -> None:
    _proven(monkeypatch, lambda _person: {"method": "password"}, timezone.now())


GUARDED: dict[str, tuple[str, Callable[[Cast, datetime], Any]]] = {
    "approve": ("leader01", waiting),
    "reject": ("leader01", waiting),
    "send-back": ("leader01", waiting),
    "stop": ("leader01", in_production),
}


@pytest.mark.parametrize("door", EVERY_DOOR)
@pytest.mark.parametrize("act", GUARDED)
def test_whoever_decides_without_a_second_factor_is_told_so_by_every_door(
    doors: Doors, door: str, act: str, cast: Cast, monkeypatch: Patch
) -> None:
    who, state = GUARDED[act]
    subject = state(cast, timezone.now()).code
    _missing(monkeypatch)
    assert getattr(doors, door)(getattr(cast, who), act, subject) == "factor_missing"


@pytest.mark.parametrize("door", EVERY_DOOR)
@pytest.mark.parametrize("act", GUARDED)
@pytest.mark.parametrize("proof", [_stale, _weak], ids=["stale", "weak"])
def test_whoever_can_prove_more_is_asked_to(
    doors: Doors, door: str, act: str, proof: Callable[[Patch], None], cast: Cast, monkeypatch: Patch
) -> None:
    who, state = GUARDED[act]
    subject = state(cast, timezone.now()).code
    proof(monkeypatch)
    expected = "step_up_needed" if door in ASKED else DONE
    assert getattr(doors, door)(getattr(cast, who), act, subject) == expected


@pytest.mark.parametrize("door", EVERY_DOOR)
@pytest.mark.parametrize(
    ("proof", "code"), [(_missing, DONE), (_stale, "step_up_needed"), (_weak, DONE)], ids=["no", "stale", "weak"]
)
def test_engineer_is_asked_for_an_old_log_in_alone(
    doors: Doors, door: str, proof: Callable[[Patch], None], code: str, cast: Cast, monkeypatch: Patch
) -> None:
    """More time is asked for without a second factor by whoever has none."""
    elevation = in_production(cast, timezone.now())
    proof(monkeypatch)
    assert getattr(doors, door)(cast.member01, "extend", elevation.code) == (code if door in ASKED else DONE)


@pytest.mark.parametrize("door", EVERY_DOOR)
def test_what_is_ones_own_is_given_back_by_any_log_in(doors: Doors, door: str, cast: Cast, monkeypatch: Patch) -> None:
    elevation = in_production(cast, timezone.now())
    _stale(monkeypatch)
    assert getattr(doors, door)(cast.member01, "return", elevation.code) == DONE
