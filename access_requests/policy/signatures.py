"""A decision that a passkey signed: what is signed, and whether it was.

An authenticator signs a challenge. Here that is the SHA-256 of a document that says what was decided, on what, under which policy
and by whom: whoever has the document, the signature and the public key checks it without the portal, and who has the database
alone can make up no decision. It shows its holder nothing of the document: that the page said the same is the portal's word.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import rfc8785
from fido2.utils import websafe_decode, websafe_encode

from portal import passkeys
from portal.passkeys import Passkey, RelyingParty

# The way of a decision that its approver's passkey signed: in a policy's `decide_by`, beside the doors.
BY_PASSKEY = "passkey"
# The longest time between a challenge and the decision that it is signed for, and by how much clocks of the portal may differ.
SIGNED_WITHIN, SKEW = timedelta(minutes=5), timedelta(minutes=1)


class NotSigned(ValueError):
    """It is no signature of the decision by the person's own passkey, who was verified then; it says why."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """What a signature commits to.

    `digest`: of what was decided on, as `services.record.snapshot` makes it. `issued`: ISO 8601 in UTC.
    """

    request: str
    digest: str
    policy_version: str
    verdict: str
    person: str
    nonce: str
    issued: str

    def text(self) -> bytes:
        """Return it in the one spelling that is hashed (RFC 8785)."""
        return rfc8785.dumps(asdict(self))

    def challenge(self) -> bytes:
        return hashlib.sha256(self.text()).digest()


@dataclass(frozen=True, kw_only=True)
class Assertion:
    """What an authenticator answers, in base64url without padding; `client_data` are the browser's bytes, which are hashed."""

    credential_id: str
    authenticator_data: str
    client_data: str
    signature: str

    @classmethod
    def of_browser(cls, said: Any) -> Self:
        """Return it of the JSON of a PublicKeyCredential, in one spelling. Raises NotSigned for everything else."""
        try:
            response = said["response"]
            return cls(
                credential_id=_in_one_spelling(said["rawId"]),
                authenticator_data=_in_one_spelling(response["authenticatorData"]),
                client_data=_in_one_spelling(response["clientDataJSON"]),
                signature=_in_one_spelling(response["signature"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise NotSigned("this is no answer of an authenticator") from error

    def in_browsers_words(self) -> Mapping[str, Any]:
        return {
            "rawId": self.credential_id,
            "type": "public-key",
            "response": {
                "authenticatorData": self.authenticator_data,
                "clientDataJSON": self.client_data,
                "signature": self.signature,
            },
        }


@dataclass(frozen=True, kw_only=True)
class Enrolled:
    """A passkey, as the trail's entry of its enrolment has it: that is `entry`. `public_key` is COSE, in base64url."""

    public_key: str
    at: datetime
    entry: int


@dataclass(frozen=True, kw_only=True)
class Signature:
    """What a passkey signed of a decision that was made `at` a time.

    `signed` is the document that lies beside the signature, `decided` the one that the decision makes. `keys` are the person's
    enrolments of this credential that held then, as the trail has them: no other table is believed.
    """

    assertion: Assertion
    signed: Document
    decided: Document
    keys: tuple[Enrolled, ...]
    at: datetime
    portal: RelyingParty

    def count(self) -> int:
        """Return the authenticator's counter. Raises NotSigned unless the person's own passkey signed this decision, then."""
        if self.signed != self.decided:
            raise NotSigned("what was signed is not what was decided")
        if len(self.keys) != 1:
            raise NotSigned("the trail has no one enrolment of this passkey by this person that held then")
        if not self._is_fresh():
            raise NotSigned("it was not signed when the decision was made")
        known = Passkey(credential_id=self.assertion.credential_id, public_key=self.keys[0].public_key)
        kept, answer = passkeys.kept_for(self.signed.challenge()), self.assertion.in_browsers_words()
        try:
            return self.portal.asserted(kept, answer, known=[known]).sign_count
        except passkeys.Refused as error:
            raise NotSigned(str(error)) from error

    def age(self) -> timedelta:
        """Return how long the passkey had been enrolled. Asked for of a signature that holds."""
        return self.at - self.keys[0].at

    def _is_fresh(self) -> bool:
        try:
            return -SKEW <= self.at - datetime.fromisoformat(self.signed.issued) <= SIGNED_WITHIN
        except (TypeError, ValueError):
            return False


@dataclass(frozen=True, kw_only=True)
class Look:
    """What rules read of a signature.

    `holds`: one of the approver's own signed this very decision, a moment ago. The rest is so of one that holds: which it is, for
    how long it has been enrolled and has to have been, and its count of signatures, as it was known and as it says.
    """

    holds: bool
    age: timedelta = timedelta()
    least_age: timedelta = timedelta()
    factor: str = ""
    known: int = 0
    said: int = 0


def _in_one_spelling(text: str) -> str:
    return websafe_encode(websafe_decode(text.strip()))


def policy_version(policy: Mapping[str, Any]) -> str:
    """Return the SHA-256, as 64 hex digits, of a policy as a request's snapshot and the trail have it, in RFC 8785."""
    return hashlib.sha256(rfc8785.dumps(dict(policy))).hexdigest()
