"""Who is in production, and ending or prolonging it in the browser."""

import re
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from access_requests.lifecycle import ElevationStatus
from access_requests.models import AccessRequest, Elevation
from portal.verbs.run import run
from tests.app.access_requests.web.conftest import Browse, laid_out
from tests.worlds.cast import Cast, add_person
from tests.worlds.clock import Clock
from tests.worlds.story import elevated, not_granted, returned, stopped, taken_for_given, written

LIST_QUERIES = 10


def test_everybody_sees_who_is_in_and_until_when_but_not_why(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now, reason="a secret reason")
    stranger = browse(cast.member02)
    for url in ("/elevations/", f"/elevations/{elevation.code}/"):
        page = stranger.get(url).content.decode()
        assert "member01" in page
        assert "14:00 – 14:30" in page
        assert "a secret reason" not in page
        assert "CHG-123" not in page
        assert elevation.request.code not in page
    assert "a secret reason" in browse(cast.auditor01).get(f"/elevations/{elevation.code}/").content.decode()


def test_person_returns_own_access_after_one_confirmation(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now, starts_at=clock.now + timedelta(hours=1))
    client, url = browse(cast.member01), f"/elevations/{elevation.code}/return/"
    assert "Return ProdMemberWorkGroup now?" in client.get(url).content.decode()
    page = client.post(url, follow=True).content.decode()
    elevation.refresh_from_db()
    assert elevation.status == ElevationStatus.CANCELLED
    assert "You returned ProdMemberWorkGroup." in page
    assert "It never began: returned early." in page


def test_nobody_else_returns_it(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    before = written()
    response = browse(cast.member02).post(f"/elevations/{elevation.code}/return/")
    assert response.status_code == 403
    assert "Only the requester may do this." in response.content.decode()
    assert written() == before


def test_returning_twice_is_refused_by_its_state(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    returned(elevation, cast.member01, now=clock.now)
    assert browse(cast.member01).post(f"/elevations/{elevation.code}/return/").status_code == 409


@pytest.mark.parametrize("who", ["leader01", "admin01"])
def test_approver_or_administrator_stops_with_a_reason(cast: Cast, browse: Browse, clock: Clock, who: str) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    client, url = browse(getattr(cast, who)), f"/elevations/{elevation.code}/stop/"
    assert url in client.get(f"/elevations/{elevation.code}/").content.decode()
    refused = client.post(url, {"comment": "  "})
    page = refused.content.decode()
    assert (refused.status_code, page.count("Stopping needs a reason. Write it here.")) == (422, 1)
    assert re.search(r'<textarea name="comment"[^>]*autofocus[^>]*aria-invalid="true"', page)
    assert client.post(url, {"comment": "wrong account"}).status_code == 302
    elevation.refresh_from_db()
    assert (elevation.status, elevation.stop_reason) == (ElevationStatus.CANCELLED, "stopped")


@pytest.mark.parametrize("who", ["member02", "auditor01"])
def test_nobody_else_stops_it(cast: Cast, browse: Browse, clock: Clock, who: str) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    client, url = browse(getattr(cast, who)), f"/elevations/{elevation.code}/stop/"
    assert url not in client.get(f"/elevations/{elevation.code}/").content.decode()
    assert client.post(url, {"comment": "because"}).status_code == 403
    elevation.refresh_from_db()
    assert elevation.status == ElevationStatus.SCHEDULED


def test_more_time_is_asked_for_and_linked_both_ways(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    client, url = browse(cast.member01), f"/elevations/{elevation.code}/extend/"
    form = client.get(url).context["form"]
    assert [value for value, _label in form.fields["more"].choices] == ["15", "30", "60", "for"]
    assert form["more"].value() == "30"
    client.post(url, {"more": "30", "old_end": form["old_end"].value(), "reason": "not done yet"})
    extension = AccessRequest.objects.get(extends=elevation)
    assert extension.asked_ends_at == clock.now + timedelta(hours=1)
    assert extension.code in client.get(f"/elevations/{elevation.code}/").content.decode()
    page = client.get(f"/requests/{extension.code}/").content.decode()
    assert f"/elevations/{elevation.code}/" in page
    assert "佐藤 美咲 (member01) asked for more time, until 2026-11-23 15:00" in page
    assert "佐藤 美咲 (member01) asks for more time in ProdMemberWorkGroup</h1>" in page
    assert f"<title>佐藤 美咲 (member01) asks for more time in ProdMemberWorkGroup · {extension.code} · Sekisho</title>" in page
    lead = browse(cast.leader01)
    assert f"more time for {elevation.code}" in lead.get("/queue/").content.decode()
    assert f"more time for {elevation.code}" in lead.get("/").content.decode()


@pytest.mark.parametrize(
    ("typed", "status", "sentence"),
    [
        ({"more": "for", "minutes": "0", "reason": "x"}, 422, "greater than or equal to 1"),
        ({"more": "for", "minutes": "211", "reason": "x"}, 422, "The longest time for this is 4 hours."),
        ({"more": "for", "minutes": "9" * 30, "reason": "x"}, 422, "less than or equal to"),
        ({"more": "30", "reason": " "}, 422, "Fill this in."),
        ({"more": "for", "minutes": "", "reason": "x"}, 422, "Fill this in."),
        ({"more": "240", "reason": "x"}, 422, "Select a valid choice."),
        ({"more": "15", "minutes": "soon", "reason": "x"}, 422, "Enter a whole number."),
        (
            {"more": "15", "reason": "x", "old_end": "2026-11-23T05:00:00+00:00"},
            422,
            "The end has moved meanwhile: it is 14:30 now.",
        ),
    ],
)
def test_unusable_extension_is_refused_with_the_form_as_it_was_typed(
    cast: Cast, browse: Browse, clock: Clock, typed: dict[str, str], status: int, sentence: str
) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    response = browse(cast.member01).post(f"/elevations/{elevation.code}/extend/", typed)
    assert (response.status_code, sentence in response.content.decode()) == (status, True)
    assert not AccessRequest.objects.filter(extends=elevation).exists()


def test_number_beside_the_chips_counts_before_them(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    browse(cast.member01).post(f"/elevations/{elevation.code}/extend/", {"more": "30", "minutes": "45", "reason": "x"})
    assert AccessRequest.objects.get(extends=elevation).asked_ends_at == elevation.ends_at + timedelta(minutes=45)


def test_more_time_than_the_policy_allows_is_not_offered(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now, duration_minutes=220)
    form = browse(cast.member01).get(f"/elevations/{elevation.code}/extend/").context["form"]
    assert [value for value, _label in form.fields["more"].choices] == ["15", "for"]
    assert form["more"].value() == "15"


def test_both_sides_see_old_and_new_end_the_total_and_the_first_reason(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now, reason="fix the index")
    client = browse(cast.member01)
    form = laid_out(client.get(f"/elevations/{elevation.code}/extend/"))
    assert "+30 minutes" in form
    assert "until 15:00, 1 hour in all" in form
    assert "fix the index" in form
    client.post(f"/elevations/{elevation.code}/extend/", {"more": "30", "reason": "the index is large"})
    extension = AccessRequest.objects.get(extends=elevation)
    lead = browse(cast.leader01)
    for page in (
        client.get(f"/requests/{extension.code}/"),
        lead.get(f"/requests/{extension.code}/"),
        lead.get("/queue/"),
        lead.get("/"),
    ):
        text = re.sub(r"<[^>]+>", "", laid_out(page))
        assert "+30 minutes: 2026-11-23 14:30 → 15:00, 1 hour in all" in text
        assert "fix the index" in text
        assert "the index is large" in text


def test_what_is_over_cannot_be_extended(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    clock.forward(hours=1)
    response = browse(cast.member01).post(f"/elevations/{elevation.code}/extend/", {"more": "15", "reason": "x"})
    assert response.status_code == 409
    assert "Make a new request." in response.content.decode()


@pytest.mark.parametrize("is_over", [False, True])
def test_cause_is_on_the_page_while_it_is_tried_again_and_after_the_end(
    cast: Cast,
    browse: Browse,
    clock: Clock,
    is_over: bool,  # noqa: FBT001
) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    cause, over = "groups_full:10", {"stopped_at": clock.now, "ended_at": clock.now, "stop_reason": "grant_refused"}
    fields = {"status": "ended", "problem_at_end": cause, **over} if is_over else {"status": "granting", "problem": cause}
    Elevation.objects.update(**fields)
    page = browse(cast.member01).get(f"/elevations/{elevation.code}/").content.decode()
    assert "The IAM user is in 10 groups already, as many as IAM allows. An administrator must take the user out of one" in page


def test_past_ones_are_shown_when_asked_for(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    stopped(elevation, cast.leader01, now=clock.now)
    client = browse(cast.auditor01)
    assert elevation.code not in client.get("/elevations/").content.decode()
    assert "Nobody is in production" in client.get("/elevations/").content.decode()
    assert elevation.code in client.get("/elevations/?all=1").content.decode()
    assert elevation.code not in client.get("/elevations/?all=1&person=member02").content.decode()


def test_list_says_why_on_whose_approval_and_how_it_ended_to_who_may_see_that(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now, reason="fix <the> index")
    stopped(elevation, cast.leader02, now=clock.now)
    for who in (cast.member01, cast.leader01, cast.auditor01):
        page = laid_out(browse(who).get("/elevations/?all=1"))
        for fact in ("CHG-123", "fix &lt;the&gt; index", "leader01", "stopped", "2026-11-23 14:00 – 14:30"):
            assert fact in page, (who, fact)
    page = laid_out(browse(cast.member02).get("/elevations/?all=1"))
    assert elevation.code in page
    for fact in ("CHG-123", "fix &lt;", "leader01"):
        assert fact not in page, fact


def test_words_find_reasons_only_for_who_may_read_them(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now, reason="rotate the certificate")
    found = {
        who.username: elevation.code in browse(who).get("/elevations/?words=CERTIFICATE").content.decode()
        for who in (cast.member01, cast.member02, cast.leader02, cast.auditor01)
    }
    assert found == {"member01": True, "member02": False, "leader02": True, "auditor01": True}
    for words in ("ember01", "prodmember", elevation.code.lower(), "%E4%BD%90%E8%97%A4"):
        assert elevation.code in browse(cast.member02).get(f"/elevations/?words={words}").content.decode(), words


@pytest.mark.parametrize(
    ("day", "is_there"), [("2026-11-22", False), ("2026-11-23", True), ("2026-11-24", True), ("2026-11-25", False)]
)
def test_day_shows_who_was_in_on_it_in_the_readers_zone(
    cast: Cast, browse: Browse, clock: Clock, day: str, *, is_there: bool
) -> None:
    clock.forward(hours=9, minutes=30)  # 23:30 in Tokyo
    elevation = elevated(cast.member01, cast.leader01, now=clock.now, duration_minutes=60)
    run(lambda: taken_for_given(elevation, now=clock.now))
    over = {"stopped_at": elevation.ends_at, "ended_at": elevation.ends_at, "stop_reason": "expired"}
    Elevation.objects.update(status=ElevationStatus.ENDED, **over)
    assert (elevation.code in browse(cast.auditor01).get(f"/elevations/?day={day}").content.decode()) is is_there


def test_day_shows_nobody_who_never_was_in(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = not_granted(elevated(cast.member01, cast.leader01, now=clock.now), now=clock.now)
    later = elevated(cast.member02, cast.leader01, now=clock.now, starts_at=clock.now + timedelta(hours=1))
    returned(later, cast.member02, now=clock.now)
    page = browse(cast.auditor01).get("/elevations/?day=2026-11-23").content.decode()
    assert [code for code in (elevation.code, later.code) if code in page] == []


@pytest.mark.parametrize("query", ["day=soon", "day=0001-01-01", "day=9999-12-31", "words=%00", "words=" + "x" * 300])
def test_filter_that_cannot_be_read_breaks_nothing(cast: Cast, browse: Browse, query: str) -> None:
    assert browse(cast.member01).get(f"/elevations/?{query}").status_code == 200


def test_list_that_is_narrowed_to_nothing_does_not_say_that_nobody_is_in(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevated(cast.member01, cast.leader01, now=clock.now)
    said = browse(cast.member02).get("/elevations/?person=member02").content.decode()
    assert "Nothing matches" in said
    assert "Nobody is in production" not in said
    assert '<a href="/elevations/">Show all</a>' in laid_out(browse(cast.member02).get("/elevations/?person=member02"))
    over_too = laid_out(browse(cast.member02).get("/elevations/?person=member02&all=1"))
    assert '<a href="/elevations/?all=1">Show all</a>' in over_too


def test_list_says_until_when_access_was_and_not_until_when_it_might_have_been(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    over = {"stopped_at": clock.now, "stop_reason": "returned", "ended_at": clock.now + timedelta(minutes=3)}
    type(elevation).objects.update(status=ElevationStatus.ENDED, **over)
    assert "14:00 – 14:03" in browse(cast.auditor01).get("/elevations/?all=1").content.decode()


def test_list_takes_the_same_number_of_queries_however_long_it_is(
    cast: Cast, browse: Browse, clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [elevated(add_person(f"engineer{number:02}"), cast.leader01, now=clock.now) for number in range(60)]
    client = browse(cast.member01)
    with django_assert_num_queries(LIST_QUERIES):
        first = client.get("/elevations/").context["page"]
    second = client.get(f"/elevations/{first.next_url}").context["page"]
    assert [row.pk for row in [*first.rows, *second.rows]] == [row.pk for row in made]
