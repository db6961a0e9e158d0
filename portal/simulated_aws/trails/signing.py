"""CloudTrail's keys: a pair for each Region and quarter of a year, of which it tells the public half."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import cast

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key

from portal.simulated_aws import trail

ALGORITHM = "SHA256withRSA"
_KIND = "digest key"
_MONTHS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestKey:
    private: RSAPrivateKey
    begins: datetime
    ends: datetime

    @property
    def public_der(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)

    @property
    def fingerprint(self) -> str:
        return hashlib.md5(self.public_der, usedforsecurity=False).hexdigest()

    @property
    def value(self) -> str:
        return base64.b64encode(self.public_der).decode()

    def sign(self, text: str) -> str:
        """Return the signature in hexadecimal: the same each time, as PKCS #1 v1.5 is."""
        return self.private.sign(text.encode(), PKCS1v15(), SHA256()).hex()


def key_of(region: str, at: datetime) -> DigestKey:
    """Return the Region's key of that time, made when it is first needed. Costs some 100 ms then."""
    begins = _quarter(at)
    name = f"{region} {begins:%Y-%m-%d}"
    kept = trail.noted(_KIND).get(name)
    if kept is None:
        private = generate_private_key(public_exponent=65_537, key_size=2_048)
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        kept = {"pem": pem}
        trail.note(_KIND, name, kept)
    return DigestKey(private=_loaded(kept["pem"]), begins=begins, ends=_after(begins))


def keys(region: str, *, since: datetime, until: datetime) -> Iterator[DigestKey]:
    """Yield the keys that have been used in the Region, and were valid at some time between."""
    for name in trail.noted(_KIND):
        of, _, day = name.partition(" ")
        begins = datetime.fromisoformat(day).replace(tzinfo=UTC)
        if of == region and begins <= until and _after(begins) > since:
            yield key_of(region, begins)


@lru_cache(maxsize=64)
def _loaded(pem: str) -> RSAPrivateKey:
    return cast("RSAPrivateKey", load_pem_private_key(pem.encode(), password=None))


def _quarter(at: datetime) -> datetime:
    month = (at.month - 1) // _MONTHS * _MONTHS + 1
    return datetime(at.year, month, 1, tzinfo=UTC)


def _after(begins: datetime) -> datetime:
    months = begins.month - 1 + _MONTHS
    return datetime(begins.year + months // 12, months % 12 + 1, 1, tzinfo=UTC)
