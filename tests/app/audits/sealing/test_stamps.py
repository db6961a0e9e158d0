"""Time stamps: what is believed, what is not, and that sealing waits for none of it."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.x509 import load_pem_x509_certificates
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from audits.exporting import writing
from audits.models import Anchor, Checkpoint, Sealer, SealState, StampState
from audits.sealing import configured, stamps
from audits.sealing.sealer import Sealing
from audits.sealing.stamping import PATIENCE_SECONDS, Stamping
from audits.sealing.stamps import StampService, StampTrouble
from tests.stand_ins.time_stamps import Authority, authority_in, serving
from tests.waiting import until
from tests.worlds.sealed import Trail

NOTE = "portal.example.com\n1\nroot\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority_in(tmp_path_factory.mktemp("stamps") / "authority")


@pytest.fixture
def authority(made: Authority) -> Iterator[Authority]:
    with serving(Authority(made.folder)) as running:
        yield running


def service(authority: Authority) -> StampService:
    return StampService(url=authority.url, roots=load_pem_x509_certificates(authority.roots.read_bytes()))


def test_stamp_of_now_over_the_note_holds(authority: Authority) -> None:
    stamp = service(authority).stamp(NOTE, now=timezone.now())
    assert abs(stamp.at - timezone.now()) < timedelta(seconds=5)
    assert stamps.verify(stamp.receipt, NOTE, service(authority).roots) == stamp.at
    with pytest.raises(StampTrouble, match="Mismatch between messages"):
        stamps.verify(stamp.receipt, NOTE + "more", service(authority).roots)


def test_old_answer_is_not_taken_for_a_new_question(authority: Authority) -> None:
    service(authority).stamp(NOTE, now=timezone.now())
    (first,) = authority.queries
    authority.lie = lambda _query, _answer: authority.stamp(first)
    with pytest.raises(StampTrouble, match="Nonce mismatch") as trouble:
        service(authority).stamp(NOTE, now=timezone.now())
    assert trouble.value.state == StampState.WRONG


def test_stamp_under_a_root_that_nobody_named_is_not_taken(authority: Authority, tmp_path: Path) -> None:
    other = authority_in(tmp_path / "other")
    authority.lie = lambda query, _answer: other.stamp(query)
    with pytest.raises(StampTrouble, match="does not hold") as trouble:
        service(authority).stamp(NOTE, now=timezone.now())
    assert trouble.value.state == StampState.WRONG


@pytest.mark.parametrize("apart", [timedelta(hours=-1), timedelta(hours=1)])
def test_stamp_of_another_time_is_not_taken(authority: Authority, apart: timedelta) -> None:
    with pytest.raises(StampTrouble, match="which is not now") as trouble:
        service(authority).stamp(NOTE, now=timezone.now() + apart)
    assert trouble.value.state == StampState.WRONG


def changed(answer: bytes, at: int) -> bytes:
    return answer[:at] + bytes([answer[at] ^ 1]) + answer[at + 1 :]


GARBAGE: dict[str, Callable[[bytes, bytes], bytes]] = {
    "nothing": lambda _query, _answer: b"",
    "a page": lambda _query, _answer: b"<html>Welcome</html>",
    "half": lambda _query, answer: answer[: len(answer) // 2],
    "the question": lambda query, _answer: query,
    "too much": lambda _query, answer: answer + bytes(stamps.LONGEST),
    "another signature": lambda _query, answer: changed(answer, len(answer) - 5),
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_is_not_taken(authority: Authority, kind: str) -> None:
    authority.lie = GARBAGE[kind]
    with pytest.raises(StampTrouble) as trouble:
        service(authority).stamp(NOTE, now=timezone.now())
    assert trouble.value.state == StampState.WRONG


def test_answer_that_is_wrong_anywhere_ends_in_trouble_and_in_nothing_else(authority: Authority) -> None:
    receipt, roots = service(authority).stamp(NOTE, now=timezone.now()).receipt, service(authority).roots
    for at in range(0, len(receipt), 23):
        try:
            assert stamps.verify(changed(receipt, at), NOTE, roots)  # A byte that nothing rests on, such as of a status text.
        except StampTrouble:
            continue


@pytest.mark.parametrize("status", [302, 403, 429, 500])
def test_service_that_refuses_or_leads_elsewhere_is_said_so(authority: Authority, status: int) -> None:
    authority.status = status
    with pytest.raises(StampTrouble, match=f"answered {status}") as trouble:
        service(authority).stamp(NOTE, now=timezone.now())
    assert (trouble.value.state, len(authority.queries)) == (StampState.REFUSED, 1)


def test_service_that_is_slow_or_away_is_left(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "SECONDS", 0.2)
    authority.delay = 5
    away = StampService(url="http://127.0.0.1:9/", roots=service(authority).roots)
    for each in (service(authority), away):
        with pytest.raises(StampTrouble) as trouble:
            each.stamp(NOTE, now=timezone.now())
        assert trouble.value.state == StampState.UNREACHABLE


# Beside sealing


@pytest.fixture
def stamping(sealed_trail: Trail, authority: Authority) -> Iterator[Stamping]:
    watch = [100.0]
    made = Stamping(services=[service(authority)], clock=lambda: watch[0])
    made.watch = watch  # type: ignore[attr-defined]
    with ExitStack() as stack:
        stack.callback(made.close)
        yield made


def sealed(trail: Trail) -> Checkpoint:
    trail.grow(1)
    Sealing(means=trail.means).lease.held()
    trail.seal()
    return Checkpoint.objects.order_by("-pk")[0]


def stepped(stamping: Stamping) -> dict[str, str]:
    """Ask, wait for the answer, write it down; return how the service is."""
    stamping.step()
    asked = stamping._turns[0].asked
    if asked is not None:
        until(asked.done)
        stamping.step()
    found: dict[str, str] = next(iter(Sealer.objects.get(pk=1).stamps.values()), {})
    return found


def test_newest_checkpoint_is_stamped_now_and_then(
    sealed_trail: Trail, authority: Authority, stamping: Stamping, settings: Settings
) -> None:
    first = sealed(sealed_trail)
    assert stepped(stamping)["state"] == StampState.STAMPED
    sealed(sealed_trail)
    last = sealed(sealed_trail)
    stepped(stamping)
    assert [anchor.checkpoint_id for anchor in Anchor.objects.all()] == [first.pk]
    stamping.watch[0] += settings.SEAL_STAMP_SECONDS  # type: ignore[attr-defined]
    stepped(stamping)
    stamping.watch[0] += settings.SEAL_STAMP_SECONDS  # type: ignore[attr-defined]
    stepped(stamping)
    assert [anchor.checkpoint_id for anchor in Anchor.objects.order_by("pk")] == [first.pk, last.pk]
    anchor = Anchor.objects.order_by("-pk")[0]
    assert stamps.verify(bytes(anchor.receipt), last.note, service(authority).roots) == anchor.stamped_at
    assert anchor.place == authority.url


def test_service_in_trouble_is_asked_again_with_growing_patience(
    sealed_trail: Trail, authority: Authority, stamping: Stamping
) -> None:
    sealed(sealed_trail)
    authority.lie = GARBAGE["a page"]
    said = stepped(stamping)
    assert (said["state"], Anchor.objects.exists()) == (StampState.WRONG, False)
    for wait in (PATIENCE_SECONDS, 2 * PATIENCE_SECONDS):
        asked = len(authority.queries)
        stamping.watch[0] += wait - 1  # type: ignore[attr-defined]
        stepped(stamping)
        assert len(authority.queries) == asked
        stamping.watch[0] += 1  # type: ignore[attr-defined]
        assert stepped(stamping)["since"] == said["since"]
        assert len(authority.queries) == asked + 1


def test_sealing_waits_for_no_service(sealed_trail: Trail, authority: Authority, stamping: Stamping) -> None:
    authority.delay = 30
    sealed(sealed_trail)
    began = time.monotonic()
    stamping.step()
    sealed_trail.grow(1)
    assert sealed_trail.seal() == SealState.SEALED
    stamping.step()
    assert time.monotonic() - began < 5
    authority.closing.set()


# Outside


def test_auditor_checks_stamps_of_an_export_by_openssl(
    sealed_trail: Trail, authority: Authority, stamping: Stamping, tmp_path: Path
) -> None:
    sealed(sealed_trail)
    stepped(stamping)
    folder = tmp_path / "export"
    writing.export(folder)
    (stamp,) = (folder / "stamps").iterdir()
    assert stamp.name == "1-1.tsr"
    asked = ["openssl", "ts", "-verify", "-in", str(stamp), "-CAfile", str(authority.roots), "-data"]
    for data, holds in ((folder / "checkpoints" / "1", True), (folder / "keys.json", False)):
        answer = subprocess.run([*asked, str(data)], capture_output=True, timeout=10, check=False)
        assert (answer.returncode == 0) is holds, answer.stderr
    call_command("verify_audit", "--from-export", folder)


def test_verification_in_place_looks_at_stamps(
    sealed_trail: Trail, authority: Authority, stamping: Stamping, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed(sealed_trail)
    stepped(stamping)
    settings.SEAL_STAMP_ROOTS_FILE = str(authority.roots)
    call_command("verify_audit")
    assert "1 time stamp holds." in capsys.readouterr().out
    Anchor.objects.update(receipt=GARBAGE["another signature"](b"", bytes(Anchor.objects.get().receipt)))
    with pytest.raises(SystemExit):
        call_command("verify_audit")
    assert f"time stamp of {authority.url} over 1: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("urls", "roots", "says"),
    [
        (["https://stamps.example.com"], "", "SEAL_STAMP_ROOTS_FILE is missing"),
        (["https://stamps.example.com"], "/nowhere.pem", "SEAL_STAMP_ROOTS_FILE cannot be read"),
        (["file:///etc/passwd"], "", "SEAL_STAMP_URLS names no address"),
    ],
)
def test_services_that_cannot_be_used_are_refused_by_their_variable(
    settings: Settings, urls: list[str], roots: str, says: str
) -> None:
    settings.SEAL_STAMP_URLS, settings.SEAL_STAMP_ROOTS_FILE = urls, roots
    with pytest.raises(ValueError, match=says):
        configured.stamp_services()
    with pytest.raises(CommandError, match=says):
        call_command("seal", "--once")
