"""How much one person may ask for."""

from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from access_requests.errors import TooManyPending, TooManySubmissions
from access_requests.models import AccessRequest
from portal.verbs import rejections
from tests.worlds.cast import Cast
from tests.worlds.story import elevated, extension_asked, refused, rejected, submitted, withdrawn

HOUR = timedelta(hours=1)


def pending(cast: Cast, number: int, *, now: datetime) -> list[AccessRequest]:
    """Have member01 ask for so many windows, one after the other."""
    return [submitted(cast.member01, now=now, starts_at=now + each * HOUR) for each in range(1, number + 1)]


def test_twenty_requests_of_a_person_may_wait_and_the_next_one_is_refused(cast: Cast, now: datetime) -> None:
    first, *_rest = pending(cast, 20, now=now)
    with refused(TooManyPending) as rejection:
        submitted(cast.member01, now=now)
    assert rejection.value.data == {"most": 20}
    withdrawn(first, cast.member01, now=now)
    assert submitted(cast.member01, now=now).status == "pending"


def test_nobody_waits_for_somebody_elses_requests(cast: Cast, now: datetime, settings: Settings) -> None:
    settings.PERSON_PENDING_REQUESTS = settings.PERSON_REQUESTS_PER_HOUR = 1
    submitted(cast.member01, now=now)
    assert submitted(cast.member02, now=now).status == "pending"


def test_decided_request_makes_room(cast: Cast, now: datetime, settings: Settings) -> None:
    settings.PERSON_PENDING_REQUESTS = 1
    rejected(submitted(cast.member01, now=now), cast.leader01, now=now)
    assert submitted(cast.member01, now=now).status == "pending"


def test_extension_is_a_request_that_waits_like_another(cast: Cast, now: datetime, settings: Settings) -> None:
    settings.PERSON_PENDING_REQUESTS = 1
    elevation = elevated(cast.member01, cast.leader01, now=now)
    waiting = submitted(cast.member01, now=now, starts_at=now + 5 * HOUR)
    with refused(TooManyPending):
        extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now)
    withdrawn(waiting, cast.member01, now=now)
    extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now)
    with refused(TooManyPending):
        submitted(cast.member01, now=now, starts_at=now + 5 * HOUR)


def test_hundred_and_twenty_submissions_within_an_hour_are_the_most(cast: Cast, now: datetime, settings: Settings) -> None:
    assert settings.PERSON_REQUESTS_PER_HOUR == 120
    settings.PERSON_REQUESTS_PER_HOUR = 6
    for each in range(6):
        withdrawn(submitted(cast.member01, now=now + timedelta(seconds=each)), cast.member01, now=now)
    with refused(TooManySubmissions) as rejection:
        submitted(cast.member01, now=now + 10 * timedelta(minutes=1))
    assert rejection.value.data == {"most": 6, "seconds": 50 * 60, "minutes": 50}
    # The first of them is an hour old, and makes room for one.
    assert submitted(cast.member01, now=now + HOUR).status == "pending"
    with refused(TooManySubmissions) as rejection:
        submitted(cast.member01, now=now + HOUR, starts_at=now + 5 * HOUR)
    assert rejection.value.data["seconds"] == 1


def test_extensions_are_counted_among_the_submissions_of_an_hour(cast: Cast, now: datetime, settings: Settings) -> None:
    settings.PERSON_REQUESTS_PER_HOUR = 2
    elevation = elevated(cast.member01, cast.leader01, now=now)
    withdrawn(extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now), cast.member01, now=now)
    with refused(TooManySubmissions):
        extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now)
    with refused(TooManySubmissions):
        submitted(cast.member01, now=now, starts_at=now + 5 * HOUR)


def test_what_was_refused_counts_for_nothing(cast: Cast, now: datetime, settings: Settings) -> None:
    settings.PERSON_REQUESTS_PER_HOUR = 1
    with pytest.raises(rejections.Missing):
        submitted(cast.member01, now=now, reason=" ")
    assert submitted(cast.member01, now=now).status == "pending"
