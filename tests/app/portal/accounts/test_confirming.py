"""Confirming in the middle of a log-in: what was begun goes on as it was typed, and nothing goes on without the proof."""

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from access_requests.models import AccessRequest, Decision
from access_requests.web.elevations.forms import FOR
from audits import personal
from audits.models import TrailEntry
from portal.pages import leading
from portal.users.models import Factor, LinkedIdentity
from tests.app.access_requests.services.people.test_factors import passkey
from tests.worlds.browsers import logged_in
from tests.worlds.cast import PASSWORD, Cast
from tests.worlds.factors import code_of, factor, give_codes, prove, record_of
from tests.worlds.providers import oidc
from tests.worlds.story import elevated, submitted

pytestmark = pytest.mark.django_db(transaction=True)
CONFIRM = "/accounts/reauthenticate/"
SIX_MINUTES, HOURS = 6 * 60, 11 * 3600


@pytest.fixture(autouse=True)
def _nobody_has_typed_wrong_codes() -> None:
    cache.clear()


@pytest.fixture
def request_(cast: Cast) -> AccessRequest:
    return submitted(cast.member01, now=timezone.now())


def stale(browser: Client, person: Any, seconds: int = SIX_MINUTES) -> Client:
    prove(browser, person, record_of(person, at=time.time() - seconds))
    return browser


def approve(browser: Client, request: AccessRequest, **more: str) -> Any:
    return browser.post(f"/requests/{request.code}/approve/", {"comment": "go ahead", "from": "queue", **more})


def act_of(response: Any) -> str:
    """Return the number under which the act waits, to whose confirmation the answer leads."""
    address, _, number = response["Location"].partition("?act=")
    assert (response.status_code, address) == (302, CONFIRM)
    return str(number)


def test_fresh_proof_costs_nothing_more(cast: Cast, request_: AccessRequest) -> None:
    assert approve(logged_in(cast.leader01), request_)["Location"] == "/queue/"
    assert Decision.objects.get().comment == "go ahead"


def test_decision_goes_on_as_it_was_typed_once_it_is_confirmed(cast: Cast, request_: AccessRequest) -> None:
    browser = stale(logged_in(cast.leader01), cast.leader01)
    number = act_of(approve(browser, request_))
    assert not Decision.objects.exists()
    page = browser.get(f"{CONFIRM}?act={number}").content.decode()
    assert "You are about to decide on a request." in page
    assert f"<code>{request_.code}</code> Approve</p>" in page
    assert 'autocomplete="one-time-code"' in page
    answer = browser.post(CONFIRM, {"code": code_of(cast.leader01), "act": number}, follow=True)
    assert answer.redirect_chain[-1] == ("/queue/", 302), "where it was begun"
    assert f"You approved {request_.code}." in answer.content.decode()
    decision = Decision.objects.get()
    assert (decision.verdict, decision.comment) == ("approve", "go ahead")
    assert decision.proof["method"] == "totp"


def test_one_proof_serves_decisions_in_a_row(cast: Cast, request_: AccessRequest) -> None:
    browser = stale(logged_in(cast.leader01), cast.leader01)
    number = act_of(approve(browser, request_))
    browser.post(CONFIRM, {"code": code_of(cast.leader01), "act": number}, follow=True)
    another = submitted(cast.member02, now=timezone.now())
    assert approve(browser, another)["Location"] == "/queue/"


def test_part_of_a_page_leads_the_whole_page_there(cast: Cast, request_: AccessRequest) -> None:
    browser = stale(logged_in(cast.leader01), cast.leader01)
    answer = browser.post(f"/requests/{request_.code}/approve/", {"comment": "go ahead"}, headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Redirect"].startswith(f"{CONFIRM}?act=")) == (204, True)


def test_wrong_code_proves_nothing_is_told_and_the_act_still_waits(cast: Cast, request_: AccessRequest) -> None:
    browser = stale(logged_in(cast.leader01), cast.leader01)
    number = act_of(approve(browser, request_))
    wrong = "000000" if code_of(cast.leader01) != "000000" else "111111"
    answer = browser.post(CONFIRM, {"code": wrong, "act": number})
    assert answer.status_code in (409, 422)
    assert not Decision.objects.exists()
    assert TrailEntry.objects.filter(act="log_in.failed").count() == 1
    browser.post(CONFIRM, {"code": code_of(cast.leader01), "act": number}, follow=True)
    assert Decision.objects.exists()


def test_password_is_not_enough_for_whom_has_a_factor(cast: Cast, request_: AccessRequest) -> None:
    browser = stale(logged_in(cast.leader01), cast.leader01)
    number = act_of(approve(browser, request_))
    assert 'type="password"' not in browser.get(f"{CONFIRM}?act={number}").content.decode()
    assert browser.post(CONFIRM, {"password": PASSWORD, "act": number}).status_code == 422
    assert browser.get(f"{CONFIRM}go-on/?act={number}")["Location"].startswith(CONFIRM), "asked again"
    assert not Decision.objects.exists()


def test_engineer_confirms_by_password_and_their_extension_stays_as_it_was(cast: Cast) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=timezone.now())
    browser = logged_in(cast.member01)
    prove(browser, cast.member01, {"method": "password", "at": time.time() - HOURS})
    typed = {"more": FOR, "minutes": "20", "old_end": "", "reason": "the index is slow"}
    number = act_of(browser.post(f"/elevations/{elevation.code}/extend/", typed))
    assert 'type="password"' in browser.get(f"{CONFIRM}?act={number}").content.decode()
    browser.post(CONFIRM, {"password": PASSWORD, "act": number}, follow=True)
    made = AccessRequest.objects.get(extends=elevation)
    assert (made.reason, made.asked_ends_at) == ("the index is slow", elevation.ends_at + timedelta(minutes=20))


def test_what_waits_is_done_once_and_by_its_own_session_alone(cast: Cast, request_: AccessRequest) -> None:
    browser = stale(logged_in(cast.leader01), cast.leader01)
    number = act_of(approve(browser, request_))
    elsewhere = logged_in(cast.leader01)
    assert elsewhere.get(f"{CONFIRM}go-on/?act={number}")["Location"] == "/"
    assert not Decision.objects.exists()
    browser.post(CONFIRM, {"code": code_of(cast.leader01), "act": number}, follow=True)
    assert browser.get(f"{CONFIRM}go-on/?act={number}")["Location"] == "/"
    assert Decision.objects.count() == 1


def test_what_waited_for_too_long_is_not_done(cast: Cast, request_: AccessRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = stale(logged_in(cast.leader01), cast.leader01)
    number = act_of(approve(browser, request_))
    monkeypatch.setattr(leading, "GOOD_FOR", timedelta())
    assert browser.post(CONFIRM, {"code": code_of(cast.leader01), "act": number})["Location"] == "/"
    assert browser.get(f"{CONFIRM}go-on/?act={number}")["Location"] == "/"
    assert not Decision.objects.exists()


def test_acts_of_several_windows_wait_and_only_so_many(cast: Cast) -> None:
    browser = stale(logged_in(cast.leader01), cast.leader01)
    waiting = submitted(cast.member01, now=timezone.now())
    numbers = [act_of(approve(browser, waiting, comment=str(each))) for each in range(leading.MOST + 1)]
    assert list(browser.session[leading.SESSION_KEY]) == numbers[1:]
    assert "csrf" not in str(browser.session[leading.SESSION_KEY])


def test_what_changed_meanwhile_is_refused_then(cast: Cast, request_: AccessRequest) -> None:
    browser = stale(logged_in(cast.leader01), cast.leader01)
    number = act_of(approve(browser, request_))
    assert approve(logged_in(cast.leader02), request_).status_code == 302
    answer = browser.post(CONFIRM, {"code": code_of(cast.leader01), "act": number}, follow=True)
    assert answer.status_code == 409
    assert Decision.objects.count() == 1


def test_who_lacks_a_factor_is_led_to_where_one_is_set_up(cast: Cast, request_: AccessRequest) -> None:
    Factor.objects.filter(person=cast.leader01).delete()
    browser = logged_in(cast.leader01)
    page = browser.get(f"/requests/{request_.code}/").content.decode()
    assert "You could decide on this if you had a second factor." in page
    assert 'name="comment"' not in page
    assert approve(browser, request_)["Location"] == "/factors/"


def test_page_offers_the_decision_to_whom_will_be_asked_and_says_so(cast: Cast, request_: AccessRequest) -> None:
    browser = stale(logged_in(cast.leader01), cast.leader01)
    page = browser.get(f"/requests/{request_.code}/").content.decode()
    assert "You are asked first to confirm that it is you." in page
    assert 'name="comment"' in page


def test_nothing_is_offered_that_would_not_be_enough(cast: Cast, request_: AccessRequest, settings: Any) -> None:
    settings.STEP_UP_BY_PASSKEY = ["decision"]
    browser = logged_in(cast.leader01)
    number = act_of(approve(browser, request_))
    page = browser.get(f"{CONFIRM}?act={number}").content.decode()
    assert "Nothing that you have proves enough for this." in page
    assert 'name="code"' not in page
    passkey(cast.leader01, timezone.now())
    assert "Nothing that you have proves enough" not in browser.get(f"{CONFIRM}?act={number}").content.decode()


def test_recovery_code_is_not_used_up_for_nothing(cast: Cast, request_: AccessRequest) -> None:
    browser = stale(logged_in(cast.leader01), cast.leader01)
    number = act_of(approve(browser, request_))
    answer = browser.post(CONFIRM, {"code": "12345 67890", "act": number})
    assert answer.status_code == 422
    assert "A recovery code proves nothing here." in answer.content.decode()


def test_provider_that_asks_for_a_second_factor_confirms_and_another_does_not(
    cast: Cast, request_: AccessRequest, settings: Any
) -> None:
    one = oidc("company", factor={"amr": ["mfa"]})
    settings.LOGIN_PROVIDERS = (one,)
    LinkedIdentity.objects.create(person=cast.leader01, provider=one.identity, external_id="x", verified_at=timezone.now())
    browser = stale(logged_in(cast.leader01), cast.leader01)
    number = act_of(approve(browser, request_))
    assert "Go on with Company ID" in browser.get(f"{CONFIRM}?act={number}").content.decode()
    settings.LOGIN_PROVIDERS = (oidc("company"),)
    assert "Go on with Company ID" not in browser.get(f"{CONFIRM}?act={number}").content.decode()


def test_recovery_code_lets_nobody_decide(cast: Cast, request_: AccessRequest) -> None:
    browser = logged_in(cast.leader01)
    recovery = factor(cast.leader01, "recovery")
    at = time.time()
    prove(browser, cast.leader01, {"method": "mfa", "type": "recovery_codes", "id": recovery.authenticator_id, "at": at})
    act_of(approve(browser, request_))


def test_proof_of_a_factor_that_was_taken_away_is_none(cast: Cast, request_: AccessRequest) -> None:
    browser = logged_in(cast.leader01)
    Authenticator.objects.filter(user=cast.leader01).delete()
    give_codes([cast.leader01])
    act_of(approve(browser, request_))


def test_trail_says_how_who_decided_was_proven(cast: Cast, request_: AccessRequest) -> None:
    browser = logged_in(cast.leader01)
    browser.post(
        f"/requests/{request_.code}/approve/", {"comment": ""}, REMOTE_ADDR="192.0.2.7", headers={"user-agent": "Firefox/140"}
    )
    entry = TrailEntry.objects.filter(act="request.approved").get()
    (shown,) = personal.shown([TrailEntry.objects.get(pk=entry.pk)])
    proof = shown.data["decision"]["proof"]
    assert proof["method"] == "totp"
    assert proof["kinds"] == ["totp"]
    assert proof["factor"] == cast.leader01.factors.get().code
    assert (proof["address"], proof["user_agent"]) == ("192.0.2.7", "Firefox/140")
    assert (len(proof["session"]), str(browser.session.session_key) in str(shown.data)) == (64, False)
    assert "192.0.2.7" not in str(entry.data), "a personal text is beside the entry"
    page = browser.get(f"/requests/{request_.code}/").content.decode()
    assert f"identity proven by one-time code ({proof['factor']})" in page
    assert f"Log-in {proof['session'][:8]}, from 192.0.2.7, Firefox" in page


def test_latest_second_factor_is_what_the_trail_names(cast: Cast, request_: AccessRequest) -> None:
    """And not a stronger one of this morning, by which no rule passed."""
    morning = factor(cast.leader01, "passkey")
    browser, code = logged_in(cast.leader01), record_of(cast.leader01)
    earlier = {"method": "mfa", "type": "webauthn", "id": morning.authenticator_id, "at": time.time() - 8 * 3600}
    prove(browser, cast.leader01, earlier, code, {"method": "password", "at": time.time() + 1})
    approve(browser, request_)
    entry = TrailEntry.objects.get(act="request.approved")
    assert entry.data["decision"]["proof"]["factor"] == cast.leader01.factors.get(kind="totp").code


def test_of_two_calls_at_once_one_does_what_waits(cast: Cast, request_: AccessRequest) -> None:
    browser = stale(logged_in(cast.leader01), cast.leader01)
    number = act_of(approve(browser, request_))
    as_both_read_it = browser.session[leading.SESSION_KEY]
    prove(browser, cast.leader01, record_of(cast.leader01))
    assert browser.get(f"{CONFIRM}go-on/?act={number}")["Location"] != "/"
    session = browser.session
    session[leading.SESSION_KEY] = as_both_read_it
    session.save()
    assert browser.get(f"{CONFIRM}go-on/?act={number}")["Location"] == "/"
