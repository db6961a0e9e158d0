"""The story of a request, proven against one checkpoint, whole or open; what is left out of it is found."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from access_requests.lifecycle import ElevationAction
from access_requests.models import AccessRequest, Elevation
from access_requests.services.record import transition
from audits import verify
from audits.acts import Act
from audits.exporting import reading, stories
from portal.verbs.actor import WORKER
from portal.verbs.run import run
from tests.app.audits.exporting.conftest import in_node
from tests.worlds.cast import Cast
from tests.worlds.entry import data_of
from tests.worlds.sealed import Trail
from tests.worlds.story import approved, elevated, extension_asked, rejected, returned, submitted

HOUR = timedelta(hours=1)


@dataclass
class Told:
    """A story and keys in files, and what the verifiers say of it."""

    folder: Path
    lines: list[str]
    keys: str

    def said(self, *, lines: list[str] | None = None) -> tuple[bool, bool, frozenset[str]]:
        """Return whether it holds, whether it is whole, and the places of faults, as both verifiers say."""
        file, keys = self.folder / "R.story.jsonl", self.folder / "keys.json"
        file.write_text("\n".join(self.lines if lines is None else lines) + "\n")
        keys.write_text(self.keys)
        report = verify.Story(file.read_text(), verify.keys_of(self.keys))
        python = (not report.faults, report.facts["whole"], frozenset(each["place"] for each in report.faults))
        node = in_node("--story", file, keys)
        assert (node.holds, node.said["whole"], node.places) == python
        return python


@pytest.fixture
def tell(sealed_trail: Trail, tmp_path: Path) -> Callable[[AccessRequest], Told]:
    def told(request: AccessRequest) -> Told:
        sealed_trail.seal()
        return Told(tmp_path, stories.lines(request.code), reading.newest().text("keys.json"))

    return told


Tell = Callable[[AccessRequest], Told]


@pytest.fixture
def ended(cast: Cast, now: datetime) -> AccessRequest:
    """A request whose access was prolonged, returned and taken out of AWS; others happened in between."""
    elevation = elevated(cast.member01, cast.leader01, now=now)
    granting(elevation, now)
    submitted(cast.member02, now=now)
    extension = extension_asked(elevation, cast.member01, ends_at=elevation.ends_at + HOUR, now=now)
    approved(extension, cast.leader02, now=now)
    returned(elevation, cast.member01, now=now)
    act_on(elevation, ElevationAction.CONFIRM_REVOKE, now)
    return elevation.request


def granting(elevation: Elevation, now: datetime) -> None:
    for action in (ElevationAction.START_GRANT, ElevationAction.CONFIRM_GRANT):
        act_on(elevation, action, now)


def act_on(elevation: Elevation, action: ElevationAction, now: datetime) -> None:
    elevation.refresh_from_db()
    elevation.granted_at = elevation.granted_at or now
    elevation.ended_at = now if action == ElevationAction.CONFIRM_REVOKE else None
    data = data_of(action, now)
    run(lambda: transition.apply_to_elevation(elevation, action, actor=WORKER, now=now, data=data))


def test_story_has_the_request_its_access_and_what_extended_it(ended: AccessRequest, tell: Tell) -> None:
    told = tell(ended)
    acts = [json.loads(json.loads(line)["leaf"])["act"] for line in told.lines]
    assert acts[0] == Act.REQUEST_SUBMITTED
    assert [acts.count(act) for act in (Act.REQUEST_SUBMITTED, Act.REQUEST_APPROVED, Act.ELEVATION_EXTENDED)] == [2, 2, 1]
    assert acts[-1] == Act.ELEVATION_ENDED
    assert told.said() == (True, True, frozenset())


def test_rejected_request_is_whole_and_a_waiting_one_open(cast: Cast, now: datetime, tell: Tell) -> None:
    request = submitted(cast.member01, now=now)
    assert tell(request).said() == (True, False, frozenset())
    rejected(request, cast.leader01, now=now)
    assert tell(request).said() == (True, True, frozenset())


def of(told: Told, act: Act) -> int:
    return next(at for at, line in enumerate(told.lines) if f'\\"act\\":\\"{act}\\"' in line)


def test_middle_that_was_removed_is_found(ended: AccessRequest, tell: Tell) -> None:
    told = tell(ended)
    at = of(told, Act.ELEVATION_ACTIVE)
    holds, _, places = told.said(lines=told.lines[:at] + told.lines[at + 1 :])
    assert (holds, len(places)) == (False, 1)


def test_tail_that_was_cut_leaves_it_open(ended: AccessRequest, tell: Tell) -> None:
    told = tell(ended)
    assert told.said(lines=told.lines[:-1]) == (True, False, frozenset())


def test_elevation_that_was_left_out_leaves_it_open(ended: AccessRequest, tell: Tell) -> None:
    told = tell(ended)
    without = [line for line in told.lines if '\\"subject\\":\\"E-' not in line]
    assert told.said(lines=without) == (True, False, frozenset())
    extension = [line for line in told.lines if json.loads(json.loads(line)["leaf"])["subject"] in ("", *_requests(told)[1:])]
    assert told.said(lines=[line for line in told.lines if line not in extension])[1] is False


def _requests(told: Told) -> list[str]:
    subjects = [json.loads(json.loads(line)["leaf"])["subject"] for line in told.lines]
    return list(dict.fromkeys(subject for subject in subjects if subject.startswith("R-")))


@pytest.mark.parametrize("change", ["a word", "the index", "the checkpoint", "another proof"])
def test_each_line_is_proven(ended: AccessRequest, tell: Tell, change: str) -> None:
    told = tell(ended)
    line = json.loads(told.lines[2])
    other = json.loads(told.lines[3])
    if change == "a word":
        line["leaf"] = line["leaf"].replace("member01", "member02")
    elif change == "the index":
        line["proof"] = line["proof"].replace("index ", "index 1")
    elif change == "another proof":
        line["proof"] = other["proof"]
    else:
        told.lines = [each.replace("portal.example.com", "portal.example.org") for each in told.lines]
        line = json.loads(told.lines[2])
    told.lines[2] = json.dumps(line, ensure_ascii=False)
    assert told.said()[0] is False


def test_story_is_told_in_words_by_the_file_that_lies_in_an_export(ended: AccessRequest, tell: Tell, tmp_path: Path) -> None:
    told = tell(ended)
    told.said()
    command = [
        sys.executable,
        "-I",
        verify.__file__,
        "--story",
        str(tmp_path / "R.story.jsonl"),
        "--keys",
        str(tmp_path / "keys.json"),
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0
    assert "\nwhole\nHOLDS: " in done.stdout
    (tmp_path / "R.story.jsonl").write_text("\n".join(told.lines[:-1]))
    assert "open as of size" in subprocess.run(command, check=False, capture_output=True, text=True).stdout
    (tmp_path / "R.story.jsonl").write_text("no story")
    assert subprocess.run(command, check=False, capture_output=True).returncode == 2


def test_what_ends_a_story_is_what_the_acts_say() -> None:
    """`verify.py` stands alone, and so repeats it."""
    kinds = ("request.", "elevation.")
    assert {act for act in Act if act.is_last and act.startswith(kinds)} == verify.LAST
