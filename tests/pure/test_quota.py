from datetime import UTC, datetime, timedelta

import pytest

from access_requests import quota
from access_requests.errors import TooManyPending, TooManySubmissions
from access_requests.quota import Quota

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUOTA = Quota(pending=20, hourly=120)


def test_last_request_that_may_wait_is_taken_and_the_next_one_is_refused() -> None:
    quota.check(QUOTA, pending=19, hourly_used_since=None, now=NOW)
    with pytest.raises(TooManyPending) as refused:
        quota.check(QUOTA, pending=20, hourly_used_since=None, now=NOW)
    assert (refused.value.status, refused.value.data, refused.value.headers) == (409, {"most": 20}, {})


@pytest.mark.parametrize(
    ("ago", "seconds", "minutes"),
    [
        (timedelta(), 3600, 60),
        (timedelta(minutes=59, seconds=30), 30, 1),
        (HOUR - timedelta(milliseconds=1), 1, 1),
    ],
)
def test_hour_that_is_used_up_says_how_long_to_wait_and_never_nothing(ago: timedelta, seconds: int, minutes: int) -> None:
    with pytest.raises(TooManySubmissions) as refused:
        quota.check(QUOTA, pending=0, hourly_used_since=NOW - ago, now=NOW)
    assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": str(seconds)})
    assert refused.value.data == {"most": 120, "seconds": seconds, "minutes": minutes}


def test_hour_that_has_passed_is_free_again() -> None:
    quota.check(QUOTA, pending=0, hourly_used_since=NOW - HOUR, now=NOW)
