"""The rule of how much one person may ask for: pure, as `policy` is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from access_requests.errors import TooManyPending, TooManySubmissions

SPAN = timedelta(hours=1)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Quota:
    """How many requests one person may have waiting, and how many they may submit within an hour."""

    pending: int
    hourly: int


def check(quota: Quota, *, pending: int, hourly_used_since: datetime | None, now: datetime) -> None:
    """Raise TooManySubmissions, TooManyPending.

    `hourly_used_since` is when the oldest of the person's last `quota.hourly` submissions was made; None where there are fewer.
    """
    if hourly_used_since is not None and (wait := hourly_used_since + SPAN - now) > timedelta():
        raise TooManySubmissions(most=quota.hourly, seconds=ceil(wait / SECOND), minutes=ceil(wait / MINUTE))
    if pending >= quota.pending:
        raise TooManyPending(most=quota.pending)
