"""Personal texts in data, and the commitments that an entry has in their place.

A commitment is HMAC-SHA256 of the text, with a salt of its own as the key: nobody who has the trail finds the text by trying,
and whoever has text and salt can prove that it is the one. Texts and salts lie beside the trail (`audits.personal`).
"""

import hmac
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

COMMITMENT = "commitment"
SALT_BYTES = 16
# In a path: each of a list's or an object's.
EACH = "*"

Path = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Committed:
    """`commitment` and `salt` are hexadecimal; `path` is where the text was."""

    path: Path
    commitment: str
    salt: str
    text: str


def commit(data: Any, paths: Collection[Path]) -> tuple[Any, list[Committed]]:
    """Return the data with a commitment in place of each text at these paths, and what was committed to.

    An empty text tells nothing of anybody, and stays.
    """
    made: list[Committed] = []
    for path in sorted(paths):
        data = _replaced(data, path, partial(_in_its_place, path=path, made=made))
    return data, made


def in_data(value: Any) -> Iterator[str]:
    """Yield the commitments that the data has."""
    if isinstance(value, Mapping):
        if _is_commitment(value):
            yield value[COMMITMENT]
        else:
            for inner in value.values():
                yield from in_data(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from in_data(inner)


def put_back(value: Any, texts: Mapping[str, str], erased: str | None) -> Any:
    """Return the data with the texts in place of their commitments; one without a text stays, or is `erased`."""
    if isinstance(value, Mapping):
        if _is_commitment(value):
            return texts.get(value[COMMITMENT], value if erased is None else erased)
        return {name: put_back(inner, texts, erased) for name, inner in value.items()}
    return [put_back(inner, texts, erased) for inner in value] if isinstance(value, list) else value


def _in_its_place(text: Any, *, path: Path, made: list[Committed]) -> Any:
    if not isinstance(text, str) or not text:
        return text
    salt = secrets.token_bytes(SALT_BYTES)
    commitment = hmac.new(salt, text.encode(), "sha256").hexdigest()
    made.append(Committed(path=path, commitment=commitment, salt=salt.hex(), text=text))
    return {COMMITMENT: commitment}


def _replaced(value: Any, path: Path, replace: Callable[[Any], Any]) -> Any:
    if not path:
        return replace(value)
    name, rest = path[0], path[1:]
    if isinstance(value, Mapping):
        return {key: _replaced(each, rest, replace) if name in (EACH, key) else each for key, each in value.items()}
    if isinstance(value, list) and name == EACH:
        return [_replaced(each, rest, replace) for each in value]
    return value


def _is_commitment(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and isinstance(value.get(COMMITMENT), str)
