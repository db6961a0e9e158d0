"""What people type in Slack: the same verbs, rights and codes as in the browser and the API."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from access_requests.lifecycle import ElevationStatus, RequestStatus
from access_requests.models import AccessRequest, Decision, Elevation, Verdict
from access_requests.services.people import people
from portal.users.models import LinkedIdentity
from portal.verbs.run import run
from tests.stand_ins.slack import TEAM, Slack, texts, told
from tests.stand_ins.slack_server import SlackServer
from tests.worlds.cast import Cast, actor_of, add_person, iam_user_id
from tests.worlds.clock import Clock
from tests.worlds.entry import shown_entry
from tests.worlds.story import approved, elevated, extension_asked, rejected, submitted, written

ASK = "request ProdMemberWorkGroup 30m CHG-123 fix the index"


def test_request_is_made_and_says_its_number_and_whom_it_waits_for(cast: Cast, slack: Slack, clock: Clock) -> None:
    answer = slack.types(cast.member01, "request ProdMemberWorkGroup 1h30m CHG-123 fix the index &amp; <b>")
    made = AccessRequest.objects.get()
    told(answer, made.code)
    assert (made.requester, made.duration_minutes, made.change_ticket) == (cast.member01, 90, "CHG-123")
    assert (made.reason, made.door, made.client) == ("fix the index & <b>", "chat", "")
    assert any("高橋 直子 (leader01), 田中 大輔 (leader02)" in text for text in texts(answer))
    entry = shown_entry(subject=made.code)
    assert (entry.actor, entry.on_behalf_of, entry.data["door"]) == ("member01", "", "chat")
    assert entry.data["proof"] == {
        "method": "slack-signature",
        "at": "2026-11-23T05:00:00+00:00",
        "identity": "slack:U0MEMBER01",
        "team": TEAM,
    }


def test_several_groups_of_one_policy_are_one_request(cast: Cast, slack: Slack) -> None:
    cast.prod_leader.policy = cast.one_lead
    cast.prod_leader.save()
    slack.types(cast.member01, "request ProdMemberWorkGroup,ProdLeaderWorkGroup 2h CHG-1 both")
    assert AccessRequest.objects.get().work_groups.count() == 2


@pytest.mark.parametrize(
    ("word", "minutes"),
    [("30m", 30), ("2h", 120), ("1h30m", 90), ("1h 30m", 90), ("2 hours", 120), ("1時間\u300030分", 90), ("`45m`", 45)],
)
def test_time_is_hours_and_minutes(cast: Cast, slack: Slack, word: str, minutes: int) -> None:
    slack.types(cast.member01, f"request ProdMemberWorkGroup {word} CHG-1 why")
    assert AccessRequest.objects.get().duration_minutes == minutes


@pytest.mark.parametrize("word", ["1h;", "0", "0m", "-1", "-30m", "1e12", "NaN", "1.5h", "2", "h", "m", "1h1h", "٣٠m"])
def test_what_is_no_time_is_refused(cast: Cast, slack: Slack, word: str) -> None:
    answer = slack.types(cast.member01, f"request ProdMemberWorkGroup {word} CHG-1 why")
    told(answer, "duration_unreadable", "such as 30m")
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize(
    ("line", "code", "instead"),
    [
        ("request G 1h 30 CHG-1 fix it", "time_unclear", "/prod request G 1h30m CHG-1 fix it"),
        ("request G 1h 2h CHG-1 fix it", "time_unclear", "/prod request G 1h CHG-1 fix it"),
        ("request G 2h m CHG-1 fix it", "time_unclear", "/prod request G 2h CHG-1 fix it"),
        ("request G --for 2h --ticket CHG-1 --reason fix it", "options_unknown", "/prod request G 2h CHG-1 fix it"),
        ("request G --duration=1h 2h CHG-1 fix it", "options_unknown", "/prod request G 2h CHG-1 fix it"),
        ("request G 30m 1h", "time_unclear", "/prod request G 30m CHG-123"),
        ("request G, `H` 2h rebuild the index", "ticket_unclear", "/prod request G,H 2h CHG-123 rebuild the index"),
        ("extend E-00000000 30m 1h slow", "time_unclear", "/prod extend E-00000000 30m slow"),
        ("extend E-00000000 1h 15 slow", "time_unclear", "/prod extend E-00000000 1h15m slow"),
        ("approve R-00000000 R-11111111", "second_code", "/prod approve R-00000000"),
        ("stop E-00000000 `e-11111111` now", "second_code", "/prod stop E-00000000"),
        ("return E-00000000 E-11111111", "second_code", "/prod return E-00000000"),
        ("return `E-00000000` please", "words_too_many", "/prod return E-00000000"),
        ("withdraw R-00000000 all", "words_too_many", "/prod withdraw R-00000000"),
        ("status R-00000000 now", "words_too_many", "/prod status R-00000000"),
        ("list ProdMemberWorkGroup", "words_too_many", "/prod list"),
        ("unlink @leader01", "words_too_many", "/prod unlink"),
    ],
)
def test_what_reads_two_ways_is_asked_back_with_the_command_put_right(
    cast: Cast, slack: Slack, line: str, code: str, instead: str
) -> None:
    before = written()
    told(slack.types(cast.member01, line), f"({code})", f"{instead}")
    assert written() == before


@pytest.mark.parametrize(
    ("line", "ticket"),
    [
        ("  request ProdMemberWorkGroup 30m CHG-1 why", "CHG-1"),
        ("/prod request ProdMemberWorkGroup 30m CHG-1 why", "CHG-1"),
        ("request ProdMemberWorkGroup 30m <https://tickets.example.com/CHG-1|CHG-1> why", "CHG-1"),
        ("request ProdMemberWorkGroup 30m <https://tickets.example.com/CHG-1> why", "https://tickets.example.com/CHG-1"),
        ("request ProdMemberWorkGroup 30m #4711 why", "#4711"),
        ("request\u00a0ProdMemberWorkGroup\u00a030m\u00a0CHG-1\u00a0why", "CHG-1"),
    ],
)
def test_line_is_read_as_clients_of_slack_send_it(cast: Cast, slack: Slack, line: str, ticket: str) -> None:
    """Each was reported of another bot: a space in front, the command twice, links that Slack made, spaces that do not break."""
    slack.types(cast.member01, line)
    made = AccessRequest.objects.get()
    assert (made.duration_minutes, made.change_ticket, made.reason) == (30, ticket, "why")


def test_number_without_a_unit_is_no_time(cast: Cast, slack: Slack) -> None:
    """Reported of another bot, which took 60 for an hour: who means hours waits for minutes."""
    told(slack.types(cast.member01, "request ProdMemberWorkGroup 60 CHG-1 why"), "duration_unreadable")
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize("ticket", ["30", "rebuild"])
def test_marked_word_is_the_ticket_that_it_was_meant_to_be(cast: Cast, slack: Slack, ticket: str) -> None:
    slack.types(cast.member01, f"request ProdMemberWorkGroup 1h `{ticket}` fix  the index")
    made = AccessRequest.objects.get()
    assert (made.duration_minutes, made.change_ticket, made.reason) == (60, ticket, "fix  the index")


def test_words_of_any_width_and_with_marks_are_what_they_stand_for(cast: Cast, slack: Slack, clock: Clock) -> None:
    told(slack.types(cast.member01, "\uff4c\uff49\uff53\uff54"), "production")
    request = submitted(cast.member01, now=clock.now)
    pasted = request.code.replace("-", "\N{NON-BREAKING HYPHEN}")
    told(slack.types(cast.leader01, f"`status` *{pasted}*"), request.code)
    told(slack.types(cast.leader01, f"\uff41pprove `{pasted.lower()}` \uff0a fine"), f"You approved {request.code}.")
    assert Decision.objects.get().comment == "\uff0a fine"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("request ProdMemberWorkGroup 9999h CHG-1 why", "longest_exceeded"),
        ("request Nothing 30m CHG-1 why", "unknown_work_group"),
        ("request ProdMemberWorkGroup,ProdLeaderWorkGroup 30m CHG-1 why", "mixed_policies"),
        ("request ProdMemberWorkGroup,ProdMemberWorkGroup 30m CHG-1 why", "no_work_group"),
        ("request , 30m CHG-1 why", "no_work_group"),
        ("request ProdMemberWorkGroup 30m CHG-1", "words_missing"),
        ("request", "words_missing"),
        ("request ProdMemberWorkGroup 30m CHG-1 \u200b", "missing"),
        ("request ProdMemberWorkGroup 30m CHG-1 a\x00b", "control_characters"),
        (f"request ProdMemberWorkGroup 30m CHG-1 {'x' * 2001}", "too_long"),
        ("approve", "words_missing"),
        ("approve R-1", "code_unreadable"),
        ("approve R-00000000' OR 1=1", "code_unreadable"),
        ("approve R-00000000", "not_found"),
        ("approve E-00000000", "not_found"),
        ("return E-00000000", "not_found"),
        ("extend E-00000000 30m why", "not_found"),
        ("status R-00000000", "not_found"),
        ("fly", "unknown_command"),
    ],
)
def test_what_cannot_be_carried_out_is_said_with_its_code(cast: Cast, slack: Slack, line: str, code: str) -> None:
    before = written()
    answer = slack.types(cast.member01, line)
    told(answer, f"({code})")
    assert f"`{code}`" in texts(answer)[2]
    assert written() == before


def test_person_who_may_not_ask_for_a_group_is_refused(cast: Cast, slack: Slack) -> None:
    cast.prod_member.everyone_may_request = False
    cast.prod_member.save()
    told(slack.types(cast.member01, ASK), "may_not_request")


def test_approver_approves_with_a_comment_and_the_trail_keeps_the_proof(cast: Cast, slack: Slack, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    told(slack.types(cast.leader01, f"approve {request.code.lower()} go ahead then"), f"You approved {request.code}.")
    decision = Decision.objects.get()
    assert (decision.approver, decision.comment, decision.door, decision.client) == (cast.leader01, "go ahead then", "chat", "")
    assert decision.proof["method"] == "slack-signature"
    assert decision.proof["identity"] == "slack:U0LEADER01"
    assert shown_entry(act="request.approved").data["decision"]["proof"] == decision.proof
    assert Elevation.objects.get().status == ElevationStatus.SCHEDULED


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("reject {} not today", Verdict.REJECT),
        ("send-back {} say more", Verdict.SEND_BACK),
        ("send_back {} more", Verdict.SEND_BACK),
    ],
)
def test_no_takes_a_reason(cast: Cast, slack: Slack, clock: Clock, line: str, verdict: Verdict) -> None:
    request = submitted(cast.member01, now=clock.now)
    told(slack.types(cast.leader01, line.format(request.code).rsplit(request.code)[0] + request.code), "(missing)")
    assert not Decision.objects.exists()
    slack.types(cast.leader01, line.format(request.code))
    assert Decision.objects.get().verdict == verdict


@pytest.mark.parametrize("user", ["U0LEADER01", "u0leader01", "U0Leader01"])
def test_nobody_decides_on_their_own_request_whatever_the_letters(cast: Cast, slack: Slack, clock: Clock, user: str) -> None:
    request = submitted(cast.leader01, now=clock.now)
    before = written()
    for verb in ("approve", "reject", "send-back"):
        told(slack.types(user, f"{verb} {request.code} fine"), "own_request")
    assert written() == before


def test_second_identity_of_the_requester_decides_neither(cast: Cast, slack: Slack, clock: Clock) -> None:
    LinkedIdentity.objects.create(person=cast.leader01, provider="slack", external_id="W0OTHER", verified_at=clock.now)
    request = submitted(cast.leader01, now=clock.now)
    told(slack.types("W0OTHER", f"approve {request.code} fine"), "own_request")


def test_lead_of_another_group_may_not_even_see(cast: Cast, slack: Slack, clock: Clock) -> None:
    cast.one_lead.levels.get().approvers.set([cast.leader02])
    request = submitted(cast.member01, now=clock.now)
    told(slack.types(cast.leader01, f"approve {request.code} fine"), "not_found")
    told(slack.types(cast.admin01, f"approve {request.code} fine"), "not_an_approver")


def test_approver_of_a_level_whose_turn_it_is_not_is_refused(cast: Cast, slack: Slack, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now, work_groups=["ProdLeaderWorkGroup"])
    told(slack.types(cast.admin01, f"approve {request.code}"), "not_an_approver")
    told(slack.types(cast.leader01, f"approve {request.code}"), request.code)
    told(slack.types(cast.leader01, f"approve {request.code}"), "already_decided")
    told(slack.types(cast.admin01, f"approve {request.code}"), request.code)
    assert AccessRequest.objects.get().status == RequestStatus.APPROVED


@pytest.mark.parametrize("verb", ["approve", "reject", "send-back", "withdraw", "status"])
def test_request_of_somebody_else_is_not_there(cast: Cast, slack: Slack, clock: Clock, verb: str) -> None:
    request = submitted(cast.member01, now=clock.now)
    why = "" if verb in ("withdraw", "status") else " x"
    told(slack.types(cast.member02, f"{verb} {request.code}{why}"), "not_found")


def test_status_says_why_nothing_was_given(cast: Cast, slack: Slack, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    over = {"stopped_at": clock.now, "ended_at": clock.now, "stop_reason": "grant_refused"}
    Elevation.objects.update(status="ended", problem_at_end="tags_full:50", **over)
    said = texts(slack.types(cast.member01, f"status {elevation.request.code}"))
    assert "The IAM user has 50 tags already, as many as IAM allows. An administrator must take one off." in said


def test_decided_or_lapsed_request_is_refused_by_its_state(cast: Cast, slack: Slack, clock: Clock) -> None:
    decided, late = submitted(cast.member01, now=clock.now), submitted(cast.member02, now=clock.now)
    rejected(decided, cast.leader02, now=clock.now)
    told(slack.types(cast.leader01, f"approve {decided.code}"), "transition_not_allowed")
    clock.forward(days=2)
    told(slack.types(cast.leader01, f"approve {late.code}"), "decision_too_late")
    told(slack.types(cast.member01, f"withdraw {decided.code}"), "transition_not_allowed")


def test_policy_without_chat_sends_to_the_browser(cast: Cast, slack: Slack, clock: Clock) -> None:
    cast.one_lead.decide_by = ["browser", "client"]
    cast.one_lead.save()
    request = submitted(cast.member01, now=clock.now)
    answer = slack.types(cast.leader01, f"approve {request.code}")
    told(answer, "decide_in_browser", f"http://testserver/requests/{request.code}/")
    assert any(f"<http://testserver/requests/{request.code}/|" in text for text in texts(answer))
    assert not Decision.objects.exists()


def test_what_changed_since_it_was_submitted_is_not_approved_by_a_line(cast: Cast, slack: Slack, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    cast.prod_member.target_roles.add(cast.prod_leader.target_roles.get())
    told(slack.types(cast.leader01, f"approve {request.code}"), "seen_changed")


def test_whoever_is_not_linked_is_told_how(cast: Cast, slack: Slack) -> None:
    before = written()
    for user in ("U0NOBODY", "", "member01", "U0MEMBER01\x00", "x" * 3000):
        told(slack.types(user, ASK), "identity_not_linked", "http://testserver/me/", "/prod link CODE")
    assert written() == before


def test_identity_that_is_not_verified_is_nobody(cast: Cast, slack: Slack) -> None:
    LinkedIdentity.objects.filter(person=cast.member01).update(verified_at=None)
    told(slack.types(cast.member01, ASK), "identity_not_linked")


def test_disabled_person_is_nobody_at_once(cast: Cast, slack: Slack, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    run(lambda: people.disable(person=cast.leader01, actor=actor_of(cast.admin01), now=clock.now))
    before = written()
    for line in (f"approve {request.code}", "list", "help", ASK):
        told(slack.types(cast.leader01, line), "person_disabled")
    assert written() == before


def test_another_workspace_is_not_listened_to(cast: Cast, slack: Slack, settings: Settings) -> None:
    settings.SLACK_TEAM_ID = TEAM
    told(slack.types(cast.member01, "help"), "What you can type")
    told(slack.types(cast.member01, ASK, team_id="T0OTHER"), "another_team")
    told(slack.types(cast.member01, ASK, team_id=""), "another_team")
    assert not AccessRequest.objects.exists()


def test_access_is_returned_stopped_and_prolonged(cast: Cast, slack: Slack, clock: Clock) -> None:
    one = elevated(cast.member01, cast.leader01, now=clock.now, duration_minutes=60)
    told(slack.types(cast.member02, f"return {one.code}"), "not_yours")
    told(slack.types(cast.member01, f"extend {one.code} 30m not done"), AccessRequest.objects.get(extends=one).code)
    assert AccessRequest.objects.get(extends=one).asked_ends_at == one.ends_at + timedelta(minutes=30)
    told(slack.types(cast.member02, f"stop {one.code} enough"), "may_not_stop")
    told(slack.types(cast.leader02, f"stop {one.code}"), "missing")
    told(slack.types(cast.leader02, f"stop {one.code} enough"), "You stopped the access")
    two = elevated(cast.member02, cast.leader01, now=clock.now)
    told(slack.types(cast.member02, f"return {two.request.code}"), "You returned ProdMemberWorkGroup.")
    told(slack.types(cast.member02, f"return {two.code}"), "transition_not_allowed")
    two.refresh_from_db()
    assert two.status == ElevationStatus.CANCELLED


def test_number_of_a_request_that_gave_several_accesses_is_not_enough(cast: Cast, slack: Slack, clock: Clock) -> None:
    cast.prod_leader.policy = cast.one_lead
    cast.prod_leader.save()
    request = submitted(cast.member01, now=clock.now, work_groups=["ProdLeaderWorkGroup", "ProdMemberWorkGroup"])
    approved(request, cast.leader01, now=clock.now)
    told(slack.types(cast.member01, f"return {request.code}"), "several_accesses", Elevation.objects.first().code)  # type: ignore[union-attr]


def test_requester_withdraws(cast: Cast, slack: Slack, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    told(slack.types(cast.leader01, f"withdraw {request.code}"), "not_yours")
    told(slack.types(cast.member01, f"withdraw {request.code}"), f"You withdrew {request.code}.")


def test_list_says_who_is_in_production_and_what_waits_for_me(cast: Cast, slack: Slack, clock: Clock) -> None:
    access = elevated(cast.member01, cast.leader01, now=clock.now)
    request = submitted(cast.member02, now=clock.now)
    answer = slack.types(cast.leader01, "list")
    told(answer, "member01", request.code)
    shown = "\n".join(texts(answer))
    assert access.code in shown
    # Where no window can be opened a press decides at once, and a line shows too little for that.
    assert "Approve" not in shown
    theirs = "\n".join(texts(slack.types(cast.member01, "list")))
    assert access.code in theirs
    assert request.code not in theirs
    assert "Nothing waits for you." in theirs


def test_list_has_buttons_where_they_open_a_window(cast: Cast, slack: Slack, server: SlackServer, clock: Clock) -> None:
    submitted(cast.member02, now=clock.now)
    assert "Approve" in texts(slack.types(cast.leader01, "list"))


def test_text_that_slack_cuts_is_decided_on_in_the_portal(cast: Cast, slack: Slack, clock: Clock) -> None:
    """What is approved is what the approver saw; the button's digest stands for the whole text."""
    request = submitted(cast.member01, now=clock.now, plan="x" * 1999 + "\u200b")
    shown = texts(slack.types(cast.leader01, f"status {request.code}"))
    assert "Approve" not in shown
    assert "This is longer than Slack shows. Read it in the portal, and decide there." in shown
    short = submitted(cast.member02, now=clock.now, plan="x" * 2000)
    assert "Approve" in texts(slack.types(cast.leader01, f"status {short.code}"))


def test_card_names_the_user_in_aws_and_the_access_that_goes_on(cast: Cast, slack: Slack, clock: Clock) -> None:
    access = elevated(cast.member01, cast.leader01, now=clock.now)
    asked = extension_asked(access, cast.member01, ends_at=access.ends_at + timedelta(minutes=10), now=clock.now)
    shown = texts(slack.types(cast.leader01, f"status {asked.code}"))
    assert access.code in shown
    assert f"member01 {iam_user_id('member01')}" in shown


def test_list_of_many_stays_within_what_slack_takes(cast: Cast, slack: Slack, clock: Clock) -> None:
    for number in range(20):
        person = add_person(f"engineer{number:02}")
        elevated(person, cast.leader01, now=clock.now)
        submitted(person, now=clock.now, work_groups=["ProdLeaderWorkGroup"])
    answer = slack.types(cast.leader01, "list")
    assert len(answer["blocks"]) <= 50
    assert "There are more; the portal shows them all." in texts(answer)
    assert all(len(text) <= 3000 for text in texts(answer))


def test_request_is_shown_to_those_who_may_see_it(cast: Cast, slack: Slack, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now, plan="first this\nthen that")
    shown = texts(slack.types(cast.leader01, f"status {request.code}"))
    for part in ("fix the index", "CHG-123", "first this\nthen that", "Approve"):
        assert any(part in text for text in shown), part


def test_help_is_what_an_empty_line_gets(cast: Cast, slack: Slack) -> None:
    for line in ("", "  ", "help", "HELP"):
        assert any("request GROUP" in text for text in texts(slack.types(cast.member01, line)))


def test_language_is_the_persons_choice_else_slacks_else_japanese(cast: Cast, slack: Slack) -> None:
    line, english = "status R-00000000", "There is no such thing"
    assert english in slack.types(cast.member01, line)["text"]
    for slack.locale in ("", "ja-JP", "fr-FR"):
        assert english not in slack.types(cast.member01, line)["text"]
    cast.member01.language = "en"
    cast.member01.save()
    assert english in slack.types(cast.member01, line)["text"]


def test_times_are_in_each_readers_zone_and_else_in_the_persons(cast: Cast, slack: Slack) -> None:
    cast.member01.time_zone = "Europe/Berlin"
    cast.member01.save()
    shown = "\n".join(texts(slack.types(cast.member01, ASK)))
    assert "<!date^1795496400^{date_short_pretty} {time}|2026-11-24 06:00 CET>" in shown


@pytest.mark.parametrize("bad", ["<!channel>", "<!here|x>", "<@U0LEADER01>", "<https://evil.example|portal>"])
def test_markup_of_slack_is_shown_literally(cast: Cast, slack: Slack, clock: Clock, bad: str) -> None:
    cast.member01.name = bad
    cast.member01.save()
    request = submitted(cast.member01, now=clock.now, reason=f"because {bad} @here *bold*", plan=bad, change_ticket=bad)
    answers = [
        slack.types(cast.leader01, f"status {request.code}"),
        slack.types(cast.leader01, "list"),
        slack.types(cast.leader01, f"request {bad} 30m CHG-1 why"),
        slack.types(cast.leader01, bad),
        slack.types(cast.leader01, f"approve {request.code} {bad}"),
        slack.types(cast.leader01, f"status {request.code}"),
    ]
    for answer in answers:
        for text in texts(answer):
            assert bad not in text
            assert "<!channel" not in text
            assert "<@" not in text
            assert "<https://evil" not in text
    assert "because " in "".join(texts(answers[0]))


def test_what_people_typed_is_in_no_text_in_which_slack_reads_markup(cast: Cast, slack: Slack, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now, reason="@here *bold* https://evil.example", plan="`code`")
    for block in slack.types(cast.leader01, f"status {request.code}")["blocks"]:
        for part in [block.get("text", {}), *block.get("fields", []), *block.get("elements", [])]:
            if isinstance(part, dict) and part.get("type") == "mrkdwn":
                assert part["verbatim"] is True
                assert "bold" not in part["text"]


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066"])
def test_what_a_text_hides_is_named(cast: Cast, slack: Slack, clock: Clock, hidden: str) -> None:
    request = submitted(cast.member01, now=clock.now, reason=f"a{hidden}b")
    shown = "\n".join(texts(slack.types(cast.leader01, f"status {request.code}")))
    assert hidden not in shown
    assert f"a⟦U+{ord(hidden):04X}⟧b" in shown


def test_longest_texts_fit_into_what_slack_takes(cast: Cast, slack: Slack, clock: Clock) -> None:
    long = "&" * 2000
    request = submitted(cast.member01, now=clock.now, reason=long, plan="<" * 8000, impact="x" * 8000, way_back="y" * 8000)
    answer = slack.types(cast.leader01, f"status {request.code}")
    assert len(answer["blocks"]) <= 50
    fields = [one["text"] for block in answer["blocks"] for one in block.get("fields", [])]
    assert max(map(len, fields)) <= 2000
    assert not any(text.endswith(("&am…", "&l…", "&lt…", "&…")) for text in fields)
