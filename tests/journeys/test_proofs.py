"""What a decision costs: nothing more while the proof is fresh, two interactions when it is not; and what was typed stays."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from access_requests.models import AccessRequest
from portal.users.models import User
from tests.journeys.conftest import Travel
from tests.journeys.test_counted import Hand
from tests.journeys.travellers import Traveller
from tests.worlds.cast import Cast
from tests.worlds.factors import code_of, prove, record_of
from tests.worlds.story import submitted

HOUR = 3600


def an_hour_passes(person: User) -> None:
    """Have the person's log-ins be an hour older than they are."""
    for row in Session.objects.all():
        browser = Client()
        browser.cookies["sessionid"] = row.session_key
        if row.get_decoded().get("_auth_user_id") == str(person.pk):
            prove(browser, person, record_of(person, at=timezone.now().timestamp() - HOUR))


def decide(hand: Hand, request: AccessRequest, comment: str) -> None:
    page = hand.person.page
    page.goto("/queue/")
    card = page.locator(f"#item-{request.code}")
    hand.fill(card.locator("[name=comment]"), comment)
    hand.click(card.get_by_role("button", name=hand.person.says("Approve"), exact=True))


def confirm(hand: Hand, person: User) -> None:
    page = hand.person.page
    hand.fill(page.locator("[name=code]"), code_of(person))
    hand.click(page.get_by_role("button", name=hand.person.says("Confirm"), exact=True))


def has_approved(lead: Traveller, request: AccessRequest, comment: str) -> None:
    expect(lead.page.get_by_text(lead.says("You approved %(code)s.", code=request.code))).to_be_visible()
    assert request.decisions.get().comment == comment


@pytest.mark.parametrize(("language", "phone"), [pytest.param("en", False, marks=pytest.mark.exhaustive), ("ja", True)])
def test_decision_costs_nothing_more_when_fresh_and_two_more_when_not(
    cast: Cast,
    transactional_db: None,
    travel: Travel,
    language: str,
    phone: bool,  # noqa: FBT001
) -> None:
    now = timezone.now()
    first, second, third = (submitted(person, now=now) for person in (cast.member01, cast.member02, cast.auditor01))
    lead = travel("leader01", language=language, phone=phone, dark=phone)
    fresh, stale, again = (Hand(person=lead, by_keyboard=False) for _ in range(3))
    decide(fresh, first, "the plan is clear")
    has_approved(lead, first, "the plan is clear")
    an_hour_passes(cast.leader01)
    decide(stale, second, "as discussed")
    expect(lead.page.get_by_role("heading", level=1)).to_have_text(lead.says("Confirm that it is you"))
    lead.look(f"confirm-{language}")
    confirm(stale, cast.leader01)
    has_approved(lead, second, "as discussed")
    decide(again, third, "one proof serves decisions in a row")
    has_approved(lead, third, "one proof serves decisions in a row")
    assert fresh.done == again.done == ["fill", "click"]
    assert stale.done == [*fresh.done, "fill", "click"]
