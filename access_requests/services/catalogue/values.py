"""Values as a file writes them: each validator takes one of YAML's scalars and returns plain data, or says what is wrong with it.

What an object leaves unsaid by its short form is None, and stays so.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from access_requests.services.catalogue.document import Scalar
from access_requests.services.catalogue.mistakes import quoted

DAY_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
DURATION = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?", re.ASCII)


def mistake(says: str) -> PydanticCustomError:
    """Return an error of pydantic's that says exactly this, whatever braces it has."""
    return PydanticCustomError("catalogue", "{says}", {"says": says})


def _scalar(read: Callable[[Scalar], object]) -> BeforeValidator:
    def read_written(value: object) -> object:
        if value is None:
            return None
        if isinstance(value, str):  # A key of a table.
            value = Scalar(value, "str")
        if not isinstance(value, Scalar):
            raise mistake("this takes one value")
        return read(value)

    return BeforeValidator(read_written)


def text(longest: int) -> BeforeValidator:
    def read(value: Scalar) -> str:
        if value.kind not in ("str", "int"):
            raise mistake(f"write {value.text} in quotes" if value.text else "this is empty")
        if not 1 <= len(value.text) <= longest:
            raise mistake(f"this takes 1 to {longest} characters; these are {len(value.text)}")
        return value.text

    return _scalar(read)


def matching(pattern: str, longest: int, says: str, *, shortest: int = 1) -> BeforeValidator:
    """Return the validator of a text that the whole pattern fits; `says` names the rule."""
    whole = re.compile(pattern, re.ASCII)

    def read(value: Scalar) -> str:
        if value.kind not in ("str", "int") or not whole.fullmatch(value.text):
            raise mistake(f"{quoted(value.text)} does not fit: {says}")
        if not shortest <= len(value.text) <= longest:
            raise mistake(f"this takes {shortest} to {longest} characters; these are {len(value.text)}")
        return value.text

    return _scalar(read)


def one_of(known: Iterable[str] | Callable[[], Iterable[str]]) -> BeforeValidator:
    """Return the validator of a word out of those known; a function is asked for them each time, since settings may differ."""

    def read(value: Scalar) -> str:
        words = list(known() if callable(known) else known)
        if value.text not in words:
            raise mistake(unknown("value", value.text, words))
        return value.text

    return _scalar(read)


def _flag(value: Scalar) -> bool:
    if value.kind != "bool":
        raise mistake("this is either true or false")
    return value.text.lower() in ("true", "yes", "on")


def _number(value: Scalar) -> int:
    if value.kind != "int" or not re.fullmatch(r"[1-9]\d{0,2}", value.text, re.ASCII):
        raise mistake("this takes a number from 1 to 999")
    return int(value.text)


def _day(value: Scalar) -> str:
    try:
        return date.fromisoformat(value.text if DAY_WRITTEN.fullmatch(value.text) else "").isoformat()
    except ValueError as error:
        raise mistake(f"{quoted(value.text)} is not a day such as 2026-11-05") from error


def _minutes(value: Scalar) -> int:
    found = DURATION.fullmatch(value.text)
    if not found or not any(found.groups()):
        raise mistake(f"{quoted(value.text)} is not a time such as 30m, 4h, 1h30m or 2d")
    days, hours, rest = (int(part or 0) for part in found.groups())
    return (days * 24 + hours) * 60 + rest


def _email(value: Scalar) -> str:
    try:
        validate_email(value.text)
    except ValidationError as error:
        raise mistake(f"{quoted(value.text)} is not an e-mail address") from error
    return value.text


def _network(value: Scalar) -> str:
    try:
        return str(ipaddress.ip_network(value.text))
    except ValueError as error:
        raise mistake(f"{quoted(value.text)} is not a network such as 192.0.2.0/24: {error}") from error


def unknown(what: str, name: str, known: Collection[str]) -> str:
    return f"there is no {what} {quoted(name)}; known: {', '.join(sorted(known)) or 'none'}"


FLAG, NUMBER, MINUTES, DAY = _scalar(_flag), _scalar(_number), _scalar(_minutes), _scalar(_day)
EMAIL, NETWORK = _scalar(_email), _scalar(_network)

# Names that more than one kind of object has

IAM_RULE = "letters, digits and _ + = , . @ -"
IAM = r"[\w+=,.@-]+"
KEY = matching(r"[a-z0-9][a-z0-9_-]*", 50, "small letters, digits, - and _")
_NAME, _NAME_RULE = r"[A-Za-z0-9][\w.@+-]*", "letters, digits and _ . @ + -, beginning with a letter or a digit"
USERNAME = matching(_NAME, 150, _NAME_RULE)
ROLE_NAME = matching(IAM, 64, IAM_RULE)
ROLE_REFERENCE = matching(rf"[a-z0-9_-]+/{IAM}", 115, "an account's key and a role's name, such as production/Prod_MemberRole")


def username_or(role: str) -> BeforeValidator:
    """Return the validator of a username, or of this role with its mark."""
    return matching(rf"{_NAME}|{role}", 150, f"{_NAME_RULE}; or {role} in quotes")
