"""Overlaps, which the database finds: the same as counting minutes."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from access_requests import errors
from access_requests.models import AccessRequest, Elevation
from access_requests.policy.facts import Other
from access_requests.services.requests import windows
from tests.worlds.cast import Cast
from tests.worlds.story import approved, elevated, extension_asked, refused, submitted

MINUTE = timedelta(minutes=1)
HOUR = 60 * MINUTE
# Minutes: some that meet the other window, some that touch it, some that miss it.
OTHER = (120, 240)
MOMENTS = (60, 90, 119, 120, 121, 180, 239, 240, 241, 300)
PAIRS = [(start, end) for start, end in product(MOMENTS, MOMENTS) if start < end]


def shares_a_minute(start: int, end: int) -> bool:
    return bool(set(range(start, end)) & set(range(*OTHER)))


def assert_found_as_counted(cast: Cast, now: datetime, other: str) -> None:
    for start, end in PAIRS:
        window = (now + start * MINUTE, now + end * MINUTE)
        found = windows.overlapping(cast.member01, [cast.prod_leader, cast.prod_member], window)
        expected = Other(code=other, work_group="ProdMemberWorkGroup") if shares_a_minute(start, end) else None
        assert found == expected, (start, end)


@pytest.mark.parametrize("said", ["ends_at", "duration_minutes"])
def test_request_that_waits_holds_its_window_however_its_end_was_said(cast: Cast, now: datetime, said: str) -> None:
    ends: dict[str, Any] = {"ends_at": now + OTHER[1] * MINUTE, "duration_minutes": OTHER[1] - OTHER[0]}
    request = submitted(cast.member01, now=now, starts_at=now + OTHER[0] * MINUTE, **{said: ends[said]})
    assert_found_as_counted(cast, now, request.code)


def test_access_holds_its_window(cast: Cast, now: datetime) -> None:
    elevation = elevated(
        cast.member01, cast.leader01, now=now, starts_at=now + OTHER[0] * MINUTE, ends_at=now + OTHER[1] * MINUTE
    )
    assert_found_as_counted(cast, now, elevation.code)


def test_window_of_somebody_else_or_of_another_group_is_no_hindrance(cast: Cast, now: datetime) -> None:
    window = (now + HOUR, now + 2 * HOUR)
    submitted(cast.member02, now=now, starts_at=window[0], ends_at=window[1])
    submitted(cast.member01, now=now, starts_at=window[0], ends_at=window[1])
    assert windows.overlapping(cast.member01, [cast.prod_leader], window) is None
    assert windows.overlapping(cast.leader01, [cast.prod_member], window) is None


def test_extension_up_to_the_next_window_is_free_and_a_second_more_is_not(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    later = submitted(cast.member01, now=now, starts_at=now + HOUR)
    with refused(errors.WindowsOverlap) as rejection:
        extension_asked(elevation, cast.member01, ends_at=now + HOUR + timedelta(seconds=1), now=now)
    assert rejection.value.data["other"] == later.code
    assert approved(extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now), cast.leader01, now=now)


@pytest.mark.parametrize("many", [1, 12])
def test_question_costs_two_queries_however_much_is_open(
    cast: Cast, now: datetime, many: int, django_assert_num_queries: Any
) -> None:
    for each in range(1, many + 1):
        submitted(cast.member01, now=now, starts_at=now + each * HOUR)
        elevated(cast.member01, cast.leader01, now=now, starts_at=now + (50 + each) * HOUR)
    assert (AccessRequest.objects.count(), Elevation.objects.count()) == (2 * many, many)
    window = (now + 40 * HOUR, now + 41 * HOUR)
    with django_assert_num_queries(2):
        assert windows.overlapping(cast.member01, [cast.prod_leader, cast.prod_member], window) is None
