"""Which class a log-in has: the first that holds, by the ids of AWS, with a minute's skew; in whatever order events come."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.cloudtrail import classes, sessions
from audits.cloudtrail.classes import Class, LoggedIn, Use, Verdict, classed, use_of
from audits.cloudtrail.entering import Entered, Way
from audits.cloudtrail.event import Event, Part, Scope, parsed
from audits.cloudtrail.leave import Exemption, Leave, Window
from audits.cloudtrail.standing import Declared, Standing, Timeline
from tests.worlds import cloudtrail as world

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
END = START + timedelta(hours=1)
LONG_AGO = START - timedelta(days=99)
SCOPE = Scope(homes={world.JUMP}, roles=frozenset({world.ROLE, world.READER}))
WINDOW = Window(
    elevation="E-1",
    person="member01",
    user=world.USER_ID,
    user_name="member01",
    directory_user="user-1",
    starts_at=START,
    ends_at=END,
    roles=frozenset({(world.ROLE, world.ROLE_ID), (world.RESERVED, "")}),
)
PORTAL_ROLE = f"arn:aws:iam::{world.PRODUCTION}:role/sekisho/SekishoGateRole"
READERS = {"MemberGroup": frozenset({(world.READER, world.READER_ID)})}
MEMBER = Declared(groups=frozenset({"MemberGroup"}), users=frozenset({world.USER_ID}))
STANDING = Standing(groups=Timeline([(LONG_AGO, READERS)]), people={"member01": Timeline([(LONG_AGO, MEMBER)])})
LEAVE = Leave(
    jump=world.JUMP,
    windows=[WINDOW],
    standing=STANDING,
    people={world.USER_ID: "member01", "user-1": "member01"},
    portal=frozenset({"AROAPORTAL0000000000"}),
    portal_roles=frozenset({PORTAL_ROLE}),
    targets=frozenset({world.PRODUCTION}),
    exemptions=[
        Exemption(
            owner="admin01",
            until=date(2026, 12, 31),
            why="the organisation's own",
            role="arn:aws:iam::*:role/OrganizationAccountAccessRole",
        )
    ],
)


@dataclass(frozen=True)
class Piece:
    event: Event

    @property
    def id(self) -> str:
        return f"{self.event.account} {self.event.id}"

    @property
    def name(self) -> str:
        return self.event.name

    @property
    def began(self) -> datetime:
        return self.event.began

    @property
    def tie(self) -> str:
        return self.event.tie

    @property
    def is_entry(self) -> bool:
        return self.event.part == Part.ENTRY


def judged(raws: Sequence[dict[str, Any]], leave: Leave = LEAVE) -> list[tuple[Verdict, Way, int]]:
    """Return class, way and number of calls of each log-in of these events."""
    events = {(event.account, event.id): event for raw in raws if (event := parsed(raw, SCOPE)) is not None}
    threads: dict[str, list[Piece]] = {}
    for event in events.values():
        threads.setdefault(event.thread or f"alone {event.tie or event.id}", []).append(Piece(event))
    found = []
    for pieces in threads.values():
        for group in sessions.grouped(pieces):
            entries = [piece.event for piece in pieces if piece.id in group.entries]
            calls = [piece.event for piece in pieces if not piece.is_entry and piece.began in group.sessions]
            found.append((_classed(entries, calls, leave), _entered(entries, calls).way, len(calls)))
    return sorted(found, key=str)


def _entered(entries: Sequence[Event], calls: Sequence[Event]) -> Entered:
    said = [(event.name, event.id, event.entered) for event in (entries or calls[:1]) if event.entered]
    return sessions.merged(said)


def _classed(entries: Sequence[Event], calls: Sequence[Event], leave: Leave) -> Verdict:
    moments = [call.at for call in calls if not call.error and call.name not in classes.NEVER_DENIED]
    at = min(event.at for event in entries or calls)
    refused = bool(entries) and all(event.error for event in entries)
    return classed(
        LoggedIn(entered=_entered(entries, calls), at=at, refused=refused, last_call=max(moments, default=None), calls=moments),
        leave,
    )


def one(raws: Sequence[dict[str, Any]], leave: Leave = LEAVE) -> Verdict:
    (only,) = judged(raws, leave)
    return only[0]


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (START - timedelta(seconds=61), Class.NO_LEAVE),
        (START - timedelta(seconds=60), Class.USED),
        (END + timedelta(seconds=60), Class.USED),
        (END + timedelta(seconds=61), Class.NO_LEAVE),
    ],
)
def test_clocks_may_differ_by_a_minute(at: datetime, kind: Class) -> None:
    assert one(world.switch(at)).kind == kind


def test_leave_is_the_users_by_the_id_of_aws_and_not_by_the_sessions_name() -> None:
    assert one(world.switch(START, session="somebody-else")) == Verdict(kind=Class.USED, elevation="E-1", person="member01")
    other = world.user("member02", user_id="AIDAMEMBER0200000000")
    assert one(world.switch(START, session="member01", who=other)).kind == Class.NO_LEAVE


def test_role_made_anew_under_the_name_has_no_leave() -> None:
    assert one(world.switch(START, role_id="AROANEWLYMADE0000000")).kind == Class.NO_LEAVE


def test_refused_is_refused_and_after_the_end_it_proves_the_gate() -> None:
    assert one(world.switch(END + timedelta(hours=1), error="AccessDenied")).kind == Class.REFUSED
    late = world.call(END + timedelta(minutes=5), began=START, error="AccessDenied")
    assert one([*world.switch(START), late]).kind == Class.USED


def test_call_that_succeeded_after_the_end_is_found_and_who_am_i_is_not() -> None:
    late = world.call(END + timedelta(minutes=5), began=START)
    assert one([*world.switch(START), late]) == Verdict(kind=Class.AFTER_END, elevation="E-1", person="member01")
    who = world.call(END + timedelta(minutes=5), "GetCallerIdentity", began=START, source="sts")
    assert one([*world.switch(START), who]).kind == Class.USED


def test_next_window_of_the_same_person_covers_its_calls() -> None:
    later = Window(
        elevation="E-2",
        person="member01",
        user=world.USER_ID,
        starts_at=END,
        ends_at=END + timedelta(hours=1),
        roles=WINDOW.roles,
    )
    leave = Leave(jump=world.JUMP, windows=[WINDOW, later], people=LEAVE.people)
    assert one([*world.switch(START), world.call(END + timedelta(minutes=5), began=START)], leave).kind == Class.USED


def test_call_without_leave_is_not_undone_by_one_within_a_later_window() -> None:
    later = Window(
        elevation="E-2",
        person="member01",
        user=world.USER_ID,
        starts_at=END + timedelta(hours=1),
        ends_at=END + timedelta(hours=2),
        roles=WINDOW.roles,
    )
    leave = Leave(jump=world.JUMP, windows=[WINDOW, later], people=LEAVE.people)
    calls = [world.call(END + timedelta(minutes=minutes), began=START) for minutes in (30, 70)]
    assert one([*world.switch(START), *calls], leave) == Verdict(kind=Class.AFTER_END, elevation="E-1", person="member01")
    assert one([*world.switch(START), calls[1]], leave).kind == Class.USED


def test_standing_is_for_people_who_are_known_and_for_no_stranger() -> None:
    assert one(world.switch(END + timedelta(hours=9), role=world.READER, role_id=world.READER_ID)).kind == Class.STANDING
    stranger = world.user("eve", account="999999999999", user_id="AIDAEVE0000000000000")
    (_caller, theirs) = world.switch(START, role=world.READER, role_id=world.READER_ID, who=stranger)
    assert one([theirs]).kind == Class.NO_LEAVE


def test_portal_is_known_by_who_it_is_and_by_its_role() -> None:
    portal = world.in_role(
        START, role=f"arn:aws:iam::{world.JUMP}:role/SekishoPortalRole", role_id="AROAPORTAL0000000000", session="sekisho"
    )
    assert one(world.switch(START, role=PORTAL_ROLE, who=portal, session="sekisho")).kind == Class.PORTAL
    assert one(world.switch(START, role=PORTAL_ROLE, role_id="AROAGATE000000000000", session="sekisho")).kind == Class.NO_LEAVE


def test_declared_exception_counts_until_its_day_is_over() -> None:
    role = f"arn:aws:iam::{world.PRODUCTION}:role/OrganizationAccountAccessRole"
    found = one(world.switch(START, role=role, role_id="AROAORGANIZATION0000"))
    assert (found.kind, found.exemption) == (Class.DECLARED, LEAVE.exemptions[0])
    assert one(world.switch(datetime(2027, 1, 1, tzinfo=UTC), role=role, role_id="AROAORGANIZATION0000")).kind == Class.NO_LEAVE


def test_caller_whom_an_exception_names_is_waited_for() -> None:
    """The target's event has the caller's id alone; the Jump account's, which has the name, may be read later."""
    named = Exemption(
        owner="admin01", until=date(2026, 12, 31), why="closes accounts", role="arn:aws:iam::*:role/Closing", principal=world.USER
    )
    leave = Leave(jump=world.JUMP, exemptions=[named])
    role = f"arn:aws:iam::{world.PRODUCTION}:role/Closing"
    ours, theirs = world.switch(START, role=role, role_id="AROACLOSING000000000")
    assert one([theirs], leave) == Verdict(kind=Class.UNKNOWN, reason="caller_not_seen")
    assert one([theirs, ours], leave).kind == Class.DECLARED
    others, other = world.switch(START, role=role, role_id="AROACLOSING000000000", who=world.user("member02", user_id="AIDA02"))
    assert one([other, others], leave).kind == Class.NO_LEAVE


@pytest.mark.parametrize("who", ["IAMUser", "Root"])
def test_console_log_ins_to_a_target_have_no_leave(who: str) -> None:
    local = {**world.user("old", account=world.PRODUCTION, user_id="AIDAOLD0000000000000"), "type": who}
    assert one([world.console_log_in(START, who=local)]).kind == Class.NO_LEAVE


def test_identity_center_is_matched_by_its_own_id_and_the_role_it_makes_is_tied_to_nobody() -> None:
    assert one([world.federated(START, directory_user="user-1")]) == Verdict(kind=Class.USED, elevation="E-1", person="member01")
    assert one([world.federated(START, directory_user="user-2")]).kind == Class.NO_LEAVE
    who = {"type": "SAMLUser", "principalId": "x:ann", "userName": "ann", "accountId": world.PRODUCTION}
    reserved: dict[str, Any] = {
        "role": world.RESERVED,
        "role_id": "AROARESERVED00000000",
        "who": who,
        "name": "AssumeRoleWithSAML",
    }
    assert one(world.switch(START, **reserved)) == Verdict(kind=Class.UNKNOWN, reason="not_tied")
    assert one(world.switch(END + timedelta(hours=1), **reserved)).kind == Class.NO_LEAVE


def test_chained_session_has_the_leave_of_the_one_that_it_goes_on_from_and_no_more() -> None:
    before = f"{world.PRODUCTION}:{world.ROLE_ID}:member01"
    entered = Entered(way=Way.CHAIN, account=world.PRODUCTION, parent=before, parent_began=START, role=world.ROLE)
    parent = Verdict(kind=Class.USED, elevation="E-1", person="member01")
    assert classed(LoggedIn(entered=entered, at=START), LEAVE, parent=parent) == parent
    assert classed(LoggedIn(entered=entered, at=END + timedelta(minutes=2)), LEAVE, parent=parent).kind == Class.NO_LEAVE
    assert classed(LoggedIn(entered=entered, at=START), LEAVE).reason == "parent_not_seen"
    assert classed(LoggedIn(entered=entered, at=START), LEAVE, parent=Verdict(kind=Class.STANDING)).kind == Class.NO_LEAVE


def test_chain_out_of_a_work_role_into_a_role_that_the_access_is_not_for_has_no_leave() -> None:
    before = f"{world.PRODUCTION}:{world.ROLE_ID}:member01"
    entered = Entered(way=Way.CHAIN, account=world.PRODUCTION, parent=before, parent_began=START, role=world.READER)
    parent = Verdict(kind=Class.USED, elevation="E-1", person="member01")
    assert classed(LoggedIn(entered=entered, at=START), LEAVE, parent=parent) == Verdict(kind=Class.NO_LEAVE, person="member01")


@pytest.mark.parametrize("account", ["999999999999", world.JUMP])
def test_session_of_a_role_in_an_account_of_which_none_is_read_has_no_leave(account: str) -> None:
    stranger = {"type": "AWSAccount", "principalId": "AROAOUTSIDE000000000:x", "accountId": account}
    (_ours, theirs) = world.switch(START, who=stranger)
    assert one([theirs]).kind == Class.NO_LEAVE
    inside = {**stranger, "accountId": world.PRODUCTION}
    assert one([world.switch(START, who=inside)[-1]]) == Verdict(kind=Class.UNKNOWN, reason="parent_not_seen")


def test_session_of_a_role_that_is_named_as_a_user_is_no_user() -> None:
    (event,) = [raw for raw in world.console_switch(START) if raw["eventName"] == "SwitchRole"]
    forged = f"arn:aws:sts::{world.JUMP}:assumed-role/Any/member01"
    assert one([{**event, "additionalEventData": {**event["additionalEventData"], "SwitchFrom": forged}}]).kind == Class.NO_LEAVE


def test_calls_of_a_session_whose_beginning_nobody_saw_are_unknown() -> None:
    assert one([world.call(START, began=START)]) == Verdict(kind=Class.UNKNOWN, reason="entry_not_seen")


def test_switch_by_the_console_is_one_log_in_even_without_the_switch_itself() -> None:
    ((verdict, way, _calls),) = judged(world.console_switch(START))
    assert (verdict.kind, way) == (Class.USED, Way.CONSOLE)
    assert one([world.console_switch(START)[-1]]) == verdict


def _story(begins: Sequence[int], calls: Sequence[tuple[int, int, bool]]) -> list[dict[str, Any]]:
    """Return the events of switches, each at a second, and of calls of these: by which, how much later, refused or not."""
    raws: list[dict[str, Any]] = []
    for number, second in enumerate(begins):
        at = START + timedelta(seconds=second)
        raws += world.console_switch(at) if number % 2 else world.switch(at)
    for number, (of, after, refused) in enumerate(calls):
        began = START + timedelta(seconds=begins[of % len(begins)])
        raws.append(
            world.call(began + timedelta(seconds=after), f"Call{number}", began=began, error="AccessDenied" if refused else "")
        )
    return raws


@given(
    st.lists(st.integers(-300, 4200), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6000), st.booleans()), max_size=8),
    st.randoms(use_true_random=False),
)
def test_order_of_arrival_and_doubles_change_nothing(
    begins: list[int], calls: list[tuple[int, int, bool]], chance: random.Random
) -> None:
    raws = _story(begins, calls)
    expected = judged(raws)
    shuffled = [*raws, *chance.sample(raws, chance.randint(0, len(raws)))]
    chance.shuffle(shuffled)
    assert judged(shuffled) == expected
    assert sum(calls for _verdict, _way, calls in expected) == len(calls)


@given(st.integers(-7200, 7200), st.integers(0, 7200), st.booleans())
def test_a_log_in_is_covered_exactly_within_its_window_and_its_calls_until_its_end(
    second: int,
    after: int,
    refused: bool,  # noqa: FBT001  Drawn.
) -> None:
    at = START + timedelta(seconds=second)
    called = at + timedelta(seconds=after)
    found = one([*world.switch(at), world.call(called, began=at, error="AccessDenied" if refused else "")])
    inside = START - timedelta(seconds=60) <= at <= END + timedelta(seconds=60)
    is_late = not refused and called > END + timedelta(seconds=60)
    assert found.kind == (Class.NO_LEAVE if not inside else Class.AFTER_END if is_late else Class.USED)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"used": True, "ended_at": None, "read_until": None, "gaps": True}, (Use.USED, "")),
        ({"used": False, "ended_at": None, "read_until": END, "gaps": False}, (Use.UNKNOWN, "not_over")),
        ({"used": False, "ended_at": END, "read_until": None, "gaps": False}, (Use.UNKNOWN, "not_read")),
        ({"used": False, "ended_at": END, "read_until": END + timedelta(hours=23), "gaps": False}, (Use.UNKNOWN, "not_settled")),
        ({"used": False, "ended_at": END, "read_until": END + timedelta(hours=24), "gaps": True}, (Use.UNKNOWN, "gap")),
        ({"used": False, "ended_at": END, "read_until": END + timedelta(hours=24), "gaps": False}, (Use.NEVER_USED, "")),
    ],
)
def test_never_used_is_said_when_all_was_read_for_a_day_after_the_end(facts: dict[str, Any], expected: tuple[Use, str]) -> None:
    assert use_of(**facts) == expected
