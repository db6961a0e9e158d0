"""The header leads where the reader may go, and marks where they are."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from pytest_django import Settings

from portal.navigation import AREAS, OWN, Entry, Reader, shown_to
from tests.app.test_every_door import TABLE
from tests.app.test_every_door import WHO as DOOR_WHO
from tests.app.test_every_door import entries as entries_of
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db
WHO = ["member01", "leader01", "admin01", "auditor01"]
ENTRIES = [entry for area in AREAS for entry in area.entries if entry.is_there]


def names() -> set[str]:
    return {name for name in get_resolver().reverse_dict if isinstance(name, str)}


def seen_by(reader: Reader) -> list[str]:
    return [entry.page for entry in ENTRIES if entry.may_see(reader)]


def header_of(client: Client, url: str = "/") -> str:
    return client.get(url).content.decode().partition("</header>")[0]


@pytest.mark.parametrize("who", WHO)
def test_each_entry_that_is_shown_opens_and_no_other_is_shown(cast: Cast, who: str) -> None:
    reader, client = Reader(getattr(cast, who)), Client()
    client.force_login(reader.person)
    header = header_of(client)
    shown = seen_by(reader)
    for entry in ENTRIES:
        assert (f'href="{entry.url}"' in header) == (entry.page in shown), entry.page
        assert client.get(entry.url).status_code == 200 or entry.page not in shown, entry.page
    for entry in OWN:
        assert not entry.is_there or f'href="{entry.url}"' in header, entry.page


def test_entries_are_shown_to_those_whom_the_walk_of_all_doors_lets_in(cast: Cast) -> None:
    for who in WHO:
        reader = Reader(getattr(cast, who))
        for entry in ENTRIES:
            if entry.may_see(reader):
                row = next(TABLE[key] for key in entries_of(entry.page) if key[0] == "GET")
                assert row[DOOR_WHO.index(who)] == 200, (who, entry.page)


@pytest.mark.parametrize(
    ("who", "areas"),
    [
        ("member01", ["access"]),
        ("leader01", ["access", "approvals"]),
        ("admin01", ["access", "approvals", "audit", "administration"]),
        ("auditor01", ["access", "audit", "administration"]),
    ],
)
def test_areas_are_those_that_the_person_has_a_part_in(cast: Cast, who: str, areas: list[str]) -> None:
    shown = shown_to(Reader(getattr(cast, who)), here="home")
    assert [one.area.key for one in shown.areas] == areas
    assert shown.has_several == (len(areas) > 1)


def test_whoever_has_one_area_sees_no_bar_of_areas(cast: Cast) -> None:
    for who, bars in {"member01": 0, "leader01": 1}.items():
        client = Client()
        client.force_login(getattr(cast, who))
        assert header_of(client).count('class="areas"') == bars


def test_nobody_is_led_to_ask_who_may_ask_for_nothing(cast: Cast) -> None:
    cast.prod_member.requesters.clear()
    cast.prod_leader.requesters.clear()
    type(cast.prod_member).objects.update(everyone_may_request=False)
    pages = [shown.entry.page for area in shown_to(Reader(cast.member01), here="home").areas for shown in area.entries]
    assert "request-new" not in pages


@pytest.mark.parametrize(
    ("here", "marked"),
    [
        ("request-new", {"request-new": "page"}),
        ("request-list", {"request-list": "page"}),
        ("request", {"request-list": "true"}),
        ("request-approve", {"request-list": "true"}),
        ("elevation-stop", {"elevation-list": "true"}),
        ("matrix-person", {"matrix": "true"}),
        ("drift-accept", {"drift-list": "true"}),
        ("client-new", {"clients": "true"}),
        ("delivery", {"webhook-list": "true"}),
        ("admin:users_user_changelist", {"admin:index": "true"}),
        ("me", {}),
        ("", {}),
    ],
)
def test_page_below_a_list_marks_the_list(here: str, marked: dict[str, str]) -> None:
    assert {entry.page: mark for entry in ENTRIES if (mark := entry.mark(here))} == marked


def test_area_of_the_page_is_marked_and_its_entries_stand_in_the_header(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.auditor01)
    nav = header_of(client, "/drift/").partition("<details")[0]
    current = re.findall(r'<a href="([^"]*)"\s+aria-current="(\w+)"', nav)
    assert [mark for _url, mark in current] == ["true", "page"]
    assert current[-1] == ("/drift/", "page")
    assert 'href="/clients/"' not in nav.partition('class="entries"')[2]


@pytest.mark.parametrize("who", WHO)
def test_no_page_marks_two_entries(cast: Cast, who: str) -> None:
    reader = Reader(getattr(cast, who))
    for here in names():
        assert sum(bool(entry.mark(here)) for entry in ENTRIES if entry.may_see(reader)) <= 1, here


@pytest.mark.parametrize("who", WHO)
def test_every_entry_leads_somewhere_of_its_own(cast: Cast, who: str) -> None:
    """A page may stand in another area for other people."""
    shown = seen_by(Reader(getattr(cast, who)))
    assert len({reverse(page) for page in shown}) == len(shown)


def test_entry_of_a_part_that_is_not_there_is_not_shown() -> None:
    assert not Entry(page="no-such-page", label="Nothing").is_there


def test_call_to_another_host_is_refused_before_anybody_was_looked_for(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["portal.example.com"]
    assert Client(headers={"host": "evil.example"}).get("/").status_code == 400
