"""Passwords beside providers: for everybody, or for the emergency accounts alone."""

from typing import Any

import pytest
from django.test import Client

from tests.app.portal.accounts.conftest import Traveller
from tests.worlds.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_provider(traveller: Traveller, settings: Any, cast: Cast) -> Cast:
    settings.PASSWORD_LOGIN, settings.EMERGENCY_ACCOUNTS = False, ["admin01"]
    return cast


def log_in(username: str, password: str = PASSWORD) -> tuple[int, str]:
    browser = Client(headers={"accept-language": "en"})
    response = browser.post("/accounts/login/", {"login": username, "password": password})
    return response.status_code, response.content.decode()


def test_right_password_of_somebody_else_is_told_what_a_wrong_one_is(by_provider: Cast) -> None:
    right, wrong = log_in("member01"), log_in("member02", "not this one at all")
    assert right[0] == wrong[0] == 200
    assert "not correct" in right[1]
    assert "not correct" in wrong[1]


def test_the_emergency_account_logs_in(by_provider: Cast) -> None:
    assert log_in("admin01")[0] == 302


def test_nobody_else_confirms_by_password(by_provider: Cast) -> None:
    browser = Client()
    browser.force_login(by_provider.member01)
    assert browser.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 200
    browser.force_login(by_provider.admin01)
    assert browser.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def test_page_offers_providers_first_and_passwords_where_they_count(by_provider: Cast, settings: Any) -> None:
    browser = Client(headers={"accept-language": "en"})
    page = browser.get("/accounts/login/").content.decode()
    assert "Go on with Company ID" in page
    assert "Emergency log-in" in page
    settings.PASSWORD_LOGIN = True
    page = browser.get("/accounts/login/").content.decode()
    assert "Or by password" in page
    assert "Emergency log-in" not in page
    settings.LOGIN_PROVIDERS = ()
    assert "Or by password" not in browser.get("/accounts/login/").content.decode()
