"""create_admin and set_password."""

import io
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from audits.models import TrailEntry
from portal.users.models import User
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db
STRONG = "fifty-three stations to Kyoto"


def create_admin(username: str = "root01", email: str = "root01@example.com") -> str:
    out = io.StringIO()
    call_command("create_admin", username=username, email=email, stdout=out)
    return out.getvalue()


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{STRONG}\n"))


@pytest.fixture
def _given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEKISHO_ADMIN_PASSWORD", STRONG)


@pytest.mark.usefixtures("_given")
def test_the_first_administrator_is_made_with_an_entry_in_the_trail() -> None:
    assert "/welcome/" not in create_admin()
    person = User.objects.get()
    assert (person.username, person.is_administrator, person.is_superuser, person.is_staff) == ("root01", True, False, False)
    assert person.check_password(STRONG)
    entries = TrailEntry.objects.order_by("pk")
    assert [entry.act for entry in entries] == ["person.added", "person.password_set"]
    assert entries[0].data["after"]["administrator"] is True
    assert STRONG not in str([entry.data for entry in entries])


def test_it_is_refused_once_there_is_an_administrator(cast: Cast) -> None:
    with pytest.raises(CommandError, match="There is an administrator already"):
        create_admin()
    assert not User.objects.filter(username="root01").exists()


def test_a_weak_password_makes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEKISHO_ADMIN_PASSWORD", "root01")
    with pytest.raises(CommandError):
        create_admin()
    assert not User.objects.exists()


@pytest.mark.parametrize(("username", "email"), [("bad name", "x@example.com"), ("root01", "not an address")])
def test_a_name_or_an_address_that_cannot_be_is_refused(username: str, email: str) -> None:
    with pytest.raises(CommandError):
        create_admin(username, email)
    assert not User.objects.exists()


def test_the_password_comes_from_the_environment_or_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "password"
    file.write_text(f"{STRONG}\n")
    monkeypatch.setenv("SEKISHO_ADMIN_PASSWORD_FILE", str(file))
    create_admin()
    assert User.objects.get().check_password(STRONG)


def test_a_password_file_that_cannot_be_read_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEKISHO_ADMIN_PASSWORD_FILE", str(tmp_path / "none"))
    with pytest.raises(CommandError, match="none cannot be read"):
        create_admin()


def test_a_new_password_ends_the_sessions_of_the_old(cast: Cast, typed: None, client: Client) -> None:
    client.force_login(cast.member01)
    assert "_auth_user_id" in client.session
    call_command("set_password", "member01", stdout=io.StringIO())
    cast.member01.refresh_from_db()
    assert cast.member01.check_password(STRONG)
    assert client.get("/admin/").status_code == 302
    entry = TrailEntry.objects.get()
    assert (entry.act, entry.subject) == ("person.password_set", "person:member01")
    assert STRONG not in str(entry.data)


def test_a_weak_new_password_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEKISHO_PASSWORD", "member01")
    with pytest.raises(CommandError, match=r"too similar|too short"):
        call_command("set_password", "member01", stdout=io.StringIO())
    assert not TrailEntry.objects.exists()


def test_a_password_for_nobody_is_refused(db: None, now: datetime) -> None:
    with pytest.raises(CommandError, match="There is no person called nobody"):
        call_command("set_password", "nobody", stdout=io.StringIO())
