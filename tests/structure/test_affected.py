"""`make test FAST=1` selects the tests that would see the fault; which ones, is told here for a file of every kind."""

import shutil
import subprocess
from pathlib import Path

import pytest
from affected import ALWAYS, BUDGET, changed_files, select
from mentions import Mentions
from smoke import RULES, SLOW

ROOT = Path(__file__).resolve().parents[2]
APP, WEB, VERBS = "tests/app", "tests/app/access_requests/web", "tests/app/access_requests/services"
BROWSER = "tests/journeys/test_main_job.py::test_person_returns_and_lead_stops"
# The changed file, and who sees the fault in it.
SEEN_BY = {
    "access_requests/services/requests/decide.py": f"{VERBS}/requests/test_decide.py",
    "access_requests/services/notices/slack/api.py": f"{VERBS}/notices/test_slack.py",
    "access_requests/web/requests/decisions.py": f"{WEB}/requests/test_decisions.py",
    "access_requests/web/tags.py": f"{WEB}/test_home.py",
    "access_requests/policy/rules/people.py": "tests/pure",
    "access_requests/tasks.py": f"{VERBS}/test_sweep.py",
    "access_requests/migrations/0001_initial.py": f"{APP}/access_requests/models/test_constraints.py",
    "access_requests/management/commands/load_catalogue.py": f"{APP}/access_requests/commands/test_load_catalogue.py",
    "audits/triggers.py": f"{APP}/audits/test_triggers.py",
    "portal/users/admin.py": f"{APP}/users/test_admin.py",
    "portal/cli/program.py": "tests/cli/test_commands.py",
    "portal/iam/evaluation.py": "tests/iam_simulate/test_time_boxes.py",
    "portal/simulated_aws/faults.py": "tests/simulated_aws/test_faults.py",
    "portal/settings/base.py": f"{APP}/portal/test_settings.py",
    "portal/urls.py": f"{APP}/test_every_door.py",
    "portal/aws/policies/runbook.json": "tests/contracts/test_permissions_of_ways.py",
    "portal/aws/runbooks/grant.yaml": f"{APP}/access_requests/grants/test_runbooks.py",
    "portal/static/sekisho/app.js": BROWSER,
    "templates/access_requests/requests/queue.html": f"{WEB}/requests/test_decisions.py",
    "templates/access_requests/catalogue/backends.html": f"{WEB}/catalogue/test_backends.py",
    "templates/account/login.html": f"{APP}/test_every_door.py",
    "templates/404.html": f"{APP}/portal/pages/test_failing.py",
    "templates/base.html": BROWSER,
    "locale/ja/LC_MESSAGES/django.po": "tests/structure",
    "docker-compose.yml": "tests/deploy/test_compose.py",
    "docs/openapi.json": "tests/cli/test_generated_client.py",
    "docs/aws/permissions.md": "tests/contracts/test_permissions.py",
    "docs/slack.md": f"{APP}/access_requests/chat/test_documents.py",
    "docs/examples/chatbot.py": "tests/journeys/test_examples.py",
    "tests/crashes/test_messages.py": "tests/crashes/test_messages.py",
    "tests/stand_ins/bots.py": f"{APP}/access_requests/api/test_tokens.py",
}


@pytest.fixture(scope="module")
def mentions() -> Mentions:
    folders = ("access_requests", "audits", "docs", "locale", "portal", "templates", "tests")
    found = [
        path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    return Mentions(ROOT, [str(path.relative_to(ROOT)) for path in (*found, ROOT / "docker-compose.yml")])


@pytest.mark.parametrize(("changed", "seen_by"), SEEN_BY.items())
def test_fault_is_seen_by_a_test_that_is_selected(mentions: Mentions, changed: str, seen_by: str) -> None:
    assert changed in mentions.files
    assert seen_by in select([changed], mentions).paths


def test_hub_takes_no_more_time_than_there_is(mentions: Mentions) -> None:
    selection = select(["access_requests/models/__init__.py", "tests/worlds/cast.py"], mentions)
    assert sum(each.seconds for each in selection.chosen) <= BUDGET
    assert selection.left_out


def test_prose_selects_nothing_but_what_always_runs(mentions: Mentions) -> None:
    assert select(["README.md", "docs/drift.md"], mentions).paths == list(ALWAYS)


def test_table_names_tests_and_files_that_exist(mentions: Mentions) -> None:
    assert all((ROOT / "tests" / tier).is_dir() for tier in SLOW)
    for rule in RULES:
        for test in rule.tests:
            path, _, name = test.partition("::")
            assert (ROOT / path).exists(), test
            assert not name or f"def {name}(" in (ROOT / path).read_text(), test


@pytest.mark.skipif(shutil.which("git") is None, reason="Needs git.")
def test_changed_is_what_differs_from_main_committed_or_not(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=member01", "-c", "user.email=member01@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def write(*names: str) -> None:
        for name in names:
            (tmp_path / name).write_text(name)

    git("init", "--initial-branch=main")
    for name in ("older.py", "gone.py"):
        write(name)
        git("add", ".")
        git("commit", "--message", name)
    assert changed_files(tmp_path) == ["gone.py"]
    git("checkout", "-b", "topic")
    write("申請.py")
    git("add", ".")
    git("commit", "--message", "topic")
    git("rm", "gone.py")
    write("untracked.py")
    assert changed_files(tmp_path) == ["gone.py", "untracked.py", "申請.py"]
