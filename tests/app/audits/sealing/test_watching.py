"""What of the seal is told: once, by a worker, whether the sealer lives or not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audits.acts import Act
from audits.database_rights import Service
from audits.models import Sealer, SealState, TrailEntry
from audits.sealing import watching
from audits.sealing.sealer import Sealing
from tests.database_roles import Roles
from tests.worlds.sealed import Trail

LATER = timedelta(hours=1)


def watched(*, after: timedelta = timedelta()) -> list[tuple[str, str]]:
    return [(entry.act, entry.data.get("state", "")) for entry in watching.watch(now=timezone.now() + after)]


def say(state: SealState, remark: str = "") -> None:
    Sealer.objects.update_or_create(pk=1, defaults={"state": state, "detail": "why", "remark": remark})


def test_entries_that_wait_too_long_are_told_once_and_so_is_that_they_are_sealed(sealed_trail: Trail) -> None:
    sealed_trail.grow(2)
    assert watched() == []
    assert watched(after=LATER) == [(Act.SEAL_OVERDUE, "")]
    entry = TrailEntry.objects.get(act=Act.SEAL_OVERDUE)
    assert (entry.data["waiting"], entry.actor) == (2, "sekisho:worker")
    assert watched(after=LATER) == []
    Sealing(means=sealed_trail.means).step()
    assert watched() == [(Act.SEAL_CAUGHT_UP, "")]
    assert watched() == []
    sealed_trail.grow(1)
    assert watched(after=LATER) == [(Act.SEAL_OVERDUE, "")]


@pytest.mark.parametrize("state", sorted(watching.WAITS_FOR_SOMEBODY))
def test_seal_that_waits_for_somebody_is_told_at_once(sealed_trail: Trail, state: SealState) -> None:
    say(state)
    assert watched() == [(Act.SEAL_STOPPED, state)]
    assert watched(after=LATER) == []
    assert TrailEntry.objects.get(act=Act.SEAL_STOPPED).data["detail"] == "why"


@pytest.mark.parametrize("state", [SealState.KEY_REFUSED, SealState.GUARD_UNREACHABLE])
def test_seal_that_goes_on_by_itself_is_told_when_it_takes_too_long(sealed_trail: Trail, state: SealState) -> None:
    sealed_trail.grow(1)
    say(state)
    assert watched() == []
    assert watched(after=LATER) == [(Act.SEAL_OVERDUE, state)]
    say(SealState.RESTORED)
    assert watched(after=LATER) == [(Act.SEAL_STOPPED, SealState.RESTORED)]


def test_guard_that_was_touched_is_told_once_each_time(sealed_trail: Trail) -> None:
    say(SealState.SEALED, remark="checkpoint 3")
    assert watched() == [(Act.SEAL_GUARD_TOUCHED, "")]
    assert watched() == []
    say(SealState.SEALED, remark="checkpoint 4")
    assert watched() == [(Act.SEAL_GUARD_TOUCHED, "")]


def test_entry_under_another_name_keeps_nobody_from_being_told(sealed_trail: Trail) -> None:
    say(SealState.RESTORED)
    data = {"state": SealState.RESTORED, "detail": ""}
    sealed_trail.grow(1, act=Act.SEAL_STOPPED, subject="seal", actor="somebody", data=data)
    assert watched() == [(Act.SEAL_STOPPED, SealState.RESTORED)]


def test_of_two_who_watch_at_once_one_tells(sealed_trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second looked before the first recorded, and records after it."""
    say(SealState.RESTORED)
    assert watched() == [(Act.SEAL_STOPPED, SealState.RESTORED)]
    told = watching._told
    monkeypatch.setattr(watching, "_told", lambda acts, *, before=None: told(acts, before=before) if before else None)
    assert watched() == []
    assert TrailEntry.objects.filter(act=Act.SEAL_STOPPED).count() == 1


def test_role_of_notices_watches(sealed_trail: Trail, roles: Roles) -> None:
    roles.keep_no_time()
    say(SealState.HOLE)
    with roles.act_as(Service.NOTICES):
        assert watched() == [(Act.SEAL_STOPPED, SealState.HOLE)]
