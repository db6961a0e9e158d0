"""The list of requests, and the page of one."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from access_requests.models import AccessRequest
from access_requests.services.people.credentials import OwnToken, Terms
from audits.acts import Act
from audits.models import TrailEntry
from portal.pages import narrowing
from portal.verbs.actor import Actor, Door
from portal.verbs.run import run
from tests.app.access_requests.web.conftest import Browse, laid_out
from tests.worlds.cast import Cast, actor_of, add_person
from tests.worlds.clock import Clock
from tests.worlds.entry import of_another_release
from tests.worlds.story import approved, elevated, extension_asked, rejected, submitted, taken_for_given, withdrawn

LIST_QUERIES = 10
PAGE_QUERIES = 28


def listed(client: Client, query: str = "") -> list[AccessRequest]:
    response = client.get(f"/requests/{query}")
    assert response.status_code == 200
    return list(response.context["page"].rows)


def test_everybody_sees_only_what_is_theirs_to_see(cast: Cast, browse: Browse, clock: Clock) -> None:
    mine = submitted(cast.member01, now=clock.now)
    other = submitted(cast.member02, now=clock.now)
    assert listed(browse(cast.member01)) == [mine]
    for reader in (cast.leader01, cast.admin01, cast.auditor01):
        assert listed(browse(reader)) == [other, mine]
    assert listed(browse(add_person("newcomer"))) == []


def test_filters_narrow_and_never_widen(cast: Cast, browse: Browse, clock: Clock) -> None:
    first = submitted(cast.member01, now=clock.now, reason="rotate the certificate", change_ticket="CHG-1")
    withdrawn(first, cast.member01, now=clock.now)
    clock.forward(days=2)
    second = submitted(cast.member02, now=clock.now, work_groups=["ProdLeaderWorkGroup"])
    client = browse(cast.leader01)
    expected = {
        "?state=withdrawn": [first],
        "?requester=member02": [second],
        "?work_group=ProdLeaderWorkGroup": [second],
        "?words=CERTIFICATE": [first],
        "?words=chg-1": [second, first],
        f"?words={first.code.lower()}": [first],
        "?words=ember02": [second],
        "?words=ProdLeader": [second],
        "?words=%E9%88%B4%E6%9C%A8": [second],
        "?since=2026-11-24": [second],
        "?until=2026-11-24": [first],
        "?waiting_for_me=on": [second],
        "?words=%27%3B+DROP+TABLE--": [],
        "?words=%25": [],
    }
    assert {query: listed(client, query) for query in expected} == expected
    assert listed(browse(cast.member01), "?requester=member02") == []


def test_each_filter_is_a_chip_that_can_be_taken_off(cast: Cast, browse: Browse, clock: Clock) -> None:
    submitted(cast.member01, now=clock.now)
    query = {"words": "index", "state": "pending", "since": "2026-11-01", "waiting_for_me": "on", "after": "R-00000000"}
    page = laid_out(browse(cast.leader01).get("/requests/", query))
    chips = dict(
        re.findall(r'<a class="chip" href="\?([^"]*)"><span class="unseen">Take off:</span> (.*?) <span aria-hidden', page)
    )
    without = "words=index&amp;state=pending&amp;since=2026-11-01&amp;waiting_for_me=on"
    assert {words: url for url, words in chips.items()} == {
        "ID, ticket, reason, person or group: index": without.replace("words=index&amp;", ""),
        "State: Waiting for approval": without.replace("state=pending&amp;", ""),
        "From: 2026-11-01": without.replace("since=2026-11-01&amp;", ""),
        "Waiting for you": without.replace("&amp;waiting_for_me=on", ""),
    }


def test_list_says_how_many_there_are(cast: Cast, browse: Browse, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    for hours in range(3):
        submitted(cast.member01, now=clock.now, starts_at=clock.now + timedelta(hours=hours + 1))
    client = browse(cast.member01)
    assert "3 in the list" in laid_out(client.get("/requests/"))
    assert "0 in the list" in laid_out(client.get("/requests/?words=nothing"))
    monkeypatch.setattr(narrowing, "MOST", 2)
    assert "more than 2" in laid_out(client.get("/requests/"))


def test_row_says_what_became_of_the_access_and_marks_more_time(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    run(lambda: taken_for_given(elevation, now=clock.now))
    extension_asked(elevation, cast.member01, ends_at=elevation.ends_at + timedelta(hours=1), now=clock.now)
    page = laid_out(browse(cast.leader01).get("/requests/"))
    assert re.search(r"state-approved.*?Approved.*?state-active.*?Active", page)
    assert f"more time for {elevation.code}" in page


@pytest.mark.parametrize(
    "query", ["?state=gone", "?since=soon", "?since=0001-01-01", "?until=9999-12-31", "?words=" + "x" * 10_000, "?words=%00"]
)
def test_filter_that_cannot_be_read_breaks_nothing(cast: Cast, browse: Browse, clock: Clock, query: str) -> None:
    submitted(cast.member01, now=clock.now)
    assert browse(cast.member01).get(f"/requests/{query}").status_code == 200


@pytest.mark.parametrize("cursor", ["R-00000000", "1", "' OR 1=1", "x" * 5000, "%00"])
def test_cursor_that_is_none_shows_the_first_page(cast: Cast, browse: Browse, clock: Clock, cursor: str) -> None:
    request = submitted(cast.member01, now=clock.now)
    assert listed(browse(cast.member01), f"?after={cursor}") == [request]


def test_pages_go_on_and_back_without_losing_or_doubling_a_row(
    cast: Cast, browse: Browse, clock: Clock, settings: Settings
) -> None:
    settings.PERSON_PENDING_REQUESTS = 120
    made = [
        submitted(cast.member01, now=clock.now, starts_at=clock.now + timedelta(hours=number)).code for number in range(1, 121)
    ]
    client, seen, url = browse(cast.member01), [], "?requester=member01"
    pages = []
    while url:
        page = client.get(f"/requests/{url}").context["page"]
        seen += [row.code for row in page.rows]
        pages.append(page)
        url = page.next_url
    assert seen == made[::-1]
    assert [len(page.rows) for page in pages] == [50, 50, 20]
    assert "requester=member01" in pages[0].next_url
    assert pages[0].previous_url == ""
    back = client.get(f"/requests/{pages[2].previous_url}").context["page"]
    assert [row.code for row in back.rows] == [row.code for row in pages[1].rows]
    first = client.get(f"/requests/{back.previous_url}").context["page"]
    assert [row.code for row in first.rows] == [row.code for row in pages[0].rows]
    assert first.previous_url == ""


def test_list_takes_the_same_number_of_queries_however_long_it_is(
    cast: Cast, browse: Browse, clock: Clock, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.PERSON_PENDING_REQUESTS = 60
    for number in range(60):
        submitted(cast.member01, now=clock.now, starts_at=clock.now + timedelta(hours=number + 1))
    client = browse(cast.leader01)
    with django_assert_num_queries(LIST_QUERIES):
        assert len(listed(client)) == 50


def test_empty_lists_say_what_would_be_there(cast: Cast, browse: Browse) -> None:
    client = browse(cast.member01)
    assert "No requests yet" in client.get("/requests/").content.decode()
    assert "Nothing matches" in client.get("/requests/?words=index").content.decode()


def test_page_of_a_request_tells_what_is_asked_who_decides_and_what_happened(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now, work_groups=["ProdLeaderWorkGroup"], way_back="drop it again")
    approved(request, cast.leader01, now=clock.forward(minutes=5), comment="with care")
    page = browse(cast.member01).get(f"/requests/{request.code}/").content.decode()
    for fact in (
        *("fix the index", "CHG-123", "drop it again", "30 minutes from the approval", "Prod_LeaderRole"),
        *("佐藤 美咲 (member01) asked for ProdLeaderWorkGroup", "高橋 直子 (leader01) approved at level 1", "with care"),
        *("identity proven by password at 13:59", "waits for 1 approval"),
        *("1 of 伊藤 由紀 (admin01), 高橋 直子 (leader01), 田中 大輔 (leader02)"),
        "Without a decision the request lapses",
    ):
        assert fact in page, fact


def test_approval_by_an_api_client_is_not_said_to_be_proven(cast: Cast, browse: Browse, clock: Clock) -> None:
    cast.one_lead.decide_by = ["client"]
    cast.one_lead.save()
    request = submitted(cast.member01, now=clock.now)
    proof = {"method": "client-assertion", "at": clock.now.isoformat()}
    approved(request, replace(actor_of(cast.leader01, door=Door.CLIENT, client="chatbot"), proof=proof), now=clock.now)
    page = browse(cast.member01).get(f"/requests/{request.code}/").content.decode()
    assert "高橋 直子 (leader01) (through chatbot) approved" in page
    assert "named by the API client, not proven" in page
    assert "identity proven" not in page


@pytest.mark.parametrize(
    ("proof", "says"),
    [
        ({"method": "totp", "at": "2026-11-23T04:00:00Z"}, "own token T-5GX2K0QN, allowed 13:00 with one-time code"),
        ({}, "own token T-5GX2K0QN, allowed 13:00"),
    ],
)
def test_approval_by_an_own_token_says_which_and_how_it_was_allowed(
    cast: Cast, browse: Browse, clock: Clock, proof: dict[str, str], says: str
) -> None:
    request = submitted(cast.member01, now=clock.now)
    allowed = {"at": "2026-11-23T04:00:00Z", "proof": proof}
    whole = {"method": "client-assertion", "at": clock.now.isoformat(), "own_token": {"id": "T-5GX2K0QN", "allowed": allowed}}
    actor = Actor(
        person=cast.leader01,
        door=Door.CLIENT,
        client="command-line",
        credential=OwnToken(token_id=1, client=Terms(key="scripts", scopes="", source_addresses=())),
        proof=whole,
        proven=actor_of(cast.leader01).proven,
    )
    approved(request, actor, now=clock.now)
    page = browse(cast.member01).get(f"/requests/{request.code}/").content.decode()
    assert "高橋 直子 (leader01) (through command-line) approved" in page
    assert says in page
    assert "not proven" not in page


def test_page_of_a_request_takes_few_queries(
    cast: Cast, browse: Browse, clock: Clock, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    request = submitted(cast.member01, now=clock.now)
    client = browse(cast.leader01)
    with django_assert_max_num_queries(PAGE_QUERIES):
        client.get(f"/requests/{request.code}/")


def test_settled_request_offers_its_requester_to_ask_again(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    url = f"/requests/{request.code}/"
    again = f"/requests/new/?like={request.code}"
    assert again not in browse(cast.member01).get(url).content.decode()
    rejected(request, cast.leader01, now=clock.now)
    assert again in browse(cast.member01).get(url).content.decode()
    assert again not in browse(cast.leader01).get(url).content.decode()


def test_what_people_write_is_shown_as_text_and_what_it_hides_is_named(cast: Cast, browse: Browse, clock: Clock) -> None:
    reason = "<script>alert(1)</script> {{ settings.SECRET_KEY }} \u202egnp.exe"
    request = submitted(cast.member01, now=clock.now, reason=reason, change_ticket='"><img src=x>')
    for url in (f"/requests/{request.code}/", "/requests/", "/", "/queue/"):
        page = browse(cast.leader01).get(url).content.decode()
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "\u202e" not in page
    assert "⟦U+202E⟧" in page
    assert "{{ settings.SECRET_KEY }}" in page


def test_timeline_has_entries_of_other_releases_as_they_are(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = approved(submitted(cast.member01, now=clock.now), cast.leader01, now=clock.now)
    entry = TrailEntry.objects.get(act=Act.REQUEST_APPROVED)
    # Of the first version: all texts in each entry, and no access named.
    of_another_release(entry, version=1, request={**entry.data["request"], "reason": "why", "plan": "how"}, elevations=None)
    of_another_release(entry, version=9, act="request.archived", elevations=None, archive={"place": "far away"})
    items = browse(cast.member01).get(f"/requests/{request.code}/").context["items"]
    assert [item.sentence for item in items if item.key][-2:] == ["高橋 直子 (leader01) approved", "request.archived"]


def test_requester_is_not_named_among_those_who_may_approve(cast: Cast, client: Client, clock: Clock) -> None:
    own = submitted(cast.leader01, now=clock.now)
    client.force_login(cast.leader01)
    shown = client.get(f"/requests/{own.code}/").content.decode()
    level = shown[shown.index('id="levels-title"') :]
    assert '<p class="meta">田中 大輔(leader02)</p>' in level
    assert "高橋 直子(leader01)、" not in shown
