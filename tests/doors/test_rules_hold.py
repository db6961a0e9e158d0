"""A rule that stands in RULES holds at each of its places, through every door that leads there."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from access_requests.errors import CatalogueChanged
from access_requests.policy import Place, rules
from access_requests.policy.leave import Withheld
from access_requests.policy.rule import Rule
from access_requests.policy.situations import (
    Asking,
    Deciding,
    Granting,
    ProlongAsking,
    Prolonging,
    Situation,
    Starting,
)
from access_requests.services.elevations import rights
from portal.verbs.rejections import Rejection
from tests.cli.conftest import AtATerminal, command_line, person, portal, terminal
from tests.doors.test_doors_agree import DONE, EVERY_DOOR, GROUP, Doors, doors, in_production, waiting
from tests.worlds.cast import Cast
from tests.worlds.story import elevated, extension_asked

__all__ = ["AtATerminal", "command_line", "doors", "person", "portal", "terminal"]
pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
AT: dict[str, tuple[type[Situation], str, str]] = {
    Place.ASK: (Asking, "request", "member01"),
    Place.DECIDE: (Deciding, "approve", "leader01"),
    Place.START: (Starting, "approve", "leader01"),
    Place.PROLONG_ASK: (ProlongAsking, "extend", "member01"),
    Place.PROLONG: (Prolonging, "approve", "leader01"),
}


def _refuses(_known: Situation) -> Rejection:
    return CatalogueChanged(work_group=GROUP)


def _stops(_known: Situation) -> Rejection:
    return Withheld(reason="because_of_a_rule")


def _with(monkeypatch: pytest.MonkeyPatch, rule: Rule[Any]) -> None:
    monkeypatch.setattr(rules, "RULES", (*rules.RULES, rule))


def _subject(place: str, cast: Cast) -> str:
    now = timezone.now()
    if place == Place.ASK:
        return GROUP
    if place in (Place.DECIDE, Place.START):
        return waiting(cast, now).code
    elevation = in_production(cast, now)
    if place == Place.PROLONG_ASK:
        return elevation.code
    return extension_asked(elevation, cast.member01, ends_at=elevation.ends_at + HOUR / 2, now=now).code


@pytest.mark.parametrize("door", EVERY_DOOR)
@pytest.mark.parametrize("place", AT)
def test_rule_that_always_refuses_is_met_through_every_door(
    doors: Doors, door: str, place: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    situation, act, who = AT[place]
    subject = _subject(place, cast)
    _with(monkeypatch, Rule[Situation](refuses=_refuses, at=(situation,)))
    assert getattr(doors, door)(getattr(cast, who), act, subject) == "catalogue_changed"


@pytest.mark.parametrize("place", AT)
def test_nothing_else_refuses_there(doors: Doors, place: str, cast: Cast) -> None:
    _situation, act, who = AT[place]
    assert doors.own_token(getattr(cast, who), act, _subject(place, cast)) == DONE


def test_worker_asks_every_rule_of_its_place(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    elevation = elevated(cast.member01, cast.leader01, now=now)
    assert rights.why_not(elevation, now=now) == ""
    _with(monkeypatch, Rule[Situation](refuses=_stops, at=(Granting,)))
    assert rights.why_not(elevation, now=now) == "because_of_a_rule"
