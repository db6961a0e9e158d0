"""The policy on a work role: who may act in a session, from when and until when."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.iam.session_gate import Line, lines_of, session_gate

T = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
NAMES = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789_+=,.@-", min_size=2, max_size=64)
SECONDS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001  The bounds are naive.
    lambda moment: moment.replace(microsecond=0)
)
LINES = st.lists(
    st.builds(Line, user_name=NAMES, since=SECONDS, until=SECONDS), unique_by=lambda line: line.user_name, max_size=30
)


def line(name: str, *, hours: float = 1) -> Line:
    return Line(user_name=name, since=T - timedelta(hours=1), until=T + timedelta(hours=hours))


def test_gate_at_rest_shuts_out_every_session() -> None:
    only = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotLike": {"aws:userid": ["*:-"]}}}
    assert session_gate()["Statement"] == [only]


def test_person_is_let_in_from_the_grant_to_the_end() -> None:
    assert session_gate([line("member01")])["Statement"] == [
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotLike": {"aws:userid": ["*:member01"]}}},
        {
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {
                "StringLike": {"aws:userid": ["*:member01"]},
                "DateGreaterThan": {"aws:CurrentTime": "2026-11-23T21:00:00Z"},
            },
        },
        {
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {
                "StringLike": {"aws:userid": ["*:member01"]},
                "DateLessThan": {"aws:TokenIssueTime": "2026-11-23T19:00:00Z"},
            },
        },
    ]


def test_people_with_a_time_in_common_share_a_statement() -> None:
    statements = session_gate([line("member02"), line("member01"), line("leader01", hours=2)])["Statement"]
    assert len(statements) == 1 + 2 + 1  # type: ignore[arg-type]


def test_a_role_takes_some_27_people_with_times_of_their_own() -> None:
    people = [
        Line(user_name=f"engineer-{n:02}", since=T + timedelta(seconds=n), until=T + timedelta(minutes=n)) for n in range(27)
    ]
    assert len(json.dumps(session_gate(people), separators=(",", ":"))) <= 10_240


@pytest.mark.parametrize("name", ["", "*", "member?1", "${aws:username}", "a:b", "member 01", "メンバー"])
def test_name_that_could_be_a_pattern_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="IAM user"):
        line(name)


def test_two_lines_of_one_person_are_refused() -> None:
    with pytest.raises(ValueError, match="one line"):
        session_gate([line("member01"), line("member01", hours=2)])


@given(LINES)
def test_a_gate_is_read_as_it_was_written(lines: list[Line]) -> None:
    stored = json.loads(json.dumps(session_gate(lines)))
    assert lines_of(stored) == tuple(sorted(lines))


@pytest.mark.parametrize(
    "edited",
    [
        None,
        {},
        {"Version": "2012-10-17", "Statement": []},
        {"Version": "2012-10-17", "Statement": {"Effect": "Deny"}},
        {**session_gate([line("member01")]), "Version": "2008-10-17"},
        {**session_gate([line("member01")]), "Statement": session_gate([line("member01")])["Statement"][:2]},  # type: ignore[index]
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    ],
)
def test_what_the_portal_would_not_have_written_is_no_gate(edited: object) -> None:
    assert lines_of(edited) is None
