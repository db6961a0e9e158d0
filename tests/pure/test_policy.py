"""The rules of asking, on values."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_requests import errors, policy
from access_requests.policy import AskedWindow, Limits
from portal.verbs import rejections

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
LIMITS = Limits(shortest=timedelta(minutes=15), longest=timedelta(hours=4), decision=timedelta(hours=24))
HOUR = timedelta(hours=1)
MINUTES = st.integers(-600, 600).map(lambda minutes: timedelta(minutes=minutes))


def window(
    *, starts_at: datetime | None = None, ends_at: datetime | None = None, duration: timedelta | None = None
) -> AskedWindow:
    return AskedWindow(starts_at=starts_at, ends_at=ends_at, duration=duration)


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


@pytest.mark.parametrize(
    ("asked", "refusal", "field"),
    [
        (window(), errors.DurationOrEnd, "duration_minutes"),
        (window(ends_at=NOW + HOUR, duration=HOUR), errors.DurationOrEnd, "duration_minutes"),
        (window(starts_at=NOW.replace(tzinfo=None), duration=HOUR), rejections.NaiveTime, "starts_at"),
        (window(ends_at=NOW.replace(tzinfo=None)), rejections.NaiveTime, "ends_at"),
        (window(starts_at=NOW - timedelta(minutes=3), duration=HOUR), errors.InThePast, "starts_at"),
        (window(ends_at=NOW), errors.InThePast, "ends_at"),
        (window(starts_at=NOW + timedelta(days=91), duration=HOUR), errors.TooFarAhead, "starts_at"),
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
    with pytest.raises(refusal) as refused:
        policy.check_window(asked, LIMITS, now=NOW)
    assert refused.value.field == field


@pytest.mark.parametrize("minutes", [15, 240])
def test_shortest_and_longest_time_themselves_are_allowed(minutes: int) -> None:
    policy.check_window(window(duration=timedelta(minutes=minutes)), LIMITS, now=NOW)


def test_start_of_a_minute_ago_still_counts_as_now() -> None:
    policy.check_window(window(starts_at=NOW - timedelta(minutes=1), duration=HOUR), LIMITS, now=NOW)


@given(start=st.none() | MINUTES, end=st.none() | MINUTES, duration=st.none() | MINUTES)
def test_whatever_is_accepted_ends_in_the_future_and_within_the_longest_time(
    start: timedelta | None, end: timedelta | None, duration: timedelta | None
) -> None:
    asked = window(
        starts_at=NOW + start if start is not None else None,
        ends_at=NOW + end if end is not None else None,
        duration=duration,
    )
    try:
        policy.check_window(asked, LIMITS, now=NOW)
    except rejections.Unusable:
        return
    fixed_start, fixed_end = asked.fixed(NOW)
    assert fixed_end > NOW
    assert fixed_start >= NOW
    assert LIMITS.shortest <= fixed_end - fixed_start <= LIMITS.longest


# Deadlines


def test_decision_is_due_within_the_policys_time() -> None:
    assert policy.decision_deadline(window(duration=HOUR), LIMITS, now=NOW) == NOW + timedelta(hours=24)


def test_no_decision_is_good_after_a_fixed_end() -> None:
    asked = window(starts_at=NOW + HOUR, duration=HOUR)
    assert policy.decision_deadline(asked, LIMITS, now=NOW) == NOW + 2 * HOUR
    assert policy.decision_deadline(window(ends_at=NOW + HOUR), LIMITS, now=NOW) == NOW + HOUR


# Extensions


def test_extension_moves_the_end_within_the_longest_time_from_now() -> None:
    policy.check_extension(old_end=NOW + HOUR, new_end=NOW + 4 * HOUR, limits=LIMITS, now=NOW)


@pytest.mark.parametrize(
    ("new_end", "refusal"),
    [
        (NOW.replace(tzinfo=None), rejections.NaiveTime),
        (NOW + HOUR, errors.EndBeforeStart),
        (NOW + timedelta(minutes=59), errors.EndBeforeStart),
        (NOW + 4 * HOUR + timedelta(seconds=1), errors.TooLongAccess),
    ],
)
def test_unusable_extension_is_refused(new_end: datetime, refusal: type[rejections.Unusable]) -> None:
    with pytest.raises(refusal) as refused:
        policy.check_extension(old_end=NOW + HOUR, new_end=new_end, limits=LIMITS, now=NOW)
    assert refused.value.field == "ends_at"


# Levels


@pytest.mark.parametrize(
    ("given_levels", "waits"), [([], 1), ([1], 2), ([1, 2], 2), ([1, 2, 2], None), ([2, 2], 1), ([1, 1, 1], 2)]
)
def test_lowest_level_that_lacks_approvals_waits(given_levels: list[int], waits: int | None) -> None:
    assert policy.waiting_level([(2, 2), (1, 1)], given_levels) == waits


LEVELS = st.lists(st.tuples(st.integers(1, 2), st.sets(st.integers(0, 4), max_size=4)), min_size=1, max_size=3)


@given(LEVELS)
def test_policy_can_be_satisfied_exactly_when_different_people_can_take_all_seats(levels: list[tuple[int, set[int]]]) -> None:
    seats = [people for approvals, people in levels for _ in range(approvals)]
    satisfiable = any(
        all(person in seat for person, seat in zip(chosen, seats, strict=True)) for chosen in permutations(range(5), len(seats))
    )
    numbered = [(number, approvals, people) for number, (approvals, people) in enumerate(levels, start=1)]
    assert (policy.level_without_enough(numbered) is None) == satisfiable


def test_person_named_at_two_levels_counts_at_one() -> None:
    assert policy.level_without_enough([(1, 1, {1}), (2, 1, {1})]) == 2
    assert policy.level_without_enough([(1, 1, {1, 2}), (2, 1, {1})]) is None


# Texts


def test_text_is_kept_as_typed_but_for_space_around_it() -> None:
    assert policy.clean_text("reason", "  直す 🔧\r\n<b>'x'</b>, y\t\n", required=True) == "直す 🔧\n<b>'x'</b>, y"


@pytest.mark.parametrize("empty", ["", " \n\t ", "\u200b", "\u202e \u2066\ufeff", "\u3000", "\u3164\u2800\u034f"])
def test_text_that_shows_nothing_is_missing(empty: str) -> None:
    with pytest.raises(rejections.Missing):
        policy.clean_text("reason", empty, required=True)


def test_optional_text_may_be_empty() -> None:
    assert policy.clean_text("impact", " ", required=False) == ""


def test_text_over_the_limit_is_refused_and_its_length_told() -> None:
    assert len(policy.clean_text("reason", "あ" * 2000, required=True)) == 2000
    with pytest.raises(rejections.TooLong) as refused:
        policy.clean_text("reason", "あ" * 2001, required=True)
    assert refused.value.data == {"field": "reason", "limit": 2000, "length": 2001}


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x07", "\x85", "\x7f", "\ud800"])
def test_control_characters_are_refused(sign: str) -> None:
    with pytest.raises(rejections.ControlCharacters):
        policy.clean_text("reason", f"a{sign}b", required=True)


@pytest.mark.parametrize("sign", ["\n", "\t", "\r"])
def test_ticket_is_one_line(sign: str) -> None:
    with pytest.raises(rejections.ControlCharacters):
        policy.clean_text("change_ticket", f"CHG{sign}1", required=True)


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    try:
        once = policy.clean_text("reason", text, required=True)
    except rejections.Unusable:
        return
    assert policy.clean_text("reason", once, required=True) == once
