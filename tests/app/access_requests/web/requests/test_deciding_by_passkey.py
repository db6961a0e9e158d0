"""Deciding in the browser where the policy wants a passkey's signature: asked for, given, refused."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from fido2.utils import websafe_decode

from access_requests.models import AccessRequest, ApprovalPolicy, Decision
from audits.models import TrailEntry
from portal.users.models import Factor
from tests.app.access_requests.web.conftest import Browse
from tests.stand_ins.authenticators import Authenticator
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock
from tests.worlds.passkeys import only_by_passkey, passkey_of
from tests.worlds.story import submitted

HTMX = {"hx-request": "true"}


@pytest.fixture
def waiting(cast: Cast, clock: Clock) -> AccessRequest:
    only_by_passkey(cast.one_lead)
    return submitted(cast.member01, now=clock.now)


@pytest.fixture
def passkey(cast: Cast, clock: Clock) -> Authenticator:
    return passkey_of(cast.leader01, now=clock.now - timedelta(days=1))


def hidden(page: str) -> dict[str, str]:
    """Return what the form to be signed sends, as its page has it."""
    form = re.search(r"<form[^>]*data-sign=.*?</form>", page, re.DOTALL)
    assert form is not None, page
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form.group()))
    asked = re.search(r'data-sign="([^"]+)"', form.group())
    assert asked is not None
    return {**fields, "asked": asked.group(1).replace("&quot;", '"')}


def asked_to_sign(client: Client, url: str, **typed: str) -> dict[str, str]:
    response = client.post(url, {"comment": "", **typed})
    assert response.status_code == 200
    return hidden(response.content.decode())


def signed_by(passkey: Authenticator, form: dict[str, str]) -> dict[str, Any]:
    challenge = json.loads(form["asked"])["publicKey"]["challenge"]
    return {**form, "assertion": json.dumps(passkey.sign(websafe_decode(challenge)))}


def test_decision_is_made_once_its_passkey_has_signed_it(
    cast: Cast, browse: Browse, waiting: AccessRequest, passkey: Authenticator
) -> None:
    client, url = browse(cast.leader01), f"/requests/{waiting.code}/approve/"
    form = asked_to_sign(client, url, comment="go")
    asked = json.loads(form["asked"])["publicKey"]
    assert [one["id"] for one in asked["allowCredentials"]] == [passkey.credential_id]
    assert (asked["userVerification"], asked["rpId"], form["comment"]) == ("required", "testserver", "go")
    assert Decision.objects.count() == 0
    page = client.post(url, signed_by(passkey, form), follow=True).content.decode()
    assert f"You approved {waiting.code}." in page
    assert (Decision.objects.get().comment, Factor.objects.get(kind="passkey").sign_count) == ("go", 1)


@pytest.mark.parametrize(("verb", "verdict"), [("reject", "reject"), ("send-back", "send_back")])
def test_no_is_signed_too_and_its_reason_is_asked_for_first(
    cast: Cast, browse: Browse, waiting: AccessRequest, passkey: Authenticator, verb: str, verdict: str
) -> None:
    client, url = browse(cast.leader01), f"/requests/{waiting.code}/{verb}/"
    assert client.post(url, {"comment": " "}).status_code == 422
    client.post(url, signed_by(passkey, asked_to_sign(client, url, comment="not today")))
    assert (Decision.objects.get().verdict, Decision.objects.get().comment) == (verdict, "not today")


@pytest.mark.parametrize("place", ["queue", "home"])
def test_card_is_signed_where_it_stands(
    cast: Cast, browse: Browse, waiting: AccessRequest, passkey: Authenticator, place: str
) -> None:
    client, url = browse(cast.leader01), f"/requests/{waiting.code}/approve/"
    part = client.post(url, {"comment": "", "from": place}, headers=HTMX).content.decode()
    assert part.count("<article") == 1
    form = signed_by(passkey, hidden(part))
    assert form["from"] == place
    assert "You approved" in client.post(url, form, headers=HTMX).content.decode()


def test_page_offers_what_a_passkey_will_sign(cast: Cast, browse: Browse, waiting: AccessRequest) -> None:
    page = browse(cast.leader01).get(f"/requests/{waiting.code}/").content.decode()
    assert "/approve/" in page
    assert "browser, signed with a passkey" not in page
    assert "sekisho/signing.js" in page


def test_who_has_no_passkey_is_led_to_add_one_and_keeps_what_was_typed(
    cast: Cast, browse: Browse, waiting: AccessRequest
) -> None:
    response = browse(cast.leader01).post(f"/requests/{waiting.code}/approve/", {"comment": "looks right"})
    page = response.content.decode()
    assert response.status_code == 403
    assert 'href="/factors/passkey/"' in page
    assert "looks right" in page


def test_signature_that_does_not_hold_is_refused_and_asked_for_again(
    cast: Cast, browse: Browse, waiting: AccessRequest, passkey: Authenticator
) -> None:
    client, url = browse(cast.leader01), f"/requests/{waiting.code}/approve/"
    form = asked_to_sign(client, url, comment="go")
    passkey.verifies = False
    refused = client.post(url, signed_by(passkey, form))
    assert (refused.status_code, Decision.objects.count()) == (409, 0)
    assert "go</textarea>" in refused.content.decode()
    for broken in ({"assertion": ""}, {"assertion": "{}"}, {"document": "made up"}):
        assert client.post(url, {**signed_by(passkey, form), **broken}).status_code == 409


def test_copy_of_a_passkey_is_refused_and_told(
    cast: Cast, browse: Browse, waiting: AccessRequest, passkey: Authenticator
) -> None:
    Factor.objects.filter(kind="passkey").update(sign_count=5)
    client, url = browse(cast.leader01), f"/requests/{waiting.code}/approve/"
    refused = client.post(url, signed_by(passkey, asked_to_sign(client, url)), headers={"user-agent": "a browser"})
    assert (refused.status_code, Decision.objects.count()) == (403, 0)
    assert "there may be a copy of it" in refused.content.decode()
    told = TrailEntry.objects.get(act="factor.cloned")
    assert (told.subject, told.data["known"], told.data["said"]) == ("person:leader01", 5, 1)
    assert (told.data["factor"]["id"], Factor.objects.get(kind="passkey").sign_count) == (
        Factor.objects.get(kind="passkey").code,
        5,
    )


def test_where_the_policy_leaves_it_open_the_approver_chooses_to_sign(
    cast: Cast, browse: Browse, clock: Clock, waiting: AccessRequest, passkey: Authenticator
) -> None:
    ApprovalPolicy.objects.update(decide_by=["browser", "passkey"])
    other = submitted(cast.member02, now=clock.now)
    client = browse(cast.leader01)
    assert 'name="sign"' in client.get(f"/requests/{other.code}/").content.decode()
    url = f"/requests/{waiting.code}/approve/"
    client.post(url, signed_by(passkey, asked_to_sign(client, url, sign="on")))
    client.post(f"/requests/{other.code}/approve/", {"comment": ""})
    assert [bool(nonce) for nonce in Decision.objects.order_by("pk").values_list("nonce", flat=True)] == [True, False]


def test_nobody_is_asked_to_sign_what_would_be_refused(
    cast: Cast, browse: Browse, waiting: AccessRequest, passkey: Authenticator
) -> None:
    ApprovalPolicy.objects.update(decide_by=["browser", "passkey"])
    refused = browse(cast.leader01).post(f"/requests/{waiting.code}/approve/", {"comment": "", "sign": "on", "seen": "0" * 64})
    assert refused.status_code == 409
    assert "data-sign" not in refused.content.decode()
