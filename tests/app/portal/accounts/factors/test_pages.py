"""One's own page of second factors: set up with what the page shows, told once, taken away by nobody else."""

import json
import re
import time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from audits.models import TrailEntry
from portal.users.models import Factor, User
from tests.app.access_requests.services.people.test_factors import code_at, passkey, recovery, totp
from tests.stand_ins.authenticators import Authenticator
from tests.stand_ins.registering import registration
from tests.worlds.factors import prove, record_of

CONFIRM, BY_CODE = "/accounts/reauthenticate/", "urn%3Asekisho%3Asecond-factor"


@pytest.fixture
def window(leader01: User) -> Client:
    found = Client(headers={"accept-language": "en"})
    found.force_login(leader01)
    return found


def shown(page: str) -> tuple[str, str]:
    """Return the secret that the page shows, and what it has the form say of it."""
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    sealed = re.search(r'name="secret" value="([^"]+)"', page)
    assert secret is not None
    assert sealed is not None
    return secret[1].replace(" ", ""), sealed[1]


def test_one_time_codes_are_set_up_by_what_the_page_shows(leader01: User, window: Client) -> None:
    page = window.get("/factors/codes/").content.decode()
    secret, sealed = shown(page)
    assert "<svg" in page
    assert secret not in sealed
    assert secret not in str(dict(window.session))
    answer = window.post("/factors/codes/", {"secret": sealed, "code": code_at(timezone.now(), secret), "name": "phone"})
    codes = re.findall(r"\d{5} \d{5}", answer.content.decode())
    assert len(codes) == 10
    assert set(leader01.factors.values_list("kind", flat=True)) == {"totp", "recovery"}
    assert leader01.factors.get(kind="totp").name == "phone"
    record = window.session["account_authentication_methods"][-1]
    assert (record["method"], record["type"]) == ("mfa", "totp")
    assert codes[0] not in window.get("/factors/").content.decode()


def test_wrong_code_shows_the_same_secret_again(leader01: User, window: Client) -> None:
    secret, sealed = shown(window.get("/factors/codes/").content.decode())
    answer = window.post("/factors/codes/", {"secret": sealed, "code": "000000"})
    assert answer.status_code == 422
    assert shown(answer.content.decode()) == (secret, sealed)
    assert not leader01.factors.exists()


def test_secret_that_was_shown_to_somebody_else_is_taken_from_nobody(leader02: User, window: Client) -> None:
    other = Client()
    other.force_login(leader02)
    secret, sealed = shown(other.get("/factors/codes/").content.decode())
    answer = window.post("/factors/codes/", {"secret": sealed, "code": code_at(timezone.now(), secret)})
    assert answer.status_code == 404


@pytest.fixture
def at_home(settings: Any) -> Authenticator:
    settings.PORTAL_URL = "http://testserver"
    return Authenticator(origin="http://testserver", rp_id="testserver", counter=1)


def asked(window: Client) -> dict[str, Any]:
    page = window.get("/factors/passkey/")
    return dict(json.loads(page.context["passkey"]))


def test_passkey_is_added_by_what_the_browser_answers(leader01: User, window: Client, at_home: Authenticator) -> None:
    answer = json.dumps(registration(at_home, asked(window)))
    page = window.post("/factors/passkey/", {"passkey": answer, "name": "MacBook"})
    assert "Recovery codes" in page.content.decode()
    factor = leader01.factors.get(kind="passkey")
    assert (factor.credential_id, factor.name, factor.sign_count) == (at_home.credential_id, "MacBook", 1)
    assert TrailEntry.objects.filter(act="factor.added").count() == 2
    again = window.post("/factors/passkey/", {"passkey": answer, "name": ""})
    assert again.status_code == 422
    assert leader01.factors.filter(kind="passkey").count() == 1


def test_page_at_another_address_says_where_passkeys_work(window: Client, settings: Any) -> None:
    settings.PORTAL_URL = "https://portal.example.com"
    page = window.get("/factors/passkey/").content.decode()
    assert "https://portal.example.com" in page
    assert "data-passkey" not in page


def test_recovery_codes_are_made_anew_and_shown_once(leader01: User, window: Client) -> None:
    totp(leader01, timezone.now())
    prove(window, leader01, record_of(leader01))
    old = set(recovery(leader01, timezone.now()))
    assert "end at once" in window.get("/factors/recovery/").content.decode()
    page = window.post("/factors/recovery/").content.decode()
    new = {code.replace(" ", "") for code in re.findall(r"\d{5} \d{5}", page)}
    assert len(new) == 10
    assert not new & old
    assert "10 are unused" in window.get("/factors/").content.decode()


def test_factor_is_removed_after_a_question(leader01: User, window: Client) -> None:
    factor = totp(leader01, timezone.now())
    prove(window, leader01, record_of(leader01))
    recovery(leader01, timezone.now())
    address = f"/factors/{factor.code}/remove/"
    assert "your last one" in window.get(address).content.decode()
    assert window.post(address).headers["location"] == "/factors/"
    assert not leader01.factors.exists()


def test_nobody_removes_what_is_not_theirs(leader02: User, window: Client) -> None:
    theirs = totp(leader02, timezone.now())
    assert window.post(f"/factors/{theirs.code}/remove/").status_code == 404
    assert Factor.objects.filter(pk=theirs.pk).exists()


def test_name_is_shown_as_what_was_typed(leader01: User, window: Client) -> None:
    factor = passkey(leader01, timezone.now())
    Factor.objects.filter(pk=factor.pk).update(name="<b>laptop</b>")
    page = window.get("/factors/").content.decode()
    assert escape("<b>laptop</b>") in page


@pytest.mark.parametrize("page", ["codes", "passkey"])
def test_who_has_a_factor_confirms_by_it_before_another_is_set_up(leader01: User, window: Client, page: str) -> None:
    totp(leader01, timezone.now())
    assert window.get(f"/factors/{page}/").headers["location"] == f"{CONFIRM}?next=%2Ffactors%2F{page}%2F&acr_values={BY_CODE}"
    prove(window, leader01, record_of(leader01))
    assert window.get(f"/factors/{page}/").status_code == 200


@pytest.mark.parametrize("act", ["remove", "recovery"])
def test_who_does_not_confirm_changes_nothing(leader01: User, window: Client, act: str) -> None:
    factor = totp(leader01, timezone.now())
    address = f"/factors/{factor.code}/remove/" if act == "remove" else "/factors/recovery/"
    answer = window.post(address)
    assert answer.headers["location"].startswith("/accounts/reauthenticate/")
    assert [row.kind for row in leader01.factors.all()] == ["totp"]


def test_recovery_code_lets_one_set_up_another_factor_and_old_proofs_do_not(leader01: User, window: Client) -> None:
    totp(leader01, timezone.now())
    recovery(leader01, timezone.now())
    by_code = leader01.factors.get(kind="recovery")
    record = {"method": "mfa", "type": "recovery_codes", "id": by_code.authenticator_id}
    prove(window, leader01, {**record, "at": time.time()})
    assert window.get("/factors/passkey/").status_code == 200
    prove(window, leader01, {**record, "at": time.time() - 6 * 60})
    assert window.get("/factors/passkey/").status_code == 302


def by_recovery(person: User) -> dict[str, Any]:
    """Return what a session says of a log-in by a recovery code."""
    used = person.factors.get(kind="recovery")
    return {"method": "mfa", "type": "recovery_codes", "id": used.authenticator_id, "at": time.time()}


def set_up_codes(window: Client) -> Factor:
    secret, sealed = shown(window.get("/factors/codes/").content.decode())
    window.post("/factors/codes/", {"secret": sealed, "code": code_at(timezone.now(), secret)})
    return Factor.objects.get(person__username="leader01", kind="totp")


def is_proven(window: Client, factor: Factor) -> bool:
    return any(each.get("id") == factor.authenticator_id for each in window.session["account_authentication_methods"])


def test_what_was_set_up_after_a_recovery_code_is_confirmed_before_it_proves_anything(leader01: User, window: Client) -> None:
    before = totp(leader01, timezone.now())
    recovery(leader01, timezone.now())
    password = {"method": "password", "at": time.time()}
    prove(window, leader01, password, by_recovery(leader01))
    new = set_up_codes(window)
    assert new.pk != before.pk
    assert not is_proven(window, new)
    # Nor is it after the last factor was taken away, and the recovery codes with it.
    window.post(f"/factors/{new.code}/remove/")
    prove(window, leader01, password, {**password, "method": "mfa", "type": "recovery_codes", "id": 1})
    assert not is_proven(window, set_up_codes(window))


def test_what_was_set_up_after_another_factor_is_proven_by_that(leader01: User, window: Client) -> None:
    totp(leader01, timezone.now())
    recovery(leader01, timezone.now())
    prove(window, leader01, by_recovery(leader01), record_of(leader01))
    assert is_proven(window, set_up_codes(window))


def test_where_acts_need_a_passkey_its_holder_sets_up_others_by_one(leader01: User, window: Client, settings: Any) -> None:
    settings.STEP_UP_BY_PASSKEY = ["decision"]
    totp(leader01, timezone.now())
    prove(window, leader01, record_of(leader01))
    assert window.get("/factors/passkey/").status_code == 200, "who has none sets up the first by a code"
    holder = passkey(leader01, timezone.now())
    led = window.get("/factors/passkey/").headers["location"]
    page = window.get(led).content.decode()
    assert "data-passkey" in page
    assert 'name="code"' not in page
    assert 'name="acr_values" value="urn:sekisho:passkey"' in page
    prove(window, leader01, {"method": "mfa", "type": "webauthn", "id": holder.authenticator_id, "at": time.time()})
    assert window.get("/factors/passkey/").status_code == 200
    recovery(leader01, timezone.now())
    prove(window, leader01, record_of(leader01), by_recovery(leader01))
    assert not is_proven(window, set_up_codes(window)), "a code beside a recovery code is no passkey"


def test_what_is_sent_too_late_waits_for_the_proof_and_is_taken_then(leader01: User, window: Client) -> None:
    secret, sealed = shown(window.get("/factors/codes/").content.decode())
    prove(window, leader01, record_of(leader01, at=time.time() - 6 * 60))
    led = window.post("/factors/codes/", {"secret": sealed, "code": code_at(timezone.now(), secret)}).headers["location"]
    assert not leader01.factors.exists()
    prove(window, leader01, record_of(leader01))
    window.get(led.replace(CONFIRM, f"{CONFIRM}go-on/"))
    assert leader01.factors.filter(kind="totp").exists()
