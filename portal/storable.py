"""What people and AWS say, as every database keeps it: PostgreSQL's jsonb takes neither NUL nor half of a surrogate pair."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

NOT_TAKEN = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def storable(value: Any) -> Any:
    """Return the value with lists for tuples, as JSON gives it back, and each character that is not taken seen to be replaced."""
    if isinstance(value, str):
        return NOT_TAKEN.sub(REPLACEMENT, value) if NOT_TAKEN.search(value) else value
    if isinstance(value, Mapping):
        return {storable(name): storable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [storable(one) for one in value]
    return value


class AsTyped(DjangoJSONEncoder):
    """JSON in which each character is itself.

    Python would write any that is not ASCII as an escape, and SQLite keeps what is written: a letter of Japanese takes six bytes
    then in place of three, an emoji twelve in place of four.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "ensure_ascii": False})
