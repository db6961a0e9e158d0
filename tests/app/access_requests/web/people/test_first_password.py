"""The one-time link of the first administrator: an hour, once, and nobody else's."""

import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from access_requests.services.people import first_links
from access_requests.services.people.person_errors import LinkOver
from audits.models import TrailEntry
from portal.users.models import User
from portal.verbs.run import run
from tests.races.racing import race, won

pytestmark = pytest.mark.django_db(transaction=True)
STRONG, OTHER = "fifty-three stations to Kyoto", "sixty-nine stations of the Kiso road"


def printed() -> str:
    """Return the path of the link that the command prints."""
    out = io.StringIO()
    call_command("create_admin", username="root01", email="root01@example.com", operator="yamada", stdout=out)
    found = re.search(r"http://testserver(/welcome/root01/\S+/)", out.getvalue())
    assert found is not None
    return found[1]


def typed(password: str, again: str | None = None) -> dict[str, str]:
    return {"password": password, "again": password if again is None else again}


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


def test_link_sets_the_password_once_and_then_is_over(visitor: Client) -> None:
    link = printed()
    assert "root01" in visitor.get(link).content.decode()
    assert visitor.get(link).status_code == 200, "looking at it does not use it up"
    answer = visitor.post(link, typed(STRONG), follow=True)
    assert "Your password is set." in answer.content.decode()
    for again in (visitor.get(link), visitor.post(link, typed(OTHER))):
        assert again.status_code == 409
        assert "This link was used, or is too old." in again.content.decode()
    assert User.objects.get().check_password(STRONG)
    assert visitor.post("/accounts/login/", {"login": "root01", "password": STRONG})["Location"] == "/"


def test_who_made_the_link_and_who_used_it_are_in_the_trail_and_the_link_is_not(visitor: Client) -> None:
    link = printed()
    visitor.post(link, typed(STRONG))
    entries = list(TrailEntry.objects.order_by("pk"))
    acts = ["person.added", "person.first_link_made", "person.password_set"]
    assert [entry.act for entry in entries] == acts
    assert [entry.actor for entry in entries] == ["command:yamada", "command:yamada", "root01"]
    assert entries[1].data["proof"]["os_user"]
    assert entries[2].data["proof"]["method"] == "one-time-link"
    told = str([entry.data for entry in entries])
    assert link.split("/")[3] not in told
    assert STRONG not in told


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (typed("root01"), "too short"),
        (typed(STRONG, OTHER), "This is not the same password."),
        (typed(""), "Fill this in."),
    ],
)
def test_unusable_password_is_refused_and_the_link_stays_good(visitor: Client, said: dict[str, str], why: str) -> None:
    link = printed()
    answer = visitor.post(link, said)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert visitor.post(link, typed(STRONG)).status_code == 302


def test_link_is_over_after_an_hour(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    link = printed()
    later = datetime.now() + timedelta(minutes=61)  # noqa: DTZ005  As Django's signer reckons.
    monkeypatch.setattr(first_links.signer, "_now", lambda: later)
    assert visitor.get(link).status_code == 409


def test_another_link_takes_the_place_of_the_one_before(visitor: Client) -> None:
    first, second = printed(), printed()
    assert visitor.get(first).status_code == 409
    assert visitor.get(second).status_code == 200
    visitor.post(second, typed(STRONG))
    with pytest.raises(CommandError, match="There is an administrator already"):
        printed()


@pytest.mark.parametrize("change", [{"is_active": False}, {"last_login": datetime.fromisoformat("2026-11-29T00:00:00Z")}])
def test_link_ends_with_whatever_changes_how_the_person_logs_in(visitor: Client, change: dict[str, Any]) -> None:
    link = printed()
    User.objects.update(**change)
    assert visitor.get(link).status_code == 409


def test_link_of_one_is_nobody_elses(visitor: Client, settings: Settings) -> None:
    link = printed()
    other = User(username="root02", email="root02@example.com", is_administrator=True)
    other.set_unusable_password()
    other.save()
    assert visitor.get(link.replace("root01", "root02")).status_code == 409
    assert visitor.get(link[:-2] + ("0/" if link[-2] != "0" else "1/")).status_code == 409
    settings.SECRET_KEY = "another that signs nothing that anybody relies on"
    assert visitor.get(link).status_code == 409


def test_link_of_who_was_disabled_since_the_page_was_shown_sets_nothing(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    link = printed()

    def disabled_meanwhile(username: str, token: str) -> User | None:
        person = User.objects.get(username=username)
        User.objects.update(is_active=False)
        return person

    monkeypatch.setattr(first_links, "holder", disabled_meanwhile)
    assert visitor.post(link, typed(STRONG)).status_code == 409
    assert not User.objects.get().has_usable_password()


def test_of_two_who_use_it_at_once_one_sets_the_password(now: datetime) -> None:
    token = printed().split("/")[3]
    person = User.objects.get()
    actor = first_links.actor(person, token, now=now)

    def use(password: str) -> None:
        run(lambda: first_links.use(person=person, token=token, password=password, actor=actor, now=now))

    outcomes = race([lambda: use(STRONG), lambda: use(OTHER)])
    assert len(won(outcomes)) == 1
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [LinkOver]
    assert TrailEntry.objects.filter(act="person.password_set").count() == 1
