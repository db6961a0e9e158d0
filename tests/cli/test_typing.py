"""Somebody sits at the terminal: what they are asked, and what their shell completes."""

import subprocess
import sys
from pathlib import Path

import pytest

from access_requests.models import AccessRequest
from portal.cli import completing
from portal.cli.version import version
from tests.cli.stand_in import Reply, answering
from tests.cli.terminal import CHECKOUT, Terminal, on_a_terminal
from tests.cli.test_commands import asked, given

SHELLS = ("bash", "zsh", "fish")


@pytest.mark.django_db(transaction=True)
def test_what_was_left_out_is_asked_for(member01: Terminal) -> None:
    session = on_a_terminal(member01, "request")
    session.until("You may ask for:")
    session.until("Work groups: ")
    session.type("ProdMemberWorkGroup\n")
    session.until("For how long [1h]: ")
    session.type("\n")
    session.until("Change ticket: ")
    session.type("CHG-123\n")
    session.until("Reason: ")
    session.type("Rebuild the index\n")
    assert session.end() == 0
    request = AccessRequest.objects.get()
    assert (request.duration_minutes, request.change_ticket, request.reason) == (60, "CHG-123", "Rebuild the index")
    assert request.code in session.seen


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("typed", "exit_code", "state"),
    [("y\n", 0, "approved"), ("n\n", 130, "pending"), ("\n", 130, "pending"), ("\x04", 130, "pending")],
)
def test_decision_is_asked_for_below_what_it_is_about(
    member01: Terminal, leader01: Terminal, typed: str, exit_code: int, state: str
) -> None:
    code = asked(member01)
    session = on_a_terminal(leader01, "approve", code)
    shown = session.until("Approve this request? [y/N]: ")
    assert "Rebuild the index" in shown
    session.type(typed)
    assert session.end() == exit_code
    assert AccessRequest.objects.get().status == state


@pytest.mark.django_db(transaction=True)
def test_question_that_is_interrupted_decides_nothing(member01: Terminal, leader01: Terminal) -> None:
    session = on_a_terminal(leader01, "approve", asked(member01))
    session.until("[y/N]: ")
    session.interrupt()
    assert session.end() == 130
    assert AccessRequest.objects.get().status == "pending"


@pytest.mark.django_db(transaction=True)
def test_rejection_asks_why(member01: Terminal, leader01: Terminal) -> None:
    code = asked(member01)
    session = on_a_terminal(leader01, "reject", code, "--yes")
    session.until("Why: ")
    session.type("Not today\n")
    assert session.end() == 0
    assert AccessRequest.objects.get().decisions.get().comment == "Not today"


@pytest.mark.django_db(transaction=True)
def test_terminal_has_colours_and_one_that_wants_none_has_none(member01: Terminal, leader01: Terminal) -> None:
    given(member01, leader01)
    for environment, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        session = on_a_terminal(member01, "list", **environment)
        assert session.end() == 0
        assert "scheduled" in session.seen
        assert ("\x1b[33m" in session.seen) is coloured


@pytest.mark.django_db(transaction=True)
def test_wait_that_is_interrupted_ends_with_130(member01: Terminal) -> None:
    session = on_a_terminal(member01, "wait", asked(member01))
    session.until("pending")
    session.interrupt()
    assert session.end() == 130


def completed(terminal: Terminal, words: str, **environment: str) -> str:
    """Return what a shell is offered behind these words."""
    asking = {"_SEKISHO_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    ended = terminal.run(**asking, **environment)
    assert (ended.code, ended.err) == (0, "")
    return ended.out


@pytest.mark.django_db(transaction=True)
def test_shell_completes_work_groups_requests_and_access(
    member01: Terminal, leader01: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completing, "SECONDS", 30)
    access = given(member01, leader01)
    assert completed(member01, "sekisho request Prod").split() == ["ProdLeaderWorkGroup", "ProdMemberWorkGroup"]
    assert completed(member01, "sekisho return ").split() == [access]
    assert completed(member01, "sekisho status E").split() == [access]
    assert completed(leader01, "sekisho approve ").split() == []
    assert "aws-profile" in completed(member01, "sekisho aws")


@pytest.mark.parametrize(
    "reply",
    [Reply(status=None), Reply(body="<html>"), Reply(body={"items": [{}]}), Reply(body={"items": None}), Reply(status=500)],
)
def test_shell_is_offered_nothing_and_told_nothing_where_the_portal_does_not_help(terminal: Terminal, reply: Reply) -> None:
    with answering(reply) as stand_in:
        assert completed(terminal, "sekisho request P", SEKISHO_PORTAL=stand_in.url, SEKISHO_TOKEN="x").strip() == ""
    assert completed(terminal, "sekisho request P").strip() == ""


@pytest.mark.parametrize("shell", SHELLS)
def test_shell_is_told_how_to_complete(terminal: Terminal, shell: str) -> None:
    ended = terminal.run("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert ended.code == 0
    assert "_SEKISHO_COMPLETE" in ended.out


def test_command_starts_without_django_and_without_the_portal() -> None:
    program = (
        "import sys, portal.cli.program\n"
        "portals = [name for name in sys.modules if name.startswith('portal.') and not name.startswith('portal.cli')]\n"
        "heavy = {'django', 'celery', 'boto3', 'botocore', 'ninja', 'pydantic', 'access_requests', 'audits'}\n"
        "portals = [name for name in portals if name not in ('portal.typed_words', 'portal.profile_names')]\n"
        "print(portals + sorted(heavy & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


def test_checkout_has_a_program_that_works_from_anywhere(tmp_path: Path) -> None:
    target = tmp_path / "with a space" / "sekisho"
    target.parent.mkdir()
    subprocess.run([sys.executable, "-m", "portal.cli.launcher", str(target)], cwd=CHECKOUT, check=True)
    # A folder of the same name where somebody happens to be is not what runs.
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal" / "__init__.py").write_text("raise SystemExit('not this one')")
    link = tmp_path / "link"
    link.symlink_to(target)
    for program in (target, link):
        ended = subprocess.run([str(program), "version"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (ended.returncode, ended.stdout) == (0, f"sekisho {version()}\n"), ended.stderr
    assert subprocess.run([str(target), "fly"], cwd=tmp_path, capture_output=True, check=False).returncode == 2
