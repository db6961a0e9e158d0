"""Somebody whom nobody here knows logs in by their company's provider, which is another's program, in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from portal.accounts.oidc import discovery
from portal.users.models import User
from tests.journeys.conftest import Travel
from tests.journeys.travellers import Traveller
from tests.stand_ins.oidc_process import provider_process
from tests.worlds.cast import Cast
from tests.worlds.providers import oidc

HANAKO = {
    "sub": "subject-of-hanako",
    "email": "hanako@example.com",
    "email_verified": True,
    "name": "山田 花子",
    "groups": ["admins", "leads"],
}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    discovery.forget()
    with provider_process(HANAKO, {"sub": "stranger", "email": "somebody@elsewhere.com", "email_verified": True}) as address:
        yield address


@pytest.fixture
def configured(issuer: str, live_server: LiveServer, settings: Any) -> None:
    roles = {"administrator": ["admins"], "lead": ["leads"]}
    settings.PORTAL_URL = live_server.url
    settings.LOGIN_PROVIDERS = (oidc(issuer=issuer, roles=roles, match_by_email=True),)
    settings.PASSWORD_LOGIN, settings.EMERGENCY_ACCOUNTS = False, ["admin01"]


def prove(person: Traveller, subject: str) -> None:
    """Be this one at the provider."""
    person.page.get_by_role("button", name=subject, exact=True).click()
    # Its page asks for style sheets from the internet.
    person.complaints.clear()


@pytest.mark.parametrize(
    ("language", "phone", "dark"), [pytest.param("en", False, False, marks=pytest.mark.exhaustive), ("ja", True, True)]
)
def test_who_is_new_becomes_a_person_with_roles_and_sees_how_people_log_in(
    cast: Cast,
    transactional_db: None,
    configured: None,
    travel: Travel,
    language: str,
    phone: bool,  # noqa: FBT001
    dark: bool,  # noqa: FBT001
) -> None:
    person = travel("member01", language=language, phone=phone, dark=dark)
    person.page.context.clear_cookies()
    person.page.goto("/me/")
    person.look("log-in")
    go_on = person.says("Go on with %(name)s", name="Company ID")
    person.page.get_by_role("button", name=go_on).click()
    prove(person, "subject-of-hanako")
    expect(person.page).to_have_url("/me/")
    assert User.objects.get(made_by="login:company").is_administrator

    person.page.goto("/log-in/")
    person.look("providers")
    person.follow("Try it")
    prove(person, "subject-of-hanako")
    person.look("tried")

    person.page.goto("/accounts/reauthenticate/?next=/requests/")
    person.look("confirm")
    person.page.get_by_role("button", name=go_on).click()
    prove(person, "subject-of-hanako")
    expect(person.page).to_have_url("/requests/")

    person.page.context.clear_cookies()
    person.page.goto("/accounts/login/")
    person.page.get_by_role("button", name=go_on).click()
    prove(person, "stranger")
    person.look("not-logged-in")
    assert User.objects.exclude(made_by="").count() == 1


def test_it_works_without_script(cast: Cast, transactional_db: None, configured: None, travel: Travel) -> None:
    person = travel("member01", script=False)
    person.page.context.clear_cookies()
    person.page.goto("/accounts/login/")
    person.page.get_by_role("button", name="Go on with Company ID").click()
    prove(person, "subject-of-hanako")
    expect(person.page).to_have_url("/")
