"""An authenticator in software: what a person's passkey signs, and what one signs that was copied or looks away."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AuthenticatorData

PRESENT, VERIFIED = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV


@dataclass(kw_only=True)
class Authenticator:
    """One passkey of one site. `counter` is what it says next; 0 for ever of one that does not count."""

    origin: str = "https://sekisho.example.com"
    rp_id: str = "sekisho.example.com"
    counter: int = 0
    verifies: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: str = field(default_factory=lambda: websafe_encode(secrets.token_bytes(32)))

    @property
    def public_key(self) -> str:
        """COSE, in base64url."""
        key = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        return websafe_encode(cbor.encode(key))

    def sign(self, challenge: bytes, *, kind: str = "webauthn.get", **client: object) -> dict[str, Any]:
        """Return the JSON of what a browser gives a page for the challenge; `client` is said beside it."""
        said = {"type": kind, "challenge": websafe_encode(challenge), "origin": self.origin, "crossOrigin": False, **client}
        client_data = json.dumps(said, separators=(",", ":")).encode()
        flags = PRESENT | VERIFIED if self.verifies else PRESENT
        data = hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", flags, self.counter)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        self.counter += 1 if self.counter else 0
        return {
            "id": self.credential_id,
            "rawId": self.credential_id,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": websafe_encode(client_data),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
                "userHandle": None,
            },
        }
