"""A decision that a passkey signs, in a real browser with an authenticator of its own."""

from typing import Any

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from access_requests.models import Decision
from audits.models import TrailEntry
from tests.journeys.authenticators import VirtualAuthenticator
from tests.journeys.conftest import Travel
from tests.journeys.travellers import SOON, Traveller
from tests.worlds.cast import Cast
from tests.worlds.passkeys import only_by_passkey

pytestmark = pytest.mark.usefixtures("at_the_portals_address")


@pytest.fixture
def at_the_portals_address(settings: Any, live_server: LiveServer) -> None:
    settings.PORTAL_URL = live_server.url


def adds_passkey(person: Traveller) -> VirtualAuthenticator:
    authenticator = VirtualAuthenticator.of(person.page)
    person.page.goto("/factors/passkey/")
    person.press("Add a passkey")
    person.sees_title("Recovery codes")
    return authenticator


def decides(person: Traveller, code: str, label: str, *, comment: str = "go ahead") -> None:
    """Decide on the page of the request: one press, and the passkey answers by itself."""
    person.page.goto(f"/requests/{code}/")
    person.page.fill("[name=comment]", comment)
    person.press(label)


@pytest.mark.parametrize(
    ("language", "phone", "dark"), [("en", False, False), pytest.param("ja", True, True, marks=pytest.mark.exhaustive)]
)
def test_decision_is_signed_by_one_press_and_copies_sign_nothing(
    cast: Cast,
    travel: Travel,
    language: str,
    phone: bool,  # noqa: FBT001
    dark: bool,  # noqa: FBT001
) -> None:
    only_by_passkey(cast.one_lead)
    member = travel("member01")
    first, second = member.ask(minutes=30), travel("member02").ask(minutes=30)
    lead = travel("leader01", language=language, phone=phone, dark=dark)
    decides(lead, first, "Approve")
    expect(lead.page.get_by_role("link", name=lead.says("Add a passkey"))).to_be_visible()
    lead.look("passkey-missing")

    authenticator = adds_passkey(lead)
    decides(lead, first, "Approve")
    expect(lead.page.locator(".notice.success")).to_contain_text(lead.says("You approved %(code)s.", code=first))
    lead.look("passkey-decided")
    assert Decision.objects.get().proof["method"] == "passkey"

    # It does not look who holds it: the browser hands out nothing, and says so on the page.
    authenticator.verify(holder=False)
    decides(lead, second, "Reject", comment="not today")
    trouble = lead.says("Nothing was signed, and nothing was decided. Sign again, or leave it.")
    expect(lead.page.get_by_role("alert").filter(has_text=trouble)).to_be_visible(timeout=SOON)
    lead.look("passkey-not-signed")
    authenticator.verify(holder=True)

    authenticator.be_the_copy_that_counted_less(0)
    lead.press("Sign with passkey")
    copied = lead.says(
        "This passkey was refused: there may be a copy of it. Remove it, add another one, and tell an administrator."
    )
    expect(lead.page.locator(".notice.error").filter(has_text=copied)).to_be_visible(timeout=SOON)
    lead.look("passkey-copied")
    assert (Decision.objects.count(), TrailEntry.objects.filter(act="factor.cloned").count()) == (1, 1)


def test_card_in_the_queue_is_signed_where_it_stands(cast: Cast, travel: Travel) -> None:
    only_by_passkey(cast.one_lead)
    code = travel("member01").ask(minutes=30)
    lead = travel("leader01", phone=True)
    adds_passkey(lead)
    lead.page.goto("/queue/")
    lead.press("Approve")
    expect(lead.page.locator(".notice.success")).to_contain_text(lead.says("You approved %(code)s.", code=code))
    assert lead.page.url.endswith("/queue/")


def test_without_a_script_the_page_says_that_passkeys_need_one(cast: Cast, travel: Travel) -> None:
    only_by_passkey(cast.one_lead)
    code = travel("member01").ask(minutes=30)
    adds_passkey(travel("leader01"))
    plain = travel("leader01", script=False)
    decides(plain, code, "Approve")
    expect(plain.page.locator("[data-none]")).to_be_visible()
    expect(plain.page.locator("[data-ask]")).to_be_hidden()
    assert Decision.objects.count() == 0
