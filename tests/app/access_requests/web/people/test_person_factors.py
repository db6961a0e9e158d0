"""The page on which administrators reset somebody's second factors."""

import pytest
from django.test import Client
from django.utils import timezone

from portal.users.models import FactorReset, User
from tests.app.access_requests.services.people.test_factors import passkey
from tests.worlds.cast import add_person

PAGE = "/people/leader01/factors/"


def window(person: User) -> Client:
    found = Client(headers={"accept-language": "en"})
    found.force_login(person)
    return found


@pytest.fixture
def first(admin01: User, leader01: User) -> Client:
    passkey(leader01, timezone.now())
    return window(admin01)


@pytest.fixture
def second(first: Client) -> Client:
    other = add_person("admin02", administrator=True)
    return window(other)


def test_two_administrators_reset_them(leader01: User, first: Client, second: Client) -> None:
    assert PAGE in first.get("/people/leader01/").content.decode()
    assert first.post(PAGE, {"reason": "she called"}).headers["location"] == "/people/leader01/"
    own = first.get(PAGE).content.decode()
    assert "Another administrator has to do it" in own
    assert 'value="reset"' not in own
    refused = first.post(PAGE, {"answer": "reset"})
    assert refused.status_code == 403
    assert "Another administrator than who proposed it" in refused.content.decode()
    assert "she called" in second.get(PAGE).content.decode()
    assert second.post(PAGE, {"answer": "reset"}).status_code == 302
    assert not leader01.factors.exists()


def test_proposal_needs_a_reason(first: Client) -> None:
    assert first.post(PAGE, {"reason": " "}).status_code == 422
    assert not FactorReset.objects.exists()


def test_proposal_is_dropped(leader01: User, first: Client) -> None:
    first.post(PAGE, {"reason": "she called"})
    first.post(PAGE, {"answer": "drop"})
    assert not FactorReset.objects.exists()
    assert leader01.factors.exists()


def test_others_do_not_see_the_page(leader01: User, auditor01: User, first: Client) -> None:
    assert first.get(PAGE).status_code == 200
    for person in (leader01, auditor01):
        assert window(person).get(PAGE).status_code == 403
