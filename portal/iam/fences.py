"""The policies with which AWS itself refuses after the end."""

from collections.abc import Mapping
from datetime import UTC, datetime

Document = Mapping[str, object]
VERSION = "2012-10-17"


def entry_fence_name(role_name: str) -> str:
    """Return the name of the inline policy on the Jump user for one target role."""
    return f"sekisho-entry-{role_name}"


def entry_fence(*, role_arn: str, until: datetime) -> Document:
    """Return the policy that denies a new switch to the role after `until` (aware; AWS compares to the second, in UTC).

    An explicit deny wins over whatever the group allows, whoever put the user there.
    """
    return {
        "Version": VERSION,
        "Statement": [
            {
                "Effect": "Deny",
                "Action": "sts:AssumeRole",
                "Resource": role_arn,
                "Condition": {"DateGreaterThan": {"aws:CurrentTime": iso(until)}},
            }
        ],
    }


def iso(moment: datetime) -> str:
    """Return the time as IAM's date conditions and the TTL tag write it: 2026-11-23T20:00:00Z."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
