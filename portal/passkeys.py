"""Passkeys by WebAuthn: what a browser is asked, and what counts as its answer. No table and no setting.

An answer counts for one address, the portal's own, whatever a browser let another page of the same domain ask; and only if the
passkey asked its holder for a fingerprint, a face or a PIN. Keys and ids are in base64url, keys as COSE writes them.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fido2 import cbor
from fido2.cose import ES256, RS256, CoseKey, EdDSA
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

# What every authenticator has, and what anybody verifies by a library.
ALGORITHMS = (ES256.ALGORITHM, EdDSA.ALGORITHM, RS256.ALGORITHM)
# What fido2 raises for what is no answer of a browser at all, besides ValueError for one that does not count.
MALFORMED = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, struct.error)
REQUIRED = UserVerificationRequirement.REQUIRED
# The fields of an answer that are bytes.
IN_BASE64 = ("clientDataJSON", "authenticatorData", "attestationObject", "signature", "userHandle")
Answer = Mapping[str, Any]


class Refused(ValueError):
    """A browser's answer does not count; the text says why, for administrators."""


@dataclass(frozen=True, kw_only=True)
class Passkey:
    credential_id: str
    public_key: str


@dataclass(frozen=True, kw_only=True)
class Registered(Passkey):
    """`aaguid` is the model that the passkey says it is; nobody vouches for that."""

    sign_count: int
    user_verified: bool
    aaguid: str


@dataclass(frozen=True, kw_only=True)
class Asserted:
    """`sign_count` is how many signatures the passkey says it has made; 0 where it does not count."""

    credential_id: str
    sign_count: int


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Whose a passkey is to be. `handle` tells people apart and says nothing of them."""

    handle: bytes
    username: str
    name: str


@dataclass(frozen=True, kw_only=True)
class RelyingParty:
    """The portal: by its address alone, and by no header of a call."""

    url: str
    name: str = "Sekisho"

    @property
    def id(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def origin(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def ask_to_register(self, holder: Holder, *, known: Sequence[Passkey]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what to ask of the browser, and what to keep until it answers. One that is `known` is not added again."""
        user = PublicKeyCredentialUserEntity(id=holder.handle, name=holder.username, display_name=holder.name)
        asked, kept = self._server().register_begin(
            user,
            [_credential(one) for one in known],
            resident_key_requirement=ResidentKeyRequirement.PREFERRED,
            user_verification=REQUIRED,
        )
        return dict(asked), kept

    def registered(self, kept: Mapping[str, Any], answer: Answer) -> Registered:
        """Return the new passkey. Raises Refused."""
        try:
            said = RegistrationResponse.from_dict(_in_texts(answer))
            data = self._server().register_complete(_required(kept), said)
            credential = data.credential_data
        except MALFORMED as error:
            raise Refused(str(error)) from error
        _on_own_page(said)
        if credential is None or credential.public_key.ALGORITHM not in ALGORITHMS:
            raise Refused("a key of an algorithm that was not asked for")
        return Registered(
            credential_id=websafe_encode(credential.credential_id),
            public_key=websafe_encode(cbor.encode(credential.public_key)),
            sign_count=data.counter,
            user_verified=data.is_user_verified(),
            aaguid=str(credential.aaguid),
        )

    def ask(self, *, known: Sequence[Passkey], challenge: bytes | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what to ask of the browser, and what to keep until it answers."""
        asked, kept = self._server().authenticate_begin([_credential(one) for one in known], REQUIRED, challenge)
        return dict(asked), kept

    def asserted(self, kept: Mapping[str, Any], answer: Answer, *, known: Sequence[Passkey]) -> Asserted:
        """Return which of the known passkeys signed. Raises Refused. Whether its count has grown is for the caller to look at."""
        try:
            said = AuthenticationResponse.from_dict(_in_texts(answer))
            credential = self._server().authenticate_complete(_required(kept), [_credential(one) for one in known], said)
        except MALFORMED as error:
            raise Refused(str(error)) from error
        _on_own_page(said)
        return Asserted(
            credential_id=websafe_encode(credential.credential_id), sign_count=said.response.authenticator_data.counter
        )

    def _server(self) -> Fido2Server:
        server = Fido2Server(PublicKeyCredentialRpEntity(id=self.id, name=self.name), verify_origin=self.origin.__eq__)
        server.allowed_algorithms = [
            PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=algorithm) for algorithm in ALGORITHMS
        ]
        return server


def _in_texts(answer: Answer) -> Answer:
    """Return the answer if its bytes are written as texts: fido2 takes a number in their place for so many bytes of zero."""
    response = answer["response"]
    given = [answer["rawId"], *(response.get(name) for name in IN_BASE64)]
    if not all(isinstance(one, str | None) for one in given):
        raise Refused("a number where a text belongs")
    return answer


def _on_own_page(said: RegistrationResponse | AuthenticationResponse) -> None:
    if said.response.client_data.cross_origin:
        raise Refused("asked in a frame of another site")


def kept_for(challenge: bytes) -> dict[str, Any]:
    """Return what `asserted` goes by, of a challenge that can be made again instead of being kept."""
    return {"challenge": websafe_encode(challenge), "user_verification": REQUIRED}


def has_grown(*, known: int, said: int) -> bool:
    """Whether a count is as it must be if there is one passkey only: 0 for ever, or above the last."""
    return said > known or said == known == 0


def pem_of(public_key: str) -> str:
    """Return the key as everybody's tools read it. Raises ValueError for one that `registered` would not have taken."""
    key = _cose(public_key)
    made: PublicKeyTypes | None = None
    if key.ALGORITHM == ES256.ALGORITHM:
        made = ec.EllipticCurvePublicNumbers(_number(key[-2]), _number(key[-3]), ec.SECP256R1()).public_key()
    elif key.ALGORITHM == EdDSA.ALGORITHM:
        made = Ed25519PublicKey.from_public_bytes(key[-2])
    elif key.ALGORITHM == RS256.ALGORITHM:
        made = rsa.RSAPublicNumbers(_number(key[-2]), _number(key[-1])).public_key()
    if made is None:
        raise ValueError(f"a key of the algorithm {key.ALGORITHM}")
    return made.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _number(text: bytes) -> int:
    return int.from_bytes(text, "big")


def _required(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {**kept, "user_verification": REQUIRED}


def _credential(one: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData.create(Aaguid.NONE, websafe_decode(one.credential_id), _cose(one.public_key))


def _cose(public_key: str) -> CoseKey:
    return CoseKey.parse(cast("Mapping[int, Any]", cbor.decode(websafe_decode(public_key))))
