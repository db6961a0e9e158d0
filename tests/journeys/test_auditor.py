"""An auditor finds out who was in production on an evening, and proves it without the portal."""

import json
import subprocess
import sys
import sysconfig
import venv
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from audits.models import Look, RailStanding, RailState
from portal.iam.rails.rail import rails
from portal.verbs.run import run
from tests.app.audits.web.test_in_production import gone
from tests.journeys.conftest import Travel
from tests.journeys.travellers import Traveller
from tests.worlds.cast import Cast
from tests.worlds.sealed import new_trail
from tests.worlds.story import elevated, returned, taken_for_given

# All that verify.py needs.
ALONE = ("cryptography", "cffi", "_cffi_backend*", "pycparser")


@pytest.fixture
def last_night(transactional_db: None, cast: Cast, tmp_path: Path) -> str:
    """Have member01 in production from 20:00 to 20:20 yesterday, by the auditor's clock, and that sealed; return the request."""
    with timezone.override(cast.auditor01.zone):
        yesterday = timezone.localdate() - timedelta(days=1)
        start = timezone.make_aware(datetime.combine(yesterday, time(20)))
    elevation = elevated(cast.member01, cast.leader01, now=start)
    run(lambda: taken_for_given(elevation, now=start))
    returned(elevation, cast.member01, now=start + timedelta(minutes=20))
    gone(elevation, now=start + timedelta(minutes=20))
    new_trail(start, tmp_path / "guard").seal()
    return elevation.request.code


def alone(folder: Path) -> Path:
    """Return the Python of an empty environment that has cryptography, and nothing else of ours."""
    venv.create(folder, symlinks=True)
    own = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    for name in ALONE:
        for there in Path(sysconfig.get_path("purelib")).glob(name):
            (own / there.name).symlink_to(there)
    return folder / "bin" / "python"


def downloaded(auditor: Traveller, label: str, folder: Path) -> Path:
    with auditor.page.expect_download() as download:
        auditor.follow(label)
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


@pytest.mark.parametrize("language", ["en", pytest.param("ja", marks=pytest.mark.exhaustive)])
def test_auditor_sees_who_was_in_and_proves_it_alone(travel: Travel, last_night: str, tmp_path: Path, language: str) -> None:
    auditor = travel("auditor01", language=language)
    # The area, and the period: two steps from home.
    auditor.page.locator(".site-nav .areas a").nth(1).click()
    auditor.follow("Last night")
    row = auditor.page.locator("tbody tr")
    period = {"en": "20:00 – 20:20", "ja": "20:00〜20:20"}[language]
    for said in ("member01", "ProdMemberWorkGroup", period, "leader01", "fix the index", "CHG-123", last_night):
        expect(row).to_contain_text(said)
    expect(row).to_contain_text(auditor.says("returned early"))
    auditor.look("in-production")
    auditor.follow("Story and proof")
    expect(auditor.page.locator("main")).to_contain_text(auditor.says("Whole: all that it names is here and has ended."))
    auditor.look("story")
    home = tmp_path / "home"
    home.mkdir()
    story = downloaded(auditor, "Download the story file", home)
    keys = downloaded(auditor, "Download keys.json", home)
    verifier = downloaded(auditor, "Download verify.py", home)
    assert [story.name, keys.name, verifier.name] == [f"{last_night}.story.jsonl", "keys.json", "verify.py"]
    python = alone(tmp_path / "alone")
    command = [str(python), "-I", verifier.name, "--json", "--story", story.name, "--keys", keys.name]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    said = json.loads(done.stdout)
    assert (done.returncode, done.stderr, said["holds"], said["whole"]) == (0, "", True, True)
    story.write_text(story.read_text().replace("leader01", "leader02"))
    assert subprocess.run(command, cwd=home, capture_output=True, check=False).returncode == 1


@pytest.mark.exhaustive
@pytest.mark.parametrize("screen", [{}, {"phone": True}, {"dark": True}, {"phone": True, "dark": True}], ids=str)
def test_pages_of_the_auditor_hold_on_each_screen(travel: Travel, last_night: str, screen: dict[str, bool]) -> None:
    auditor = travel("auditor01", language="ja", **screen)
    for name, path in (
        ("in-production", "/audit/in-production/"),
        ("story", f"/audit/stories/{last_night}/"),
        ("story-of-person", "/audit/stories/person/member01/"),
        ("seal", "/audit/seal/"),
        ("overview", "/audit/"),
        ("log-ins", "/audit/log-ins/"),
        ("could-do", "/audit/could-do/"),
        ("findings", "/audit/findings/"),
        ("trail", "/audit/trail/"),
        ("entry", "/audit/trail/1/"),
        ("exports", "/audit/exports/"),
        ("guard-rails", "/audit/permissions/"),
        ("provisioning", "/directories/"),
        ("log-in", "/log-in/"),
    ):
        auditor.page.goto(path)
        auditor.look(f"audit-{name}")


def test_guard_rails_are_seen_at_once_on_a_desk(transactional_db: None, cast: Cast, travel: Travel) -> None:
    now, states = timezone.now(), list(RailState)
    for account in ("production", "log-archive"):
        where = {"account": cast.production.account_id if account == "production" else "666666666666", "key": account}
        Look.objects.create(**where, since=now, until=now, sha256="a" * 64, entry_id=1)
        RailStanding.objects.bulk_create(
            RailStanding(
                **where, carrier="role", name=f"Role{number}", rail=rail.sid, state=states[(place + number) % len(states)]
            )
            for place, rail in enumerate(rails())
            for number in (0, 1)
        )
    auditor = travel("auditor01")
    auditor.page.goto("/audit/permissions/")
    table = auditor.page.locator(".scroll")
    expect(table).to_contain_text("1/2")
    assert table.evaluate("element => element.scrollWidth <= element.clientWidth")
    auditor.look("guard-rails")
    # The whole row leads on, also where a name and more stand in its first cell.
    table.locator("tbody td").nth(3).click(force=True)  # The link lies over it.
    expect(auditor.page).to_have_url("/audit/permissions/666666666666/")


def test_environment_of_the_auditor_has_nothing_of_ours(tmp_path: Path) -> None:
    python = alone(tmp_path / "alone")
    done = subprocess.run([python, "-I", "-c", "import cryptography; import django"], capture_output=True, text=True, check=False)
    assert "No module named 'django'" in done.stderr
    assert sys.prefix != str(tmp_path / "alone")
