"""Who is in production, and how a program ends or prolongs it."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from access_requests.lifecycle import ElevationStatus
from access_requests.models import ApiClient, Elevation
from portal.users.models import User
from tests.stand_ins.bots import ASK, COMMENT, Bot, read, refused
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def given(bot: Bot, pager: Bot, member01: User, leader01: User) -> str:
    """The code of member01's elevation, which a worker has not granted yet."""
    asked = read(bot.post("/requests", ASK, for_person=member01))["id"]
    approved = read(pager.post(f"/requests/{asked}/approve", COMMENT, for_person=leader01))
    code: str = approved["elevations"][0]["id"]
    return code


@pytest.fixture
def active(given: str) -> str:
    """The same, as a worker leaves it once AWS shows it."""
    seen = {
        "membership": True,
        "ttl": "2026-11-23T20:00:00Z",
        "entry_fence": {"Prod_MemberRole": "2026-11-23T20:00:00Z"},
        "session_gate": None,
        "at": "2026-11-23T19:30:01Z",
    }
    now = timezone.now()
    role = {"role": "production/Prod_MemberRole", "decision": "allowed", "by": "group G: S (#1)", "gate": "none", "why": []}
    evaluation = {"decision": "allowed", "at": "2026-11-23T19:30:02Z", "roles": [role], "of": "active", "tries": 0}
    fields = {"status": ElevationStatus.ACTIVE, "granted_at": now, "seen": seen, "seen_at": now, "evaluation": evaluation}
    Elevation.objects.filter(code=given).update(**fields)
    return given


CAUSES = [
    ("groups_full:10", "is in 10 groups already"),
    ("tags_full:50", "has 50 tags already"),
    ("user_policies_full:2048", "may have 2048 characters together"),
    ("AccessDenied:iam:AddUserToGroup", "AWS denies iam:AddUserToGroup to the portal"),
    ("execution_failed:groups_full:10", "The runbook failed in AWS: The IAM user is in 10 groups"),
    ("iam_user_changed", "must bind it anew"),
    ("Odd", "AWS answered Odd."),
]


@pytest.mark.parametrize(("cause", "says"), CAUSES)
def test_cause_is_told_while_it_is_tried_again_and_after_the_end(
    bot: Bot, given: str, member01: User, cause: str, says: str
) -> None:
    row = Elevation.objects.filter(code=given)
    row.update(status=ElevationStatus.GRANTING, granting_at=timezone.now(), problem=cause)
    assert says in read(bot.get(f"/elevations/{given}", for_person=member01))["details"]["problem"]
    now = timezone.now()
    stopped = {"stop_reason": "grant_refused", "stopped_at": now, "ended_at": now}
    row.update(status=ElevationStatus.ENDED, problem="", problem_at_end=cause, **stopped)
    said = read(bot.get(f"/elevations/{given}", for_person=member01))["details"]["problem"]
    assert says in said
    assert "tried again" not in said


def test_what_passes_by_itself_is_not_tried_again_after_the_end(bot: Bot, given: str, member01: User) -> None:
    row, now = Elevation.objects.filter(code=given), timezone.now()
    row.update(
        status=ElevationStatus.ENDED, problem_at_end="role_full:10240", stop_reason="expired", stopped_at=now, ended_at=now
    )
    said = read(bot.get(f"/elevations/{given}", for_person=member01))["details"]["problem"]
    assert said == "Until then AWS had not done what was asked for (role_full:10240)."


def test_everyone_sees_who_where_and_until_when_but_not_why(bot: Bot, given: str, member02: User) -> None:
    (item,) = read(bot.get("/elevations", for_person=member02))["items"]
    assert (item["id"], item["state"], item["work_group"]) == (given, "scheduled", "ProdMemberWorkGroup")
    assert item["person"] == {"username": "member01", "name": "佐藤 美咲"}
    assert 0 < item["seconds_left"] <= 1800
    assert item["details"] is None
    assert str(ASK["reason"]) not in bot.get(f"/elevations/{given}", for_person=member02).content.decode()


def test_person_sees_what_aws_shows_and_the_way_in(bot: Bot, active: str, member01: User) -> None:
    item = read(bot.get(f"/elevations/{active}", for_person=member01))
    assert item["state"] == "active"
    details = item["details"]
    assert (details["reason"], details["change_ticket"]) == (ASK["reason"], ASK["change_ticket"])
    assert [person["username"] for person in details["approved_by"]] == ["leader01"]
    assert details["aws"]["membership"] is True
    assert details["aws"]["ttl"] == "2026-11-23T20:00:00Z"
    assert (details["judged"]["decision"], details["judged"]["evaluated_at"]) == ("allowed", "2026-11-23T19:30:02Z")
    assert details["judged"]["roles"][0]["by"] == "group G: S (#1)"
    (way,) = details["switch_roles"]
    assert parse_qs(urlsplit(way["url"]).query)["roleName"] == ["Prod_MemberRole"]


def test_ended_elevations_are_shown_only_when_asked_for(bot: Bot, given: str, member01: User) -> None:
    Elevation.objects.update(status=ElevationStatus.CANCELLED)
    assert read(bot.get("/elevations", for_person=member01))["items"] == []
    (item,) = read(bot.get("/elevations?all=1", for_person=member01))["items"]
    assert (item["state"], item["seconds_left"]) == ("cancelled", 0)


def test_list_keeps_its_tag_while_only_seconds_run_down(bot: Bot, active: str, member01: User) -> None:
    first = bot.get("/elevations", for_person=member01)
    Elevation.objects.filter(code=active).update(seen=None)
    assert bot.get("/elevations", for_person=member01, if_none_match=first["ETag"]).status_code == 200
    Elevation.objects.filter(code=active).update(starts_at=timezone.now() - timedelta(minutes=1))
    second = bot.get("/elevations", for_person=member01)
    for path in ("/elevations", f"/elevations/{active}"):
        tag = bot.get(path, for_person=member01)["ETag"]
        assert bot.get(path, for_person=member01, if_none_match=f'"other", {tag}').status_code == 304
    assert second["ETag"] != first["ETag"]
    assert bot.get("/elevations", for_person=member01, if_none_match="*").status_code == 304


def test_returning_what_has_not_begun_cancels_it(bot: Bot, given: str, member01: User) -> None:
    assert read(bot.post(f"/elevations/{given}/return", for_person=member01))["state"] == "cancelled"
    refused(bot.post(f"/elevations/{given}/return", for_person=member01), 409, "transition_not_allowed")


def test_returning_access_has_it_revoked(bot: Bot, active: str, member01: User) -> None:
    told = read(bot.post(f"/elevations/{active}/return", for_person=member01))
    assert (told["state"], told["seconds_left"], told["details"]["stop_reason"]) == ("revoking", 0, "returned")


def test_evaluation_from_before_the_latest_step_is_shown_no_more(bot: Bot, active: str, member01: User) -> None:
    told = read(bot.post(f"/elevations/{active}/return", for_person=member01))
    assert (told["state"], told["details"]["judged"]) == ("revoking", None)
    Elevation.objects.filter(code=active).update(evaluation=None)
    assert read(bot.get(f"/elevations/{active}", for_person=member01))["details"]["judged"] is None


def test_only_the_person_returns_or_extends(bot: Bot, active: str, member02: User, leader01: User) -> None:
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    for person in (member02, leader01):
        refused(bot.post(f"/elevations/{active}/return", for_person=person), 403, "not_yours")
        more = {"ends_at": later, "reason": "More"}
        refused(bot.post(f"/elevations/{active}/extend", more, for_person=person), 403, "not_yours")
    assert Elevation.objects.get().status == ElevationStatus.ACTIVE


def test_extension_is_a_request_that_names_the_elevation(
    bot: Bot, pager: Bot, active: str, member01: User, leader01: User
) -> None:
    later = (timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {"ends_at": later, "reason": "The index is slow to build"}
    response = bot.post(f"/elevations/{active}/extend", body, for_person=member01)
    assert response.status_code == 201
    asked = read(response)
    assert (asked["extends"], asked["state"], asked["ends_at"]) == (active, "pending", later)
    assert pager.post(f"/requests/{asked['id']}/approve", COMMENT, for_person=leader01).status_code == 200
    assert read(bot.get(f"/elevations/{active}", for_person=member01))["ends_at"] == later


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ends_at": "2020-01-01T00:00:00Z"}, "end_before_start"),
        ({"ends_at": "9999-12-31T23:59:59Z"}, "longest_exceeded"),
        ({"ends_at": "2126-01-01T00:00:00"}, "naive_time"),
        ({"ends_at": None}, "invalid"),
        ({"ends_at": 30}, "invalid"),
        ({"reason": ""}, "missing"),
        ({"person": "leader01"}, "invalid"),
    ],
)
def test_extension_that_cannot_be_used_is_refused(
    bot: Bot, active: str, member01: User, change: dict[str, object], code: str
) -> None:
    soon = (timezone.now() + timedelta(hours=1)).isoformat()
    body = {"ends_at": soon, "reason": "More", **change}
    refused(bot.post(f"/elevations/{active}/extend", body, for_person=member01), 422, code)


def test_approver_and_administrator_stop_others_do_not(
    bot: Bot, active: str, member01: User, member02: User, auditor01: User, admin01: User
) -> None:
    path = f"/elevations/{active}/stop"
    for person in (member01, member02, auditor01):
        refused(bot.post(path, COMMENT, for_person=person), 403, "may_not_stop")
    refused(bot.post(path, {"comment": " "}, for_person=admin01), 422, "missing")
    assert read(bot.post(path, COMMENT, for_person=admin01))["state"] == "revoking"
    refused(bot.post(path, COMMENT, for_person=admin01), 409, "transition_not_allowed")


def test_stop_goes_by_the_browser_where_clients_do_not_decide(bot: Bot, active: str, leader01: User, cast: Cast) -> None:
    cast.one_lead.decide_by = ["browser"]
    cast.one_lead.save()
    problem = refused(bot.post(f"/elevations/{active}/stop", COMMENT, for_person=leader01), 403, "decide_in_browser")
    assert active in problem["data"]["url"]


@pytest.mark.parametrize("code", ["E-00000000", "E-%00", "1", "R-00000000"])
def test_what_is_no_elevation_is_not_found(bot: Bot, code: str, admin01: User) -> None:
    refused(bot.get(f"/elevations/{code}", for_person=admin01), 404, "not_found")
    refused(bot.post(f"/elevations/{code}/return", for_person=admin01), 404, "not_found")


def test_client_is_kept_to_its_work_groups(bot: Bot, chatbot: ApiClient, active: str, member01: User, cast: Cast) -> None:
    chatbot.work_groups.set([cast.prod_leader])
    assert read(bot.get("/elevations", for_person=member01))["items"] == []
    refused(bot.get(f"/elevations/{active}", for_person=member01), 403, "client_not_allowed")
    refused(bot.post(f"/elevations/{active}/return", for_person=member01), 403, "client_not_allowed")
