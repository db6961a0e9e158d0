"""Each fault that sealing must outlive, with a folder and with a bucket as the guard: a state, nothing lost, no fork."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audits.acts import Act
from audits.models import Checkpoint, SealState, Tile, TrailEntry
from audits.sealing import beginning, rounds
from audits.sealing.guards import Guard
from audits.sealing.rounds import LeaseGone
from audits.sealing.sealer import Sealing
from tests.app.audits.sealing.restoring import restored
from tests.worlds.sealed import ORIGIN, Trail, new_key
from tests.worlds.sealed_in_aws import SealerInAws

Check = Callable[[], None]


@pytest.fixture(params=["folder", "bucket"])
def trail(request: pytest.FixtureRequest) -> Trail:
    """Return a trail with a checkpoint over two entries, and one entry that waits."""
    if request.param == "bucket":
        made: SealerInAws = request.getfixturevalue("sealer_in_aws")
        found = made.trail
    else:
        found = request.getfixturevalue("sealed_trail")
    found.grow(2)
    found.seal()
    found.grow(300)
    return found


class Killed(BaseException):
    """As by SIGKILL: nothing catches it."""


# What a round calls in its order; killed before and after each of them.
STEPS = ["_current", "_agree_with_guard", "_settle_key", "_edge", "_signer_from", "_signed", "_commit"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_sealer_killed_at_any_step_loses_and_forks_nothing(
    trail: Trail, assert_sealed: Check, monkeypatch: pytest.MonkeyPatch, step: str, *, after: bool
) -> None:
    does = getattr(rounds, step)

    def dies(*args: object) -> None:
        if after:
            does(*args)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(rounds, step, dies)
        with pytest.raises(Killed):
            trail.seal()
    trail.grow(1)
    trail.seal()
    assert trail.sizes in ([2, 302, 303], [2, 303])
    assert_sealed()


def test_sealer_killed_within_its_commit_commits_nothing(
    trail: Trail, assert_sealed: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_args: object, **_options: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "save", dies)
        with pytest.raises(Killed):
            trail.seal()
    assert not Tile.objects.exists()
    trail.seal()
    assert_sealed()


def test_sealer_killed_while_the_key_changes_goes_on_with_the_change(trail: Trail, assert_sealed: Check) -> None:
    old, new = trail.means.signer, new_key()
    size = 2
    beginning.change_key(trail.log, new, size=size, by_old_key=True)
    trail.seal(signer=new, before=old)
    trail.grow(1)
    trail.seal(signer=new)
    assert TrailEntry.objects.filter(act=Act.SEAL_KEY_CHANGED).count() == 1
    assert trail.sizes == [2, 303, 304]
    assert_sealed()


def test_two_sealers_at_once_take_turns_at_the_guard(trail: Trail, assert_sealed: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one does a whole round between this one's look and its write."""
    write: Callable[..., None] = trail.means.guard.write
    guard: Guard = trail.means.guard

    def overtaken(origin: str, number: int, note: str) -> None:
        monkeypatch.setattr(guard, "write", write)
        rounds.seal(trail.means)
        write(origin, number, note)

    monkeypatch.setattr(guard, "write", overtaken)
    assert rounds.seal(trail.means) == SealState.BEHIND
    trail.grow(1)
    trail.seal()
    assert trail.sizes == [2, 302, 303]
    assert_sealed()


def test_sealer_that_lost_its_lease_leaves_what_it_wrote_to_the_next(trail: Trail, assert_sealed: Check) -> None:
    with pytest.raises(LeaseGone):
        trail.seal(holder="another than the row's")
    assert trail.sizes == [2]
    trail.seal()
    assert trail.sizes == [2, 302]
    assert_sealed()


def test_database_from_an_hour_ago_signs_nothing_and_says_so(trail: Trail) -> None:
    trail.seal()
    restored(to=2)
    trail.grow(1, actor="another")
    sealing = Sealing(means=trail.means)
    assert sealing.step() == SealState.RESTORED
    assert list(trail.guarded()) == [1, 2]
    trail.grow(400, actor="another")
    stopped = trail.stops()
    assert (stopped.state, "other entries" in stopped.detail) == (SealState.RESTORED, True)


def test_database_from_an_hour_ago_with_the_same_entries_adopts_what_the_guard_has(trail: Trail, assert_sealed: Check) -> None:
    trail.seal()
    trail.forge("DELETE FROM audits_checkpoint WHERE number > 1")
    trail.forge("DELETE FROM audits_tile")
    trail.seal()
    assert trail.sizes == [2, 302]
    assert_sealed()


def test_clock_that_is_set_back_stops_a_bucket_with_a_sentence_and_forks_nothing(
    sealer_in_aws: SealerInAws, assert_sealed: Check
) -> None:
    """What would be kept until before now is kept by nobody: AWS takes no such object."""
    trail, guard = sealer_in_aws.trail, sealer_in_aws.guard
    trail.grow(2)
    trail.seal()
    trail.grow(1)
    right, guard.now = guard.now, lambda: datetime(2020, 1, 1, tzinfo=UTC)
    stopped = trail.stops()
    assert (stopped.state, "must be in the future" in stopped.detail) == (SealState.GUARD_REFUSED, True)
    guard.now = right
    trail.seal()
    assert_sealed()


def test_guard_that_forgot_its_newest_is_not_taken_for_a_new_one(sealed_trail: Trail) -> None:
    sealed_trail.grow(2)
    sealed_trail.seal()
    file: Path = sealed_trail.folder / ORIGIN / "000000000001"
    file.unlink()
    sealed_trail.grow(1)
    assert sealed_trail.stops().state == SealState.GUARD_LOST
    assert sealed_trail.stops(guard=sealed_trail.means.guard).state == SealState.GUARD_LOST
