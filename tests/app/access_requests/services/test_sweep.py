"""Finding what is due by its state, whoever lost the message about it."""

from datetime import datetime, timedelta

import pytest

from access_requests.lifecycle import RequestStatus
from access_requests.models import AccessRequest, Elevation
from access_requests.services import sweep
from tests.worlds.cast import Cast
from tests.worlds.story import acts, elevated, extension_asked, returned, submitted

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
GRANT, PROLONG, END, TIDY = (f"access_requests.{task}" for task in ("grant", "prolong", "end", "tidy"))


@pytest.fixture
def elevation(cast: Cast, now: datetime) -> Elevation:
    """From one hour from now on, for half an hour."""
    return elevated(cast.member01, cast.leader01, now=now, starts_at=now + HOUR)


def due(now: datetime) -> set[str]:
    return {task for found in (sweep.due_grants(now=now), sweep.due_ends(now=now)) for task, _ in found}


def set_to(elevation: Elevation, **fields: object) -> None:
    Elevation.objects.filter(pk=elevation.pk).update(**fields)


def test_grant_is_due_from_its_start_on(elevation: Elevation) -> None:
    assert due(elevation.starts_at - SECOND) == set()
    assert due(elevation.starts_at) == {GRANT}


def test_what_was_never_granted_is_cancelled_after_its_end(elevation: Elevation) -> None:
    assert due(elevation.ends_at) == {GRANT}
    assert list(sweep.due_grants(now=elevation.ends_at)) == []


@pytest.mark.parametrize("status", ["granting", "active"])
def test_end_is_due_at_its_time_whatever_a_failed_attempt_put_off(elevation: Elevation, status: str) -> None:
    later = elevation.ends_at + HOUR
    set_to(elevation, status=status, granted_at=elevation.starts_at, written_ends_at=elevation.ends_at, try_again_at=later)
    assert due(elevation.ends_at - SECOND) == set()
    assert due(elevation.ends_at) == {END}


def test_end_that_failed_is_due_again_after_its_wait(elevation: Elevation) -> None:
    again = elevation.starts_at + SECOND
    set_to(elevation, status="revoking", stopped_at=elevation.starts_at, try_again_at=again)
    assert due(elevation.starts_at) == set()
    assert due(again) == {END}


def test_end_in_aws_that_lies_behind_an_extension_is_due(elevation: Elevation) -> None:
    set_to(elevation, status="active", granted_at=elevation.starts_at, written_ends_at=elevation.ends_at - SECOND)
    assert due(elevation.starts_at) == {PROLONG}


def test_fence_is_due_when_its_time_has_come_and_ended_access_has_nothing_else(elevation: Elevation) -> None:
    at = elevation.ends_at
    set_to(elevation, status="ended", stopped_at=at, ended_at=at, fence_due_at=at + SECOND)
    assert due(at) == set()
    assert due(at + SECOND) == {TIDY}


def test_a_thousand_ends_in_the_same_second_are_all_found(elevation: Elevation) -> None:
    rows = [
        Elevation(
            request=elevation.request,
            person=elevation.person,
            work_group=elevation.work_group,
            starts_at=elevation.starts_at,
            ends_at=elevation.ends_at,
            status="ended",
            stopped_at=elevation.ends_at,
            ended_at=elevation.ends_at,
            fence_due_at=elevation.ends_at,
        )
        for _ in range(1000)
    ]
    Elevation.objects.bulk_create(rows)
    assert len(list(sweep.due_ends(now=elevation.ends_at))) == 1001


def test_requests_lapse_at_their_deadline(cast: Cast, now: datetime) -> None:
    first, second = submitted(cast.member01, now=now), submitted(cast.member02, now=now + HOUR)
    assert sweep.lapse_requests(now=first.decide_until) == 1
    assert sweep.lapse_requests(now=first.decide_until) == 0
    assert AccessRequest.objects.get(pk=first.pk).status == RequestStatus.LAPSED
    assert acts(first) == ["request.submitted", "request.lapsed"]
    assert acts(second) == ["request.submitted"]


def test_messages_of_a_sweep_are_worth_nothing_after_two_more(cast: Cast) -> None:
    assert sweep.message_life() == timedelta(seconds=10)


def test_an_extension_of_access_that_was_given_back_lapses_and_frees_its_window(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    extension = extension_asked(elevation, cast.member01, ends_at=elevation.ends_at + HOUR, now=now)
    assert sweep.lapse_requests(now=now) == 0
    returned(elevation, cast.member01, now=now)

    assert sweep.lapse_requests(now=now) == 1

    assert acts(extension) == ["request.submitted", "request.lapsed"]
    submitted(cast.member01, now=now, starts_at=elevation.ends_at, duration_minutes=30)
