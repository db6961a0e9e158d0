"""The sealing process: one at a time, whatever the clock says, and what it tells the pages."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from audits.merkle.tiles import Edge, FullTile
from audits.models import Checkpoint, Log, Sealer, SealState
from audits.sealing import growing, lease, sealer
from audits.sealing.keys import PrivateKey
from audits.sealing.lease import PATIENCE_SECONDS, Lease
from audits.sealing.sealer import LOOK_SECONDS, Sealing
from tests.worlds.sealed import Trail, new_key


@dataclass
class Watch:
    """A watch that the test moves."""

    at: float = 100.0
    waited: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.mark.django_db
def test_one_sealer_has_the_lease_until_it_is_silent_for_long_enough(watch: Watch) -> None:
    first, second = Lease(clock=watch), Lease(clock=watch)
    assert (first.held(), second.held(), first.held()) == (True, False, True)
    watch.at += PATIENCE_SECONDS - 1
    assert second.held() is False
    watch.at += PATIENCE_SECONDS - 1
    assert first.held() is True
    assert second.held() is False
    watch.at += PATIENCE_SECONDS
    assert (second.held(), first.held()) == (True, False)


@pytest.mark.django_db
def test_lease_that_is_given_back_is_taken_at_once(watch: Watch) -> None:
    first, second = Lease(clock=watch), Lease(clock=watch)
    assert (first.held(), second.held()) == (True, False)
    first.release()
    assert second.held() is True


def test_sealer_whose_lease_was_taken_commits_nothing(sealed_trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    sealing = Sealing(means=sealed_trail.means)
    sealed_trail.grow(1)
    grow = growing.grow

    def overtaken(log: Log, edge: Edge, until: int) -> list[FullTile]:
        Sealer.objects.update(holder="another")
        return grow(log, edge, until)

    monkeypatch.setattr(growing, "grow", overtaken)
    assert sealing.step() is None
    assert not Checkpoint.objects.exists()


def test_state_and_since_when_are_kept_for_the_pages(sealed_trail: Trail) -> None:
    sealing = Sealing(means=sealed_trail.means)
    sealed_trail.grow(1)
    sealing.step()
    row = lease.row()
    assert (row.state, row.detail, row.since) == (SealState.SEALED, "", row.seen_at)
    sealed_trail.folder.rename(sealed_trail.folder.with_name("elsewhere"))
    sealed_trail.grow(1)
    for _ in range(2):
        assert sealing.step() == SealState.GUARD_UNREACHABLE
    now = lease.row()
    assert now.since is not None
    assert row.seen_at is not None
    assert now.seen_at is not None
    assert row.seen_at <= now.since < now.seen_at
    assert str(sealed_trail.folder) in now.detail


def test_guard_is_looked_at_now_and_then_though_nothing_is_new(sealed_trail: Trail, watch: Watch) -> None:
    sealing = Sealing(means=sealed_trail.means, clock=watch)
    sealed_trail.grow(1)
    assert sealing.step() == SealState.SEALED
    sealed_trail.folder.rename(sealed_trail.folder.with_name("elsewhere"))
    assert sealing.step() == SealState.SEALED
    watch.at += LOOK_SECONDS
    assert sealing.step() == SealState.GUARD_UNREACHABLE


def test_clock_that_is_set_back_stops_nobody(sealed_trail: Trail) -> None:
    first = Sealing(means=sealed_trail.means)
    sealed_trail.grow(1)
    first.step()
    Sealer.objects.update(since=timezone.now() + timedelta(hours=1), seen_at=timezone.now() + timedelta(hours=1))
    first.lease.release()
    sealed_trail.grow(1)
    assert Sealing(means=sealed_trail.means).step() == SealState.SEALED
    assert sealed_trail.sizes == [1, 2]


def test_database_that_is_away_is_waited_for(sealed_trail: Trail, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    sealing = Sealing(means=sealed_trail.means)
    sealed_trail.grow(1)
    held = sealing.lease.held
    answers = iter([OperationalError("gone"), None])

    def away() -> bool:
        if (error := next(answers, None)) is not None:
            raise error
        return held()

    monkeypatch.setattr(sealing.lease, "held", away)
    monkeypatch.setattr(sealer, "close_old_connections", lambda: None)

    def wait(seconds: float) -> bool:
        watch.waited.append(seconds)
        return len(watch.waited) == 2

    sealing.run(wait, lambda: None)
    assert (sealed_trail.sizes, watch.waited) == ([1], [2.0, 2.0])
    assert lease.row().holder == ""


# The command


@pytest.fixture
def configured(sealed_trail: Trail, settings: Settings) -> Trail:
    signer = sealed_trail.means.signer
    assert isinstance(signer, PrivateKey)
    settings.SEAL_KEY, settings.SEAL_GUARD = pem(signer), str(sealed_trail.folder)
    settings.PORTAL_URL = "https://portal.example.com"
    return sealed_trail


def pem(signer: PrivateKey) -> str:
    return signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_command_seals_what_there_is_and_gives_the_lease_back(configured: Trail, capsys: pytest.CaptureFixture[str]) -> None:
    configured.grow(3)
    call_command("seal", "--once")
    assert capsys.readouterr().out == "Every entry is sealed.\n"
    assert (configured.sizes, configured.log.origin, lease.row().holder) == ([3], "portal.example.com", "")


def test_command_says_why_nothing_is_sealed(configured: Trail, settings: Settings) -> None:
    configured.grow(1)
    call_command("seal", "--once")
    settings.SEAL_KEY = pem(new_key())
    configured.grow(1)
    with pytest.raises(CommandError, match="not the log's"):
        call_command("seal", "--once")
    call_command("seal", "--once", "--new-key")
    assert configured.sizes == [1, 3]


@pytest.mark.parametrize(("name", "value"), [("SEAL_KEY", ""), ("SEAL_GUARD", ""), ("SEAL_KEY", "no key")])
def test_command_needs_a_key_and_a_guard(configured: Trail, settings: Settings, name: str, value: str) -> None:
    setattr(settings, name, value)
    with pytest.raises(CommandError):
        call_command("seal", "--once")


def test_origin_stays_when_the_portal_moves(configured: Trail, settings: Settings, tmp_path: Path) -> None:
    configured.grow(1)
    call_command("seal", "--once")
    settings.PORTAL_URL = "https://elsewhere.example.com/portal/"
    configured.grow(1)
    call_command("seal", "--once")
    assert (configured.log.origin, configured.sizes) == ("portal.example.com", [1, 2])
    assert sealer.base_origin() == "elsewhere.example.com/portal"
