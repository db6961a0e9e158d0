"""A browser's answer counts for the portal's own address, from a passkey that asked its holder: never else."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fido2.utils import websafe_decode, websafe_encode
from hypothesis import given
from hypothesis import strategies as st

from portal.passkeys import Holder, Passkey, Refused, RelyingParty, has_grown, kept_for
from tests.stand_ins.authenticators import Authenticator
from tests.stand_ins.registering import registration

PORTAL = RelyingParty(url="https://portal.example.com")
LEADER = Holder(handle=b"leader01", username="leader01", name="高橋 直子")
CHALLENGE = b"c" * 32


def passkey(**fields: Any) -> Authenticator:
    return Authenticator(**{"origin": PORTAL.origin, "rp_id": PORTAL.id, **fields})


def known(one: Authenticator) -> Passkey:
    return Passkey(credential_id=one.credential_id, public_key=one.public_key)


def test_party_is_the_portal_by_its_address() -> None:
    party = RelyingParty(url="http://localhost:8101")
    assert (party.id, party.origin) == ("localhost", "http://localhost:8101")


def test_new_passkey_is_known_by_its_key_and_asks_its_holder() -> None:
    one = passkey(counter=7)
    asked, kept = PORTAL.ask_to_register(LEADER, known=[known(passkey())])
    assert asked["publicKey"]["authenticatorSelection"]["userVerification"] == "required"
    assert len(asked["publicKey"]["excludeCredentials"]) == 1
    made = PORTAL.registered(kept, registration(one, asked))
    assert (made.credential_id, made.public_key) == (one.credential_id, one.public_key)
    assert (made.sign_count, made.user_verified) == (7, True)


@pytest.mark.parametrize(
    ("made_by", "kind"),
    [
        (passkey(origin="https://evil.portal.example.com"), "webauthn.create"),
        (passkey(origin="http://portal.example.com"), "webauthn.create"),
        (passkey(rp_id="example.com"), "webauthn.create"),
        (passkey(verifies=False), "webauthn.create"),
        (passkey(), "webauthn.get"),
    ],
    ids=["below the address", "without TLS", "another party", "holder not asked", "of a log-in"],
)
def test_new_passkey_is_refused(made_by: Authenticator, kind: str) -> None:
    asked, kept = PORTAL.ask_to_register(LEADER, known=[])
    with pytest.raises(Refused):
        PORTAL.registered(kept, registration(made_by, asked, kind=kind))


def test_new_passkey_for_what_was_asked_before_is_refused() -> None:
    earlier, _kept = PORTAL.ask_to_register(LEADER, known=[])
    _asked, kept = PORTAL.ask_to_register(LEADER, known=[])
    with pytest.raises(Refused, match="challenge"):
        PORTAL.registered(kept, registration(passkey(), earlier))


def test_known_passkey_is_taken_with_its_count() -> None:
    one, other = passkey(counter=41), passkey()
    asked, kept = PORTAL.ask(known=[known(other), known(one)])
    said = PORTAL.asserted(kept, one.sign(websafe_decode(asked["publicKey"]["challenge"])), known=[known(other), known(one)])
    assert (said.credential_id, said.sign_count) == (one.credential_id, 41)


def test_challenge_may_be_what_is_signed() -> None:
    one = passkey()
    assert PORTAL.asserted(kept_for(CHALLENGE), one.sign(CHALLENGE), known=[known(one)]).credential_id == one.credential_id


ONE = passkey()
REFUSED: dict[str, Callable[[], dict[str, Any]]] = {
    "another origin": lambda: replace(ONE, origin="https://evil.example.com").sign(CHALLENGE),
    "below the address": lambda: replace(ONE, origin="https://evil.portal.example.com").sign(CHALLENGE),
    "another party": lambda: replace(ONE, rp_id="example.com").sign(CHALLENGE),
    "holder not asked": lambda: replace(ONE, verifies=False).sign(CHALLENGE),
    "another challenge": lambda: ONE.sign(b"d" * 32),
    "in a frame": lambda: ONE.sign(CHALLENGE, crossOrigin=True),
    "of an enrolment": lambda: ONE.sign(CHALLENGE, kind="webauthn.create"),
    "another key": lambda: passkey(credential_id=ONE.credential_id).sign(CHALLENGE),
    "unknown": lambda: passkey().sign(CHALLENGE),
}


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_signature_is_refused(what: str) -> None:
    with pytest.raises(Refused):
        PORTAL.asserted(kept_for(CHALLENGE), REFUSED[what](), known=[known(ONE)])


@pytest.mark.parametrize("field", ["rawId", "clientDataJSON", "authenticatorData", "signature", "userHandle"])
def test_number_in_the_place_of_bytes_is_not_made_into_so_many_of_them(field: str) -> None:
    answer = ONE.sign(CHALLENGE)
    (answer if field == "rawId" else answer["response"])[field] = 10**10
    with pytest.raises(Refused, match="a number where a text belongs"):
        PORTAL.asserted(kept_for(CHALLENGE), answer, known=[known(ONE)])


def test_holder_must_be_asked_whatever_was_kept() -> None:
    lax = {**kept_for(CHALLENGE), "user_verification": "discouraged"}
    with pytest.raises(Refused, match="verif"):
        PORTAL.asserted(lax, replace(ONE, verifies=False).sign(CHALLENGE), known=[known(ONE)])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)
BYTES = st.binary(max_size=60).map(websafe_encode)


@given(JSON)
def test_whatever_comes_in_place_of_an_answer_is_refused(answer: Any) -> None:
    for take in (
        lambda: PORTAL.registered(kept_for(CHALLENGE), answer),
        lambda: PORTAL.asserted(kept_for(CHALLENGE), answer, known=[]),
    ):
        with pytest.raises(Refused):
            take()


@given(BYTES, BYTES, BYTES)
def test_answer_of_made_up_bytes_is_refused(client: str, data: str, signature: str) -> None:
    base = {"id": "YWI", "rawId": "YWI", "type": "public-key"}
    made = {**base, "response": {"clientDataJSON": client, "attestationObject": data}}
    signed = {**base, "response": {"clientDataJSON": client, "authenticatorData": data, "signature": signature}}
    with pytest.raises(Refused):
        PORTAL.registered(kept_for(CHALLENGE), made)
    with pytest.raises(Refused):
        PORTAL.asserted(kept_for(CHALLENGE), signed, known=[known(ONE)])


@given(st.binary(max_size=80))
def test_passkey_of_made_up_authenticator_data_is_refused(data: bytes) -> None:
    asked, kept = PORTAL.ask_to_register(LEADER, known=[])
    answer = registration(passkey(), asked)
    answer["response"]["attestationObject"] = websafe_encode(data)
    with pytest.raises(Refused):
        PORTAL.registered(kept, answer)


@pytest.mark.parametrize(
    ("before", "said", "grown"), [(0, 0, True), (0, 1, True), (4, 5, True), (4, 4, False), (4, 3, False), (4, 0, False)]
)
def test_count_grows_or_is_none(before: int, said: int, grown: bool) -> None:  # noqa: FBT001  Of a table.
    assert has_grown(known=before, said=said) is grown
