"""Commands are run by somebody, and the trail says by whom."""

import io
import os
import pwd
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from access_requests.models import Reconciliation
from access_requests.services.catalogue import documents
from audits import sentences
from audits.models import TrailEntry
from portal.users.models import User
from portal.verbs import operators
from tests.stand_ins.aws import Aws
from tests.worlds.cast import Cast
from tests.worlds.jump import Jump

pytestmark = pytest.mark.django_db
DEMO = Path(__file__).parents[4] / "portal/demo/catalogue.yaml"
PASSWORD = "fifty-three stations to Kyoto"
CHANGING: dict[str, dict[str, Any]] = {
    "create_admin": {"username": "root01", "email": "root01@example.com"},
    "set_password": {"username": "member01"},
    "load_catalogue": {"file": str(DEMO)},
}


@pytest.fixture(autouse=True)
def _passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEKISHO_ADMIN_PASSWORD", PASSWORD)
    monkeypatch.setenv("SEKISHO_PASSWORD", PASSWORD)


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container, whose user is of the service."""
    monkeypatch.setattr(operators, "of_machine", lambda: "")


def call(command: str, **options: Any) -> None:
    given = {**CHANGING[command], **options}
    positional = [given.pop(name) for name in ("file",) if name in given]
    if command == "set_password":
        positional = [given.pop("username")]
    call_command(command, *positional, **given, stdout=io.StringIO())


@pytest.mark.parametrize("command", CHANGING)
def test_command_that_nobody_runs_changes_nothing(command: str, nobody: None) -> None:
    if command == "set_password":
        User.objects.create_user("member01", "member01@example.com")
    people = User.objects.count()
    with pytest.raises(CommandError, match="--operator NAME"):
        call(command)
    assert (User.objects.count(), TrailEntry.objects.count()) == (people, 0)


@pytest.mark.parametrize("command", ["create_admin", "set_password"])
@pytest.mark.parametrize("name", ["", " ", "two words", "a:b", "new\nline", "\x1b[31m", "x" * 65])
def test_what_is_no_name_is_refused(command: str, name: str, member01: User) -> None:
    with pytest.raises(CommandError, match="--operator"):
        call(command, operator=name)
    assert not TrailEntry.objects.exists()


def test_named_operator_is_in_the_trail_beside_the_account(nobody: None) -> None:
    call("create_admin", operator="佐藤")
    entry = TrailEntry.objects.get(act="person.added")
    assert (entry.actor, entry.data["door"]) == ("command:佐藤", "command")
    proof = entry.data["proof"]
    assert (proof["method"], proof["os_user"]) == ("operator-option", pwd.getpwuid(os.getuid()).pw_name)


def test_account_of_a_person_needs_no_name(member01: User) -> None:
    call("set_password")
    entry = TrailEntry.objects.get()
    assert (entry.actor, entry.data["proof"]["method"]) == ("command:operator01", "operating-system")


def test_each_change_of_a_catalogue_names_who_loaded_it(portal_in_aws: Aws, nobody: None) -> None:
    call("load_catalogue", operator="yamada")
    assert set(TrailEntry.objects.values_list("actor", flat=True)) == {"command:yamada"}


def test_who_only_looks_need_not_say_who_they_are(portal_in_aws: Aws, nobody: None) -> None:
    call("load_catalogue", check=True)
    call_command("publish_runbooks", check=True, stdout=io.StringIO())
    assert not TrailEntry.objects.exists()


def test_publishing_needs_an_operator(cast: Cast, nobody: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "owners", lambda: [object()])
    monkeypatch.setattr(documents, "missing_settings", lambda *_: [])
    with pytest.raises(CommandError, match="--operator NAME"):
        call_command("publish_runbooks", stdout=io.StringIO())


@pytest.mark.parametrize(("named", "said"), [("yamada", "command:yamada"), (None, "sekisho:command")])
def test_comparison_says_who_ran_it_and_may_be_run_by_a_timer(jump: Jump, nobody: None, named: str | None, said: str) -> None:
    with pytest.raises(SystemExit):
        call_command("reconcile", once=True, operator=named, stdout=io.StringIO())
    assert Reconciliation.objects.get().asked_by == said


def test_timeline_says_that_it_was_a_command() -> None:
    with translation.override("ja"):
        said = [sentences.who(TrailEntry(actor=actor)) for actor in ("command:yamada", "sekisho:command", "member01")]
    assert said[0] == "yamada(コマンド)"
    assert said[1] != "sekisho:command"
    assert said[2] == "member01"
