"""The rules, on values: each is met, its order, and that no place lacks a fact."""

from dataclasses import MISSING, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_requests import errors, policy
from access_requests.policy import Place, rules
from access_requests.policy.facts import (
    Approver,
    Decidable,
    Extended,
    FullRole,
    Group,
    Length,
    Other,
    Passage,
    Proof,
    Quota,
    Requester,
    Seat,
    Sight,
    Submissions,
    UnreadRole,
)
from access_requests.policy.leave import Consent, Facts, Given, Grounds, Unfounded, Withheld
from access_requests.policy.proofs import NEEDS, Guarded
from access_requests.policy.reports import OverdueReport
from access_requests.policy.rules import people
from access_requests.policy.signatures import Look
from access_requests.policy.situations import Asking, Deciding, Granting, ProlongAsking, Prolonging, Proving, Situation, Starting
from access_requests.policy.windows import AskedWindow, Limits, decision_deadline
from portal.verbs import rejections
from portal.verbs.proving import Proven

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
LIMITS = Limits(shortest=timedelta(minutes=15), longest=timedelta(hours=4), decision=timedelta(hours=24))
HOUR = timedelta(hours=1)
MINUTES = st.integers(-600, 600).map(lambda minutes: timedelta(minutes=minutes))


def window(
    *, starts_at: datetime | None = None, ends_at: datetime | None = None, duration: timedelta | None = None
) -> AskedWindow:
    return AskedWindow(starts_at=starts_at, ends_at=ends_at, duration=duration)


REQUESTER = Requester(username="member01", is_active=True)
GROUP = Group(name="ProdMemberWorkGroup", is_retired=False, is_under_policy=True, is_open=True, lacks=None)
OTHER = Other(code="R-7K3M9QX2", work_group="ProdMemberWorkGroup")
SUBMISSIONS = Submissions(allowed=Quota(pending=20, hourly=120), pending=0, hour_began_at=None)
SEATS = (Seat(level=1, approvals=1, people=frozenset({1, 2})),)
EXTENDED = Extended(status="active", is_own=True, is_open=True, ends_at=NOW + HOUR, waits_for_start=False)
FRESH = Proven(method="totp", factor="F-7K3M9QX2", at=NOW)
PROOF = Proof(
    act=Guarded.DECISION,
    need=NEEDS[Guarded.DECISION],
    factors_required=True,
    must_have_factor=True,
    has_factor=True,
    may_be_asked=True,
    proven=(FRESH,),
)
WHO: dict[str, Any] = {"now": NOW, "requester": REQUESTER, "work_groups": (GROUP,)}
WHEN: dict[str, Any] = {"limits": LIMITS, "length": Length(time=HOUR, field="ends_at"), "overlaps": None}
ASKED: dict[str, Any] = {"submissions": SUBMISSIONS, "seats": SEATS, "unread_roles": (), "pending": None}

ROW = Facts(status="approved", requester="member01", digest="digest", starts_at=NOW, ends_at=NOW + HOUR)
GIVEN = Given(
    request="R-7K3M9QX2",
    person="member01",
    work_group="ProdMemberWorkGroup",
    iam_user=("member01", "AIDA1"),
    identity_center_user=("", ""),
    starts_at=NOW,
)
FORGED = Grounds(
    status="scheduled",
    row=GIVEN,
    told=None,
    states=(),
    ends_at=NOW + HOUR,
    ends_by="",
    consent=Consent(row=ROW),
    extensions={},
)

# One situation a place, in which nothing is refused; but a grant, which the trail must have founded.
ASKING = Asking(**WHO, **WHEN, **ASKED, window=window(duration=HOUR), overdue_reports=())
DECIDING = Deciding(
    now=NOW,
    is_approval=True,
    approver=Approver(is_active=True, is_requester=False, has_decided=False, levels=frozenset({1}), carried_by=""),
    request=Decidable(status="pending", decide_until=NOW + HOUR, level=1),
    group_names=("ProdMemberWorkGroup",),
    levels_moved=False,
    passage=Passage(is_open=True, may_sign=False, url="https://portal.example.com/requests/R-7K3M9QX2/"),
    unread_roles=(),
    sight=Sight(holds=True, changed={}),
    signature=None,
    proof=PROOF,
)
STARTING = Starting(**WHO, **WHEN, full_role=None)
GRANTING = Granting(**WHO, ends_at=NOW + HOUR, rebound="", grounds=FORGED)
PROLONG_ASKING = ProlongAsking(**WHO, **WHEN, **ASKED, extended=EXTENDED, ends_at=NOW + 2 * HOUR, proof=PROOF)
PROLONGING = Prolonging(**WHO, **WHEN, extended=EXTENDED, pending=None, change_waits_for_portal=True)
PROVING = Proving(now=NOW, proof=PROOF)
ALL: tuple[Situation, ...] = (ASKING, DECIDING, STARTING, GRANTING, PROLONG_ASKING, PROLONGING, PROVING)


def refused_with(situation: Situation) -> str:
    """Return the code of the refusal, or nothing."""
    refused = policy.refusal(situation)
    return refused.code if refused else ""


@pytest.mark.parametrize("situation", [each for each in ALL if each is not GRANTING], ids=lambda each: each.place)
def test_nothing_is_refused_where_nothing_speaks_against_it(situation: Situation) -> None:
    assert refused_with(situation) == ""


def test_each_place_is_one_situation_and_no_fact_of_it_can_be_left_out() -> None:
    assert [situation.place for situation in ALL] == [
        Place.ASK, Place.DECIDE, Place.START, Place.GRANT, Place.PROLONG_ASK, Place.PROLONG, Place.PROVE
    ]  # fmt: skip
    for kind in map(type, ALL):
        assert [fact.name for fact in fields(kind) if (fact.default, fact.default_factory) != (MISSING, MISSING)] == []


def test_each_rule_is_asked_once_and_somewhere() -> None:
    asked = [rule.refuses for rule in rules.RULES]
    assert len(set(asked)) == len(asked)
    assert all(rule.places for rule in rules.RULES)
    assert {place for rule in rules.RULES for place in rule.places} == set(Place)
    assert all(set(rule.said) <= set(rule.at) for rule in rules.RULES)


DISABLED = Requester(username="member01", is_active=False)
CLOSED, RETIRED = (replace(GROUP, is_open=False),), (replace(GROUP, is_retired=True, is_open=False),)
MOVED, UNBOUND = (replace(GROUP, is_under_policy=False),), (replace(GROUP, lacks=errors.NoIamUser),)
SIGNATURE = Look(holds=True, age=HOUR, least_age=HOUR, factor="K-7K3M9QX2", known=0, said=1)
LONG = Length(time=4 * HOUR + timedelta(seconds=1), field="ends_at")


@pytest.mark.parametrize(
    ("situation", "facts", "code"),
    [
        (ASKING, {"requester": DISABLED}, "person_disabled"),
        (STARTING, {"requester": DISABLED}, "requester_may_not"),
        (GRANTING, {"requester": DISABLED}, "person_disabled"),
        (PROLONG_ASKING, {"requester": DISABLED}, "person_disabled"),
        (PROLONGING, {"requester": DISABLED}, "requester_may_not"),
        (ASKING, {"work_groups": CLOSED}, "may_not_request"),
        (STARTING, {"work_groups": CLOSED}, "requester_may_not"),
        (GRANTING, {"work_groups": CLOSED}, "requester_may_not"),
        (PROLONG_ASKING, {"work_groups": CLOSED}, "may_not_request"),
        (PROLONGING, {"work_groups": CLOSED}, "requester_may_not"),
        (STARTING, {"work_groups": RETIRED}, "catalogue_changed"),
        (GRANTING, {"work_groups": RETIRED}, "withheld"),
        (PROLONGING, {"work_groups": RETIRED}, "catalogue_changed"),
        (STARTING, {"work_groups": MOVED}, "catalogue_changed"),
        (PROLONGING, {"work_groups": MOVED}, "catalogue_changed"),
        (ASKING, {"work_groups": UNBOUND}, "no_iam_user"),
        (STARTING, {"work_groups": UNBOUND}, "requester_may_not"),
        (PROLONG_ASKING, {"work_groups": UNBOUND}, "no_iam_user"),
        (PROLONGING, {"work_groups": UNBOUND}, "requester_may_not"),
        (ASKING, {"length": LONG}, "longest_exceeded"),
        (STARTING, {"length": LONG}, "catalogue_changed"),
        (PROLONG_ASKING, {"length": LONG}, "longest_exceeded"),
        (PROLONGING, {"length": LONG}, "catalogue_changed"),
        (ASKING, {"length": Length(time=timedelta(minutes=14), field="ends_at")}, "too_short"),
        (ASKING, {"pending": OTHER}, "already_pending"),
        (PROLONG_ASKING, {"pending": OTHER}, "already_pending"),
        (PROLONGING, {"pending": OTHER}, "already_pending"),
        (ASKING, {"overlaps": OTHER}, "windows_overlap"),
        (STARTING, {"overlaps": OTHER}, "windows_overlap"),
        (PROLONG_ASKING, {"overlaps": OTHER}, "windows_overlap"),
        (PROLONGING, {"overlaps": OTHER}, "windows_overlap"),
        (ASKING, {"seats": (replace(SEATS[0], people=frozenset()),)}, "too_few_approvers"),
        (PROLONG_ASKING, {"seats": (replace(SEATS[0], people=frozenset()),)}, "too_few_approvers"),
        (ASKING, {"unread_roles": (UnreadRole(role="production/Prod_MemberRole", work_group="W"),)}, "identity_unread"),
        (PROLONG_ASKING, {"unread_roles": (UnreadRole(role="production/Prod_MemberRole", work_group="W"),)}, "identity_unread"),
        (DECIDING, {"unread_roles": (UnreadRole(role="production/Prod_MemberRole", work_group="W"),)}, "identity_unread"),
        (STARTING, {"full_role": FullRole(role="production/Prod_MemberRole", people=20)}, "role_full"),
        (PROLONG_ASKING, {"extended": replace(EXTENDED, is_own=False)}, "not_yours"),
        (PROLONGING, {"extended": replace(EXTENDED, is_own=False)}, "not_yours"),
        (PROLONG_ASKING, {"extended": replace(EXTENDED, is_open=False)}, "elevation_over"),
        (PROLONGING, {"extended": replace(EXTENDED, is_open=False)}, "elevation_over"),
        (PROLONG_ASKING, {"extended": replace(EXTENDED, waits_for_start=True)}, "not_in_production_yet"),
        (PROLONG_ASKING, {"ends_at": EXTENDED.ends_at}, "end_before_start"),
        (PROLONG_ASKING, {"ends_at": EXTENDED.ends_at - HOUR}, "end_before_start"),
        (PROLONGING, {"change_waits_for_portal": False}, "change_not_ready"),
        (DECIDING, {"approver": replace(DECIDING.approver, is_active=False)}, "person_disabled"),
        (DECIDING, {"approver": replace(DECIDING.approver, is_requester=True)}, "own_request"),
        (DECIDING, {"approver": replace(DECIDING.approver, levels=frozenset())}, "not_an_approver"),
        (DECIDING, {"approver": replace(DECIDING.approver, levels=frozenset({2}))}, "not_an_approver"),
        (DECIDING, {"approver": replace(DECIDING.approver, has_decided=True)}, "already_decided"),
        (DECIDING, {"approver": replace(DECIDING.approver, carried_by="bot")}, "own_client_decided"),
        (DECIDING, {"request": replace(DECIDING.request, status="approved")}, "transition_not_allowed"),
        (DECIDING, {"request": replace(DECIDING.request, decide_until=NOW)}, "decision_too_late"),
        (DECIDING, {"request": replace(DECIDING.request, level=None)}, "not_an_approver"),
        (DECIDING, {"levels_moved": True}, "catalogue_changed"),
        (DECIDING, {"passage": replace(DECIDING.passage, is_open=False)}, "decide_in_browser"),
        (DECIDING, {"passage": replace(DECIDING.passage, is_open=False, may_sign=True)}, "passkey_needed"),
        (DECIDING, {"sight": Sight(holds=False, changed={})}, "seen_changed"),
        (DECIDING, {"signature": SIGNATURE}, ""),
        (DECIDING, {"signature": replace(SIGNATURE, holds=False)}, "signature_refused"),
        (DECIDING, {"signature": replace(SIGNATURE, age=HOUR - timedelta(seconds=1))}, "passkey_too_young"),
        (DECIDING, {"signature": replace(SIGNATURE, said=8, known=7)}, ""),
        (DECIDING, {"signature": replace(SIGNATURE, said=7, known=7)}, "passkey_copied"),
        (DECIDING, {"signature": replace(SIGNATURE, said=6, known=7)}, "passkey_copied"),
        (DECIDING, {"signature": replace(SIGNATURE, said=0, known=7)}, "passkey_copied"),
        (DECIDING, {"signature": replace(SIGNATURE, said=0, known=0)}, ""),
        (DECIDING, {"proof": replace(PROOF, has_factor=False, proven=())}, "factor_missing"),
        (PROLONG_ASKING, {"proof": replace(PROOF, has_factor=False)}, "factor_missing"),
        (PROVING, {"proof": replace(PROOF, has_factor=False)}, "factor_missing"),
        (DECIDING, {"proof": replace(PROOF, proven=())}, "step_up_needed"),
        (PROLONG_ASKING, {"proof": replace(PROOF, proven=())}, "step_up_needed"),
        (PROVING, {"proof": replace(PROOF, proven=())}, "step_up_needed"),
    ],
)
def test_fact_is_refused_with_the_word_that_the_place_has_for_it(situation: Any, facts: dict[str, Any], code: str) -> None:
    assert refused_with(replace(situation, **facts)) == code


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"ends_at": NOW}, "expired"),
        ({"work_groups": RETIRED}, "work_group_retired"),
        ({"rebound": "iam_user"}, "iam_user_rebound"),
        ({}, Unfounded.NOT_AS_RECORDED),
    ],
)
def test_what_a_worker_finds_is_kept_as_a_reason(facts: dict[str, Any], reason: str) -> None:
    refused = policy.refusal(replace(GRANTING, **facts))
    assert isinstance(refused, Withheld)
    assert refused.data == {"reason": reason}


def test_rejection_is_not_refused_for_what_only_an_approval_must_have() -> None:
    approver = replace(DECIDING.approver, carried_by="bot")
    assert refused_with(replace(DECIDING, is_approval=False, approver=approver, levels_moved=True)) == ""


def test_published_refusal_keeps_the_one_that_it_stands_for() -> None:
    refused = policy.refusal(replace(STARTING, work_groups=UNBOUND))
    assert isinstance(refused, errors.RequesterMayNot)
    assert refused.data == {"person": "member01", "work_group": "ProdMemberWorkGroup"}
    assert isinstance(refused.__cause__, errors.NoIamUser)


def test_what_was_refused_is_raised() -> None:
    with pytest.raises(errors.MayNotRequest):
        policy.check(replace(ASKING, work_groups=CLOSED))
    policy.check(ASKING)


# The quota


def test_last_request_that_may_wait_is_taken_and_the_next_one_is_refused() -> None:
    assert refused_with(replace(ASKING, submissions=replace(SUBMISSIONS, pending=19))) == ""
    refused = policy.refusal(replace(ASKING, submissions=replace(SUBMISSIONS, pending=20)))
    assert isinstance(refused, errors.TooManyPending)
    assert (refused.status, refused.data, refused.headers) == (409, {"most": 20}, {})


@pytest.mark.parametrize(
    ("ago", "seconds", "minutes"),
    [
        (timedelta(), 3600, 60),
        (timedelta(minutes=59, seconds=30), 30, 1),
        (HOUR - timedelta(milliseconds=1), 1, 1),
    ],
)
def test_hour_that_is_used_up_says_how_long_to_wait_and_never_nothing(ago: timedelta, seconds: int, minutes: int) -> None:
    refused = policy.refusal(replace(ASKING, submissions=replace(SUBMISSIONS, hour_began_at=NOW - ago)))
    assert isinstance(refused, errors.TooManySubmissions)
    assert (refused.status, refused.headers) == (429, {"Retry-After": str(seconds)})
    assert refused.data == {"most": 120, "seconds": seconds, "minutes": minutes}


def test_hour_that_has_passed_is_free_again() -> None:
    assert refused_with(replace(ASKING, submissions=replace(SUBMISSIONS, hour_began_at=NOW - HOUR))) == ""


# Windows


def test_start_now_begins_when_the_last_approval_commits() -> None:
    assert window(duration=HOUR).fixed(NOW + timedelta(minutes=7)) == (NOW + timedelta(minutes=7), NOW + timedelta(minutes=67))


def test_late_approval_does_not_move_a_fixed_end() -> None:
    asked = window(starts_at=NOW, duration=HOUR)
    assert asked.fixed(NOW + timedelta(minutes=20)) == (NOW + timedelta(minutes=20), NOW + HOUR)


def test_start_now_with_an_end_ends_there() -> None:
    assert window(ends_at=NOW + HOUR).fixed(NOW + timedelta(minutes=5)) == (NOW + timedelta(minutes=5), NOW + HOUR)


def test_window_is_in_whole_seconds() -> None:
    start, end = window(duration=HOUR).fixed(NOW.replace(microsecond=999_999))
    assert (start, end) == (NOW, NOW + HOUR)


def asking_for(asked: AskedWindow) -> Asking:
    start, end = asked.fixed(NOW)
    return replace(ASKING, window=asked, length=Length(time=end - start, field=asked.end_field))


@pytest.mark.parametrize("both_or_neither", [{}, {"ends_at": NOW + HOUR, "duration": HOUR}])
def test_window_has_either_a_duration_or_an_end(both_or_neither: dict[str, Any]) -> None:
    with pytest.raises(errors.DurationOrEnd) as refused:
        window(**both_or_neither)
    assert refused.value.field == "duration_minutes"


@pytest.mark.parametrize(
    ("asked", "refusal", "field"),
    [
        (window(starts_at=NOW - timedelta(minutes=3), duration=HOUR), errors.InThePast, "starts_at"),
        (window(ends_at=NOW), errors.InThePast, "ends_at"),
        (window(starts_at=NOW + timedelta(days=91), duration=HOUR), errors.TooFarAhead, "starts_at"),
        (window(starts_at=datetime.max.replace(tzinfo=UTC), duration=HOUR), errors.TooFarAhead, "starts_at"),
        (window(starts_at=NOW + 2 * HOUR, ends_at=NOW + HOUR), errors.EndBeforeStart, "ends_at"),
        (window(starts_at=NOW + HOUR, ends_at=NOW + HOUR), errors.EndBeforeStart, "ends_at"),
        (window(duration=timedelta(minutes=14)), errors.TooShort, "duration_minutes"),
        (window(ends_at=NOW + timedelta(minutes=14)), errors.TooShort, "ends_at"),
        (window(duration=timedelta(minutes=241)), errors.TooLongAccess, "duration_minutes"),
        (window(ends_at=datetime.max.replace(tzinfo=UTC)), errors.TooLongAccess, "ends_at"),
    ],
)
def test_unusable_window_is_refused_and_the_field_named(
    asked: AskedWindow, refusal: type[rejections.Unusable], field: str
) -> None:
    refused = policy.refusal(asking_for(asked))
    assert isinstance(refused, refusal)
    assert refused.field == field


@pytest.mark.parametrize("minutes", [15, 240])
def test_shortest_and_longest_time_themselves_are_allowed(minutes: int) -> None:
    assert refused_with(asking_for(window(duration=timedelta(minutes=minutes)))) == ""


def test_start_of_a_minute_ago_still_counts_as_now() -> None:
    assert refused_with(asking_for(window(starts_at=NOW - timedelta(minutes=1), duration=HOUR))) == ""


@given(start=st.none() | MINUTES, end=st.none() | MINUTES, duration=st.none() | MINUTES)
def test_whatever_is_accepted_ends_in_the_future_and_within_the_longest_time(
    start: timedelta | None, end: timedelta | None, duration: timedelta | None
) -> None:
    if (end is None) == (duration is None):
        return
    asked = window(
        starts_at=NOW + start if start is not None else None,
        ends_at=NOW + end if end is not None else None,
        duration=duration,
    )
    if refused_with(asking_for(asked)):
        return
    fixed_start, fixed_end = asked.fixed(NOW)
    assert fixed_end > NOW
    assert fixed_start >= NOW
    assert LIMITS.shortest <= fixed_end - fixed_start <= LIMITS.longest


# Reports


def test_overdue_report_is_told_with_where_to_write_it_and_at_asking_only() -> None:
    late = OverdueReport(
        code="E-7K3M9QX2", due_on=date(2026, 11, 20), url="https://portal.example.com/elevations/E-7K3M9QX2/report/"
    )
    refused = policy.refusal(replace(ASKING, overdue_reports=(late,)))
    assert isinstance(refused, errors.WorkReportOverdue)
    assert refused.data == {"elevation": late.code, "due_on": "2026-11-20", "url": late.url}
    (rule,) = [rule for rule in rules.RULES if rule.refuses is people.reports_are_written]
    assert rule.places == {Place.ASK}


# Deadlines


def test_decision_is_due_within_the_policys_time() -> None:
    assert decision_deadline(window(duration=HOUR), LIMITS, now=NOW) == NOW + timedelta(hours=24)


def test_no_decision_is_good_after_a_fixed_end() -> None:
    asked = window(starts_at=NOW + HOUR, duration=HOUR)
    assert decision_deadline(asked, LIMITS, now=NOW) == NOW + 2 * HOUR
    assert decision_deadline(window(ends_at=NOW + HOUR), LIMITS, now=NOW) == NOW + HOUR
