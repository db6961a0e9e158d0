"""Why a condition never holds: what it compares can never be so."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_network

from portal.iam.checks.bodies import Given, is_untold
from portal.iam.operators import NUMBER, moment_of

# There in each call that somebody makes.
ALWAYS_THERE = frozenset(
    {
        *("aws:currenttime", "aws:epochtime", "aws:principalaccount", "aws:principalarn", "aws:principaltype"),
        *("aws:securetransport", "aws:userid", "aws:viaawsservice"),
    }
)
NOW = "aws:currenttime"
# Of a session it is the role's ARN.
OF_A_ROLE, SESSION = "aws:principalarn", re.compile(r"arn:[^:]*:sts:.*:assumed-role/.*")
WILDCARDS = re.compile(r"[*?]")
# Keys whose values have these characters only where somebody puts them there.
WITH_SIGNS = ("aws:requesttag/", "aws:principaltag/", "aws:resourcetag/", "s3:prefix", "s3:delimiter")


def reasons(given: Iterable[Given], *, now: datetime) -> Iterator[tuple[Given, str]]:
    """Yield each condition that can never hold, and why; all of a statement's must."""
    listed = [one for one in given if one.values and not any(map(is_untold, one.values))]
    for one in listed:
        reason = _by_itself(one, now)
        if reason:
            yield one, reason
    yield from _together(listed)


def _by_itself(one: Given, now: datetime) -> str:
    if one.base == "Null":
        return f"{one.key} is there in each call" if one.key in ALWAYS_THERE and set(one.values) == {"true"} else ""
    if one.is_negated:
        return ""
    checks = (check for family, check in _FAMILIES.items() if one.base.startswith(family))
    return next((words for check in checks if (words := check(one, now))), "")


def _string(one: Given, _now: datetime) -> str:
    if one.base.startswith("StringEquals") and not one.key.startswith(WITH_SIGNS):
        plain = [re.sub(r"\$\{[^}]*\}", "", value) for value in one.values]
        if all(WILDCARDS.search(value) for value in plain):
            return f"{one.base} takes the wildcard in {one.values[0]!r} for a character; StringLike knows wildcards"
    return _session(one)


def _arn(one: Given, _now: datetime) -> str:
    if all(not value.startswith(("arn:", "*", "${")) for value in one.values):
        return f"{one.values[0]!r} is no ARN"
    return _session(one)


def _session(one: Given) -> str:
    if one.key == OF_A_ROLE and all(SESSION.fullmatch(value) for value in one.values):
        return "aws:PrincipalArn of a session is the role's ARN, and not the session's"
    return ""


def _bool(one: Given, _now: datetime) -> str:
    wrong = [value for value in one.values if value.lower() not in ("true", "false") and "${" not in value]
    return f"{wrong[0]!r} is neither true nor false" if len(wrong) == len(one.values) else ""


def _numeric(one: Given, _now: datetime) -> str:
    wrong = [value for value in one.values if not NUMBER.fullmatch(value)]
    return f"{wrong[0]!r} is no number" if len(wrong) == len(one.values) else ""


def _address(one: Given, _now: datetime) -> str:
    networks = [_network(value) for value in one.values]
    if not any(networks):
        return f"{one.values[0]!r} is no address"
    if one.key == "aws:sourceip" and all(network and network.is_private and network.prefixlen for network in networks if network):
        return "no call comes from a private address: through an endpoint of a VPC it has aws:VpcSourceIp"
    return ""


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _date(one: Given, now: datetime) -> str:
    moments = [moment_of(value) for value in one.values]
    known = [moment for moment in moments if moment is not None]
    if not known:
        return "variables are not filled in for dates" if "${" in one.values[0] else f"{one.values[0]!r} is no date"
    is_over = one.key == NOW and "LessThan" in one.base and len(known) == len(moments) and max(known) < now
    return f"{max(known).astimezone(UTC):%Y-%m-%d %H:%M} UTC is over" if is_over else ""


_FAMILIES: Mapping[str, Callable[[Given, datetime], str]] = {
    "String": _string,
    "Arn": _arn,
    "Bool": _bool,
    "Numeric": _numeric,
    "IpAddress": _address,
    "Date": _date,
}


def _together(listed: list[Given]) -> Iterator[tuple[Given, str]]:
    """Yield what two conditions on one key make impossible between them."""
    for one in listed:
        for other in listed:
            if one.key == other.key and one is not other and (reason := _contradiction(one, other)):
                yield one, reason


def _contradiction(one: Given, other: Given) -> str:
    if one.base == "StringEquals" and other.base == "StringNotEquals" and set(one.values) <= set(other.values):
        return f"{one.key} is to be {one.values[0]!r} and not to be it"
    if (
        other.base == "Null"
        and set(other.values) == {"true"}
        and one.base != "Null"
        and not one.is_negated
        and not one.is_if_exists
    ):
        return f"{one.key} is to be absent and to have a value"
    if one.base.startswith("DateGreaterThan") and other.base.startswith("DateLessThan"):
        after, before = ([moment_of(value) for value in each.values] for each in (one, other))
        if all(after) and all(before) and min(filter(None, after)) > max(filter(None, before)):
            return f"{one.key} is to be after {one.values[0]} and before {other.values[0]}"
    return ""
