"""C2SP signed-note and tlog-checkpoint, signed by Ed25519."""

import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audits.merkle.tree import HASH

ED25519 = b"\x01"
KEY_LENGTH, ID_LENGTH = 32, 4
LINES_OF_CHECKPOINT = 3
Sign = Callable[[bytes], bytes]


class Unreadable(ValueError):
    """The text is no note, no checkpoint or no key."""


class Unsigned(ValueError):
    """No key that was given has signed the note, or the signature of one does not hold."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """A public key by the name under which it signs."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:ID_LENGTH]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_text(ED25519 + self.public)}"

    @classmethod
    def read(cls, vkey: str) -> "Key":
        """Read C2SP's verifier key; its id is computed again. Raises Unreadable."""
        name, _, rest = vkey.strip().partition("+")
        written_id, _, encoded = rest.partition("+")
        kind = _bytes(encoded)
        key = cls(name=name, public=kind[1:])
        if not name or kind[:1] != ED25519 or len(key.public) != KEY_LENGTH or written_id != key.id.hex():
            raise Unreadable(f"{vkey!r} is no Ed25519 key of a signed note")
        return key


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        return f"{self.origin}\n{self.size}\n{_text(self.root)}\n"

    @classmethod
    def read(cls, note: str) -> "Checkpoint":
        """Read a note's text as a checkpoint, whoever signed it. Raises Unreadable."""
        lines = body_of(note).split("\n")
        if len(lines) <= LINES_OF_CHECKPOINT or not (lines[1].isascii() and lines[1].isdigit()) or lines[1] != str(int(lines[1])):
            raise Unreadable("the note is no checkpoint")
        root = _bytes(lines[2])
        if not lines[0] or len(root) != HASH:
            raise Unreadable("the note is no checkpoint")
        return cls(origin=lines[0], size=int(lines[1]), root=root)


def signed(checkpoint: Checkpoint, *, key: Key, sign: Sign) -> str:
    """Return the checkpoint as a note that this key has signed."""
    signature = sign(checkpoint.body.encode())
    return f"{checkpoint.body}\n— {key.name} {_text(key.id + signature)}\n"


def opened(note: str, keys: Iterable[Key]) -> tuple[Checkpoint, Key]:
    """Return what the note says and the first of these keys that signed it. Raises Unreadable, Unsigned."""
    checkpoint, by = Checkpoint.read(note), {(key.name, key.id): key for key in keys}
    for name, signature in _signatures(note):
        key = by.get((name, signature[:ID_LENGTH]))
        if key is not None:
            _check(key, body_of(note).encode(), signature[ID_LENGTH:])
            return checkpoint, key
    raise Unsigned("none of the keys has signed this checkpoint")


def body_of(note: str) -> str:
    body, separator, _ = note.rpartition("\n\n")
    if not separator:
        raise Unreadable("the note has no signatures")
    return f"{body}\n"


def _signatures(note: str) -> Iterable[tuple[str, bytes]]:
    for line in note.rpartition("\n\n")[2].splitlines():
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if dash != "—":
            raise Unreadable("a line below the note is no signature")
        yield name, _bytes(encoded)


def _check(key: Key, text: bytes, signature: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text)
    except InvalidSignature as error:
        raise Unsigned(f"the signature of {key.name} does not hold") from error


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable(f"{text!r} is no base64") from error
