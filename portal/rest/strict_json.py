"""JSON that no two readers read in two ways."""

import json
from typing import Any, NoReturn


def read(text: str) -> Any:
    """Return the value. Raises ValueError for NaN, a key that is there twice, bottomless nesting, and what is no JSON."""
    try:
        return json.loads(text, object_pairs_hook=_each_once, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key is doubled")
    return fields


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
