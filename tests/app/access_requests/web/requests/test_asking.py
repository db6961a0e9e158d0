"""Asking for access in the browser."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from access_requests.lifecycle import RequestStatus
from access_requests.models import AccessRequest
from tests.app.access_requests.web.conftest import Browse
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock
from tests.worlds.story import elevated, sent_back, submitted, written

URL = "/requests/new/"


def typed(**changes: Any) -> dict[str, Any]:
    usual = {
        "work_groups": ["ProdMemberWorkGroup"],
        "reason": "fix the index",
        "change_ticket": "CHG-123",
        "start": "now",
        "finish": "for",
        "duration_minutes": "30",
    }
    return usual | changes


def test_request_is_made_and_shown(cast: Cast, browse: Browse) -> None:
    response = browse(cast.member01).post(URL, typed(plan="one\ntwo"), follow=True)
    request = AccessRequest.objects.get()
    assert response.redirect_chain == [(f"/requests/{request.code}/", 302)]
    assert request.requester == cast.member01
    assert (request.duration_minutes, request.asked_starts_at, request.plan) == (30, None, "one\ntwo")
    assert request.door == "browser"
    assert f"The request has the number {request.code}." in response.content.decode()


def test_times_are_read_in_the_zone_of_the_person(cast: Cast, browse: Browse, clock: Clock) -> None:
    cast.member01.time_zone = "Europe/Berlin"
    cast.member01.save()
    times = typed(start="at", starts_at="2026-11-23T08:00", finish="until", ends_at="2026-11-23T09:30", duration_minutes="60")
    browse(cast.member01).post(URL, times)
    request = AccessRequest.objects.get()
    assert request.asked_starts_at == clock.now + timedelta(hours=2)
    assert request.asked_ends_at == clock.now + timedelta(hours=3, minutes=30)
    assert request.duration_minutes is None


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"reason": ""}, "reason", "Fill this in."),
        ({"reason": "  \n "}, "reason", "Fill this in."),
        ({"reason": "x" * 2001}, "reason", "At most 2000 characters; these are 2001."),
        ({"reason": "a\x00b"}, "reason", "This holds characters that cannot be shown."),
        ({"change_ticket": ""}, "change_ticket", "Fill this in."),
        ({"change_ticket": "CHG\n1"}, "change_ticket", "This holds characters that cannot be shown."),
        ({"work_groups": []}, "work_groups", "Choose at least one work group"),
        ({"work_groups": ["JumpAdminGroup"]}, "work_groups", "Select a valid choice."),
        ({"duration_minutes": ""}, "duration_minutes", "Fill this in."),
        ({"duration_minutes": "0"}, "duration_minutes", "The shortest time for this is 1 minute."),
        ({"duration_minutes": "-1"}, "duration_minutes", "The shortest time for this is 1 minute."),
        ({"duration_minutes": "241"}, "duration_minutes", "The longest time for this is 4 hours."),
        ({"duration_minutes": "1000000000000"}, "duration_minutes", "The longest time for this is 4 hours."),
        ({"duration_minutes": "1.5"}, "duration_minutes", "Enter a whole number."),
        ({"duration_minutes": "1h;"}, "duration_minutes", "Enter a whole number."),
        ({"duration_minutes": "NaN"}, "duration_minutes", "Enter a whole number."),
        ({"start": "at"}, "starts_at", "Fill this in."),
        ({"start": "at", "starts_at": "2026-11-22T08:00"}, "starts_at", "This time has passed."),
        ({"start": "at", "starts_at": "9999-12-31T23:59"}, "starts_at", "This is more than 90 days ahead."),
        ({"start": "at", "starts_at": "yesterday"}, "starts_at", "Enter a valid date/time."),
        ({"finish": "until", "ends_at": "2026-11-23T13:00"}, "ends_at", "This time has passed."),
        ({"finish": "until", "ends_at": "0001-01-01T00:00"}, "ends_at", "This time has passed."),
        ({"finish": "until"}, "ends_at", "Fill this in."),
        ({"finish": "never"}, "finish", "Select a valid choice."),
    ],
)
def test_unusable_input_is_refused_beside_its_field_with_the_form_as_it_was_typed(
    cast: Cast, browse: Browse, changes: dict[str, Any], field: str, sentence: str
) -> None:
    response = browse(cast.member01).post(URL, typed(plan="as typed", **changes))
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in " ".join(response.context["form"].errors[field])
    assert f"#id_{field}" in page
    assert "as typed" in page
    assert not AccessRequest.objects.exists()


def test_time_that_the_clocks_skip_or_repeat_is_refused(cast: Cast, browse: Browse, clock: Clock) -> None:
    cast.member01.time_zone = "America/New_York"
    cast.member01.save()
    clock.forward(days=110)  # Spring of 2027 there: on 14 March, two o'clock does not come.
    response = browse(cast.member01).post(URL, typed(start="at", starts_at="2027-03-14T02:30"))
    assert response.status_code == 422
    assert "The clocks change then" in response.content.decode()


def test_state_refuses_with_409_above_the_form(cast: Cast, browse: Browse, clock: Clock) -> None:
    first = submitted(cast.member01, now=clock.now)
    response = browse(cast.member01).post(URL, typed())
    assert response.status_code == 409
    assert f"{first.code} for ProdMemberWorkGroup already waits for approval." in response.content.decode()


def test_form_and_extension_say_in_a_header_too_how_long_to_wait(
    cast: Cast, browse: Browse, clock: Clock, settings: Settings
) -> None:
    settings.PERSON_REQUESTS_PER_HOUR = 1
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    extend = {"ends_at": "2026-11-23T15:00", "reason": "not done"}
    for url, form in ((URL, typed()), (f"/elevations/{elevation.code}/extend/", extend)):
        response = browse(cast.member01).post(url, form)
        assert (response.status_code, response["Retry-After"]) == (429, "3600")
        assert "Ask again in 1 hour." in response.content.decode()


def test_groups_under_two_policies_are_refused(cast: Cast, browse: Browse) -> None:
    response = browse(cast.member01).post(URL, typed(work_groups=["ProdMemberWorkGroup", "ProdLeaderWorkGroup"]))
    assert response.status_code == 422
    assert "approved under different policies" in response.content.decode()


def test_fields_that_the_form_does_not_have_are_not_obeyed(cast: Cast, browse: Browse) -> None:
    extra = {"status": "approved", "requester": "leader01", "decide_until": "2030-01-01", "iam_user_name": "admin01"}
    browse(cast.member01).post(URL, typed(**extra))
    request = AccessRequest.objects.get()
    assert (request.status, request.requester) == (RequestStatus.PENDING, cast.member01)


def test_group_that_is_not_open_to_the_person_is_not_offered(cast: Cast, browse: Browse) -> None:
    cast.prod_leader.everyone_may_request = False
    cast.prod_leader.save()
    page = browse(cast.member01).get(URL).content.decode()
    assert "ProdMemberWorkGroup" in page
    assert "ProdLeaderWorkGroup" not in page


def test_person_for_whom_no_group_is_open_is_told_so(cast: Cast, browse: Browse) -> None:
    type(cast.prod_leader).objects.update(everyone_may_request=False)
    assert "There is no work group that you may ask for" in browse(cast.member01).get(URL).content.decode()


def test_same_contents_are_offered_again_without_times_that_have_passed(cast: Cast, browse: Browse, clock: Clock) -> None:
    model = submitted(cast.member01, now=clock.now, reason="every month", starts_at=clock.now + timedelta(hours=1))
    clock.forward(days=30)
    form = opened(browse(cast.member01), f"{URL}?like={model.code}")
    assert form["reason"].value() == "every month"
    assert form["work_groups"].value() == ["ProdMemberWorkGroup"]
    assert (form["start"].value(), form["duration_minutes"].value()) == ("now", 30)


def test_sent_back_request_is_revised_and_linked_both_ways(cast: Cast, browse: Browse, clock: Clock) -> None:
    first = sent_back(submitted(cast.member01, now=clock.now), cast.leader01, now=clock.now)
    client = browse(cast.member01)
    assert opened(client, f"{URL}?revises={first.code}")["revises"].value() == first.code
    assert (
        f"leader01 sent {first.code} back:</strong>say how to go back"
        in client.get(f"{URL}?revises={first.code}").content.decode()
    )
    assert f"revises={first.code}" in client.get(f"/requests/{first.code}/").content.decode()
    client.post(URL, typed(revises=first.code))
    assert f"revises={first.code}" not in client.get(f"/requests/{first.code}/").content.decode()
    second = AccessRequest.objects.get(revises=first)
    assert second.code in client.get(f"/requests/{first.code}/").content.decode()
    assert first.code in client.get(f"/requests/{second.code}/").content.decode()


def test_nobody_is_shown_the_contents_of_somebody_elses_request(cast: Cast, browse: Browse, clock: Clock) -> None:
    other = submitted(cast.member02, now=clock.now)
    for query in (f"like={other.code}", f"revises={other.code}", "like=R-00000000"):
        assert browse(cast.member01).get(f"{URL}?{query}").status_code == 404


def test_form_without_its_token_is_refused_and_nothing_is_written(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.member01)
    before = written()
    assert client.post(URL, typed()).status_code == 403
    assert written() == before


def opened(client: Client, url: str) -> Any:
    return client.get(url).context["form"]
