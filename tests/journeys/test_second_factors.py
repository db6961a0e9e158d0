"""Second factors in a real browser: enrolled, proven at log-in, and refused where they are copies, another page's or used up."""

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from audits.models import TrailEntry
from portal.users.models import Factor, FactorKind
from tests.journeys.authenticators import VirtualAuthenticator
from tests.journeys.conftest import Travel
from tests.journeys.travellers import Traveller
from tests.worlds.cast import PASSWORD, Cast
from tests.worlds.clock import Clock
from tests.worlds.factors import SECRET, STEP, take_factors

# Of the same domain as the portal, so that the browser lets its pages ask for the portal's passkeys.
ELSEWHERE = "http://localhost:8099/"
SCRIPT = "portal/static/sekisho/passkeys.js"
ASKED = "form => JSON.parse(form.dataset.passkey)"
ANSWER = "(form, answer) => { form.elements.passkey.value = JSON.stringify(answer); form.submit() }"
# As a page has it that is not the portal's, or whose script somebody has changed.
WITHOUT_LOOKING = """form => {
  const asked = JSON.parse(form.dataset.passkey);
  asked.publicKey.userVerification = "discouraged";
  if (asked.publicKey.authenticatorSelection) asked.publicKey.authenticatorSelection = {userVerification: "discouraged"};
  form.dataset.passkey = JSON.stringify(asked);
}"""
USED_UP = "This code is wrong or was used already. Wait for the next one: each works once."
COPIED = "This passkey was refused: there may be a copy of it. Remove it, add another one, and tell an administrator."
REFUSED = "The passkey was not accepted. Begin again; if it stays so, tell an administrator (%(what)s)."
LOG_IN = "Log in with a passkey"
FORM = "form[data-passkey]"

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture(autouse=True)
def _at_the_portals_address(settings: Any, live_server: LiveServer) -> None:
    settings.PORTAL_URL = live_server.url


def to_second_step(person: Traveller) -> None:
    """Log out, and in again by the password alone."""
    person.page.context.clear_cookies()
    person.page.goto("/accounts/login/")
    person.page.fill("[name=login]", person.username)
    person.page.fill("[name=password]", PASSWORD)
    person.press("Log in")
    person.sees_title("Second step")


def types_code(person: Traveller, code: str) -> None:
    person.page.fill("[name=code]", code)
    person.press("Log in")


def is_refused(person: Traveller, sentence: str, *, at: str = "Second step") -> None:
    expect(person.page.locator("main").get_by_text(person.says(sentence).split("%")[0])).to_be_visible()
    person.sees_title(at)


@pytest.mark.parametrize(
    ("language", "phone", "dark"), [("en", False, False), pytest.param("ja", True, True, marks=pytest.mark.exhaustive)]
)
def test_passkey_lets_in_and_its_copy_does_not_and_a_recovery_code_does_once(
    cast: Cast,
    travel: Travel,
    language: str,
    phone: bool,  # noqa: FBT001
    dark: bool,  # noqa: FBT001
) -> None:
    take_factors(cast.leader01)
    lead = travel("leader01", language=language, phone=phone, dark=dark)
    authenticator = VirtualAuthenticator.of(lead.page)
    lead.page.goto("/factors/")
    lead.look("factors-none")
    lead.page.goto("/factors/codes/")
    lead.look("factor-totp")
    lead.page.goto("/factors/passkey/")
    lead.look("factor-passkey")
    lead.press("Add a passkey")
    lead.sees_title("Recovery codes")
    recovery = lead.page.locator("[data-once] code").inner_text().splitlines()[0]
    lead.look("recovery-codes")
    lead.follow("I have put them away")
    lead.look("factors")
    lead.page.goto("/factors/recovery/")
    lead.look("factor-recovery")
    passkey = Factor.objects.get(person=cast.leader01, kind=FactorKind.PASSKEY)
    lead.page.goto(f"/factors/{passkey.code}/remove/")
    lead.look("factor-remove")

    to_second_step(lead)
    lead.look("second-step")
    lead.press(LOG_IN)
    expect(lead.page).to_have_url("/")

    to_second_step(lead)
    authenticator.be_the_copy_that_counted_less(0)
    lead.press(LOG_IN)
    is_refused(
        lead, "This passkey was refused: there may be a copy of it. Remove it, add another one, and tell an administrator."
    )
    lead.look("second-step-copied")
    assert TrailEntry.objects.filter(act="factor.cloned").count() == 1

    types_code(lead, recovery)
    expect(lead.page).to_have_url("/")
    to_second_step(lead)
    types_code(lead, recovery)
    is_refused(lead, USED_UP)
    assert TrailEntry.objects.filter(act="factor.recovery_used").count() == 1


def at_another_origin(person: Traveller) -> Page:
    """Open a page that is not the portal's, with the portal's own script to ask for a passkey."""
    page = person.page.context.new_page()
    page.route(ELSEWHERE, lambda route: route.fulfill(content_type="text/html", body="<!doctype html><title>Portal</title>"))
    page.goto(ELSEWHERE)
    page.add_script_tag(path=SCRIPT)
    return page


def test_passkey_made_or_asked_at_another_origin_is_refused(cast: Cast, travel: Travel) -> None:
    take_factors(cast.leader01)
    lead = travel("leader01")
    own, elsewhere = VirtualAuthenticator.of(lead.page), at_another_origin(lead)
    theirs = VirtualAuthenticator.of(elsewhere)
    lead.page.goto("/factors/passkey/")
    made = elsewhere.evaluate("asked => passkey('create', asked)", lead.page.locator(FORM).evaluate(ASKED))
    lead.page.locator(FORM).evaluate(ANSWER, made)
    is_refused(lead, REFUSED, at="Add a passkey")
    assert not Factor.objects.filter(person=cast.leader01).exists()

    lead.page.bring_to_front()
    lead.press("Add a passkey")
    lead.sees_title("Recovery codes")
    to_second_step(lead)
    elsewhere.bring_to_front()
    theirs.hold(own.credential())
    signed = elsewhere.evaluate("asked => passkey('get', asked)", lead.page.locator(FORM).evaluate(ASKED))
    lead.page.locator(FORM).evaluate(ANSWER, signed)
    is_refused(lead, REFUSED)
    lead.look("second-step-refused")
    # The same passkey, on the portal's own page.
    lead.page.bring_to_front()
    lead.press(LOG_IN)
    expect(lead.page).to_have_url("/")


def test_passkey_that_does_not_look_who_holds_it_is_refused(cast: Cast, travel: Travel) -> None:
    take_factors(cast.leader01)
    lead, careless = travel("leader01"), travel("leader01")
    VirtualAuthenticator.of(careless.page, looks=False)
    careless.page.goto("/factors/passkey/")
    careless.press("Add a passkey")
    # The browser itself hands out nothing.
    alert = careless.page.get_by_role("alert")
    expect(alert).to_have_text(careless.says("No passkey answered. Try again, or choose another way."))
    careless.page.locator(FORM).evaluate(WITHOUT_LOOKING)
    careless.press("Add a passkey")
    is_refused(careless, REFUSED, at="Add a passkey")
    assert not Factor.objects.filter(person=cast.leader01).exists()

    authenticator = VirtualAuthenticator.of(lead.page)
    lead.page.goto("/factors/passkey/")
    lead.press("Add a passkey")
    lead.sees_title("Recovery codes")
    authenticator.verify(holder=False)
    to_second_step(lead)
    lead.page.locator(FORM).evaluate(WITHOUT_LOOKING)
    lead.press(LOG_IN)
    is_refused(lead, REFUSED)


def test_one_time_code_counts_once_and_a_clock_may_be_wrong_by_one_step(
    cast: Cast, travel: Travel, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(timezone.now())
    monkeypatch.setattr(timezone, "now", clock)

    def code(off: int) -> str:
        return str(format_hotp_value(hotp_value(SECRET, int(clock.now.timestamp()) // STEP + off)))

    lead = travel("leader01")
    for off in (-1, 0, 1):
        to_second_step(lead)
        types_code(lead, code(off))
        expect(lead.page).to_have_url("/")
        to_second_step(lead)
        types_code(lead, code(off))
        is_refused(lead, USED_UP)
    types_code(lead, code(2))
    is_refused(lead, USED_UP)
