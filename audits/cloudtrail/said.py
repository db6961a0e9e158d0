"""What parts of an event say: times, ARNs, and whose session it is."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

Raw = Mapping[str, Any]
ARN_COLONS = 5
EXPIRES = "%b %d, %Y, %I:%M:%S %p"


def thread(account: str, who: Raw, *, has_session: bool = True) -> str:
    """Return whose sessions these are: a role and its session's name, a user, a key, or root."""
    if who.get("type") == "Root":
        return f"{account}:root"
    named = who.get("principalId") if has_session else f"key:{who.get('accessKeyId', '')}"
    return f"{account}:{named or ''}"


def expires(text: Any) -> datetime | None:
    """Return the time as CloudTrail words it, such as `Nov 23, 2026, 1:00:00 PM`; None where it words it otherwise."""
    try:
        return datetime.strptime(str(text), EXPIRES).replace(tzinfo=UTC)
    except ValueError:
        pass
    try:
        read = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def is_in_role(who: Raw) -> bool:
    """Whether a role's session calls. In the other account's event only the id of who calls says so."""
    return who.get("type") == "AssumedRole" or (who.get("type") == "AWSAccount" and ":" in str(who.get("principalId", "")))


def mfa_of(who: Raw) -> bool | None:
    said = ((who.get("sessionContext") or {}).get("attributes") or {}).get("mfaAuthenticated")
    return {"true": True, "false": False}.get(str(said).lower())


def account_of(arn: str) -> str:
    return arn.split(":")[4] if arn.startswith("arn:") and arn.count(":") >= ARN_COLONS else ""


def role_of(arn: str) -> str:
    """Return the role of a session by its ARN, which has no path: it is only part of the role's own ARN."""
    head, _slash, rest = arn.partition(":assumed-role/")
    return f"{head.replace(':sts:', ':iam:')}:role/{rest.partition('/')[0]}" if rest else ""


def without_session(arn: str) -> str:
    """Return the ARN of a role's or of a federated user's session without the name that its caller chose."""
    head, colon, rest = arn.partition(":assumed-role/")
    if colon:
        return f"{head}{colon}{rest.partition('/')[0]}"
    head, colon, _name = arn.partition(":federated-user/")
    return f"{head}:federated-user" if colon else arn


def moment(text: Any) -> datetime:
    """Return a time as AWS says it. Raises ValueError for one without a zone: nobody knows when that is."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time has no zone")
    return at


def day_of(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(UTC).date(), time(), UTC)
