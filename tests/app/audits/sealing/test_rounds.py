"""Rounds of sealing: what is signed, and in which states nothing is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F

from audits import trail
from audits.acts import Act
from audits.merkle import notes
from audits.models import Checkpoint, Log, SealKey, SealState, Tile, TrailEntry
from audits.sealing import beginning, growing, rounds
from audits.sealing.guards import DirectoryGuard, Guard, Unreachable
from audits.sealing.keys import KeyRefused
from tests.app.audits.sealing.restoring import restored
from tests.worlds.sealed import ORIGIN, Trail, new_key

Check = Callable[[], None]


def test_every_entry_is_sealed_and_what_is_sealed_is_not_sealed_again(sealed_trail: Trail, assert_sealed: Check) -> None:
    sealed_trail.grow(3)
    assert sealed_trail.seal() == SealState.SEALED
    sealed_trail.grow(1, subject="person:other")
    sealed_trail.seal()
    sealed_trail.seal()
    assert sealed_trail.sizes == [3, 4]
    assert_sealed()


def test_leaves_name_the_last_one_of_their_subject(sealed_trail: Trail) -> None:
    for subject in "abacba":
        sealed_trail.grow(1, subject=f"person:{subject}")
    found = [b'"previous":%b,' % name for name in (b"null", b"null", b"0", b"null", b"1", b"2")]
    for first in range(6):
        texts = [each.leaf.text for each in growing.numbered(_begun(sealed_trail), first, 6)]
        assert [name in text for name, text in zip(found[first:], texts, strict=True)] == [True] * (6 - first)


def _begun(trail: Trail) -> Log:
    return beginning.latest() or beginning.begin_first(trail.means.signer, ORIGIN)


@pytest.mark.parametrize("counts", [(255, 1, 1), (256, 256, 3), (300, 300, 300)])
def test_tree_grows_over_the_edges_of_tiles(sealed_trail: Trail, assert_sealed: Check, counts: tuple[int, ...]) -> None:
    for count in counts:
        sealed_trail.grow(count)
        sealed_trail.seal()
    assert Tile.objects.filter(level=0).count() == sum(counts) // 256
    assert_sealed()


def test_many_entries_are_sealed_by_several_checkpoints(
    sealed_trail: Trail, assert_sealed: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "MOST", 10)
    sealed_trail.grow(25)
    sealed_trail.seal()
    assert sealed_trail.sizes == [10, 20, 25]
    assert_sealed()


def test_nothing_is_signed_for_an_empty_trail(sealed_trail: Trail) -> None:
    assert sealed_trail.seal() == SealState.SEALED
    assert (sealed_trail.sizes, sealed_trail.guarded()) == ([], {})


def test_what_was_sealed_is_changed_by_nobody(sealed_trail: Trail) -> None:
    sealed_trail.grow(256)
    sealed_trail.seal()
    for rows in (Checkpoint.objects.all(), Tile.objects.all(), Log.objects.all(), SealKey.objects.all()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(id=F("id"))
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows._raw_delete("default")


# Killed at each step


@dataclass
class Dying:
    """A guard before or after whose write the sealer is killed."""

    guard: Guard
    after: bool
    place: str = "here"
    writes: list[int] = field(default_factory=list)

    def origins(self) -> object:
        return self.guard.origins()

    def since(self, origin: str, number: int) -> Mapping[int, str]:
        return self.guard.since(origin, number)

    def write(self, origin: str, number: int, note: str) -> None:
        if self.after:
            self.guard.write(origin, number, note)
        raise Killed


class Killed(Exception):
    pass


@pytest.mark.parametrize("after", [False, True])
def test_killed_around_the_guards_write_loses_nothing_and_forks_nothing(
    sealed_trail: Trail, assert_sealed: Check, *, after: bool
) -> None:
    sealed_trail.grow(2)
    sealed_trail.seal()
    sealed_trail.grow(300)
    with pytest.raises(Killed):
        sealed_trail.seal(guard=Dying(sealed_trail.means.guard, after))
    assert sealed_trail.sizes == [2]
    sealed_trail.grow(1)
    sealed_trail.seal()
    assert sealed_trail.sizes == ([2, 302, 303] if after else [2, 303])
    assert_sealed()


def test_killed_before_the_commit_adopts_what_the_guard_has(
    sealed_trail: Trail, assert_sealed: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed_trail.grow(2)
    with monkeypatch.context() as patch:
        patch.setattr(rounds, "_commit", lambda *_all: _raise())
        with pytest.raises(Killed):
            sealed_trail.seal()
    before = sealed_trail.guarded()
    sealed_trail.seal()
    assert sealed_trail.guarded() == before
    assert_sealed()


def _raise() -> None:
    raise Killed


def test_guard_takes_a_number_once_and_two_sealers_never_fork(sealed_trail: Trail, assert_sealed: Check) -> None:
    """The other one seals between this one's look at the guard and its write."""
    guard, means = sealed_trail.means.guard, sealed_trail.means
    sealed_trail.grow(2)

    class Overtaken(Dying):
        def write(self, origin: str, number: int, note: str) -> None:
            rounds.seal(means)
            self.guard.write(origin, number, note)

    assert rounds.seal(_with(sealed_trail, Overtaken(guard, after=False))) == SealState.BEHIND
    sealed_trail.grow(1)
    sealed_trail.seal()
    assert sealed_trail.sizes == [2, 3]
    assert_sealed()


def _with(trail: Trail, guard: object) -> rounds.Means:
    return rounds.Means(guard=guard, signer=trail.means.signer, base=ORIGIN)  # type: ignore[arg-type]


# States


def test_guard_that_is_not_reached_has_nothing_signed(sealed_trail: Trail, assert_sealed: Check) -> None:
    sealed_trail.grow(1)
    moved = sealed_trail.folder.rename(sealed_trail.folder.with_name("elsewhere"))
    assert sealed_trail.stops().state == SealState.GUARD_UNREACHABLE
    assert sealed_trail.folder.exists() is False
    moved.rename(sealed_trail.folder)
    sealed_trail.seal()
    assert_sealed()


def test_guard_that_answers_but_takes_nothing_has_nothing_committed(sealed_trail: Trail) -> None:
    class Full(Dying):
        def write(self, origin: str, number: int, note: str) -> None:
            raise Unreachable("disk full")

    sealed_trail.grow(1)
    stopped = sealed_trail.stops(guard=Full(sealed_trail.means.guard, after=False))
    assert (stopped.state, stopped.detail, sealed_trail.sizes) == (SealState.GUARD_UNREACHABLE, "disk full", [])


def test_key_that_does_not_sign_stops_and_loses_nothing(sealed_trail: Trail, assert_sealed: Check) -> None:
    class Refusing:
        public = sealed_trail.means.signer.public

        def sign(self, text: bytes) -> bytes:
            raise KeyRefused("AccessDeniedException")

    sealed_trail.grow(1)
    assert sealed_trail.stops(signer=Refusing()).state == SealState.KEY_REFUSED
    assert sealed_trail.guarded() == {}
    sealed_trail.seal()
    assert_sealed()


def test_database_from_an_hour_ago_with_other_entries_signs_nothing(sealed_trail: Trail) -> None:
    sealed_trail.grow(3)
    sealed_trail.seal()
    sealed_trail.grow(2)
    sealed_trail.seal()
    restored(to=3)
    sealed_trail.grow(1)
    assert sealed_trail.stops().state == SealState.RESTORED
    sealed_trail.grow(1, actor="another")
    stopped = sealed_trail.stops()
    assert (stopped.state, sealed_trail.sizes) == (SealState.RESTORED, [3])
    assert "other entries" in stopped.detail


def test_database_from_an_hour_ago_with_the_same_entries_adopts_the_guards(sealed_trail: Trail, assert_sealed: Check) -> None:
    """The backup was of the checkpoints alone, or the sealer's last commits were lost."""
    for count in (3, 400, 2):
        sealed_trail.grow(count)
        sealed_trail.seal()
    sealed_trail.forge("DELETE FROM audits_checkpoint WHERE number > 1")
    sealed_trail.forge("DELETE FROM audits_tile")
    sealed_trail.seal()
    assert sealed_trail.sizes == [3, 403, 405]
    assert_sealed()


def test_empty_database_does_not_begin_a_log_that_the_guard_knows(sealed_trail: Trail) -> None:
    sealed_trail.grow(3)
    sealed_trail.seal()
    for table in ("audits_checkpoint", "audits_sealkey", "audits_log"):
        sealed_trail.forge(f"DELETE FROM {table}")  # noqa: S608  Fixed words.
    assert sealed_trail.stops().state == SealState.RESTORED
    assert not Log.objects.exists()


def test_sealed_entry_that_was_changed_at_the_edge_stops_sealing(sealed_trail: Trail) -> None:
    sealed_trail.grow(3)
    sealed_trail.seal()
    sealed_trail.forge("UPDATE audits_trailentry SET actor = 'nobody' WHERE id = 2")
    sealed_trail.grow(1)
    assert sealed_trail.stops().state == SealState.CHANGED


def test_entry_that_is_missing_stops_sealing(sealed_trail: Trail) -> None:
    sealed_trail.grow(4)
    sealed_trail.forge("DELETE FROM audits_trailentry WHERE id = 2")
    stopped = sealed_trail.stops()
    assert (stopped.state, stopped.detail) == (SealState.HOLE, "There is no entry 2 in the trail.")


@pytest.mark.parametrize("other", ["another note", "signed by nobody", "out of place"])
def test_guard_with_what_this_log_never_signed_stops_sealing(sealed_trail: Trail, other: str) -> None:
    sealed_trail.grow(2)
    sealed_trail.seal()
    file = sealed_trail.folder / ORIGIN / "000000000001"
    note = file.read_text()
    sealed_trail.grow(1)
    if other == "another note":
        file.chmod(0o644)
        file.write_text(note.replace("\n2\n", "\n1\n"))
    elif other == "signed by nobody":
        said = notes.Checkpoint.read(note)
        forged = notes.signed(said, key=notes.Key(name=ORIGIN, public=new_key().public), sign=new_key().sign)
        file.with_name("000000000002").write_text(forged)
    else:
        file.with_name("000000000003").write_text(note)
    assert sealed_trail.stops().state == SealState.RESTORED


def test_guard_that_was_exchanged_is_filled_when_somebody_says_so(
    sealed_trail: Trail, assert_sealed: Check, tmp_path: Path
) -> None:
    for _ in range(2):
        sealed_trail.grow(2)
        sealed_trail.seal()
    other = tmp_path / "other"
    other.mkdir()
    assert sealed_trail.stops(guard=DirectoryGuard(other)).state == SealState.GUARD_LOST
    sealed_trail.seal(guard=DirectoryGuard(other), fills_guard=True)
    assert DirectoryGuard(other).since(ORIGIN, 1) == sealed_trail.guarded()
    assert_sealed()


# Another log


def order(trail_: Trail, *, reason: str) -> None:
    data = {"door": "browser", "proof": {}, "origin": ORIGIN, "reason": reason}
    trail.record(now=trail_.now, act=Act.SEAL_NEW_LOG_ORDERED, actor="admin01", subject=beginning.SUBJECT, data=data)


def test_administrator_has_another_log_begun_which_names_the_one_before(sealed_trail: Trail, assert_sealed: Check) -> None:
    sealed_trail.grow(5)
    sealed_trail.seal()
    last = sealed_trail.guarded()[1]
    restored(to=0)
    sealed_trail.grow(2, actor="another")
    assert sealed_trail.stops().state == SealState.RESTORED
    with transaction.atomic():
        order(sealed_trail, reason="restored on Monday")
    assert sealed_trail.seal() == SealState.SEALED
    log = sealed_trail.log
    assert (log.origin, sealed_trail.sizes) == (f"{ORIGIN}/2", [4])
    first, *others = growing.numbered(log, 0, 4)
    assert b'"act":"seal.log_begun","actor":"admin01"' in first.leaf.text
    assert last.split("\n")[2].encode() in first.leaf.text
    assert [b'"id":%d' % (each.index + 1) in each.leaf.text for each in others] == [True] * 3
    assert_sealed()
    sealed_trail.grow(300)
    sealed_trail.seal()
    assert sealed_trail.sizes == [4, 304]
    assert_sealed()


def test_order_for_a_log_that_goes_on_begins_none(sealed_trail: Trail) -> None:
    sealed_trail.grow(2)
    sealed_trail.seal()
    with transaction.atomic():
        order(sealed_trail, reason="")
    sealed_trail.seal()
    assert Log.objects.count() == 1


# Keys


def test_key_is_changed_and_the_one_before_signs_the_entry_that_says_so(sealed_trail: Trail, assert_sealed: Check) -> None:
    sealed_trail.grow(2)
    sealed_trail.seal()
    old, new = sealed_trail.means.signer, new_key()
    sealed_trail.seal(signer=new, before=old)
    entry = TrailEntry.objects.get(act=Act.SEAL_KEY_CHANGED)
    assert (entry.pk, sealed_trail.sizes, entry.data["signed_by_both"]) == (3, [2, 3], True)
    sealed_trail.grow(1)
    sealed_trail.seal(signer=new, before=old)
    sealed_trail.grow(1)
    sealed_trail.seal(signer=new)
    by = [notes.opened(note, [_key(old), _key(new)])[1] for note in sealed_trail.guarded().values()]
    assert by == [_key(old), _key(old), _key(new), _key(new)]
    assert_sealed()


def _key(signer: object) -> notes.Key:
    return notes.Key(name=ORIGIN, public=signer.public)  # type: ignore[attr-defined]


def test_key_that_is_not_the_logs_signs_nothing_until_an_administrator_says_so(sealed_trail: Trail, assert_sealed: Check) -> None:
    sealed_trail.grow(2)
    sealed_trail.seal()
    new = new_key()
    sealed_trail.grow(1)
    assert sealed_trail.stops(signer=new).state == SealState.KEY_UNKNOWN
    assert sealed_trail.stops(signer=new, before=new_key()).state == SealState.KEY_UNKNOWN
    sealed_trail.seal(signer=new, adopts_key=True)
    assert TrailEntry.objects.get(act=Act.SEAL_KEY_CHANGED).data["signed_by_both"] is False
    assert_sealed()


def test_changing_the_key_that_is_killed_in_between_goes_on(sealed_trail: Trail, assert_sealed: Check) -> None:
    sealed_trail.grow(2)
    sealed_trail.seal()
    old, new = sealed_trail.means.signer, new_key()
    with pytest.raises(Killed):
        sealed_trail.seal(signer=new, before=old, guard=Dying(sealed_trail.means.guard, after=False))
    assert sealed_trail.stops(signer=new).state == SealState.KEY_UNKNOWN
    sealed_trail.seal(signer=new, before=old)
    sealed_trail.grow(1)
    sealed_trail.seal(signer=new)
    assert_sealed()
