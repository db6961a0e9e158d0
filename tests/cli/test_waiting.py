"""Waiting until a request or an access is in a state, while others decide and workers work."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from access_requests.lifecycle import ElevationStatus
from access_requests.models import AccessRequest, Elevation
from portal.cli.transport import Transport
from portal.cli.waits import Goal, Watch, judged
from tests.cli.stand_in import Reply, answering, problem
from tests.cli.terminal import Terminal
from tests.cli.test_commands import ASK, asked, done, given
from tests.worlds.cast import Cast
from tests.worlds.story import approved, elevated, extension_asked, rejected, submitted

REQUEST: dict[str, Any] = {"id": "R-12345678", "extends": None, "elevations": []}


def meanwhile(terminal: Terminal, *steps: Callable[[], object]) -> list[float]:
    """Have these happen one after the other while a command waits; then nothing more. Return how long it waited each time."""
    left, pauses = list(steps), []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        assert len(pauses) < 100, "this waits for ever"
        if left:
            left.pop(0)()

    terminal.monkeypatch.setattr(Transport, "pause", staticmethod(pause))
    return pauses


def become(status: ElevationStatus) -> Callable[[], object]:
    now = timezone.now()
    of_state: dict[ElevationStatus, dict[str, Any]] = {
        ElevationStatus.REVOKING: {"stopped_at": now, "stop_reason": "returned"},
        ElevationStatus.ENDED: {"ended_at": now},
    }
    return lambda: Elevation.objects.update(status=status, **of_state.get(status, {"granted_at": now}))


@pytest.mark.django_db(transaction=True)
def test_wait_tells_each_change_once_and_ends_when_access_is_active(member01: Terminal, leader01: Terminal, cast: Cast) -> None:
    code = asked(member01)
    request = AccessRequest.objects.get()
    meanwhile(
        member01,
        lambda: None,
        lambda: approved(request, cast.leader01, now=timezone.now()),
        become(ElevationStatus.GRANTING),
        lambda: None,
        become(ElevationStatus.ACTIVE),
    )
    ended = done(member01.run("wait", code))
    access = Elevation.objects.get().code
    assert ended.out.splitlines() == [
        f"{code} pending",
        f"{code} approved, {access} scheduled",
        f"{code} approved, {access} granting",
        f"{code} approved, {access} active",
    ]


@pytest.mark.django_db(transaction=True)
def test_request_and_wait_are_one_command(member01: Terminal, cast: Cast) -> None:
    meanwhile(
        member01,
        lambda: approved(AccessRequest.objects.get(), cast.leader01, now=timezone.now()),
        become(ElevationStatus.ACTIVE),
    )
    ended = done(member01.run(*ASK, "--wait", "--json"))
    assert ended.json()["elevations"][0]["state"] == "active"


@pytest.mark.django_db(transaction=True)
def test_request_that_is_rejected_ends_the_wait_with_5(member01: Terminal, cast: Cast) -> None:
    code = asked(member01)
    meanwhile(member01, lambda: rejected(AccessRequest.objects.get(), cast.leader01, now=timezone.now()))
    ended = member01.run("wait", code, "--until", "approved")
    assert (ended.code, ended.out) == (5, f"{code} pending\n{code} rejected\n")
    assert ended.err == f"sekisho: {code} rejected: it will not be approved. (other_state)\n"


@pytest.mark.django_db(transaction=True)
def test_wait_for_the_end_is_over_when_aws_shows_it(member01: Terminal, leader01: Terminal) -> None:
    access = given(member01, leader01)
    meanwhile(member01, become(ElevationStatus.ACTIVE), become(ElevationStatus.REVOKING), become(ElevationStatus.ENDED))
    ended = done(member01.run("wait", access, "--until", "ended", "--json"))
    assert ended.json()["state"] == "ended"
    assert ended.err.splitlines() == [f"{access} {state}" for state in ("scheduled", "active", "revoking", "ended")]
    assert member01.run("wait", access).code == 5


@pytest.mark.django_db(transaction=True)
def test_wait_for_an_extension_follows_the_access_that_it_moves(member01: Terminal, cast: Cast) -> None:
    now = timezone.now()
    elevation = elevated(cast.member01, cast.leader01, now=now)
    become(ElevationStatus.ACTIVE)()
    extension = extension_asked(elevation, cast.member01, ends_at=elevation.ends_at + timedelta(minutes=9), now=now)
    meanwhile(member01, lambda: approved(extension, cast.leader01, now=timezone.now()))
    ended = done(member01.run("wait", extension.code))
    assert ended.out.splitlines() == [f"{extension.code} pending", f"{extension.code} approved", f"{elevation.code} active"]


@pytest.mark.django_db(transaction=True)
def test_wait_that_takes_too_long_ends_with_6(member01: Terminal, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    code = submitted(cast.member01, now=timezone.now()).code
    passed = [0.0]
    monkeypatch.setattr(Watch, "clock", staticmethod(lambda: passed[0]))
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        passed[0] += seconds

    monkeypatch.setattr(Transport, "pause", staticmethod(pause))
    ended = member01.run("wait", code, "--timeout", "1m")
    assert (ended.code, ended.err) == (6, f"sekisho: {code} pending: not active within 1 min. (timed_out)\n")
    assert sum(waited) == pytest.approx(60)
    assert waited[:3] == [1.0, 1.5, 2.25]
    assert max(waited) == 15


def test_unchanged_answer_is_not_sent_again_and_a_portal_that_restarts_is_waited_for(terminal: Terminal) -> None:
    pauses = meanwhile(terminal)
    pending = Reply(body={**REQUEST, "state": "pending"}, headers={"ETag": 'W/"one"'})
    same = Reply(status=304, body="", headers={"ETag": 'W/"one"'})
    away = problem(500, "internal_error")
    approval = Reply(body={**REQUEST, "state": "approved"}, headers={"ETag": 'W/"two"'})
    with answering(pending, same, away, same, approval) as stand_in:
        ended = terminal.run(
            "wait", "r-12345678", "--until", "approved", SEKISHO_PORTAL=stand_in.url, SEKISHO_TOKEN="of-a-script"
        )
    assert (ended.code, ended.out) == (0, "R-12345678 pending\nR-12345678 approved\n")
    assert [call.headers.get("if-none-match") for call in stand_in.calls] == [None, *['W/"one"'] * 4]
    assert pauses == [1.0, 1.5, 15.0, 2.25]


@pytest.mark.parametrize(
    ("state", "access", "answers"),
    [
        ("pending", [], (None, None, None)),
        ("rejected", [], (False, False, False)),
        ("lapsed", [], (False, False, False)),
        ("approved", ["scheduled", "active"], (True, None, None)),
        ("approved", ["active", "active"], (True, True, None)),
        ("approved", ["active", "revoking"], (True, False, None)),
        ("approved", ["ended", "cancelled"], (True, False, True)),
    ],
)
def test_what_can_still_come_is_waited_for_and_nothing_else(
    state: str, access: list[str], answers: tuple[bool | None, ...]
) -> None:
    found = {**REQUEST, "state": state, "elevations": [{"id": "E-12345678", "state": each} for each in access]}
    assert tuple(judged(found, goal) for goal in (Goal.APPROVED, Goal.ACTIVE, Goal.ENDED)) == answers
