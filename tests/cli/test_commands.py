"""Whole stories by commands, against a portal over HTTP: asking, deciding, looking, ending."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from access_requests.lifecycle import ElevationStatus
from access_requests.models import AccessRequest, ApiClient, ApprovalPolicy, Elevation
from audits.inspections import plan
from audits.models import TrailEntry
from portal.verbs.models import IdempotentAnswer
from tests.cli.conftest import AtATerminal
from tests.cli.terminal import Ended, Terminal
from tests.stand_ins.bots import SCOPES, make_client, own_token_of, token_of
from tests.worlds.cast import Cast
from tests.worlds.inspections import came_in, opened, planned, read_whole
from tests.worlds.story import submitted

pytestmark = pytest.mark.django_db(transaction=True)
ASK = ("request", "ProdMemberWorkGroup", "--for", "30m", "--ticket", "CHG-123", "--reason", "Rebuild the index")
DECIDE = ("--yes", "-m", "Agreed")
DAY = timedelta(days=1)
DEVICE = "arn:aws:iam::111111111111:mfa/member01"


def done(ended: Ended) -> Ended:
    assert ended.code == 0, ended
    return ended


def refused(ended: Ended, code: str, *, exit_code: int = 1) -> None:
    assert ended.code == exit_code, ended
    assert ended.out == ""
    assert f"({code})\n" in ended.err, ended.err


def asked(terminal: Terminal, *more: str) -> str:
    """Return the code of a new request."""
    return str(done(terminal.run(*ASK, *more, "--json")).json()["id"])


def given(asker: Terminal, approver: Terminal) -> str:
    """Return the code of an access that was asked for and approved."""
    request = asked(asker)
    return str(done(approver.run("approve", request, *DECIDE, "--json")).json()["elevations"][0]["id"])


def activated(code: str) -> str:
    """Leave it as a worker does once AWS shows it."""
    Elevation.objects.filter(code=code).update(status=ElevationStatus.ACTIVE, granted_at=timezone.now())
    return code


def test_request_is_asked_for_decided_on_and_given_back(member01: Terminal, leader01: Terminal) -> None:
    ended = done(member01.run(*ASK))
    assert re.fullmatch(
        r"R-[0-9A-Z]{8} pending waits for approval by 1 of 高橋 直子 \(leader01\), 田中 大輔 \(leader02\)\n", ended.out
    )
    request = AccessRequest.objects.get()
    assert (request.reason, request.change_ticket, request.duration_minutes) == ("Rebuild the index", "CHG-123", 30)

    waiting = done(leader01.run("list", "--waiting")).out
    assert re.search(rf"{request.code}\s+佐藤 美咲 \(member01\)\s+ProdMemberWorkGroup\s+pending", waiting)
    ended = done(leader01.run("approve", request.code, *DECIDE))
    assert ended.out == f"{request.code} approved\n"
    for shown in ("Rebuild the index", "CHG-123", "from approval on, for 30 min", "role/Prod_MemberRole", "佐藤 美咲 (member01)"):
        assert shown in ended.err

    elevation = Elevation.objects.get()
    listed = done(member01.run("list")).out
    assert re.search(rf"{elevation.code}\s+佐藤 美咲 \(member01\)\s+ProdMemberWorkGroup\s+scheduled", listed)
    shown = done(member01.run("status", elevation.code)).out
    assert re.search(r"approved by\s+高橋 直子 \(leader01\)", shown)
    assert done(member01.run("return")).out == f"{elevation.code} ProdMemberWorkGroup cancelled\n"
    assert [entry.act for entry in TrailEntry.objects.order_by("id")] == [
        "request.submitted", "request.approved", "elevation.scheduled", "elevation.cancelled"
    ]  # fmt: skip


def test_what_is_decided_on_is_what_was_shown(member01: Terminal, leader01: Terminal, cast: Cast) -> None:
    request = asked(member01)
    seen = done(leader01.run("status", request, "--json")).json()["seen"]
    cast.prod_member.target_roles.clear()
    refused_as_json = leader01.run("approve", request, *DECIDE, "--seen", seen, "--json")
    assert (refused_as_json.code, refused_as_json.json()["code"]) == (1, "seen_changed")
    assert AccessRequest.objects.get().status == "pending"


@pytest.mark.parametrize(("verb", "state"), [("reject", "rejected"), ("send-back", "sent back")])
def test_request_is_refused_with_a_reason(member01: Terminal, leader01: Terminal, verb: str, state: str) -> None:
    request = asked(member01)
    refused(leader01.run(verb, request, "--yes"), "missing", exit_code=2)
    assert done(leader01.run(verb, request, "--yes", "-m", "Say how to go back")).out == f"{request} {state}\n"
    shown = done(member01.run("status", request)).out
    assert "by 高橋 直子 (leader01)" in shown
    assert "Say how to go back" in shown
    refused(leader01.run(verb, request, "--yes", "-m", "again"), "already_decided")


def test_own_request_is_nobodys_to_approve(leader01: Terminal) -> None:
    request = asked(leader01)
    ended = leader01.run("approve", request, *DECIDE)
    assert ended.code == 1
    assert ended.err.endswith("sekisho: Nobody decides on their own request. Ask another approver. (own_request)\n")
    assert done(leader01.run("withdraw", request)).out == f"{request} withdrawn\n"


def test_refusal_is_in_the_language_of_the_machine(leader01: Terminal) -> None:
    request = asked(leader01)
    ended = leader01.run("approve", request, *DECIDE, LC_ALL="ja_JP.UTF-8")
    assert "自分の申請" in ended.err
    assert ended.err.endswith("(own_request)\n")


def test_request_of_somebody_else_is_not_there(member01: Terminal, member02: Terminal, leader01: Terminal) -> None:
    request = asked(member01)
    refused(member02.run("status", request), "not_found")
    refused(member02.run("withdraw", request), "not_found")
    refused(leader01.run("withdraw", request), "not_yours")
    assert done(member02.run("list", "--requests", "--json")).json()["items"] == []


def test_field_that_cannot_be_used_is_named(member01: Terminal) -> None:
    ended = member01.run("request", "ProdMemberWorkGroup", "--for", "9h", "--ticket", "CHG-1", "--reason", "x")
    assert ended.code == 1
    assert "(longest_exceeded)" in ended.err
    ended = member01.run("request", "Administrators", "--for", "1h", "--ticket", "CHG-1", "--reason", "x", "--json")
    assert (ended.code, ended.json()["status"], ended.err) == (1, 422, "")


def test_window_is_asked_for_in_this_machines_zone_and_said_back(member01: Terminal) -> None:
    tomorrow = (timezone.now() + timedelta(days=1)).date()
    usual = ("request", "ProdMemberWorkGroup", "--ticket", "CHG-1", "--reason", "x", "--json")
    ended = done(member01.run(*usual, "--from", f"{tomorrow} 09:00", "--until", "11:30", TZ="Asia/Tokyo"))
    assert ended.err == f"From {tomorrow} 09:00 JST until {tomorrow} 11:30 JST.\n"
    assert (ended.json()["starts_at"], ended.json()["ends_at"]) == (f"{tomorrow}T00:00:00Z", f"{tomorrow}T02:30:00Z")
    ended = done(member01.run(*usual, "--from", f"{tomorrow}T12:00Z", "--for", "1h", TZ="Asia/Tokyo"))
    assert ended.err == f"From {tomorrow} 21:00 JST for 1 h.\n"
    refused(member01.run(*usual[:-1], "--for", "1h", "--until", "18:00"), "duration_or_end", exit_code=2)


@pytest.mark.parametrize("words", [("1h", "30m"), ("1h30m",), ("1時間\u300030分",)])
def test_time_among_the_work_groups_is_asked_back(member01: Terminal, words: tuple[str, ...]) -> None:
    ended = member01.run("request", "ProdMemberWorkGroup,", "`ProdLeaderWorkGroup`", *words, *ASK[4:])
    refused(ended, "time_among_groups", exit_code=2)
    assert "Type: sekisho request ProdMemberWorkGroup ProdLeaderWorkGroup --for 1h30m" in ended.err
    assert not AccessRequest.objects.exists()


def test_words_are_read_by_the_grammar_of_chat(member01: Terminal, leader01: Terminal) -> None:
    made = done(member01.run("request", "`ProdMemberWorkGroup`,", "--for", "1時間 30分", *ASK[4:], "--json")).json()
    assert (made["work_groups"], made["duration_minutes"]) == (["ProdMemberWorkGroup"], 90)
    pasted = made["id"].replace("-", "\N{NON-BREAKING HYPHEN}")
    assert done(leader01.run("approve", f"*{pasted}*", *DECIDE)).out.endswith("approved\n")
    assert done(member01.run("status", f"`{pasted.lower()}`")).out
    assert done(member01.run("return", f"「{pasted}」")).out.endswith("cancelled\n")


def test_script_is_told_what_it_left_out(member01: Terminal, leader01: Terminal) -> None:
    refused(member01.run("request", "ProdMemberWorkGroup", "--for", "1h", "--reason", "x"), "missing", exit_code=2)
    refused(member01.run("request"), "missing", exit_code=2)
    request = asked(member01)
    ended = leader01.run("approve", request)
    assert ended.code == 2
    assert ended.err.endswith("To go on without, type --yes. (not_confirmed)\n")
    assert AccessRequest.objects.get().status == "pending"


@pytest.mark.parametrize(
    "typed",
    [
        ("status", "R-../../me"),
        ("status", "X-12345678"),
        ("approve", "E-12345678", "--yes"),
        ("stop", "R-12345678", "-m", "x", "--yes"),
        ("wait", "nothing"),
        ("withdraw", "?all=1"),
        ("list", "--waiting", "--ended"),
        ("list", "--state", "unheard"),
        ("wait", "R-12345678", "--until", "never"),
        ("wait", "R-12345678", "--timeout", "soon"),
        ("fly",),
        (),
    ],
)
def test_what_cannot_be_meant_ends_with_2(member01: Terminal, typed: tuple[str, ...]) -> None:
    ended = member01.run(*typed)
    assert ended.code == 2
    assert ended.err


def test_sent_back_request_is_asked_for_anew(member01: Terminal, leader01: Terminal) -> None:
    first = asked(member01)
    done(leader01.run("send-back", first, "--yes", "-m", "more"))
    second = asked(member01, "--revises", first.lower(), "--plan", "one\ntwo", "--way-back", "drop it", "--impact", "none")
    shown = done(leader01.run("status", second)).out
    assert re.search(rf"replaces\s+{first}\n", shown)
    assert re.search(r"plan\s+one\n\s+two\n", shown)


def test_lists_are_paged_and_all_is_all(member01: Terminal, member02: Terminal, cast: Cast, settings: Settings) -> None:
    settings.PERSON_PENDING_REQUESTS = 52
    now = timezone.now()
    for number in range(52):
        submitted(cast.member01, now=now, starts_at=now + timedelta(hours=1 + number))
    asked(member02)
    ended = done(member01.run("list", "--requests"))
    assert len(ended.out.splitlines()) == 51
    assert ended.err == "There are more: --all.\n"
    page = done(member01.run("list", "--requests", "--json")).json()
    assert (len(page["items"]), bool(page["next"])) == (50, True)
    everything = done(member01.run("list", "--requests", "--mine", "--all", "--json")).json()
    assert (len({each["id"] for each in everything["items"]}), everything["next"]) == (52, None)
    assert done(member01.run("list", "--state", "approved")).err == "There are no requests.\n"


def test_list_shows_everybody_and_mine_is_mine(member01: Terminal, member02: Terminal, leader01: Terminal) -> None:
    mine, theirs = given(member01, leader01), given(member02, leader01)
    assert {each["id"] for each in done(member01.run("list", "--json")).json()["items"]} == {mine, theirs}
    assert [each["id"] for each in done(member01.run("list", "--mine", "--json")).json()["items"]] == [mine]
    done(member02.run("return", theirs))
    assert [each["id"] for each in done(member01.run("list", "--json")).json()["items"]] == [mine]
    assert len(done(member01.run("list", "--ended", "--json")).json()["items"]) == 2
    assert "Rebuild the index" not in done(member02.run("status", mine)).out


def test_status_without_id_is_what_i_have_and_wait_for(member01: Terminal, leader01: Terminal) -> None:
    assert done(member01.run("status")).err == "You have no access, and wait for none.\n"
    elevation = given(member01, leader01)
    waiting = asked(member01, "--from", (timezone.now() + timedelta(days=1)).isoformat(timespec="minutes"))
    ended = done(member01.run("status"))
    assert elevation in ended.out
    assert waiting in ended.out
    found = done(member01.run("status", "--json")).json()
    assert ([each["id"] for each in found["elevations"]], [each["id"] for each in found["requests"]]) == ([elevation], [waiting])


def test_access_is_named_by_its_code_its_request_or_its_work_group(
    member01: Terminal, member02: Terminal, leader01: Terminal
) -> None:
    for name in ("code", "request__code", "work_group__name"):
        elevation = given(member01, leader01)
        typed = Elevation.objects.values_list(name, flat=True).get(code=elevation)
        assert done(member01.run("return", typed.lower() if name == "code" else typed)).out.endswith("cancelled\n")
    refused(member01.run("return"), "no_access")
    refused(member01.run("return", "ProdLeaderWorkGroup"), "no_access")
    theirs = given(member02, leader01)
    refused(member01.run("return", theirs), "not_yours")


def test_one_of_several_accesses_has_to_be_named(member01: Terminal, leader01: Terminal, cast: Cast) -> None:
    cast.prod_leader.policy = cast.one_lead
    cast.prod_leader.save()
    request = done(member01.run(ASK[0], "ProdLeaderWorkGroup", *ASK[1:], "--json")).json()["id"]
    done(leader01.run("approve", request, *DECIDE))
    for typed in (("return",), ("return", request), ("extend", "--for", "10m", "-m", "x")):
        refused(member01.run(*typed), "ambiguous", exit_code=2)
    assert done(member01.run("return", "ProdLeaderWorkGroup", "--json")).json()["state"] == "cancelled"
    assert done(member01.run("return", request, "--json")).json()["work_group"] == "ProdMemberWorkGroup"


def test_more_time_is_asked_for_from_the_present_end_on(member01: Terminal, leader01: Terminal) -> None:
    elevation = activated(given(member01, leader01))
    ends_at = Elevation.objects.get().ends_at
    refused(member01.run("extend", elevation, "--for", "10m"), "missing", exit_code=2)
    made = done(member01.run("extend", "--for", "10m", "-m", "Not done yet", "--json")).json()
    assert (made["state"], made["extends"], made["reason"]) == ("pending", elevation, "Not done yet")
    assert AccessRequest.objects.get(code=made["id"]).asked_ends_at == ends_at + timedelta(minutes=10)
    done(leader01.run("approve", made["id"], *DECIDE))
    assert Elevation.objects.get().ends_at == ends_at + timedelta(minutes=10)


def test_lead_stops_somebodys_access_and_others_may_not(member01: Terminal, member02: Terminal, leader01: Terminal) -> None:
    elevation = activated(given(member01, leader01))
    refused(member02.run("stop", elevation, "--yes", "-m", "x"), "may_not_stop")
    refused(leader01.run("stop", elevation, "--yes"), "missing", exit_code=2)
    assert done(leader01.run("stop", elevation, "--yes", "-m", "An incident")).out == f"{elevation} revoking\n"
    assert re.search(r"why it ended\s+stopped\n", done(member01.run("status", elevation)).out)


def test_work_groups_and_who_one_is(member01: Terminal) -> None:
    shown = done(member01.run("work-groups")).out
    assert re.search(r"ProdMemberWorkGroup\s+arn:aws:iam::444444444444:role/Prod_MemberRole\s+1 min to 4 h", shown)
    shown = done(member01.run("whoami")).out
    assert re.search(r"who\s+佐藤 美咲 \(member01\)\n", shown)
    assert re.search(r"IAM user\s+member01\n", shown)
    assert done(member01.run("whoami", "--json")).json()["person"]["username"] == "member01"


def test_token_that_the_portal_does_not_take_ends_with_3(member01: Terminal) -> None:
    refused(member01.run("list", SEKISHO_TOKEN="no-such-token"), "token_unusable", exit_code=3)


def test_service_acts_for_whom_the_environment_names(portal: str, terminal: Terminal, cast: Cast) -> None:
    service = {"SEKISHO_PORTAL": portal, "SEKISHO_TOKEN": token_of(make_client("chatbot", cast), *SCOPES)}
    refused(terminal.run("status", **service), "person_missing", exit_code=3)
    shown = done(terminal.run("whoami", **service, SEKISHO_ON_BEHALF_OF="slack:U0MEMBER02"))
    assert re.search(r"who\s+鈴木 健太 \(member02\)\n", shown.out)


def test_portal_that_is_not_there_ends_with_4(member01: Terminal) -> None:
    refused(member01.run("list", SEKISHO_PORTAL="http://127.0.0.1:9"), "not_reached", exit_code=4)
    ended = member01.run("list", "--json", SEKISHO_PORTAL="http://127.0.0.1:9")
    assert (ended.code, ended.json()["code"]) == (4, "not_reached")


def test_hostile_reason_does_nothing_to_the_approvers_terminal(member01: Terminal, leader01: Terminal) -> None:
    request = asked(member01, "--reason", "fix [bold]it[/bold] \u202eevil\u200b now")
    shown = done(leader01.run("approve", request, *DECIDE)).err
    assert "fix [bold]it[/bold] ⟦U+202E⟧evil⟦U+200B⟧ now" in shown


def test_policy_that_decides_in_the_browser_says_where(member01: Terminal, leader01: Terminal) -> None:
    request = asked(member01)
    ApprovalPolicy.objects.update(decide_by=["browser"])
    ended = leader01.run("approve", request, *DECIDE)
    assert ended.code == 1
    assert f"/requests/{request}/" in ended.err
    assert ended.err.endswith("(decide_in_browser)\n")


def test_every_answer_is_json_where_it_was_asked_for(member01: Terminal, leader01: Terminal) -> None:
    elevation = given(member01, leader01)
    for typed in (
        ("list",), ("list", "--requests"), ("status",), ("status", elevation), ("whoami",), ("work-groups",), ("version",),
        ("wait", elevation, "--until", "approved"), ("aws-profile", "ProdMemberWorkGroup", "--mfa", DEVICE),
        ("return", elevation),
    ):  # fmt: skip
        assert json.loads(done(member01.run(*typed, "--json")).out)


def test_each_writing_call_has_a_key_of_its_own(member01: Terminal, leader01: Terminal) -> None:
    given(member01, leader01)
    assert IdempotentAnswer.objects.count() == 2


def test_log_in_that_may_not_decide_says_how_to(
    member01: Terminal, leader01: Terminal, command_line: ApiClient, cast: Cast
) -> None:
    request = asked(member01)
    reading = own_token_of(cast.leader01, command_line, "requests:read")
    ended = leader01.run("approve", request, *DECIDE, SEKISHO_TOKEN=reading)
    refused(ended, "wrong_scope")
    assert ended.err.endswith("sekisho login --may-decide, or --audit\n")


def test_auditor_reads_the_trail_by_person_and_period(member01: Terminal, person: AtATerminal) -> None:
    request = asked(member01)
    auditor = person("auditor01")
    told = done(auditor.run("audit", "--person", "member01")).out
    assert re.search(rf"member01 \(through sekisho-cli\) asked for ProdMemberWorkGroup\s+{request}\n", told)
    entries = done(auditor.run("audit", "--about", request, "--act", "request.submitted", "--all", "--json")).json()["items"]
    assert [(entry["subject"], entry["act"]) for entry in entries] == [(request, "request.submitted")]
    day = timezone.localtime(timezone.now() + timedelta(days=2)).date().isoformat()
    assert done(auditor.run("audit", "--since", day)).err.endswith("There are no entries.\n")
    assert request in done(auditor.run("audit", "--until", day, "--ticket", "chg-123")).out


def test_trail_is_refused_to_others_and_for_a_period_that_is_none(member01: Terminal, person: AtATerminal) -> None:
    refused(member01.run("audit"), "not_an_auditor")
    auditor = person("auditor01")
    refused(auditor.run("audit", "--since", "2026-11-24", "--until", "2026-11-23"), "period_unusable", exit_code=2)
    refused(auditor.run("audit", "--since", "yesterday"), "time_unusable", exit_code=2)


def test_inspector_looks_at_a_day_and_signs_it(company: Cast, leader01: Terminal, person: AtATerminal) -> None:
    now, leader02 = timezone.now(), person("leader02")
    planned("leader01", "leader02", now=now, since=f"{now - 4 * DAY:%Y-%m-%d}")
    at = now - 3 * DAY
    read_whole(since=now - 30 * DAY, until=now)
    came_in(at, company.leader01)
    opened(now=now)
    day = f"{at.astimezone(plan.zone()):%Y-%m-%d}"
    assert "waits" in done(leader02.run("inspections", day[:7])).out
    assert "without approval" in done(leader02.run("inspect", day)).out
    refused(leader01.run("inspect", day, "1", "-m", "me"), "own_use")
    refused(leader02.run("inspect", day, "1"), "deviation_unexplained")
    assert "leader02" in done(leader02.run("inspect", day, "1", "-m", "the vendor's visit")).out
    refused(leader02.run("inspect", "yesterday"), "no_day", exit_code=2)
    refused(leader02.run("inspections", "2026-13"), "no_month", exit_code=2)
