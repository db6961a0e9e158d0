"""Readers: each takes a place in the file and returns plain data, noting what is wrong and going on."""

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from access_requests.services.catalogue.document import Scalar, Tree
from access_requests.services.catalogue.mistakes import Mistakes, Path, quoted

DURATION = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?", re.ASCII)


class Unreadable(Exception):
    """Says what is wrong with one value."""


@dataclass(frozen=True)
class Place:
    value: Tree
    path: Path
    mistakes: Mistakes

    def inside(self, step: str | int, value: Tree) -> "Place":
        return Place(value, (*self.path, step), self.mistakes)


# What a reader returns after a mistake does not matter: the file is refused.
Read = Callable[[Place], Any]


def scalar(read: Callable[[Scalar], Any]) -> Read:
    """Return the reader of one value from a function that raises Unreadable."""

    def read_place(place: Place) -> Any:
        if not isinstance(place.value, Scalar):
            place.mistakes.add(place.path, "this takes one value")
            return None
        try:
            return read(place.value)
        except Unreadable as error:
            place.mistakes.add(place.path, str(error))
            return None

    return read_place


def object_of(*, required: Mapping[str, Read], optional: Mapping[str, tuple[Read, Any]]) -> Read:
    """Return the reader of an object with these fields; an optional one comes with its default."""
    readers = {**required, **{name: read for name, (read, _) in optional.items()}}

    def read_record(place: Place) -> dict[str, Any]:
        fields = _fields(place)
        if fields is None:
            return {}
        for name in fields.keys() - readers.keys():
            place.mistakes.add((*place.path, name), f"there is no field {quoted(name)}; known: {', '.join(readers)}")
        for name in required.keys() - fields.keys():
            place.mistakes.add(place.path, f"the field {quoted(name)} is missing")
        defaults = {name: default for name, (_, default) in optional.items()}
        return defaults | {name: readers[name](fields[name]) for name in fields if name in readers}

    return read_record


def table(key: Callable[[Scalar], str], read: Read) -> Read:
    """Return the reader of objects by name; `key` reads the names."""

    def read_table(place: Place) -> dict[str, Any]:
        fields = _fields(place) or {}
        for name in fields:
            scalar(key)(place.inside(name, Scalar(name, "str")))
        return {name: read(inside) for name, inside in fields.items()}

    return read_table


def listing(read: Read) -> Read:
    """Return the reader of a list in which no name is there twice; two levels of approval may well be alike."""

    def read_list(place: Place) -> list[Any]:
        if not isinstance(place.value, list):
            place.mistakes.add(place.path, "this takes a list")
            return []
        places = [place.inside(number, value) for number, value in enumerate(place.value)]
        values = [read(inside) for inside in places]
        for number, inside in enumerate(places):
            if isinstance(values[number], str) and values[number] in values[:number]:
                place.mistakes.add(inside.path, "this is in the list twice")
        return values

    return read_list


def everyone_or(read: Read) -> Read:
    """Return the reader of the word `everyone`, or of a list."""
    return lambda place: "everyone" if place.value == Scalar("everyone", "str") else read(place)


# Values


def text(longest: int) -> Callable[[Scalar], str]:
    def read(value: Scalar) -> str:
        if value.kind not in ("str", "int"):
            raise Unreadable(f"write {value.text} in quotes" if value.text else "this is empty")
        if not 1 <= len(value.text) <= longest:
            raise Unreadable(f"this takes 1 to {longest} characters; these are {len(value.text)}")
        return value.text

    return read


def matching(pattern: str, longest: int, says: str, *, shortest: int = 1) -> Callable[[Scalar], str]:
    """Return the reader of a text that the whole pattern fits; `says` names the rule."""
    whole = re.compile(pattern, re.ASCII)

    def read(value: Scalar) -> str:
        if value.kind not in ("str", "int") or not whole.fullmatch(value.text):
            raise Unreadable(f"{quoted(value.text)} does not fit: {says}")
        if not shortest <= len(value.text) <= longest:
            raise Unreadable(f"this takes {shortest} to {longest} characters; these are {len(value.text)}")
        return value.text

    return read


def one_of(known: Iterable[str]) -> Callable[[Scalar], str]:
    def read(value: Scalar) -> str:
        if value.text not in known:
            raise Unreadable(unknown("value", value.text, list(known)))
        return value.text

    return read


def flag(value: Scalar) -> bool:
    if value.kind != "bool":
        raise Unreadable("this is either true or false")
    return value.text.lower() in ("true", "yes", "on")


def number(value: Scalar) -> int:
    if value.kind != "int" or not re.fullmatch(r"[1-9]\d{0,2}", value.text, re.ASCII):
        raise Unreadable("this takes a number from 1 to 999")
    return int(value.text)


def minutes(value: Scalar) -> int:
    found = DURATION.fullmatch(value.text)
    if not found or not any(found.groups()):
        raise Unreadable(f"{quoted(value.text)} is not a time such as 30m, 4h, 1h30m or 2d")
    days, hours, rest = (int(part or 0) for part in found.groups())
    return (days * 24 + hours) * 60 + rest


def email(value: Scalar) -> str:
    try:
        validate_email(value.text)
    except ValidationError as error:
        raise Unreadable(f"{quoted(value.text)} is not an e-mail address") from error
    return value.text


def network(value: Scalar) -> str:
    try:
        return str(ipaddress.ip_network(value.text))
    except ValueError as error:
        raise Unreadable(f"{quoted(value.text)} is not a network such as 192.0.2.0/24: {error}") from error


def unknown(what: str, name: str, known: Collection[str]) -> str:
    return f"there is no {what} {quoted(name)}; known: {', '.join(sorted(known)) or 'none'}"


def _fields(place: Place) -> dict[str, Place] | None:
    """Return the fields, none for nothing; None, noted, for what is no object."""
    if place.value == Scalar("", "null"):
        return {}
    if not isinstance(place.value, dict):
        place.mistakes.add(place.path, "this takes fields with values")
        return None
    return {name: place.inside(name, value) for name, value in place.value.items()}
