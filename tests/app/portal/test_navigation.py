"""The header leads where the reader may go, and marks where they are."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from pytest_django import Settings

from portal.navigation import ENTRIES
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db


def names() -> set[str]:
    return {name for name in get_resolver().reverse_dict if isinstance(name, str)}


@pytest.mark.parametrize("who", ["member01", "leader01", "admin01", "auditor01"])
def test_each_entry_that_is_shown_opens(cast: Cast, who: str) -> None:
    person = getattr(cast, who)
    client = Client()
    client.force_login(person)
    header = client.get("/").content.decode()
    for entry in ENTRIES:
        assert (f'href="{entry.url}"' in header) == entry.may_see(person), entry.page
        assert client.get(entry.url).status_code == 200 or not entry.may_see(person), entry.page


@pytest.mark.parametrize(
    ("here", "marked"),
    [
        ("request-new", {"request-new": "page"}),
        ("request-list", {"request-list": "page"}),
        ("request", {}),
        ("request-approve", {"request-list": "true"}),
        ("elevation-stop", {"elevation-list": "true"}),
        ("matrix-person", {"matrix": "true"}),
        ("drift-accept", {"drift-list": "true"}),
        ("client-new", {"clients": "true"}),
        ("delivery", {"webhook-list": "true"}),
        ("me", {}),
        ("", {}),
    ],
)
def test_page_below_a_list_marks_the_list(here: str, marked: dict[str, str]) -> None:
    assert {entry.page: mark for entry in ENTRIES if (mark := entry.mark(here))} == marked


def test_no_page_marks_two_entries() -> None:
    for here in names():
        assert sum(bool(entry.mark(here)) for entry in ENTRIES) <= 1, here


def test_every_entry_leads_somewhere() -> None:
    assert len({reverse(entry.page) for entry in ENTRIES}) == len(ENTRIES)


def test_call_to_another_host_is_refused_before_anybody_was_looked_for(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["portal.example.com"]
    assert Client(headers={"host": "evil.example"}).get("/").status_code == 400
