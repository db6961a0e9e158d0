"""PATCH as Microsoft Entra writes it, put into the words of RFC 7644 before scim2-server reads it."""

import json
from collections.abc import Iterator
from typing import Any


def plain(body: bytes) -> bytes:
    """Return the body with each filtered path in an operation of its own, and members to remove without what is null of them.

    A body that is no PATCH is returned as it is, for scim2-server to refuse.
    """
    said: Any = json.loads(body) if body else None
    key = next((name for name in said if name.lower() == "operations"), None) if isinstance(said, dict) else None
    if key is None or not isinstance(said[key], list):
        return body
    return json.dumps({**said, key: [one for operation in said[key] for one in _plain(operation)]}).encode()


def _plain(operation: Any) -> Iterator[Any]:
    value = operation.get("value") if isinstance(operation, dict) else None
    if isinstance(value, dict) and not operation.get("path"):
        filtered = {path: one for path, one in value.items() if "[" in path}
        if rest := {path: one for path, one in value.items() if path not in filtered}:
            yield {**operation, "value": rest}
        for path, one in filtered.items():
            yield {**operation, "path": path, "value": one}
    elif isinstance(value, list) and str(operation.get("op")).lower() == "remove":
        yield {**operation, "value": [_without_nulls(one) for one in value]}
    else:
        yield operation


def _without_nulls(member: Any) -> Any:
    return {name: one for name, one in member.items() if one is not None} if isinstance(member, dict) else member
