"""A trail, a guard and a key for tests of sealing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from audits.merkle import notes, tree
from audits.merkle.notes import Key
from audits.models import Checkpoint, Log, SealState, TrailEntry
from audits.sealing import growing, keys, rounds
from audits.sealing.guards import DirectoryGuard
from audits.sealing.keys import PrivateKey
from audits.sealing.rounds import Means, Stopped
from tests.emptying import trail_unguarded
from tests.worlds.entry import ENTRY

ORIGIN = "portal.example.com"


@dataclass(kw_only=True)
class Trail:
    """The trail of a test, what seals it, and what somebody with the owner's rights does to it."""

    now: datetime
    folder: Path
    means: Means

    def grow(self, count: int = 1, **said: Any) -> list[TrailEntry]:
        """Append entries, of other subjects and data than their acts have, as other releases may."""
        with transaction.atomic():
            return [TrailEntry.objects.create(at=self.now, schema_version=2, **{**ENTRY, **said}) for _ in range(count)]

    def seal(self, **other: Any) -> SealState:
        """Seal all there is, by these means or others."""
        means = replace(self.means, **other)
        while (state := rounds.seal(means)) == SealState.BEHIND:
            pass
        return state

    def stops(self, **other: Any) -> Stopped:
        with pytest.raises(Stopped) as stopped:
            self.seal(**other)
        return stopped.value

    def forge(self, statement: str, *values: int) -> None:
        """Run a statement as the owner would who lifts the triggers."""
        with trail_unguarded(), connection.cursor() as cursor:
            cursor.execute(statement, values)

    def guarded(self, origin: str = ORIGIN) -> Mapping[int, str]:
        return self.means.guard.since(origin, 1)

    @property
    def log(self) -> Log:
        return Log.objects.order_by("-number")[0]

    @property
    def sizes(self) -> list[int]:
        return list(Checkpoint.objects.filter(log=self.log).order_by("number").values_list("size", flat=True))


def new_key() -> PrivateKey:
    return PrivateKey(Ed25519PrivateKey.generate())


def new_trail(now: datetime, guard: Path) -> Trail:
    guard.mkdir()
    return Trail(now=now, folder=guard, means=Means(guard=DirectoryGuard(guard), signer=new_key(), base=ORIGIN))


@pytest.fixture
def sealed_trail(db: None, now: datetime, tmp_path: Path) -> Trail:
    return new_trail(now, tmp_path / "guard")


@pytest.fixture
def assert_sealed(sealed_trail: Trail) -> Callable[[], None]:
    """Return what sees that guard and database say the same, over the entries that there are, signed by the keys of then."""

    def check() -> None:
        log = sealed_trail.log
        notes_there = dict(log.checkpoints.values_list("number", "note"))
        assert sealed_trail.guarded(log.origin) == notes_there
        hashes = [each.leaf.hash for each in growing.numbered(log, 0, growing.length(log))]
        for note in notes_there.values():
            said = notes.Checkpoint.read(note)
            key = keys.key_at(log, said.size)
            assert key is not None
            assert notes.opened(note, [key]) == (said, Key(name=log.origin, public=key.public))
            assert said.root == tree.root_of(hashes[: said.size])

    return check
