"""What Slack sends, read strictly: a form, in which a field may be a JSON document."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from portal.rest import strict_json

MOST_FIELDS = 50
Fields = Mapping[str, Any]


class Unreadable(Exception):
    """Slack sends nothing like this."""


def form(body: bytes) -> Fields:
    """Return the fields of a form. Raises Unreadable for a field that is there twice, and for no form in UTF-8."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Unreadable from error
    fields = dict(pairs)
    if not fields or len(fields) != len(pairs):
        raise Unreadable
    return fields


def document(text: str) -> Fields:
    """Return a JSON object. Raises Unreadable, for a key that is there twice and for NaN too."""
    try:
        found = strict_json.read(text)
    except ValueError as error:
        raise Unreadable from error
    if not isinstance(found, dict):
        raise Unreadable
    return found


def text_at(found: object, *path: str) -> str:
    """Return the text at a place in a document, empty where there is none."""
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""
