"""The stream's sender killed anywhere, again and again: nothing is lost, and the order is kept."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from audits.models import Stream, TrailEntry
from tests.worker import database_url
from tests.worlds.entry import ENTRY

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
# When a sender is killed: before the place has a batch, in the middle of a line, when it has all of it and the position is not
# moved, and when the position is moved.
MOMENTS = ("before", "within", "taken", "moved")
KILLED = """
import os, signal, sys, django
django.setup()
from django.core.management import call_command
from audits.streaming import places, sending
moment, sending.MOST_ENTRIES, take, seen = sys.argv[1], 7, places.File.take, []
def die_at(*moments):
    if moment in moments:
        os.kill(os.getpid(), signal.SIGKILL)
def taking(self, batch):
    seen.append(batch)
    if len(seen) == 2:
        die_at("before")
        if moment == "within":
            with self.path.open("ab") as file:
                file.write(batch.lines[:-20])
        die_at("within")
    if len(seen) == 3:
        die_at("moved")
    take(self, batch)
    if len(seen) == 2:
        die_at("taken")
places.File.take = taking
call_command("stream_trail", "--once")
"""


def grow(count: int) -> None:
    for _ in range(count):
        with transaction.atomic():
            TrailEntry.objects.create(at=timezone.now(), schema_version=2, **ENTRY)


def environment(file: Path) -> dict[str, str]:
    said = {"DJANGO_SETTINGS_MODULE": "portal.settings.test", "TEST_DATABASE_URL": database_url(), "STREAM_TO": f"file:{file}"}
    return {**os.environ, **said, "STREAM_SECONDS": "1"}


def lease_runs_out() -> None:
    """Have the lease of the dead run out, which takes half a minute otherwise."""
    Stream.objects.update(holder="")


def assert_whole_and_in_order(file: Path) -> None:
    """Check that who drops what they know has each entry once, in the order of the trail."""
    sent = [int(json.loads(line)["metadata"]["uid"]) for line in file.read_bytes().splitlines()]
    assert list(dict.fromkeys(sent)) == list(TrailEntry.objects.order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize("moment", MOMENTS)
def test_sender_killed_at_a_moment_of_a_batch_loses_nothing(moment: str, tmp_path: Path) -> None:
    grow(30)
    file = tmp_path / "trail.jsonl"
    for _ in range(2):
        died = subprocess.run([sys.executable, "-c", KILLED, moment], cwd=ROOT, env=environment(file), check=False)
        assert died.returncode == -signal.SIGKILL
        lease_runs_out()
    subprocess.run([sys.executable, "manage.py", "stream_trail", "--once"], cwd=ROOT, env=environment(file), check=True)
    assert_whole_and_in_order(file)


@pytest.mark.exhaustive
def test_sender_killed_at_any_time_while_the_trail_grows_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "trail.jsonl"
    for _ in range(8):
        grow(200)
        sender = subprocess.Popen([sys.executable, "manage.py", "stream_trail"], cwd=ROOT, env=environment(file))
        with pytest.raises(subprocess.TimeoutExpired):
            sender.wait(timeout=random.uniform(1.0, 4.0))  # noqa: S311  When it dies is nobody's secret.
        grow(200)
        sender.kill()
        sender.wait()
        lease_runs_out()
    subprocess.run([sys.executable, "manage.py", "stream_trail", "--once"], cwd=ROOT, env=environment(file), check=True)
    assert_whole_and_in_order(file)
