"""A program comes in: an administrator makes its client and sees the secret once; a person allows theirs by its code."""

import pytest
from playwright.sync_api import expect

from access_requests.models import ApiClient, PersonalToken
from tests.journeys.conftest import Travel
from tests.journeys.travellers import Traveller
from tests.stand_ins.bots import make_personal_client
from tests.worlds.cast import Cast

EYES = [pytest.param("en", False, False, marks=pytest.mark.exhaustive), ("ja", True, True)]


def make(person: Traveller) -> None:
    page = person.page
    page.goto("/clients/new/")
    page.fill("[name=key]", "deploy-bot")
    page.fill("[name=name]", "Deployments")
    page.locator("[name=scopes][value='requests:read']").check()
    page.fill("[name=people]", "member01")
    page.get_by_role("checkbox", name="ProdMemberWorkGroup").check()
    page.fill("[name=source_addresses]", "192.0.2.0/28")
    person.press("Make the client")


@pytest.mark.parametrize(("language", "phone", "dark"), EYES)
def test_secret_is_shown_once(cast: Cast, transactional_db: None, travel: Travel, language: str, phone: bool, dark: bool) -> None:  # noqa: FBT001
    person = travel("admin01", language=language, phone=phone, dark=dark)
    make(person)
    secret = person.page.locator("[data-once] code").inner_text()
    assert ApiClient.objects.get(key="deploy-bot").oauth_client.check_secret(secret)
    person.look("client-secret")
    person.follow("I have put it away")
    expect(person.page.locator("main")).to_contain_text("192.0.2.0/28")
    assert secret not in person.page.content()
    # Called later: a page that is left while it answers would answer nothing.
    person.page.evaluate("() => { setTimeout(() => history.back()); }")
    person.page.wait_for_timeout(1000)
    assert secret not in person.page.content()


@pytest.mark.parametrize(("language", "phone", "dark"), EYES)
def test_person_allows_a_program(
    cast: Cast,
    transactional_db: None,
    travel: Travel,
    language: str,
    phone: bool,  # noqa: FBT001
    dark: bool,  # noqa: FBT001
) -> None:
    make_personal_client("command-line", cast)
    person = travel("member01", language=language, phone=phone, dark=dark)
    given = person.page.request.post("/identity/o/api/device/code", form={"client_id": "command-line"}).json()
    person.page.goto("/device/")
    person.page.fill("[name=code]", given["user_code"].lower().replace("-", ""))
    person.press("Continue")
    person.look("device-allow")
    person.press("Allow")
    expect(person.page.locator(".notice.success")).to_be_visible()
    person.look("tokens-one")
    assert PersonalToken.objects.get().person == cast.member01
    person.press("Revoke all")
    expect(person.page.locator(".empty")).to_be_visible()
    assert not PersonalToken.objects.exists()
