"""The signing key, which the sealer alone holds, and the public keys that a log has had."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from audits.merkle.notes import Key
from audits.models import Log, SealKey


class KeyRefused(Exception):
    """What holds the key does not sign now; the message says what it said."""


class WrongSignature(Exception):
    """What holds the key gave a signature that its public key does not verify."""


class Signer(Protocol):
    @property
    def public(self) -> bytes:
        """Return the public key, 32 bytes. Raises KeyRefused."""

    def sign(self, text: bytes) -> bytes:
        """Return the signature of the text. Raises KeyRefused."""


@dataclass(frozen=True)
class PrivateKey:
    """A key in memory, from a file or the environment."""

    key: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def sign(self, text: bytes) -> bytes:
        return self.key.sign(text)

    @classmethod
    def read(cls, pem: str) -> "PrivateKey":
        """Raises ValueError for what is no Ed25519 key in PEM."""
        key = load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("It is no Ed25519 key.")  # noqa: TRY004  One kind of what cannot be used.
        return cls(key)


@dataclass(frozen=True, kw_only=True)
class Term:
    """A key of a log, and the sizes of trees that it signs: from the first on, below the last; None while it is the newest."""

    key: Key
    first: int
    until: int | None


def terms(log: Log) -> Sequence[Term]:
    """Return the keys that the log has had, the oldest first, without those that signed nothing."""
    rows = list(log.keys.order_by("pk"))
    ends = [*(row.from_size for row in rows[1:]), None]
    found = [Term(key=Key.read(row.vkey), first=row.from_size, until=end) for row, end in zip(rows, ends, strict=True)]
    return [term for term in found if term.until is None or term.first < term.until]


def key_at(log: Log, size: int) -> Key | None:
    """Return the key whose signature counts for a tree of this size."""
    return next((term.key for term in terms(log) if term.first <= size and (term.until is None or size < term.until)), None)


def newest(log: Log) -> SealKey:
    return log.keys.order_by("-pk")[0]
