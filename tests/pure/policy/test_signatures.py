"""What a passkey signs of a decision, and what is no signature of it."""

import hashlib
import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from access_requests.policy.signatures import Assertion, Document, Enrolled, NotSigned, Signature, policy_version
from portal.passkeys import RelyingParty
from tests.stand_ins.authenticators import Authenticator

PORTAL = RelyingParty(url="https://sekisho.example.com")
NOW = datetime(2026, 11, 23, 5, 0, 30, tzinfo=UTC)
DOCUMENT = Document(
    request="R-7K3M9QX2",
    digest="ab" * 32,
    policy_version="cd" * 32,
    verdict="approve",
    person="leader01",
    nonce="c29tZSBub25jZQ",
    issued="2026-11-23T05:00:00Z",
)


def signed(by: Authenticator, document: Document = DOCUMENT, **client: Any) -> Assertion:
    return Assertion.of_browser(by.sign(document.challenge(), **client))


def count(public_key: str, assertion: Assertion, **changes: Any) -> int:
    document = replace(DOCUMENT, **changes)
    keys = (Enrolled(public_key=public_key, at=NOW, entry=1),)
    return Signature(assertion=assertion, signed=document, decided=document, keys=keys, at=NOW, portal=PORTAL).count()


def check(by: Authenticator, assertion: Assertion, **changes: Any) -> int:
    return count(by.public_key, assertion, **changes)


def test_challenge_is_the_digest_of_the_one_spelling_of_what_was_decided() -> None:
    said = {
        "digest": "ab" * 32,
        "issued": "2026-11-23T05:00:00Z",
        "nonce": "c29tZSBub25jZQ",
        "person": "leader01",
        "policy_version": "cd" * 32,
        "request": "R-7K3M9QX2",
        "verdict": "approve",
    }
    assert DOCUMENT.text() == json.dumps(said, separators=(",", ":")).encode()
    assert DOCUMENT.challenge() == hashlib.sha256(DOCUMENT.text()).digest()


@pytest.mark.parametrize("counter", [0, 7])
def test_signature_of_the_document_tells_the_counter(counter: int) -> None:
    passkey = Authenticator(counter=counter)
    assert check(passkey, signed(passkey)) == counter


@pytest.mark.parametrize("field", [field.name for field in fields(Document) if field.name != "issued"])
def test_signature_of_another_document_is_none_of_this_one(field: str) -> None:
    passkey = Authenticator()
    with pytest.raises(NotSigned, match="challenge"):
        check(passkey, signed(passkey), **{field: "another"})


@pytest.mark.parametrize(
    ("passkey", "client", "why"),
    [
        (Authenticator(origin="https://sekisho.example.com.evil.example"), {}, "origin"),
        (Authenticator(origin="http://sekisho.example.com"), {}, "origin"),
        (Authenticator(origin="https://sekisho.example.com:8443"), {}, "origin"),
        (Authenticator(rp_id="example.com"), {}, "RP ID"),
        (Authenticator(verifies=False), {}, "verified"),
        (Authenticator(), {"kind": "webauthn.create"}, "type"),
        (Authenticator(), {"crossOrigin": True}, "frame of another site"),
    ],
)
def test_what_was_signed_elsewhere_or_by_nobody_verified_is_no_signature(
    passkey: Authenticator, client: dict[str, Any], why: str
) -> None:
    with pytest.raises(NotSigned, match=why):
        check(passkey, signed(passkey, **client))


def test_signature_by_another_key_is_none_whatever_it_calls_itself() -> None:
    passkey, forger = Authenticator(), Authenticator()
    forger.credential_id = passkey.credential_id
    with pytest.raises(NotSigned, match="signature"):
        check(passkey, signed(forger))


@pytest.mark.parametrize("part", ["authenticator_data", "client_data", "signature"])
def test_what_was_changed_after_it_was_signed_is_no_signature(part: str) -> None:
    passkey = Authenticator(counter=1)
    there = signed(passkey)
    text = getattr(there, part)
    changed = replace(there, **{part: text[:-4] + ("AAAA" if text[-4:] != "AAAA" else "BBBB")})
    with pytest.raises(NotSigned):
        check(passkey, changed)


@pytest.mark.parametrize("key", ["", "AAAA", "not base64!", "oQMm", "owEBAyYgAQ"])
def test_no_key_is_a_key_that_cannot_be_read(key: str) -> None:
    with pytest.raises(NotSigned):
        count(key, signed(Authenticator()))


@pytest.mark.parametrize(
    "said",
    [None, [], "text", {}, {"rawId": "AAAA"}, {"rawId": 1, "response": {}}, {"rawId": "AAAA", "response": {"signature": "A"}}],
)
def test_answer_of_no_authenticator_is_no_assertion(said: object) -> None:
    with pytest.raises(NotSigned):
        Assertion.of_browser(said)


def test_version_of_a_policy_is_that_of_what_it_says_in_any_order() -> None:
    policy = {"key": "two-levels", "decide_by": ["passkey"], "levels": [{"number": 1, "approvers": ["leader01"]}]}
    assert policy_version(policy) == policy_version(dict(reversed(policy.items())))
    assert policy_version(policy) != policy_version({**policy, "decide_by": ["browser"]})
