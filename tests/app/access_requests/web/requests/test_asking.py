"""Asking for access in the browser."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access_requests.lifecycle import RequestStatus
from access_requests.models import AccessRequest, Drift, DriftKind, WorkGroup
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
    assert f"The request has the ID {request.code}." in response.content.decode()


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
        ({"start": "at", "starts_at": "yesterdayT8:00"}, "starts_at", "Type a day and a time of 24 hours, such as 18:30."),
        ({"start": "at", "starts_at_day": "2026-11-24", "starts_at_time": ""}, "starts_at", "Type the time, too, in 24 hours"),
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


def test_time_counts_only_where_it_is_chosen(cast: Cast, browse: Browse) -> None:
    unread = {"starts_at_day": "2026-11-23", "starts_at_time": "", "ends_at_day": "", "ends_at_time": "25:00"}
    assert browse(cast.member01).post(URL, typed(**unread)).status_code == 302
    assert AccessRequest.objects.get().asked_starts_at is None


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
    extend = {"more": "30", "reason": "not done"}
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
    assert (form["start"].value(), form["finish"].value(), form["duration_minutes"].value()) == ("now", "30", None)


def test_length_beside_the_chips_is_offered_again_as_a_number(cast: Cast, browse: Browse, clock: Clock) -> None:
    model = submitted(cast.member01, now=clock.now, duration_minutes=45)
    form = opened(browse(cast.member01), f"{URL}?like={model.code}")
    assert (form["finish"].value(), form["duration_minutes"].value()) == ("for", 45)


@pytest.mark.parametrize(("finish", "number", "minutes"), [("60", "", 60), ("60", "45", 45), ("for", "45", 45)])
def test_number_that_is_typed_counts_before_the_chip(cast: Cast, browse: Browse, finish: str, number: str, minutes: int) -> None:
    browse(cast.member01).post(URL, typed(finish=finish, duration_minutes=number))
    assert AccessRequest.objects.get().duration_minutes == minutes


def test_chips_are_the_lengths_that_some_policy_allows(cast: Cast, browse: Browse) -> None:
    cast.one_lead.shortest_minutes, cast.one_lead.longest_minutes = 30, 90
    cast.one_lead.save()
    WorkGroup.objects.filter(name="ProdLeaderWorkGroup").update(policy=cast.one_lead)
    values = [value for value, _label in opened(browse(cast.member01), URL).fields["finish"].choices]
    assert values == ["30", "60", "90", "for", "until"]


def test_chip_says_when_it_is_over(cast: Cast, browse: Browse, clock: Clock) -> None:
    page = browse(cast.member01).get(URL).content.decode()
    over = timezone.localtime(clock.now + timedelta(minutes=30), ZoneInfo("Asia/Tokyo"))
    assert f'30 minutes<span class="meta about">–{over:%H:%M}</span>' in page


def test_groups_stand_by_account_and_the_ones_used_last_before_all(cast: Cast, browse: Browse, clock: Clock) -> None:
    client = browse(cast.member01)
    assert sections(client) == [("Production", ["ProdLeaderWorkGroup", "ProdMemberWorkGroup"])]
    submitted(cast.member01, now=clock.now)
    submitted(cast.member02, now=clock.now, work_groups=["ProdLeaderWorkGroup"])
    assert sections(client) == [("Used last", ["ProdMemberWorkGroup"]), ("Production", ["ProdLeaderWorkGroup"])]


def test_purpose_stands_before_name_and_way_of_granting(cast: Cast, browse: Browse) -> None:
    WorkGroup.objects.filter(name="ProdMemberWorkGroup").update(description="Operate & watch")
    page = browse(cast.member01).get(URL).content.decode()
    row = page.partition('data-words="Operate &amp; watch ProdMemberWorkGroup Production"')[2]
    places = [row.index(words) for words in ("<strong>Operate &amp; watch</strong>", "IAM group")]
    assert places == sorted(places)


def test_only_group_is_picked_already(cast: Cast, browse: Browse) -> None:
    WorkGroup.objects.filter(name="ProdLeaderWorkGroup").update(everyone_may_request=False)
    assert opened(browse(cast.member01), URL)["work_groups"].value() == ["ProdMemberWorkGroup"]


def test_what_would_become_of_it_is_said_before_it_is_sent(cast: Cast, browse: Browse, clock: Clock) -> None:
    query = {"work_groups": "ProdMemberWorkGroup", "start": "now", "finish": "30"}
    before = written()
    page = outlook(browse(cast.member01), query)
    over = timezone.localtime(clock.now + timedelta(minutes=30), ZoneInfo("Asia/Tokyo"))
    assert f"{over:%H:%M}</time>, in 30 minutes" in page
    assert "Approved by 1 of 高橋 直子 (leader01), 田中 大輔 (leader02)" in page
    assert "cannot work" not in page
    assert written() == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"finish": "for", "duration_minutes": "241"}, "The longest time for this is 4 hours."),
        ({"finish": "until", "ends_at": "2026-11-22T13:00"}, "This time has passed."),
        ({"work_groups": ["ProdMemberWorkGroup", "ProdLeaderWorkGroup"]}, "approved under different policies"),
    ],
)
def test_what_would_be_refused_is_said_before_it_is_sent(
    cast: Cast, browse: Browse, changes: dict[str, Any], sentence: str
) -> None:
    assert sentence in outlook(
        browse(cast.member01), {"work_groups": "ProdMemberWorkGroup", "start": "now", "finish": "60", **changes}
    )


def test_what_would_not_work_is_said_before_it_is_sent(cast: Cast, browse: Browse, clock: Clock) -> None:
    first = submitted(cast.member01, now=clock.now)
    seen = {"account": "jump", "thing": "ProdMemberWorkGroup", "work_group": cast.prod_member}
    Drift.objects.create(**seen, kind=DriftKind.GROUP_GONE, found_at=clock.now, seen_at=clock.now)
    page = outlook(browse(cast.member01), {"work_groups": "ProdMemberWorkGroup", "start": "now", "finish": "60"})
    assert f"{first.code} for ProdMemberWorkGroup already waits for approval." in page
    assert "The group ProdMemberWorkGroup is gone in AWS." in page


@pytest.mark.parametrize(
    "query", [{}, {"work_groups": "ProdMemberWorkGroup", "start": "at", "finish": "60"}, {"work_groups": "JumpAdminGroup"}]
)
def test_nothing_is_foreseen_of_what_cannot_be_read(cast: Cast, browse: Browse, query: dict[str, str]) -> None:
    assert "ends about" not in outlook(browse(cast.member01), query)


def test_form_that_is_filled_in_says_at_once_what_would_become_of_it(cast: Cast, browse: Browse, clock: Clock) -> None:
    model = submitted(cast.member01, now=clock.now)
    page = browse(cast.member01).get(f"{URL}?like={model.code}").content.decode()
    assert f"{model.code} for ProdMemberWorkGroup already waits for approval." in page


def test_sent_back_request_is_revised_and_linked_both_ways(cast: Cast, browse: Browse, clock: Clock) -> None:
    first = sent_back(submitted(cast.member01, now=clock.now), cast.leader01, now=clock.now)
    client = browse(cast.member01)
    assert opened(client, f"{URL}?revises={first.code}")["revises"].value() == first.code
    assert (
        f"高橋 直子 (leader01) sent {first.code} back:</strong>say how to go back"
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


def outlook(client: Client, query: dict[str, Any]) -> str:
    page = client.get(URL, query, headers={"hx-request": "true"}).content.decode()
    assert page.lstrip().startswith('<div id="outlook"')
    return page


def sections(client: Client) -> list[tuple[str, list[str]]]:
    return [(section.title, [row.group.name for row in section.rows]) for section in opened(client, URL).sections]


def opened(client: Client, url: str) -> Any:
    return client.get(url).context["form"]
