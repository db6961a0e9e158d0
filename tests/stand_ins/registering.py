"""What a browser gives a page for a passkey that was just made."""

import hashlib
import json
import struct
from typing import Any

from fido2 import cbor
from fido2.utils import websafe_decode, websafe_encode

from tests.stand_ins.authenticators import PRESENT, VERIFIED, Authenticator

HAS_CREDENTIAL = 0x40


def registration(passkey: Authenticator, asked: dict[str, Any], *, kind: str = "webauthn.create") -> dict[str, Any]:
    said = {"type": kind, "challenge": asked["publicKey"]["challenge"], "origin": passkey.origin, "crossOrigin": False}
    credential_id, key = websafe_decode(passkey.credential_id), websafe_decode(passkey.public_key)
    flags = HAS_CREDENTIAL | PRESENT | (VERIFIED if passkey.verifies else 0)
    data = hashlib.sha256(passkey.rp_id.encode()).digest() + struct.pack(">BI", flags, passkey.counter)
    data += bytes(16) + struct.pack(">H", len(credential_id)) + credential_id + key
    attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
    passkey.counter += 1 if passkey.counter else 0
    return {
        "id": passkey.credential_id,
        "rawId": passkey.credential_id,
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": websafe_encode(json.dumps(said).encode()),
            "attestationObject": websafe_encode(attestation),
            "transports": ["internal"],
        },
    }
