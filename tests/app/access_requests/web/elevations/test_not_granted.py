"""Access that was approved and not granted: said loudly, with cause and remedy, wherever somebody looks."""

import itertools
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import translation

from access_requests.lifecycle import ElevationStatus
from access_requests.models import NOT_GRANTED, Elevation
from access_requests.not_granted import NotGranted
from access_requests.web.elevations import titles
from portal.pages import moments
from tests.app.access_requests.web.conftest import Browse, laid_out
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock
from tests.worlds.story import elevated, not_granted, returned, stopped, taken_for_given

CAUSE = "The IAM user is in 10 groups already, as many as IAM allows."
REMEDY = "When an administrator has put that right, ask again with the same contents."


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def failed(cast: Cast, clock: Clock, db: None) -> Elevation:
    return not_granted(elevated(cast.member01, cast.leader01, now=clock.now), now=clock.now)


@pytest.mark.parametrize("who", ["member01", "leader01", "admin01", "auditor01"])
def test_request_and_access_say_it_first_with_cause_and_remedy(failed: Elevation, cast: Cast, browse: Browse, who: str) -> None:
    client = browse(getattr(cast, who))
    for url in (f"/requests/{failed.request.code}/", f"/elevations/{failed.code}/"):
        page = laid_out(client.get(url))
        assert page.index("Not granted") < page.index('class="card"')
        assert CAUSE in page
        assert REMEDY in page
        assert "<h1>佐藤 美咲 (member01) was not let into ProdMemberWorkGroup</h1>" in page
        assert "state-approved" not in page
        assert "state-ended" not in page


def test_timeline_says_why_in_words(failed: Elevation, cast: Cast, browse: Browse) -> None:
    page = laid_out(browse(cast.leader01).get(f"/requests/{failed.request.code}/"))
    assert f"<blockquote>{CAUSE}" in page
    assert "groups_full" not in page


def test_who_may_not_see_the_request_is_not_told_why(failed: Elevation, cast: Cast, browse: Browse) -> None:
    page = laid_out(browse(cast.member02).get(f"/elevations/{failed.code}/"))
    assert "state-not_granted" in page
    assert CAUSE not in page


def test_list_of_requests_has_it_as_a_filter(failed: Elevation, cast: Cast, browse: Browse, clock: Clock) -> None:
    other = elevated(cast.member01, cast.leader01, now=clock.now + timedelta(hours=1))
    page = browse(cast.leader01).get("/requests/", {"state": "not_granted"}).content.decode()
    assert failed.request.code in page
    assert other.request.code not in page


def test_query_and_property_agree_on_every_way_to_end(cast: Cast, clock: Clock) -> None:
    elevation = taken_for_given(elevated(cast.member01, cast.leader01, now=clock.now), now=clock.now)
    reasons, moments = ("returned", "stopped", "expired", "grant_refused"), (None, clock.now)
    found = set()
    for status, reason, granted_at in itertools.product(sorted(ElevationStatus), reasons, moments):
        if status == ElevationStatus.ACTIVE and granted_at is None:
            continue  # The database takes no such row.
        Elevation.objects.update(
            status=status, stop_reason=reason, granted_at=granted_at, stopped_at=clock.now, ended_at=clock.now
        )
        elevation.refresh_from_db()
        assert Elevation.objects.filter(NOT_GRANTED).exists() == elevation.was_not_granted, (status, reason, granted_at)
        if elevation.was_not_granted:
            found.add((str(status), reason))
    assert found == set(itertools.product(("cancelled", "ended", "revoking"), ("expired", "grant_refused")))


def test_what_people_ended_before_it_began_is_no_failure(cast: Cast, clock: Clock) -> None:
    elevation = stopped(elevated(cast.member01, cast.leader01, now=clock.now), cast.leader01, now=clock.now)
    assert not elevation.was_not_granted
    with translation.override("en"):
        assert titles.of_elevation(elevation) == "佐藤 美咲 (member01) was not let into ProdMemberWorkGroup: stopped"


def test_title_says_how_long_it_lasted_and_why_it_ended(cast: Cast, clock: Clock) -> None:
    elevation = taken_for_given(elevated(cast.member01, cast.leader01, now=clock.now), now=clock.now)
    assert (
        titles.of_elevation(elevation)
        == f"佐藤 美咲 (member01) is in ProdMemberWorkGroup until {moments.said(elevation.ends_at)}"
    )
    elevation = returned(elevation, cast.member01, now=clock.now + timedelta(seconds=60))
    assert titles.of_elevation(elevation) == "The access of 佐藤 美咲 (member01) to ProdMemberWorkGroup is being ended"
    elevation.status, elevation.ended_at = ElevationStatus.ENDED, clock.now + timedelta(seconds=65)
    assert titles.of_elevation(elevation) == "佐藤 美咲 (member01) had access by ProdMemberWorkGroup for 1 minute, returned early"


@pytest.mark.parametrize(
    ("reason", "cause", "remedy"),
    [
        ("expired", CAUSE, "Ask again for another time."),
        ("person_disabled", "The person was disabled.", "The catalogue file decides that"),
        (
            "not_approved",
            "Refused, because its request is not approved.",
            "An administrator must find out who wrote to the database",
        ),
    ],
)
def test_remedy_is_of_the_reason(failed: Elevation, reason: str, cause: str, remedy: str) -> None:
    failed.stop_reason = reason
    assert cause in NotGranted(elevation=failed).cause
    assert remedy in NotGranted(elevation=failed).remedy


def test_swapped_part_brings_the_browsers_title(failed: Elevation, cast: Cast, browse: Browse) -> None:
    client = browse(cast.member01)
    for url in (f"/requests/{failed.request.code}/", f"/elevations/{failed.code}/"):
        part = client.get(url, headers={"hx-request": "true"}).content.decode()
        assert part.lstrip().startswith("<title>佐藤 美咲 (member01) was not let into ProdMemberWorkGroup · ")
