"""The policies with which AWS itself refuses after the end."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Document = Mapping[str, object]
VERSION = "2012-10-17"
# A role whole, as AWS names it; paths with signs that policies take for patterns or variables cannot be denied exactly.
ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/([\x21-\x23\x25-\x29\x2b-\x3e\x40-\x7e]+/)?[\w+=,.@-]{1,64}", re.ASCII)


def entry_fence_name(role_name: str) -> str:
    """Return the name of the inline policy on the Jump user for one target role."""
    return f"sekisho-entry-{role_name}"


def entry_fence(*, role_arn: str, until: datetime, window: str = "") -> Document:
    """Return the policy that denies a new switch to the role after `until` (aware; AWS compares to the second, in UTC).

    An explicit deny wins over whatever the group allows, whoever put the user there. `window` names whose end it is, in
    letters and digits: runbooks give to nobody whose fence does not name the request that they were started for. Raises
    ValueError for what is not the ARN of a role.
    """
    if not ROLE_ARN.fullmatch(role_arn):
        raise ValueError(f"not the ARN of a role: {role_arn!r}")
    return {
        "Version": VERSION,
        "Statement": [
            {
                **({"Sid": window} if window else {}),
                "Effect": "Deny",
                "Action": "sts:AssumeRole",
                "Resource": role_arn,
                "Condition": {"DateGreaterThan": {"aws:CurrentTime": iso(until)}},
            }
        ],
    }


def window_of(fence: Any) -> str:
    """Return which window a fence names, whatever else it says; nothing where it names none."""
    try:
        return str(fence["Statement"][0].get("Sid", ""))
    except (AttributeError, IndexError, KeyError, TypeError):
        return ""


def iso(moment: datetime) -> str:
    """Return the time as IAM's date conditions and the TTL tag write it: 2026-11-23T20:00:00Z."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
