"""Whether a response is what the provider signed for this portal, this log-in, now; and what it says of whom.

python3-saml leaves open what is refused here: an assertion without audience, without an end or a recipient, and addresses that
only begin as the portal's own.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lxml import etree
from onelogin.saml2.errors import OneLogin_Saml2_Error
from onelogin.saml2.response import OneLogin_Saml2_Response

from portal.accounts.refusals import AnswerRefused, LogInCancelled
from portal.accounts.saml import shapes, toolkit
from portal.accounts.saml.shapes import SAML, SAMLP, Element
from portal.providers.provider import SamlProvider

LONGEST_RESPONSE, LONGEST_SESSION = 128 * 1024, 255
SKEW = timedelta(seconds=60)
STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
# People did not get as far there as to log in; every other status is a fault of what was configured.
DECLINED = {f"{STATUS}AuthnFailed", f"{STATUS}RequestDenied"}
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was signed of somebody. `in_response_to` is empty where the log-in began at the provider.

    `context` is the class of how they proved themselves there, empty where none is said.
    """

    assertion: str
    in_response_to: str
    subject: str
    session: str
    authenticated_at: datetime
    context: str
    until: datetime
    attributes: Mapping[str, tuple[str, ...]]


def read(posted: str, provider: SamlProvider, *, now: datetime) -> Said:
    """Return what the response says. Whether this portal asked for it, and whether it came before, is for the caller.

    Before the signature is verified, what is read serves to refuse it, and nothing else. Raises AnswerRefused, LogInCancelled.
    """
    response = _parsed(posted, provider)
    _check_status(response.document, provider)
    assertion = shapes.signed_assertion(response.document, provider)
    said = _Reading(response.document, assertion, provider, now).said()
    if not response.is_valid(toolkit.arrived_at(provider)):
        # The schema's file is named where the response is not by it.
        raise AnswerRefused(provider=provider.name, what="schema" if ".xsd" in str(response.get_error()) else "signature")
    return said


def _parsed(posted: str, provider: SamlProvider) -> OneLogin_Saml2_Response:
    """Return the response, of which nothing is checked yet. A document with a type declaration never meets a parser."""
    try:
        raw = base64.b64decode("".join(posted.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise AnswerRefused(provider=provider.name, what="SAMLResponse") from error
    if not raw or len(raw) > LONGEST_RESPONSE:
        raise AnswerRefused(provider=provider.name, what="SAMLResponse")
    if b"\0" in raw:
        # Of an encoding in which a type declaration would look otherwise.
        raise AnswerRefused(provider=provider.name, what="XML")
    if b"<!DOCTYPE" in raw:
        raise AnswerRefused(provider=provider.name, what="DOCTYPE")
    try:
        return OneLogin_Saml2_Response(toolkit.configuration(provider), base64.b64encode(raw).decode())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise AnswerRefused(provider=provider.name, what="XML") from error
    except OneLogin_Saml2_Error as error:
        # There is no key of the portal's to decrypt with.
        raise AnswerRefused(provider=provider.name, what="EncryptedAssertion") from error


def _check_status(response: Element, provider: SamlProvider) -> None:
    codes = [one.get("Value") for one in response.iterfind(f"{SAMLP}Status//{SAMLP}StatusCode")]
    if DECLINED.intersection(codes):
        raise LogInCancelled(provider=provider.name)
    if codes[:1] != [f"{STATUS}Success"]:
        raise AnswerRefused(provider=provider.name, what="Status")


class _Reading:
    """One response, whose assertion has the accepted shape, as read at this moment."""

    def __init__(self, response: Element, assertion: Element, provider: SamlProvider, now: datetime) -> None:
        self.response, self.assertion, self.provider, self.now = response, assertion, provider, now

    def said(self) -> Said:
        self._check_envelope()
        self._check_conditions()
        subject = self._child(self.assertion, "Subject")
        until = self._confirmed_until(subject)
        statement = self._child(self.assertion, "AuthnStatement")
        session = statement.get("SessionIndex", "")
        self._check(len(session) <= LONGEST_SESSION, "SessionIndex")
        attributes = self._attributes()
        return Said(
            assertion=self.assertion.get("ID"),
            in_response_to=self.response.get("InResponseTo", ""),
            subject=self._subject(subject, attributes),
            session=session,
            authenticated_at=self._authenticated_at(statement),
            context=self._context(statement),
            until=until,
            attributes=attributes,
        )

    def _check_envelope(self) -> None:
        self._check(self.response.get("Destination") == toolkit.consumer(self.provider), "Destination")
        issuers = [*shapes.texts(self.response, f"{SAML}Issuer", self.provider)]
        self._check(issuers in ([], [self.provider.entity_id]), "Issuer")
        self._check([*shapes.texts(self.assertion, f"{SAML}Issuer", self.provider)] == [self.provider.entity_id], "Issuer")

    def _check_conditions(self) -> None:
        conditions = self._child(self.assertion, "Conditions")
        self._check_now(conditions)
        audiences = [
            set(shapes.texts(one, f"{SAML}Audience", self.provider))
            for one in conditions.iterchildren(f"{SAML}AudienceRestriction")
        ]
        ours = toolkit.entity_id(self.provider)
        self._check(bool(audiences) and all(ours in named for named in audiences), "Audience")

    def _confirmed_until(self, subject: Element) -> datetime:
        """Return until when whoever brings this response is whom it names."""
        confirmation = self._child(subject, "SubjectConfirmation")
        self._check(confirmation.get("Method") == BEARER, "SubjectConfirmation")
        data = self._child(confirmation, "SubjectConfirmationData")
        self._check(data.get("Recipient") == toolkit.consumer(self.provider), "Recipient")
        self._check(data.get("InResponseTo", "") == self.response.get("InResponseTo", ""), "InResponseTo")
        return self._check_now(data)

    def _check_now(self, element: Element) -> datetime:
        """Return when it ends; one that never does is refused."""
        begins, ends = element.get("NotBefore"), element.get("NotOnOrAfter")
        self._check(begins is None or self._moment(begins, "NotBefore") <= self.now + SKEW, "NotBefore")
        self._check(ends is not None, "NotOnOrAfter")
        until = self._moment(ends, "NotOnOrAfter")
        self._check(self.now < until + SKEW, "NotOnOrAfter")
        return until

    def _authenticated_at(self, statement: Element) -> datetime:
        at = self._moment(statement.get("AuthnInstant", ""), "AuthnInstant")
        self._check(at <= self.now + SKEW, "AuthnInstant")
        ends = statement.get("SessionNotOnOrAfter")
        self._check(ends is None or self.now < self._moment(ends, "SessionNotOnOrAfter"), "SessionNotOnOrAfter")
        return at

    def _context(self, statement: Element) -> str:
        contexts = statement.iterchildren(f"{SAML}AuthnContext")
        said = [one for each in contexts for one in shapes.texts(each, f"{SAML}AuthnContextClassRef", self.provider)]
        self._check(len(said) <= 1, "AuthnContextClassRef")
        return said[0] if said else ""

    def _subject(self, subject: Element, attributes: Mapping[str, tuple[str, ...]]) -> str:
        """Return who it is: by the attribute that is configured for it, else by the NameID."""
        if self.provider.subject:
            named = attributes.get(self.provider.subject, ())
            self._check(len(named) == 1, self.provider.subject)
            return named[0]
        name = self._child(subject, "NameID")
        self._check(name.get("Format") != TRANSIENT, "NameID")
        return shapes.text(name, self.provider)

    def _attributes(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for statement in self.assertion.iterchildren(f"{SAML}AttributeStatement"):
            self._check(all(one.tag == f"{SAML}Attribute" for one in statement), "EncryptedAttribute")
            for one in statement:
                values = tuple(shapes.texts(one, f"{SAML}AttributeValue", self.provider))
                found[one.get("Name", "")] = found.get(one.get("Name", ""), ()) + values
        return found

    def _moment(self, text: str, what: str) -> datetime:
        try:
            at = datetime.fromisoformat(text)
        except ValueError as error:
            raise AnswerRefused(provider=self.provider.name, what=what) from error
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at

    def _child(self, parent: Element, name: str) -> Element:
        return shapes.one_child(parent, f"{SAML}{name}", self.provider)

    def _check(self, holds: object, what: str) -> None:
        if not holds:
            raise AnswerRefused(provider=self.provider.name, what=what)
