"""Deciding in the browser: on the request's page, and in the queue."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from access_requests.lifecycle import RequestStatus
from access_requests.models import Decision, Elevation, Verdict
from access_requests.services.record import snapshot
from audits import personal
from audits.models import TrailEntry
from tests.app.access_requests.web.conftest import Browse, laid_out
from tests.worlds.browsers import log_in
from tests.worlds.cast import Cast, add_person
from tests.worlds.clock import Clock
from tests.worlds.story import approved, not_granted, rejected, submitted, written

HTMX = {"hx-request": "true"}
# Session, person, the page of the queue and what belongs to its requests.
QUEUE_QUERIES = 19


def test_approver_approves_with_comment_and_the_digest_of_what_was_shown(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    client = browse(cast.leader01)
    seen = client.get(f"/requests/{request.code}/").context["item"].form["seen"].value()
    assert seen == snapshot.digest(snapshot.current(request))
    response = client.post(f"/requests/{request.code}/approve/", {"comment": "go", "seen": seen}, follow=True)
    decision = Decision.objects.get()
    assert (decision.verdict, decision.comment, decision.door, decision.seen) == (Verdict.APPROVE, "go", "browser", seen)
    assert f"You approved {request.code}." in response.content.decode()
    assert "Approved by 高橋 直子 (leader01)" in response.content.decode()


def test_queue_brings_its_part_alone_by_itself(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    part = browse(cast.leader01).get("/queue/", headers=HTMX).content.decode()
    assert part.lstrip().startswith('<div id="queue"')
    assert 'hx-trigger="every 20s"' in part
    assert request.code in part
    assert 'hx-swap-oob="innerHTML:.waiting-count">1<' in part


def test_decision_keeps_the_proof_of_the_log_in(cast: Cast) -> None:
    request = submitted(cast.member01, now=timezone.now())
    client = Client()
    log_in(client, cast.leader01)
    client.post(f"/requests/{request.code}/approve/", {})
    proof = Decision.objects.get().proof
    assert (proof["method"], proof["kinds"]) == ("totp", ["password", "totp"])
    (entry,) = personal.shown(TrailEntry.objects.filter(act="request.approved"))
    assert entry.data["decision"]["proof"] == proof


@pytest.mark.parametrize(("verb", "status"), [("reject", RequestStatus.REJECTED), ("send-back", RequestStatus.SENT_BACK)])
def test_no_needs_a_reason_and_the_queue_is_where_one_comes_back_to(
    cast: Cast, browse: Browse, clock: Clock, verb: str, status: RequestStatus
) -> None:
    request = submitted(cast.member01, now=clock.now)
    client, url = browse(cast.leader01), f"/requests/{request.code}/{verb}/"
    refused = client.post(url, {"comment": " "})
    assert refused.status_code == 422
    assert_said_once_at_the_comment(refused.content.decode())
    assert_said_once_at_the_comment(client.post(url, {"comment": " ", "from": "queue"}, headers=HTMX).content.decode())
    response = client.post(url, {"comment": "say more", "from": "queue"})
    request.refresh_from_db()
    assert (response.status_code, response["Location"], request.status) == (302, "/queue/", status)
    assert len(list(get_messages(response.wsgi_request))) == 1


def assert_said_once_at_the_comment(page: str) -> None:
    assert page.count("Rejecting and sending back need a reason. Write it into the comment.") == 1
    assert re.search(r'<textarea name="comment"[^>]*autofocus[^>]*aria-invalid="true"', page)
    assert 'role="alert"' not in page


def test_requester_cannot_approve_own_request(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.leader01, now=clock.now)
    before = written()
    client = browse(cast.leader01)
    assert "/approve/" not in client.get(f"/requests/{request.code}/").content.decode()
    response = client.post(f"/requests/{request.code}/approve/", {"comment": "it is fine"})
    assert response.status_code == 403
    assert "Nobody decides on their own request." in response.content.decode()
    assert written() == before


def test_administrator_who_is_no_approver_cannot_decide(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    response = browse(cast.admin01).post(f"/requests/{request.code}/approve/", {})
    assert response.status_code == 403
    assert "You are not an approver" in response.content.decode()


def test_request_that_is_not_for_these_eyes_is_not_there(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    client = browse(cast.member02)
    assert client.get(f"/requests/{request.code}/").status_code == 404
    for verb in ("approve", "reject", "send-back", "withdraw"):
        assert client.post(f"/requests/{request.code}/{verb}/", {"comment": "x"}).status_code == 404


def test_second_decision_is_refused_with_the_page_as_it_is_now(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    rejected(request, cast.leader02, now=clock.now)
    response = browse(cast.leader01).post(f"/requests/{request.code}/approve/", {"comment": "too late"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "the state has changed meanwhile" in page
    assert "田中 大輔 (leader02) rejected the request" in page


def test_what_changed_since_the_page_was_shown_is_refused_and_shown(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    client = browse(cast.leader01)
    seen = client.get(f"/requests/{request.code}/").context["item"].form["seen"].value()
    role = cast.prod_leader.target_roles.get()
    cast.prod_member.target_roles.add(role)
    response = client.post(f"/requests/{request.code}/approve/", {"comment": "as I saw it", "seen": seen})
    page = response.content.decode()
    assert response.status_code == 409
    assert "What you saw no longer holds: work_groups changed." in page
    assert "Changed since it was submitted" in page
    assert role.shown in page
    assert "as I saw it" in page
    assert not Decision.objects.exists()


def test_refusal_by_htmx_brings_the_part_with_the_comment_kept(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    data = {"comment": "kept", "seen": "0" * 64}
    response = browse(cast.leader01).post(f"/requests/{request.code}/reject/", data, headers=HTMX)
    part = response.content.decode()
    assert response.status_code == 409
    assert "<html" not in part
    assert "kept" in part
    assert 'id="whole"' in part


def test_htmx_in_the_queue_gets_the_one_item_back(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    data = {"comment": "", "from": "queue"}
    part = browse(cast.leader01).post(f"/requests/{request.code}/approve/", data, headers=HTMX).content.decode()
    assert part.count("<article") == 1
    assert "You approved" in part
    assert '<span class="waiting-count" hx-swap-oob="innerHTML:.waiting-count"></span>' in part
    assert "/reject/" not in part


def test_policy_that_is_decided_on_in_chat_alone_shows_no_buttons_here(cast: Cast, browse: Browse, clock: Clock) -> None:
    cast.one_lead.decide_by = ["chat"]
    cast.one_lead.save()
    request = submitted(cast.member01, now=clock.now)
    client = browse(cast.leader01)
    for url in (f"/requests/{request.code}/", "/queue/"):
        page = client.get(url).content.decode()
        assert "/approve/" not in page
        assert "Decided by" in page
    assert client.post(f"/requests/{request.code}/approve/", {}).status_code == 403


def test_requester_withdraws_and_an_approver_cannot(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    url = f"/requests/{request.code}/withdraw/"
    assert browse(cast.leader01).post(url).status_code == 403
    assert browse(cast.member01).post(url).status_code == 302
    request.refresh_from_db()
    assert request.status == RequestStatus.WITHDRAWN


def test_decisions_are_not_made_by_following_a_link(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    before = written()
    for verb in ("approve", "reject", "send-back"):
        response = browse(cast.leader01).get(f"/requests/{request.code}/{verb}/")
        assert (response.status_code, response["Location"]) == (302, f"/requests/{request.code}/")
    assert written() == before


def test_who_chooses_another_language_after_a_refused_decision_is_shown_the_request(
    cast: Cast, browse: Browse, clock: Clock
) -> None:
    request = submitted(cast.member01, now=clock.now)
    client, url = browse(cast.leader01), f"/requests/{request.code}/reject/"
    assert client.post(url, {"comment": ""}).status_code == 422
    response = client.post("/language/", {"language": "ja", "next": url}, follow=True)
    assert response.status_code == 200
    assert "承認待ち" in response.content.decode()


def test_queue_has_the_nearest_deadline_first_and_only_what_waits_at_my_level(cast: Cast, browse: Browse, clock: Clock) -> None:
    later = submitted(cast.member01, now=clock.now)
    soon = submitted(cast.member02, now=clock.now, ends_at=clock.now + timedelta(hours=1))
    second_level = submitted(cast.member01, now=clock.now, work_groups=["ProdLeaderWorkGroup"])
    shown = browse(cast.leader01).get("/queue/").context["shown"]
    assert [item.request for item in shown] == [soon, later, second_level]
    assert browse(cast.admin01).get("/queue/").context["shown"] == []
    approved(second_level, cast.leader02, now=clock.now)
    assert [item.request for item in browse(cast.admin01).get("/queue/").context["shown"]] == [second_level]


def test_empty_queue_says_what_would_be_there(cast: Cast, browse: Browse) -> None:
    assert "Nothing waits for you" in browse(cast.member01).get("/queue/").content.decode()


def test_queue_takes_the_same_number_of_queries_however_long_it_is(
    cast: Cast, browse: Browse, clock: Clock, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(15):
        person = add_person(f"engineer{number:02}")
        submitted(person, now=clock.now)
        submitted(person, now=clock.now, work_groups=["ProdLeaderWorkGroup"])
    client = browse(cast.leader01)
    with django_assert_max_num_queries(QUEUE_QUERIES):
        response = client.get("/queue/")
    assert len(response.context["shown"]) == 20
    rest = client.get(f"/queue/{response.context['page'].next_url}").context["shown"]
    assert len(rest) == 10


def test_what_i_decided_is_listed_with_what_became_of_it(cast: Cast, browse: Browse, clock: Clock) -> None:
    given = submitted(cast.member01, now=clock.now)
    approved(given, cast.leader01, now=clock.now, comment="plan read")
    not_granted(Elevation.objects.get(), now=clock.now)
    refused = rejected(submitted(cast.member02, now=clock.now), cast.leader01, now=clock.now, comment="not on a Friday")
    page = laid_out(browse(cast.leader01).get("/decided/"))
    assert page.index(refused.code) < page.index(given.code)
    for said in ("plan read", "not on a Friday", "state-not_granted", "state-rejected"):
        assert said in page
    assert given.code not in browse(cast.leader02).get("/decided/").content.decode()
