"""`{{ Parameter }}`, `{{ step.Output }}` and `{{ global:… }}` in a runbook, and the values in their place."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

GLOBALS = frozenset({"global:ACCOUNT_ID", "global:DATE", "global:DATE_TIME", "global:REGION", "automation:EXECUTION_ID"})
_REFERENCE = re.compile(r"\{\{\s*([\w.:-]+)\s*\}\}")


def references(value: Any) -> Iterator[str]:
    """Yield every name that the value refers to, however deep."""
    if isinstance(value, str):
        yield from _REFERENCE.findall(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from references(key)
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def filled(value: Any, find: Callable[[str], Any]) -> Any:
    """Return the value with what `find` returns for each name; a name on its own keeps its type, lists included."""
    if isinstance(value, dict):
        return {filled(key, find): filled(item, find) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, find) for item in value]
    if not isinstance(value, str):
        return value
    alone = _REFERENCE.fullmatch(value.strip())
    return find(alone[1]) if alone else _REFERENCE.sub(lambda match: text(find(match[1])), value)


def text(value: Any) -> str:
    """Return a value as it stands inside a text, and in the lists of an answer."""
    if isinstance(value, str):
        return value
    return json.dumps(value, default=str, ensure_ascii=False)
