"""An export, and two verifiers of it: Python's, which lies in it, and one for Node, written from the description alone."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from audits import verify
from audits.exporting import writing
from tests.worlds.sealed import Trail, new_trail

NODE = Path(__file__).parent / "verify.mjs"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a verifier says: whether it holds (None: unusable), and the places where it does not."""

    holds: bool | None
    places: frozenset[str]
    said: dict[str, Any]


def in_python(folder: Path, keys: Path | None = None) -> Verdict:
    """Verify in this process."""
    try:
        report = verify.Export(verify.Folder(folder), verify.keys_of(keys.read_text()) if keys else None)
    except (verify.Unusable, KeyError, TypeError, ValueError, OSError) as error:
        return Verdict(holds=None, places=frozenset(), said={"unusable": str(error)})
    return _verdict({"holds": not report.faults, "faults": report.faults, **report.facts})


def in_node(*arguments: object) -> Verdict:
    if shutil.which("node") is None:
        pytest.skip("There is no node.")
    return _run(["node", str(NODE), *map(str, arguments)])


def alone(folder: Path, *arguments: object) -> Verdict:
    """Verify by the export's own verify.py, as an auditor runs it."""
    return _run([sys.executable, "-I", str(folder / "verify.py"), "--json", *map(str, arguments)])


def _run(command: list[str]) -> Verdict:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.stderr == ""
    verdict = _verdict(json.loads(done.stdout))
    assert done.returncode == {True: 0, False: 1, None: 2}[verdict.holds]
    return verdict


def _verdict(said: dict[str, Any]) -> Verdict:
    return Verdict(holds=said["holds"], places=frozenset(each["place"] for each in said.get("faults", ())), said=said)


def grown(trail: Trail, folder: Path) -> Path:
    """Export a trail of 600 entries about some subjects, three of them too long for their leaves, sealed in three steps."""
    for size, subject in ((250, "person:a"), (300, "R-関所"), (50, 'quote"and\\slash')):
        trail.grow(size - 1, subject=subject)
        trail.grow(1, data={"text": "長い" * 12_000, "door": "command", "proof": {}, "before": None, "after": None})
        trail.seal()
    writing.export(folder)
    return folder


@pytest.fixture(scope="session")
def export_of_all(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    with django_db_blocker.unblock(), transaction.atomic():
        grown(new_trail(datetime(2026, 11, 23, 5, 0, tzinfo=UTC), folder / "guard"), folder / "export")
        transaction.set_rollback(True)
    return folder / "export"


@pytest.fixture
def exported(export_of_all: Path, tmp_path: Path) -> Path:
    """An export whose database is not there: what changes it changes files."""
    folder = tmp_path / "export"
    shutil.copytree(export_of_all, folder)
    return folder


@pytest.fixture
def exported_now(sealed_trail: Trail, tmp_path: Path) -> Path:
    """An export beside its database."""
    return grown(sealed_trail, tmp_path / "export")
