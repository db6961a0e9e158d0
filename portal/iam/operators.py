"""Condition operators: one value of a policy against one value of a request.

Source: the IAM User Guide's pages on condition operators. Where it leaves AWS's behaviour open, the answer is unknown.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address, ip_network
from operator import eq, ge, gt, le, lt
from typing import Any

from portal.iam.matching import SEGMENTS, arn_pattern, segments, wildcard_pattern, written
from portal.iam.truth import Truth, unknown
from portal.iam.variables import Plain

Compare = Callable[[Any, Any], bool]
# The W3C's profile of ISO 8601, to the day or with a time and a zone. What is less exact is left open.
DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?")
# Fewer digits may be a year, more may be milliseconds.
EPOCH = re.compile(r"\d{9,11}")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True, kw_only=True)
class Operator:
    matches: Callable[[Plain, str], Truth]
    negated: bool = False
    variables: bool = False


def _string_equals(policy: Plain, value: str) -> Truth:
    return written(policy) == value


def _string_equals_ignoring_case(policy: Plain, value: str) -> Truth:
    return written(policy).casefold() == value.casefold()


def _string_like(policy: Plain, value: str) -> Truth:
    return wildcard_pattern(policy).fullmatch(value) is not None


def _arn_like(policy: Plain, value: str) -> Truth:
    if not written(policy).startswith("arn:") or segments(policy) < SEGMENTS:
        return unknown(f"{written(policy)!r} is no whole ARN")
    if not value.startswith("arn:") or value.count(":") < SEGMENTS - 1:
        return unknown(f"the request's {value!r} is no ARN")
    return arn_pattern(policy).fullmatch(value) is not None


def _bool(policy: Plain, value: str) -> Truth:
    wanted, given = written(policy).lower(), value.lower()
    if not {wanted, given} <= {"true", "false"}:
        return unknown(f"{wanted!r} or {given!r} is no Boolean")
    return wanted == given


def _binary(policy: Plain, value: str) -> Truth:
    try:
        return base64.b64decode(written(policy), validate=True) == base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return unknown(f"{written(policy)!r} or {value!r} is not base64")


def _ip_address(policy: Plain, value: str) -> Truth:
    try:
        # A network may be written by any address in it.
        network, address = ip_network(written(policy), strict=False), ip_address(value)
    except ValueError:
        return unknown(f"{written(policy)!r} or {value!r} is no IP address")
    return address in network


def _numeric(compare: Compare) -> Callable[[Plain, str], Truth]:
    def matches(policy: Plain, value: str) -> Truth:
        wanted, given = _number(written(policy)), _number(value)
        if wanted is None or given is None:
            return unknown(f"{written(policy)!r} or {value!r} is no number")
        return compare(given, wanted)

    return matches


def _date(compare: Compare) -> Callable[[Plain, str], Truth]:
    def matches(policy: Plain, value: str) -> Truth:
        wanted, given = moment_of(written(policy)), moment_of(value)
        if wanted is None or given is None:
            return unknown(f"{written(policy)!r} or {value!r} is no certain date")
        return compare(given, wanted)

    return matches


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text) if NUMBER.fullmatch(text) else None
    except InvalidOperation:
        return None


def moment_of(text: str) -> datetime | None:
    try:
        if EPOCH.fullmatch(text):
            return datetime.fromtimestamp(int(text), tz=UTC)
        moment = datetime.fromisoformat(text) if DATE.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None


def _ordered(family: str, matcher: Callable[[Compare], Callable[[Plain, str], Truth]]) -> dict[str, Operator]:
    return {
        f"{family}Equals": Operator(matches=matcher(eq)),
        f"{family}NotEquals": Operator(matches=matcher(eq), negated=True),
        f"{family}LessThan": Operator(matches=matcher(lt)),
        f"{family}LessThanEquals": Operator(matches=matcher(le)),
        f"{family}GreaterThan": Operator(matches=matcher(gt)),
        f"{family}GreaterThanEquals": Operator(matches=matcher(ge)),
    }


OPERATORS = {
    "StringEquals": Operator(matches=_string_equals, variables=True),
    "StringNotEquals": Operator(matches=_string_equals, negated=True, variables=True),
    "StringEqualsIgnoreCase": Operator(matches=_string_equals_ignoring_case, variables=True),
    "StringNotEqualsIgnoreCase": Operator(matches=_string_equals_ignoring_case, negated=True, variables=True),
    "StringLike": Operator(matches=_string_like, variables=True),
    "StringNotLike": Operator(matches=_string_like, negated=True, variables=True),
    # AWS: ArnEquals and ArnLike behave identically.
    "ArnEquals": Operator(matches=_arn_like, variables=True),
    "ArnNotEquals": Operator(matches=_arn_like, negated=True, variables=True),
    "ArnLike": Operator(matches=_arn_like, variables=True),
    "ArnNotLike": Operator(matches=_arn_like, negated=True, variables=True),
    **_ordered("Numeric", _numeric),
    **_ordered("Date", _date),
    "Bool": Operator(matches=_bool),
    "BinaryEquals": Operator(matches=_binary),
    "IpAddress": Operator(matches=_ip_address),
    "NotIpAddress": Operator(matches=_ip_address, negated=True),
}
