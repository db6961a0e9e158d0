"""Texts of a policy with wildcards and `${variables}`, and what they say once a request's values are filled in.

Variables are a matter of version 2012-10-17; in an older policy they are plain text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from portal.iam.truth import Unknown, unknown


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Wild:
    """`*` or `?`; a comparison that knows no wildcards takes it for the character."""

    character: str


@dataclass(frozen=True)
class Variable:
    key: str
    default: str | None


Values = Mapping[str, str | tuple[str, ...] | Unknown]
"""A request's condition keys in lower case; a multivalued key has a tuple, and one that is known to be absent an empty one."""

Plain = tuple[Text | Wild, ...]
Template = tuple[Text | Wild | Variable, ...]

TOKEN = re.compile(r"\$\{[^}]*\}|\$\{|[*?]")
WILDCARD = re.compile(r"[*?]")
KEY = re.compile(r"\s*(?P<key>[^,'${}]+?)\s*(?:,\s*'(?P<default>[^'$*?]*)'\s*)?")
# How the key of all tags of a kind ends. No tag's own key holds an asterisk.
ALL_TAGS = "/*"
# In the place of every key that is not there: an unknown one, of which the words tell whose key it is.
ANY_KEY = "*"
SPECIAL = frozenset("*?$")


@lru_cache(maxsize=8192)
def template(text: str, *, variables: bool) -> Template | Unknown:
    """Return the parts of a text of a policy."""
    parts: list[Text | Wild | Variable] = []
    end = 0
    for token in (TOKEN if variables else WILDCARD).finditer(text):
        part = _part(token.group())
        if part is None:
            return unknown(f"the variable in {text!r}")
        parts += [Text(text[end : token.start()]), part]
        end = token.end()
    return tuple(part for part in (*parts, Text(text[end:])) if part != Text(""))


def _part(token: str) -> Text | Wild | Variable | None:
    if token in SPECIAL:
        return Wild(token)
    inside = token[2:-1]
    if inside in SPECIAL:
        return Text(inside)
    key = KEY.fullmatch(inside)
    return Variable(key["key"].lower(), key["default"]) if key else None


def resolve(parts: Template, values: Values) -> Plain | Unknown | None:
    """Return the text with the request's values, or None when a variable has no value: then nothing is equal to it or like it."""
    resolved: list[Text | Wild] = []
    for part in parts:
        plain = _value(part, values) if isinstance(part, Variable) else part
        if plain is None or isinstance(plain, Unknown):
            return plain
        resolved.append(plain)
    return tuple(resolved)


def value_of(key: str, values: Values) -> str | tuple[str, ...] | Unknown | None:
    """Return the key's value, else that of all tags of its kind, else that of any key; None when it is absent."""
    value = values.get(key, values.get(f"{key.partition('/')[0]}{ALL_TAGS}"))
    if value is None and isinstance(left := values.get(ANY_KEY), Unknown):
        return Unknown(tuple(f"{key}{words}" for words in left.words))
    return None if value == () else value


def _value(variable: Variable, values: Values) -> Text | Unknown | None:
    value = value_of(variable.key, values)
    if value is None:
        return None if variable.default is None else Text(variable.default)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, tuple):
        return unknown(f"the multivalued {variable.key} as a variable")
    # AWS does not say whether a wildcard that a caller brings is one, nor whether an empty value is a value.
    if not value or SPECIAL & set(value):
        return unknown(f"the value of {variable.key} as a variable")
    return Text(value)
