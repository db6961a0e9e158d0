"""Who I am, what I may ask for, the trail; and what all lists share."""

import json
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access_requests.models import AccessRequest, IamUserBinding, RoleAbilities, TargetRole, WorkGroup
from audits import trail, verify
from audits.models import TrailEntry
from portal.users.models import User
from tests.stand_ins.bots import ASK, SCOPES, Bot, make_personal_client, own_token_of, read, refused
from tests.worlds.cast import Cast
from tests.worlds.entry import ENTRY
from tests.worlds.sealed import Trail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def five(bot: Bot, member01: User) -> list[str]:
    """Five requests of member01 for one day after the other, newest first."""
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    codes: list[str] = []
    for number in range(2, 7):
        start = day.fromtimestamp(day.timestamp() + number * 86_400, UTC)
        asked = bot.post("/requests", {**ASK, "starts_at": start.isoformat()}, for_person=member01)
        codes.insert(0, read(asked)["id"])
    return codes


def test_me_names_client_and_person(bot: Bot, member01: User) -> None:
    told = read(bot.get("/me", for_person=member01))
    assert told["client"]["key"] == "chatbot"
    assert told["client"]["scopes"] == ["audit:read", "decisions:write", "requests:read", "requests:write"]
    assert told["person"] == {
        "username": "member01",
        "name": "佐藤 美咲",
        "administrator": False,
        "auditor": False,
        "iam_user_name": "member01",
        "identity_center_user_name": None,
        # For the person's own scripts alone.
        "time_zone": "Asia/Tokyo",
        "language": "",
        "mfa_serial": None,
        "mfa": "not_told",
    }
    assert told["aws_region"] == "ap-northeast-1"


@pytest.fixture
def own_script(member01: User, cast: Cast) -> Bot:
    return Bot(own_token_of(member01, make_personal_client("scripts", cast), *SCOPES), Client())


@pytest.mark.parametrize(
    ("known", "shown", "state"),
    [
        (None, None, "unread"),
        (
            ["arn:aws:iam::111111111111:u2f/user/member01/key", "arn:aws:iam::111111111111:mfa/phone"],
            "arn:aws:iam::111111111111:mfa/phone",
            "codes",
        ),
        (["arn:aws:iam::111111111111:u2f/user/member01/key"], None, "passkeys"),
        # A hardware token's serial number is the one that is printed on it.
        (["arn:aws:iam::111111111111:u2f/user/member01/key", "GAHT12345678"], "GAHT12345678", "codes"),
        ([], None, "none"),
    ],
)
def test_me_names_the_device_that_gives_codes_on_the_command_line(
    own_script: Bot, member01: User, known: list[str] | None, shown: str | None, state: str
) -> None:
    IamUserBinding.objects.filter(person=member01).update(mfa_serials=known)
    told = read(own_script.get("/me"))["person"]
    assert (told["mfa_serial"], told["mfa"]) == (shown, state)


def test_me_names_no_device_of_somebody_without_an_iam_user(own_script: Bot, member01: User) -> None:
    IamUserBinding.objects.filter(person=member01).delete()
    told = read(own_script.get("/me"))["person"]
    assert (told["iam_user_name"], told["mfa_serial"], told["mfa"]) == (None, None, "no_iam_user")


def test_work_groups_are_those_that_the_person_may_ask_for(bot: Bot, member01: User, member02: User, cast: Cast) -> None:
    WorkGroup.objects.filter(pk=cast.prod_leader.pk).update(everyone_may_request=False)
    cast.prod_leader.requesters.set([member02])
    (group,) = read(bot.get("/work-groups", for_person=member01))["items"]
    assert group["name"] == "ProdMemberWorkGroup"
    assert group["target_roles"][0]["arn"] == "arn:aws:iam::444444444444:role/Prod_MemberRole"
    assert group["target_roles"][0]["session_gate"] is False
    assert (group["shortest_minutes"], group["longest_minutes"]) == (1, 240)
    assert "高橋 直子 (leader01), 田中 大輔 (leader02)" in group["policy"]
    assert [person["username"] for person in group["levels"][0]["approvers"]] == ["leader01", "leader02"]
    assert len(read(bot.get("/work-groups?limit=1", for_person=member02))["items"]) == 1


def test_work_groups_say_what_their_roles_can_do_as_far_as_they_were_read(bot: Bot, member01: User, cast: Cast) -> None:
    (group, _) = sorted(read(bot.get("/work-groups", for_person=member01))["items"], key=lambda each: each["name"], reverse=True)
    (never,) = group["abilities"]
    assert (never["read_at"], never["may"], never["may_not"]) == (None, [], [])
    assert "change_iam" in never["unknown"]
    answers = [{"question": "change_iam", "verdict": "may_not"}, {"question": "run_commands", "verdict": "may"}]
    role = TargetRole.objects.get(name="Prod_MemberRole")
    RoleAbilities.objects.create(role=role, fingerprint="0" * 64, answers=answers, read_at=datetime(2026, 11, 23, 11, tzinfo=UTC))
    items = read(bot.get("/work-groups", for_person=member01))["items"]
    (known,) = next(each["abilities"] for each in items if each["name"] == "ProdMemberWorkGroup")
    assert (known["role"], known["read_at"]) == (role.arn, "2026-11-23T11:00:00Z")
    assert (known["may"], known["may_not"]) == (["run_commands"], ["change_iam"])
    assert "run_commands" not in known["unknown"]


def test_pages_lead_through_the_whole_list_once(bot: Bot, five: list[str], member01: User) -> None:
    found, path = [], "/requests?state=pending&limit=2"
    while path:
        page = read(bot.get(path, for_person=member01))
        found.append([item["id"] for item in page["items"]])
        path = page["next"]
    assert found == [five[:2], five[2:4], five[4:]]


def test_what_comes_meanwhile_moves_no_page(bot: Bot, five: list[str], member01: User, leader01: User) -> None:
    path = read(bot.get("/requests?limit=2", for_person=member01))["next"]
    bot.post("/requests", ASK, for_person=member01)
    assert [item["id"] for item in read(bot.get(path, for_person=member01))["items"]] == five[2:4]


def test_pages_of_names_follow_the_names(bot: Bot, member01: User) -> None:
    first = read(bot.get("/work-groups?limit=1", for_person=member01))
    second = read(bot.get(first["next"], for_person=member01))
    names = [page["items"][0]["name"] for page in (first, second)]
    assert (names, second["next"]) == (["ProdLeaderWorkGroup", "ProdMemberWorkGroup"], None)


def test_cursor_is_good_for_its_own_list_only(bot: Bot, five: list[str], member01: User, auditor01: User) -> None:
    cursor = read(bot.get("/requests?limit=1", for_person=member01))["next"].split("cursor=")[1]
    for path in ("/elevations", "/work-groups", f"/requests/{five[0]}/timeline"):
        refused(bot.get(f"{path}?cursor={cursor}", for_person=member01), 422, "cursor_unusable")
    refused(bot.get(f"/requests?cursor={cursor}x", for_person=member01), 422, "cursor_unusable")


def test_no_answer_shows_a_key_of_the_database(bot: Bot, five: list[str], member01: User) -> None:
    told = read(bot.get("/requests?limit=1", for_person=member01))
    row = AccessRequest.objects.get(code=five[0])
    assert told["items"][0]["id"] == row.code
    assert "pk" not in told["items"][0]
    assert row.code in told["next"]


def test_list_costs_the_same_however_long(bot: Bot, five: list[str], member01: User) -> None:
    def queries(limit: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            bot.get(f"/requests?limit={limit}", for_person=member01)
        return len(captured)

    assert queries(1) == queries(5)


def test_auditor_reads_the_trail_oldest_first_and_narrowed(bot: Bot, five: list[str], auditor01: User) -> None:
    entries = read(bot.get("/audit/entries", for_person=auditor01))["items"]
    assert [entry["subject"] for entry in entries] == five[::-1]
    assert entries[0]["data"]["request"]["reason"] == ASK["reason"]
    (one,) = read(bot.get(f"/audit/entries?subject={five[0]}&act=request.submitted", for_person=auditor01))["items"]
    assert (one["actor"], one["on_behalf_of"]) == ("client:chatbot", "member01")
    assert (one["at"], one["late"]) == (entries[-1]["at"], "")
    assert datetime.fromisoformat(one["recorded_at"]) == TrailEntry.objects.get(pk=one["id"]).recorded_at
    for query in ("actor=nobody", "until=2020-01-01T00:00:00Z", "since=2126-01-01T00:00:00Z"):
        assert read(bot.get(f"/audit/entries?{query}", for_person=auditor01))["items"] == []


def test_trail_is_narrowed_as_the_page_narrows_it(bot: Bot, five: list[str], auditor01: User) -> None:
    def found(query: str) -> list[str]:
        return [entry["subject"] for entry in read(bot.get(f"/audit/entries?{query}", for_person=auditor01))["items"]]

    everything = five[::-1]
    for query in (
        "person=MEMBER01",
        "group=ProdMemberWorkGroup",
        "iam_user=member01",
        "person=member01&group=prodmemberworkgroup",
    ):
        assert found(query) == everything
    assert found(f"about={five[0]}") == found(f"about={five[0]}&person=member01&subject={five[0]}") == [five[0]]
    assert found("person=member01&actor=nobody") == found("ticket=none") == found("account=nowhere") == []
    first = read(bot.get("/audit/entries?person=member01&limit=2", for_person=auditor01))
    assert first["items"][0]["sentence"] == "member01 (through chatbot) asked for ProdMemberWorkGroup"
    second = read(bot.get(first["next"], for_person=auditor01))
    assert [entry["subject"] for page in (first, second) for entry in page["items"]] == everything[:4]
    refused(bot.get("/audit/entries?person=" + "x" * 201, for_person=auditor01), 422, "invalid")


@pytest.mark.parametrize("path", ["/audit/entries", "/audit/checkpoints", "/audit/stories/R-00000000"])
def test_trail_is_for_auditors_and_administrators_only(
    bot: Bot, member01: User, leader01: User, admin01: User, path: str
) -> None:
    for person in (member01, leader01):
        refused(bot.get(path, for_person=person), 403, "not_an_auditor")
    assert bot.get(path, for_person=admin01).status_code in (200, 404)


def test_auditor_takes_checkpoints_and_a_story_home(bot: Bot, five: list[str], auditor01: User, sealed_trail: Trail) -> None:
    refused(bot.get(f"/audit/stories/{five[0]}", for_person=auditor01), 404, "not_found")
    sealed_trail.seal()
    (checkpoint,) = read(bot.get("/audit/checkpoints", for_person=auditor01))["items"]
    assert (checkpoint["origin"], checkpoint["size"]) == (sealed_trail.log.origin, TrailEntry.objects.count())
    story = read(bot.get(f"/audit/stories/{five[0]}", for_person=auditor01))
    report = verify.Story("\n".join(map(json.dumps, story["items"])), [verify.Key(sealed_trail.log.keys.get().vkey)])
    assert (report.faults, report.facts["whole"], story["next"]) == ([], False, None)
    assert all(line["proof"].endswith(checkpoint["note"]) for line in story["items"])
    refused(bot.get("/audit/stories/R-00000000", for_person=auditor01), 404, "not_found")


def test_trail_has_pages(bot: Bot, auditor01: User, now: datetime) -> None:
    with transaction.atomic():
        for number in range(3):
            trail.record(now=now, **{**ENTRY, "subject": f"person:{number}"})
    first = read(bot.get("/audit/entries?limit=2", for_person=auditor01))
    second = read(bot.get(first["next"], for_person=auditor01))
    assert [entry["subject"] for page in (first, second) for entry in page["items"]] == ["person:0", "person:1", "person:2"]
    assert second["next"] is None


def test_answers_are_kept_by_nobody_but_the_caller(bot: Bot, member01: User) -> None:
    response = bot.get("/requests", for_person=member01)
    assert response["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "X-On-Behalf-Of"} <= set(response["Vary"].split(", "))
