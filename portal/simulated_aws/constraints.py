"""Lengths, ranges and patterns of parameters, as botocore's service models declare them.

moto checks few of them, and boto3 itself only the minima.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from portal.simulated_aws.errors import ValidationError

# The models are written for Java: \p{Z} is any Unicode space (but no tab or line break), \p{L} and \p{N} letters and
# digits of any script, which is Python's \w without the underscore; the patterns with them allow that too.
_JAVA_CLASSES = {r"\p{L}": r"\w", r"\p{N}": "", r"\p{Z}": " \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"}
# Marks, symbols and punctuation, which Python has no letters for.
_BY_CATEGORY = ("M", "S", "P")
_LAST_LOOKED_AT = 0x1FFFF
_UNFIT_FOR_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def check(*, shape: Shape | None, parameters: Mapping[str, Any]) -> None:
    """Raise ValidationError with every violation in it, as AWS words them."""
    found = list(_violations(shape, parameters, "")) if shape else []
    if found:
        plural = "s" if len(found) > 1 else ""
        raise ValidationError(f"{len(found)} validation error{plural} detected: {'; '.join(found)}")


def _violations(shape: Shape, value: Any, at: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield from _members(shape, value, at)
    elif isinstance(shape, ListShape):
        yield from _range(shape, len(value), "length", value, at)
        for number, item in enumerate(value, 1):
            yield from _violations(shape.member, item, f"{at}.{number}.member")
    elif isinstance(shape, MapShape):
        yield from _range(shape, len(value), "length", value, at)
        for key, item in value.items():
            yield from _violations(shape.key, key, at)
            yield from _violations(shape.value, item, f"{at}.{key}.member")
    elif isinstance(value, str):
        yield from _range(shape, len(value), "length", value, at)
        yield from _pattern(shape, value, at)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from _range(shape, value, "value", value, at)


def _members(shape: StructureShape, value: Mapping[str, Any], at: str) -> Iterator[str]:
    for name, member in shape.members.items():
        place = f"{at}.{_camel(name)}" if at else _camel(name)
        if value.get(name) is not None:
            yield from _violations(member, value[name], place)
        elif name in shape.required_members:
            yield f"Value at '{place}' failed to satisfy constraint: Member must not be null"


def _range(shape: Shape, size: int, what: str, value: object, at: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield _failed(value, at, f"Member must have {what} greater than or equal to {least}")
    if most is not None and size > most:
        yield _failed(value, at, f"Member must have {what} less than or equal to {most}")


def _pattern(shape: Shape, value: str, at: str) -> Iterator[str]:
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield _failed(value, at, f"Member must satisfy regular expression pattern: {pattern}")
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield _failed(value, at, f"Member must satisfy enum value set: [{', '.join(allowed)}]")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    python = pattern
    for java, ours in _JAVA_CLASSES.items():
        python = python.replace(java, ours)
    for category in _BY_CATEGORY:
        if (java := rf"\p{{{category}}}") in python:
            python = python.replace(java, _characters(category))
    return re.compile(python, re.ASCII if python == pattern else 0)


@cache
def _characters(category: str) -> str:
    """Return all characters of a category as they stand in a class of a pattern. Costs some 10 ms, once."""
    found = [chr(code) for code in range(_LAST_LOOKED_AT) if unicodedata.category(chr(code))[0] == category]
    return re.escape("".join(found))


def _failed(value: object, at: str, constraint: str) -> str:
    return f"Value '{_UNFIT_FOR_XML.sub('?', str(value))}' at '{at}' failed to satisfy constraint: {constraint}"


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]
