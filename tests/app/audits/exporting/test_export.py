"""An export is checked without the portal, by two verifiers that know nothing of each other, and each change of it is named."""

import base64
import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audits import verify
from audits.acts import Act
from audits.exporting import writing
from audits.merkle import notes, tiles
from audits.models import TrailEntry
from audits.sealing.keys import PrivateKey
from tests.app.audits.exporting.conftest import alone, in_node, in_python
from tests.worlds.sealed import ORIGIN, Trail, new_key

# The export is made of a database, which pytest-django sets up where a test says that it uses one.
pytestmark = pytest.mark.django_db
Tamper = Callable[[Path], None]


def test_export_holds_by_both_verifiers_and_says_whose_the_keys_are(exported: Path) -> None:
    verdicts = [in_python(exported), alone(exported, exported), in_node(exported)]
    for each in verdicts:
        assert (each.holds, each.places) == (True, frozenset())
        assert (each.said["size"], each.said["entries"]) == (600, 600)
    said = verify.told(verify.Export(verify.Folder(exported), None))
    assert said.endswith(f"HOLDS: 600 entries of {ORIGIN}, against a checkpoint over 600 leaves")
    assert "The keys are the export's own" in said
    assert f"key: {ORIGIN} SHA-256:" in said
    keys = exported / "keys.json"
    assert [alone(exported, exported, "--keys", keys).said["pinned"], in_node(exported, keys).holds] == [True, True]


def test_lines_are_the_leaves_and_long_data_lies_beside(exported: Path) -> None:
    lines = (exported / "entries.jsonl").read_bytes().split(b"\n")
    assert (len(lines), lines[-1]) == (601, b"")
    named = json.loads(lines[249])["data"]
    assert (exported / "beside" / named["beside"]).stat().st_size == named["bytes"]
    assert sorted(each.name for each in (exported / "checkpoints").iterdir()) == ["550", "600"]


def lines_of(folder: Path) -> list[bytes]:
    return (folder / "entries.jsonl").read_bytes().splitlines(keepends=True)


def write_lines(folder: Path, lines: list[bytes]) -> None:
    """Write lines, and bundles that say the same."""
    (folder / "entries.jsonl").write_bytes(b"".join(lines))
    shutil.rmtree(folder / "tile/entries")
    for first in range(0, len(lines), 256):
        held = [line[:-1] for line in lines[first : first + 256]]
        path = folder / tiles.path(tiles.ENTRIES, first // 256, len(held))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tiles.bundle(held))


def edited(at: int) -> Tamper:
    def tamper(folder: Path) -> None:
        lines = lines_of(folder)
        lines[at] = lines[at].replace(b'"actor":"somebody"', b'"actor":"nobody"')
        write_lines(folder, lines)

    return tamper


def removed(at: int) -> Tamper:
    return lambda folder: write_lines(folder, lines_of(folder)[:at] + lines_of(folder)[at + 1 :])


def inserted(at: int) -> Tamper:
    return lambda folder: write_lines(folder, [*lines_of(folder)[:at], lines_of(folder)[at - 1], *lines_of(folder)[at:]])


def reordered(at: int) -> Tamper:
    def tamper(folder: Path) -> None:
        lines = lines_of(folder)
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
        write_lines(folder, lines)

    return tamper


def cut(to: int) -> Tamper:
    return lambda folder: write_lines(folder, lines_of(folder)[:to])


def changed(name: str, old: bytes, new: bytes) -> Tamper:
    def tamper(folder: Path) -> None:
        data = (folder / name).read_bytes()
        assert old in data
        (folder / name).write_bytes(data.replace(old, new, 1))

    return tamper


def gone(name: str) -> Tamper:
    return lambda folder: (folder / name).unlink()


def flipped(name: str, at: int) -> Tamper:
    def tamper(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[at] ^= 1
        (folder / name).write_bytes(bytes(data))

    return tamper


def added(name: str) -> Tamper:
    return lambda folder: (folder / name).touch()


WAYS: dict[str, tuple[Tamper, str]] = {
    "an entry edited in a full tile": (edited(17), "leaf 17"),
    "an entry edited at the edge": (edited(599 - 20), "leaf 579"),
    "the first one edited": (edited(0), "leaf 0"),
    "an entry removed": (removed(300), "leaf 300"),
    "an entry inserted": (inserted(300), "leaf 300"),
    "two reordered": (reordered(300), "leaf 300"),
    "the tail cut": (cut(590), "entries.jsonl, leaf 590"),
    "cut in the middle of a line": (changed("entries.jsonl", b'"v":1}\n', b'"v":1}'), "leaf 0"),
    "more behind the tail": (inserted(600), "entries.jsonl, leaf 600"),
    "a bundle alone": (flipped("tile/entries/001", 40), "tile/entries/001"),
    "a bundle gone": (gone("tile/entries/000"), "tile/entries/000"),
    "a tile of leaves": (flipped("tile/0/001", 32 * 5 + 3), "leaf 261"),
    "a tile above": (flipped("tile/1/000.p/2", 0), "tile/1/000.p/2"),
    "a tile gone": (gone("tile/0/000"), "tile/0/000"),
    "the checkpoint's size": (changed("checkpoint", b"\n600\n", b"\n599\n"), "checkpoint"),
    "the checkpoint's origin": (changed("checkpoint", b"portal.", b"partal."), "checkpoint"),
    "an old checkpoint": (changed("checkpoints/550", b"\n550\n", b"\n549\n"), "checkpoints/550"),
    "the key's sizes": (changed("keys.json", b'"from": 1', b'"from": 560'), "checkpoints/550"),
    "the manifest's size": (changed("manifest.json", b'"size": 600', b'"size": 601'), "manifest.json"),
    "verify.py": (changed("verify.py", b"import hmac", b"import hmac "), "verify.py"),
    "a file more": (added("note.txt"), "note.txt"),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_change_is_named_with_its_place_by_both(exported: Path, way: str) -> None:
    tamper, place = WAYS[way]
    tamper(exported)
    python, node = in_python(exported), in_node(exported)
    assert python.holds is False
    assert place in python.places
    assert node.places == python.places


def test_text_beside_a_leaf_is_part_of_it(exported: Path) -> None:
    (beside,) = (exported / "beside").iterdir()
    beside.write_text("another text")
    assert in_python(exported).places == in_node(exported).places == {"leaf 249", "leaf 549", "leaf 599"}


@pytest.mark.parametrize("name", ["checkpoint", "keys.json", "manifest.json", "entries.jsonl"])
def test_export_without_what_it_rests_on_is_unusable(exported: Path, name: str) -> None:
    (exported / name).unlink()
    assert in_python(exported).holds is alone(exported, exported).holds is in_node(exported).holds is None


@pytest.mark.parametrize("text", ["", "no key", '[{"vkey": 1}]', "portal.example.com+00000000+AAAA"])
def test_keys_that_are_none_are_unusable_or_sign_nothing(exported: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "keys").write_text(text)
    assert alone(exported, exported, "--keys", tmp_path / "keys").holds is (None if text else False)


def test_whole_log_that_was_signed_again_is_found_by_keys_from_before(
    sealed_trail: Trail, exported_now: Path, tmp_path: Path
) -> None:
    """By somebody with database, guard and a key of their own: nothing else in it is wrong."""
    pinned = tmp_path / "pinned.json"
    shutil.copyfile(exported_now / "keys.json", pinned)
    for table in ("audits_checkpoint", "audits_tile", "audits_sealkey", "audits_log"):
        sealed_trail.forge(f"DELETE FROM {table}")  # noqa: S608  Fixed words.
    sealed_trail.forge("UPDATE audits_trailentry SET actor = 'nobody' WHERE id = 5")
    shutil.rmtree(sealed_trail.folder / ORIGIN)
    sealed_trail.seal(signer=new_key())
    again = tmp_path / "again"
    writing.export(again)
    assert in_python(again).holds is in_node(again).holds is True
    assert in_python(again, pinned).places == in_node(again, pinned).places == {"keys.json", "checkpoint", "checkpoints/600"}


def test_vkeys_one_a_line_are_keys_too(exported: Path, tmp_path: Path) -> None:
    lines = tmp_path / "keys.txt"
    lines.write_text("\n".join(each["vkey"] for each in json.loads((exported / "keys.json").read_text())))
    assert in_python(exported, lines).holds is in_node(exported, lines).holds is True


def test_export_after_a_change_of_keys_holds(sealed_trail: Trail, tmp_path: Path) -> None:
    sealed_trail.grow(3)
    sealed_trail.seal()
    old, new = sealed_trail.means.signer, new_key()
    sealed_trail.seal(signer=new, before=old)
    sealed_trail.grow(3)
    sealed_trail.seal(signer=new)
    folder = tmp_path / "export"
    writing.export(folder)
    assert in_python(folder).holds is in_node(folder).holds is True
    assert [each["until"] for each in json.loads((folder / "keys.json").read_text())] == [5, None]
    by_the_old_key(folder, old)
    assert in_python(folder).places == in_node(folder).places == {"checkpoint"}


def by_the_old_key(folder: Path, old: object) -> None:
    """Have the newest checkpoint signed by the key that had been taken away."""
    assert isinstance(old, PrivateKey)
    said = notes.Checkpoint.read((folder / "checkpoint").read_text())
    key = notes.Key(name=ORIGIN, public=old.public)
    (folder / "checkpoint").write_text(notes.signed(said, key=key, sign=old.sign))


def test_part_of_the_trail_is_proven_against_the_whole_tree(sealed_trail: Trail, exported_now: Path, tmp_path: Path) -> None:
    middle = TrailEntry.objects.get(pk=401).recorded_at
    assert middle is not None
    folder = tmp_path / "part"
    writing.export(folder, since=middle)
    first = json.loads((folder / "manifest.json").read_text())["first"]
    assert 0 < first <= 400
    assert json.loads(lines_of(folder)[0])["id"] == first + 1
    assert in_python(folder).holds is in_node(folder).holds is True
    flipped("tile/entries/000", 300)(folder)
    assert in_python(folder).places & {"leaf 0", "leaf 1"} == in_node(folder).places & {"leaf 0", "leaf 1"} != set()
    earlier = tmp_path / "earlier"
    assert writing.export(earlier, until=middle).size in (550, 600)
    assert in_python(earlier).holds is in_node(earlier).holds is True


def test_second_log_holds_and_begins_with_the_last_checkpoint_of_the_first(sealed_trail: Trail, tmp_path: Path) -> None:
    sealed_trail.grow(3)
    sealed_trail.seal()
    sealed_trail.forge("UPDATE audits_trailentry SET actor = 'another' WHERE id = 2")
    sealed_trail.grow(1)
    sealed_trail.stops()
    sealed_trail.grow(1, act=Act.SEAL_NEW_LOG_ORDERED, data={"origin": ORIGIN, "reason": "restored"})
    sealed_trail.seal()
    folder = tmp_path / "export"
    writing.export(folder)
    assert in_python(folder).holds is in_node(folder).holds is True
    assert json.loads(lines_of(folder)[0])["data"]["checkpoint"] == sealed_trail.guarded()[1]


# The database


def test_database_is_verified_in_place(sealed_trail: Trail, exported_now: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_audit")
    call_command("verify_audit", "--from-export", str(exported_now), "--keys", str(exported_now / "keys.json"))
    assert capsys.readouterr().out.count("HOLDS: 600 entries") == 2


FORGERIES = {
    "an entry edited in a full tile": (["UPDATE audits_trailentry SET actor = 'nobody' WHERE id = 18"], "leaf 17"),
    "an entry edited at the edge": (["UPDATE audits_trailentry SET actor = 'nobody' WHERE id = 580"], "leaves 550 to 599"),
    "data edited": (["UPDATE audits_trailentry SET data = '{}' WHERE id = 18"], "leaf 17"),
    "the time of recording edited": (["UPDATE audits_trailentry SET recorded_at = '2026-01-01' WHERE id = 18"], "leaf 17"),
    "two reordered": (
        [
            "UPDATE audits_trailentry SET id = -1 WHERE id = 18",
            "UPDATE audits_trailentry SET id = 18 WHERE id = 400",
            "UPDATE audits_trailentry SET id = 400 WHERE id = -1",
        ],
        "leaf 17",
    ),
    "a tile": (["UPDATE audits_tile SET number = number + 7 WHERE level = 0 AND number = 1"], "tile/0/001"),
    "a checkpoint's note": (["UPDATE audits_checkpoint SET note = replace(note, '600', '599') WHERE number = 3"], "checkpoint"),
}


@pytest.mark.parametrize("way", FORGERIES)
def test_what_the_owner_of_the_database_changed_is_named(
    sealed_trail: Trail, exported_now: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    statements, place = FORGERIES[way]
    for statement in statements:
        sealed_trail.forge(statement)
    with pytest.raises(SystemExit):
        call_command("verify_audit")
    assert f"{place}: " in capsys.readouterr().out
    folder = tmp_path / "forged"
    writing.export(folder)
    assert place in in_python(folder, exported_now / "keys.json").places


@pytest.mark.parametrize(
    "statement", ["DELETE FROM audits_trailentry WHERE id = 300", "DELETE FROM audits_trailentry WHERE id > 299"]
)
def test_entry_that_was_removed_is_named(sealed_trail: Trail, exported_now: Path, tmp_path: Path, statement: str) -> None:
    sealed_trail.forge(statement)
    with pytest.raises(CommandError, match="There is no entry 300"):
        call_command("verify_audit")
    with pytest.raises(CommandError, match="There is no entry 300"):
        call_command("export_audit", str(tmp_path / "cut"))


def test_command_writes_an_export_once(sealed_trail: Trail, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="Nothing is sealed"):
        call_command("export_audit", str(tmp_path / "export"))
    with pytest.raises(CommandError, match="Nothing is sealed"):
        call_command("verify_audit")
    sealed_trail.grow(2)
    sealed_trail.seal()
    tomorrow = (timezone.now() + timedelta(days=1)).date().isoformat()
    call_command("export_audit", str(tmp_path / "export"), "--since", "2026-01-01", "--until", tomorrow)
    assert "2 leaves" in capsys.readouterr().out
    assert alone(tmp_path / "export", tmp_path / "export").holds is True
    with pytest.raises(CommandError, match="not an empty folder"):
        call_command("export_audit", str(tmp_path / "export"))


def test_signature_is_64_bytes_behind_an_id(exported: Path) -> None:
    encoded = (exported / "checkpoint").read_text().splitlines()[-1].split(" ")[2]
    assert len(base64.b64decode(encoded)) == 68
