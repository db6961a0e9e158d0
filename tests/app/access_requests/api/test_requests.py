"""Asking, looking and deciding through a program."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from access_requests.models import AccessRequest, ApiClient, Decision
from audits import personal
from audits.models import TrailEntry
from portal.users.models import User
from tests.stand_ins.bots import ASK, COMMENT, Bot, read, refused
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(bot: Bot, member01: User) -> str:
    """The code of member01's request."""
    code: str = read(bot.post("/requests", ASK, for_person=member01))["id"]
    return code


def test_member_asks_and_is_told_what_was_asked_for(bot: Bot, member01: User) -> None:
    response = bot.post("/requests", ASK, for_person=member01)
    assert response.status_code == 201
    told = read(response)
    assert told["state"] == "pending"
    assert told["requester"] == {"username": "member01", "name": "佐藤 美咲"}
    assert {name: told[name] for name in ASK} == ASK
    assert told["waits_for"]["people"][0]["username"] == "leader01"
    assert told["iam_user_name"] == "member01"
    assert told["target_roles"] == ["arn:aws:iam::444444444444:role/Prod_MemberRole"]


def test_trail_names_client_person_and_proof(bot: Bot, asked: str) -> None:
    (entry,) = personal.shown(TrailEntry.objects.filter(subject=asked))
    assert (entry.actor, entry.on_behalf_of) == ("client:chatbot", "member01")
    assert entry.data["door"] == "client"
    assert entry.data["proof"]["method"] == "client-assertion"
    assert entry.data["proof"]["identity"] == "slack:U0MEMBER01"


def test_lead_approves_through_another_client(pager: Bot, asked: str, leader01: User) -> None:
    told = read(pager.post(f"/requests/{asked}/approve", COMMENT, for_person=leader01))
    assert told["state"] == "approved"
    assert told["decisions"][0]["approver"]["username"] == "leader01"
    assert told["decisions"][0]["comment"] == "Agreed"
    assert [made["state"] for made in told["elevations"]] == ["scheduled"]
    assert told["elevations"][0]["ends_at"] == told["ends_at"]


def test_client_that_asked_may_not_carry_the_decision(bot: Bot, asked: str, leader01: User) -> None:
    problem = refused(bot.post(f"/requests/{asked}/approve", COMMENT, for_person=leader01), 403, "decide_in_browser")
    assert problem["data"]["url"] == f"http://testserver/requests/{asked}/"
    assert not Decision.objects.exists()


def test_policy_may_let_the_same_client_decide(bot: Bot, asked: str, leader01: User, cast: Cast) -> None:
    cast.one_lead.same_client_may_decide = True
    cast.one_lead.save()
    assert bot.post(f"/requests/{asked}/approve", COMMENT, for_person=leader01).status_code == 200


def test_policy_that_does_not_name_clients_sends_to_the_browser(pager: Bot, asked: str, leader01: User, cast: Cast) -> None:
    cast.one_lead.decide_by = ["browser"]
    cast.one_lead.save()
    for verb in ("approve", "reject", "send-back"):
        refused(pager.post(f"/requests/{asked}/{verb}", COMMENT, for_person=leader01), 403, "decide_in_browser")


def test_nobody_decides_on_their_own_request_by_any_client(bot: Bot, pager: Bot, leader01: User) -> None:
    own = read(bot.post("/requests", ASK, for_person=leader01))["id"]
    for verb in ("approve", "reject", "send-back"):
        refused(pager.post(f"/requests/{own}/{verb}", COMMENT, for_person=leader01), 403, "own_request")
        refused(pager.post(f"/requests/{own}/{verb}", COMMENT, for_person="slack:u0Leader01"), 403, "own_request")


def test_strangers_do_not_find_a_request(pager: Bot, asked: str, member02: User) -> None:
    for verb in ("approve", "reject", "send-back", "withdraw"):
        refused(pager.post(f"/requests/{asked}/{verb}", COMMENT, for_person=member02), 404, "not_found")
    refused(pager.get(f"/requests/{asked}", for_person=member02), 404, "not_found")
    refused(pager.get(f"/requests/{asked}/timeline", for_person=member02), 404, "not_found")
    assert read(pager.get("/requests", for_person=member02)) == {"items": [], "next": None}


@pytest.mark.parametrize("code", ["R-00000000", "R-%00", "1", "R-7K3M9QX2'--", "%E9%96%A2", "E-00000000"])
def test_what_is_no_request_is_not_found(bot: Bot, code: str, admin01: User) -> None:
    refused(bot.get(f"/requests/{code}", for_person=admin01), 404, "not_found")


def test_auditor_reads_but_does_not_decide(pager: Bot, asked: str, auditor01: User) -> None:
    assert pager.get(f"/requests/{asked}", for_person=auditor01).status_code == 200
    refused(pager.post(f"/requests/{asked}/approve", COMMENT, for_person=auditor01), 403, "not_an_approver")


@pytest.mark.parametrize(("verb", "state"), [("reject", "rejected"), ("send-back", "sent_back")])
def test_no_takes_a_reason(pager: Bot, asked: str, leader01: User, verb: str, state: str) -> None:
    problem = refused(pager.post(f"/requests/{asked}/{verb}", {}, for_person=leader01), 422, "missing")
    detail = "Rejecting and sending back need a reason. Write it into the comment."
    assert problem["errors"] == [{"field": "comment", "code": "missing", "detail": detail}]
    assert read(pager.post(f"/requests/{asked}/{verb}", COMMENT, for_person=leader01))["state"] == state


def test_second_decision_is_refused_even_the_same_by_the_same_person(
    pager: Bot, asked: str, leader01: User, leader02: User
) -> None:
    pager.post(f"/requests/{asked}/approve", COMMENT, for_person=leader01)
    refused(pager.post(f"/requests/{asked}/approve", COMMENT, for_person=leader01), 409, "already_decided")
    refused(pager.post(f"/requests/{asked}/reject", COMMENT, for_person=leader02), 409, "transition_not_allowed")


def test_withdrawing_is_the_requesters_alone_and_ends_it(bot: Bot, asked: str, member01: User, leader01: User) -> None:
    refused(bot.post(f"/requests/{asked}/withdraw", for_person=leader01), 403, "not_yours")
    assert read(bot.post(f"/requests/{asked}/withdraw", for_person=member01))["state"] == "withdrawn"
    refused(bot.post(f"/requests/{asked}/withdraw", for_person=member01), 409, "transition_not_allowed")


def test_approval_holds_only_for_what_was_seen(pager: Bot, asked: str, leader01: User, cast: Cast) -> None:
    seen = read(pager.get(f"/requests/{asked}", for_person=leader01))["seen"]
    role = cast.prod_member.target_roles.get()
    role.arn = "arn:aws:iam::444444444444:role/team/Prod_MemberRole"
    role.save()
    path = f"/requests/{asked}/approve"
    problem = refused(pager.post(path, {**COMMENT, "seen": seen}, for_person=leader01), 409, "seen_changed")
    assert "work_groups" in problem["data"]["difference"]
    now = read(pager.get(f"/requests/{asked}", for_person=leader01))["seen"]
    assert pager.post(path, {**COMMENT, "seen": now}, for_person=leader01).status_code == 200


def test_request_unchanged_is_not_sent_again(bot: Bot, pager: Bot, asked: str, member01: User, leader01: User) -> None:
    path = f"/requests/{asked}"
    first = bot.get(path, for_person=member01)
    again = bot.get(path, for_person=member01, if_none_match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    pager.post(f"{path}/approve", COMMENT, for_person=leader01)
    assert bot.get(path, for_person=member01, if_none_match=first["ETag"]).status_code == 200


def test_timeline_is_oldest_first_with_who_and_comment(bot: Bot, pager: Bot, asked: str, member01: User, leader01: User) -> None:
    pager.post(f"/requests/{asked}/approve", COMMENT, for_person=leader01)
    entries = read(bot.get(f"/requests/{asked}/timeline", for_person=member01))["items"]
    assert [entry["act"] for entry in entries] == ["request.submitted", "request.approved", "elevation.scheduled"]
    assert (entries[1]["on_behalf_of"], entries[1]["comment"]) == ("leader01", "Agreed")
    kept = TrailEntry.objects.get(act="request.approved")
    assert kept.recorded_at is not None
    assert (datetime.fromisoformat(entries[1]["recorded_at"]), entries[1]["late"]) == (kept.recorded_at, "")


def test_timeline_has_pages(bot: Bot, pager: Bot, asked: str, member01: User, leader01: User) -> None:
    pager.post(f"/requests/{asked}/approve", COMMENT, for_person=leader01)
    acts, path = [], f"/requests/{asked}/timeline?limit=1"
    while path:
        found = read(bot.get(path, for_person=member01))
        acts += [entry["act"] for entry in found["items"]]
        path = found["next"]
    assert acts == ["request.submitted", "request.approved", "elevation.scheduled"]


def test_list_narrows_by_every_filter(bot: Bot, asked: str, member01: User, member02: User, leader01: User) -> None:
    other = read(bot.post("/requests", {**ASK, "work_groups": ["ProdLeaderWorkGroup"]}, for_person=member02))["id"]
    soon = (timezone.now() + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for query, expected in {
        "": {asked, other},
        "?state=pending": {asked, other},
        "?state=approved": set(),
        "?requester=member01": {asked},
        "?requester=nobody": set(),
        "?work_group=ProdLeaderWorkGroup": {other},
        "?waiting_for_me=1": {asked, other},
        f"?since={soon}": set(),
        f"?until={soon}": {asked, other},
    }.items():
        found = read(bot.get(f"/requests{query}", for_person=leader01))["items"]
        assert {item["id"] for item in found} == expected, query
    assert [item["id"] for item in read(bot.get("/requests", for_person=member01))["items"]] == [asked]


def test_what_one_has_decided_no_longer_waits_for_one(bot: Bot, pager: Bot, asked: str, leader01: User) -> None:
    pager.post(f"/requests/{asked}/approve", COMMENT, for_person=leader01)
    assert read(bot.get("/requests?waiting_for_me=true", for_person=leader01))["items"] == []


def test_sent_back_request_is_asked_for_anew(bot: Bot, pager: Bot, asked: str, member01: User, leader01: User) -> None:
    pager.post(f"/requests/{asked}/send-back", COMMENT, for_person=leader01)
    anew = read(bot.post("/requests", {**ASK, "revises": asked}, for_person=member01))
    assert (anew["state"], anew["revises"]) == ("pending", asked)


def test_two_overlapping_requests_are_not_both_asked(bot: Bot, asked: str, member01: User) -> None:
    problem = refused(bot.post("/requests", ASK, for_person=member01), 409, "already_pending")
    assert problem["data"]["other"] == asked
    assert AccessRequest.objects.count() == 1


def test_client_is_kept_to_its_work_groups(
    bot: Bot, chatbot: ApiClient, pager: Bot, member01: User, leader01: User, cast: Cast
) -> None:
    chatbot.work_groups.set([cast.prod_leader])
    refused(bot.post("/requests", ASK, for_person=member01), 403, "client_not_allowed")
    code = read(pager.post("/requests", ASK, for_person=member01))["id"]
    refused(bot.get(f"/requests/{code}", for_person=member01), 403, "client_not_allowed")
    refused(bot.post(f"/requests/{code}/approve", COMMENT, for_person=leader01), 403, "client_not_allowed")
    refused(bot.post(f"/requests/{code}/withdraw", for_person=member01), 403, "client_not_allowed")
    assert read(bot.get("/requests", for_person=member01))["items"] == []
    groups = read(bot.get("/work-groups", for_person=member01))["items"]
    assert [group["name"] for group in groups] == ["ProdLeaderWorkGroup"]
