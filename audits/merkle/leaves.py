"""A leaf: one entry of the trail as canonical JSON (RFC 8785), and what no leaf can hold."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from audits.merkle import values
from audits.merkle.tree import leaf_hash
from audits.merkle.values import NotCanonical

VERSION = 1
# C2SP's bundles give a leaf's length in two bytes.
LONGEST = 2**16 - 1
_FAST = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
_AS_IT_STANDS = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"))


class Entry(Protocol):
    """What the database keeps of an entry. `recorded_at` is None in those of versions that kept one time."""

    at: datetime
    recorded_at: datetime | None
    act: str
    actor: str
    on_behalf_of: str
    subject: str
    schema_version: int
    data: Any


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """`beside` is the text of an entry's data that the leaf names by its digest alone."""

    text: bytes
    beside: bytes | None = None

    @property
    def hash(self) -> bytes:
        return leaf_hash(self.text)

    @property
    def beside_name(self) -> str:
        """Return where an export has the text that is beside the leaf."""
        return f"beside/{hashlib.sha256(self.beside or b'').hexdigest()}"


def leaf(entry: Entry, *, index: int, previous: int | None) -> Leaf:
    """Return the entry's leaf. `previous` is the index of its subject's last leaf before, or None.

    Data that is too long, or that older code recorded although it is not canonical, is named by its digest.
    """
    try:
        data = canonical(entry.data)
    except NotCanonical:
        return _beside(entry, index, previous, _AS_IT_STANDS.encode(entry.data).encode())
    text = canonical(_fields(entry, index, previous, entry.data))
    return Leaf(text=text) if len(text) <= LONGEST else _beside(entry, index, previous, data)


def canonical(value: Any) -> bytes:
    """Return the value's only spelling, as RFC 8785 has it. Raises NotCanonical.

    Where names are ASCII, as those of our own data are, Python's own encoder writes the same, six times as fast as the package.
    """
    if values.check(value):
        return _FAST.encode(value).encode()
    import rfc8785  # noqa: PLC0415  Hardly ever needed, and every process of the portal imports this module.

    return rfc8785.dumps(value)


def _beside(entry: Entry, index: int, previous: int | None, data: bytes) -> Leaf:
    named = {"beside": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    return Leaf(text=canonical(_fields(entry, index, previous, named)), beside=data)


def _fields(entry: Entry, index: int, previous: int | None, data: Any) -> Mapping[str, Any]:
    return {
        "act": entry.act,
        "actor": entry.actor,
        "at": moment(entry.at),
        "data": data,
        "id": index + 1,
        "on_behalf_of": entry.on_behalf_of,
        "previous": previous,
        "recorded_at": moment(entry.recorded_at) if entry.recorded_at else None,
        "schema": entry.schema_version,
        "subject": entry.subject,
        "v": VERSION,
    }


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
