"""KMS's asymmetric keys for signatures: what each account and Region has of them, and the aliases that lead to them."""

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_ecdsa_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Place = tuple[str, str]  # Account and Region.
ED25519, P256 = "ECC_NIST_EDWARDS25519", "ECC_NIST_P256"
# What each kind of key signs by.
ALGORITHMS = {ED25519: ("ED25519_SHA_512", "ED25519_PH_SHA_512"), P256: ("ECDSA_SHA_256",)}
ENABLED, DISABLED, PENDING_DELETION = "Enabled", "Disabled", "PendingDeletion"
ALIAS = "alias/"


@dataclass(slots=True, kw_only=True)
class SigningKey:
    arn: str
    spec: str
    description: str
    created_at: datetime
    private: Ed25519PrivateKey | EllipticCurvePrivateKey = field(repr=False)
    state: str = ENABLED

    @property
    def id(self) -> str:
        return self.arn.rpartition("/")[2]

    @property
    def public_der(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


_keys: dict[Place, dict[str, SigningKey]] = defaultdict(dict)
_aliases: dict[Place, dict[str, str]] = defaultdict(dict)


def add(place: Place, *, spec: str, description: str, at: datetime) -> SigningKey:
    private = Ed25519PrivateKey.generate() if spec == ED25519 else new_ecdsa_key(SECP256R1())
    arn = f"arn:aws:kms:{place[1]}:{place[0]}:key/{uuid.uuid4()}"
    key = SigningKey(arn=arn, spec=spec, description=description, created_at=at, private=private)
    _keys[place][key.id] = key
    return key


def name(place: Place, alias: str, key: SigningKey) -> None:
    """Have the alias lead to the key, wherever it led before."""
    _aliases[place][alias] = key.id


def has_alias(place: Place, alias: str) -> bool:
    return alias in _aliases[place]


def find(place: Place, given: str) -> SigningKey | None:
    """Return the key of an id, an ARN or an alias; a Region knows its own only, and an account too: no key is lent here."""
    if given.startswith("arn:"):
        *_, region, account, given = given.split(":", 5)
        if (account, region) != place:
            return None
        given = given.removeprefix("key/")
    key_id = _aliases[place].get(given, "") if given.startswith(ALIAS) else given
    return _keys[place].get(key_id)


def aliases(place: Place, given: str) -> list[str]:
    """Return the aliases of a key, by whatever it is called."""
    key = find(place, given)
    return [alias for alias, key_id in _aliases[place].items() if key is not None and key_id == key.id]


def forget_all() -> None:
    _keys.clear()
    _aliases.clear()
