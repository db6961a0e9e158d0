"""Responses that are not what the provider signed for this portal, this log-in, now: each refused by what is wrong in it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import xmlsec
from lxml import etree

from portal.users.models import User
from tests.app.portal.accounts.saml.conftest import Traveller
from tests.stand_ins import wrapping
from tests.stand_ins.certificates import ec_key, rsa_key
from tests.stand_ins.identity_provider import ASSERTION, DS, RESPONSE, SAML, SAMLP, Change

pytestmark = pytest.mark.django_db
Transform = xmlsec.Transform
HOUR = timedelta(hours=1)


def put(path: str, *, to: str | None = None, **attributes: str | None) -> Change:
    """Return the change of one element: its text, and attributes, which None takes away."""

    def change(document: Any) -> None:
        (element,) = document.iterfind(path)
        if to is not None:
            element.text = to
        for name, value in attributes.items():
            if value is None:
                del element.attrib[name]
            else:
                element.set(name, value)

    return change


def drop(path: str) -> Change:
    def change(document: Any) -> None:
        for element in list(document.iterfind(path)):
            element.getparent().remove(element)

    return change


def both(*changes: Change) -> Change:
    def change(document: Any) -> None:
        for one in changes:
            one(document)

    return change


def as_text(change: Callable[[bytes], bytes]) -> Change:
    """Return the change of a document as its bytes are sent."""
    return lambda document: change(etree.tostring(document))


def at(moment: timedelta) -> str:
    return (datetime.now(UTC) + moment).strftime("%Y-%m-%dT%H:%M:%SZ")


ISSUER, CONDITIONS = f"{ASSERTION}/{SAML}Issuer", f"{ASSERTION}/{SAML}Conditions"
SUBJECT, STATEMENT = f"{ASSERTION}/{SAML}Subject", f"{ASSERTION}/{SAML}AuthnStatement"
CONFIRMATION = f"{SUBJECT}/{SAML}SubjectConfirmation"
DATA, NAME = f"{CONFIRMATION}/{SAML}SubjectConfirmationData", f"{SUBJECT}/{SAML}NameID"
RESTRICTION, SIGNATURE = f"{CONDITIONS}/{SAML}AudienceRestriction", f"{ASSERTION}/{DS}Signature"
AUDIENCE, INFO = f"{RESTRICTION}/{SAML}Audience", f"{SIGNATURE}/{DS}SignedInfo"
ELSEWHERE = "http://testserver/accounts/providers/company/assertion/elsewhere"


@dataclass(frozen=True, kw_only=True)
class Forgery:
    """What is changed before and after the provider signs, how it signs, and what the refusal names."""

    what: str
    before: Change | None = None
    after: Change | None = None
    signs: Mapping[str, Any] = field(default_factory=dict)
    parts: Collection[str] = (ASSERTION,)


def said(what: str, *changes: Change) -> Forgery:
    """Return what a provider signs that should not: one of another portal's, or a careless one."""
    return Forgery(what=what, before=both(*changes))


def sent(what: str, change: Change) -> Forgery:
    """Return what somebody made of an honest response on its way: in its place, or by returning another."""

    def changed(document: Any) -> Any:
        other = change(document)
        return document if other is None else other

    return Forgery(what=what, after=changed)


def signed(what: str, **how: Any) -> Forgery:
    return Forgery(what=what, signs=how)


def _encrypted(document: Any) -> None:
    """Put what only whoever has the key reads in the assertion's place. The portal has no key."""
    assertion = document.find(ASSERTION)
    holder = etree.Element(f"{SAML}EncryptedAssertion")
    document.replace(assertion, holder)
    data = xmlsec.template.encrypted_data_create(holder, Transform.AES256, type=xmlsec.EncryptionType.ELEMENT, ns="xenc")
    holder.append(data)
    xmlsec.template.encrypted_data_ensure_cipher_value(data)


WHOLE, ALONE = (ASSERTION, RESPONSE), (ASSERTION,)
WRAPPED: Mapping[str, tuple[Change, Collection[str], str]] = {
    "XSW1": (wrapping.xsw1, WHOLE, "Response"),
    "XSW2": (wrapping.xsw2, WHOLE, "Response"),
    "XSW3": (wrapping.xsw3, ALONE, "Assertion"),
    "XSW4": (wrapping.xsw4, ALONE, "Assertion"),
    "XSW5": (wrapping.xsw5, ALONE, "Assertion"),
    "XSW6": (wrapping.xsw6, ALONE, "Assertion"),
    "XSW7": (wrapping.xsw7, ALONE, "Assertion"),
    "XSW8": (wrapping.xsw8, ALONE, "Assertion"),
    "under the same ID": (wrapping.same_id, ALONE, "ID"),
}
FORGERIES: Mapping[str, Forgery] = {
    "unsigned": sent("Signature", drop(SIGNATURE)),
    "signed as a whole, its assertion is not": Forgery(what="Signature", parts=(RESPONSE,)),
    "signed by a stranger": signed("signature", key=rsa_key("a stranger's")),
    "signed by SHA-1": signed("SignatureMethod", method=Transform.RSA_SHA1),
    "digested by SHA-1": signed("DigestMethod", digest=Transform.SHA1),
    "signed by a stranger's other kind of key": signed("signature", key=ec_key("a stranger's"), method=Transform.ECDSA_SHA256),
    "changed after it was signed": sent("signature", put(NAME, to="0a1b-victim")),
    "attribute changed after it was signed": sent("signature", put(f"{ASSERTION}//*[@Name='groups']/*", to="admins")),
    "said to be signed by HMAC": sent("SignatureMethod", put(f"{INFO}/{DS}SignatureMethod", Algorithm=f"{DS[1:-1]}hmac-sha1")),
    "covers the whole document": sent("Reference", put(f"{INFO}/{DS}Reference", URI="")),
    "covers another element": sent("Reference", put(f"{INFO}/{DS}Reference", URI="#other")),
    "covers what a script picks": sent(
        "Transforms",
        put(f"{INFO}//{DS}Transform[2]", Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"),
    ),
    "for another audience": said("Audience", put(AUDIENCE, to="https://other.example.com")),
    "for whatever audience": said("Audience", drop(RESTRICTION)),
    "to another destination": said("Destination", put(".", Destination=ELSEWHERE)),
    "to no destination": said("Destination", put(".", Destination=None)),
    "for another recipient": said("Recipient", put(DATA, Recipient=ELSEWHERE)),
    "for no recipient": said("Recipient", put(DATA, Recipient=None)),
    "by another issuer": said("Issuer", put(ISSUER, to="https://other.example.com")),
    "brought by another issuer": said("Issuer", put(f"{SAML}Issuer", to="https://other.example.com")),
    "over": said("NotOnOrAfter", put(CONDITIONS, NotOnOrAfter=at(-HOUR), NotBefore=at(-2 * HOUR))),
    "over for who brings it": said("NotOnOrAfter", put(DATA, NotOnOrAfter=at(-HOUR))),
    "never over": said("NotOnOrAfter", put(CONDITIONS, NotOnOrAfter=None)),
    "never over for who brings it": said("NotOnOrAfter", put(DATA, NotOnOrAfter=None)),
    "not yet": said("NotBefore", put(CONDITIONS, NotBefore=at(HOUR), NotOnOrAfter=at(2 * HOUR))),
    "at a time that is none": said("NotOnOrAfter", put(CONDITIONS, NotOnOrAfter="tomorrow")),
    "of a log-in in the future": said("AuthnInstant", put(STATEMENT, AuthnInstant=at(HOUR))),
    "of a session that is over": said("SessionNotOnOrAfter", put(STATEMENT, SessionNotOnOrAfter=at(-HOUR))),
    "of a session with too long a name": said("SessionIndex", put(STATEMENT, SessionIndex="x" * 256)),
    "of no log-in": said("AuthnStatement", drop(STATEMENT)),
    "to nobody's request": said("InResponseTo", put(".", InResponseTo=None), put(DATA, InResponseTo=None)),
    "to nobody's request, for who brings it": said("InResponseTo", put(DATA, InResponseTo=None)),
    "to another request, for who brings it": said("InResponseTo", put(DATA, InResponseTo="another")),
    "not for the bearer": said("SubjectConfirmation", put(CONFIRMATION, Method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches")),
    "by a name for this once": said("NameID", put(NAME, Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient")),
    "of nobody": said("NameID", drop(NAME)),
    "with more inside the name": said("NameID", lambda document: etree.SubElement(document.find(NAME), "more")),
    "not by the schema": said("schema", put(STATEMENT, Other="1")),
    "of another status": sent(
        "Status", put(f"{SAMLP}Status/{SAMLP}StatusCode", Value="urn:oasis:names:tc:SAML:2.0:status:Requester")
    ),
    "of a document with entities": sent("DOCTYPE", as_text(lambda text: b'<!DOCTYPE r [<!ENTITY a "aa">]>' + text)),
    "of a document that reads a file": sent("DOCTYPE", as_text(lambda text: b'<!DOCTYPE r SYSTEM "file:///etc/passwd">' + text)),
    "of a document type in other letters": sent(
        "XML",
        as_text(
            lambda text: ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE r [<!ENTITY a "aa">]>' + text.decode()).encode(
                "utf-16"
            )
        ),
    ),
    "of a document type in another encoding": sent(
        "XML", as_text(lambda text: b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE r [<!ENTITY a "aa">]+AD4-' + text)
    ),
    "no XML": sent("XML", as_text(lambda _text: b"hello")),
    "nothing": sent("SAMLResponse", as_text(lambda _text: b"")),
    "endless": sent("SAMLResponse", as_text(lambda text: text + b" " * 140_000)),
    "encrypted": sent("EncryptedAssertion", _encrypted),
    **{f"wrapped, {name}": Forgery(what=what, after=shape, parts=parts) for name, (shape, parts, what) in WRAPPED.items()},
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_response_lets_nobody_in_and_the_refusal_names_what_is_wrong(traveller: Traveller, name: str) -> None:
    forgery = FORGERIES[name]
    asked = traveller.begin()
    forged = traveller.idp.forged(asked, before=forgery.before, after=forgery.after, signs=forgery.signs, parts=forgery.parts)
    response = traveller.bring(forged)
    assert f"({forgery.what})" in response.content.decode()
    assert response.status_code == 403
    assert not traveller.is_in
    assert not User.objects.exists()


@pytest.mark.parametrize("parts", [ALONE, WHOLE])
def test_what_the_forgeries_start_from_lets_in(traveller: Traveller, parts: Collection[str]) -> None:
    """No forgery is refused for how it is made."""
    assert traveller.bring(traveller.idp.forged(traveller.begin(), parts=parts)).status_code == 302
    assert traveller.is_in
