"""T against M: by AWS's request ids, by runbooks, by user and time; what is left over; and the hours that were not read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from audits.evidence import covering
from audits.evidence.covering import Read, Told, is_covered, uncovered
from audits.evidence.population import Membership, Wanted, joined, stratum_of, without_removal
from audits.evidence.sampling import Stratum

AT = datetime(2026, 11, 23, 5, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
GROUP, EXECUTION = "ProdMemberWorkGroup", "5f4c1a52-0000-4000-8000-000000000001"


def event(name: str = "e1", at: datetime = AT, **said: Any) -> Membership:
    return Membership(**{"id": name, "at": at, "group": GROUP, "user": "member01", "by": "arn:portal", **said})


def access(code: str = "E-1", at: datetime = AT, **said: Any) -> Wanted:
    return Wanted(**{"code": code, "groups": frozenset({GROUP}), "users": frozenset({"member01"}), "at": at, **said})


def test_request_id_joins_whatever_the_time() -> None:
    found = joined([access(calls=frozenset({"r1"}))], [event(at=AT + 5 * HOUR, request_id="r1"), event("e2", request_id="r2")])
    assert found.by_access["E-1"].id == "e1"
    assert [one.id for one in found.left] == ["e2"]


def test_event_with_another_request_id_is_nobody_elses_proof() -> None:
    """Somebody put the same user in by hand, a minute before the portal did."""
    by_hand = event("hand", AT - MINUTE, request_id="r9", by="arn:aws:iam::111111111111:user/administrator")
    found = joined([access(calls=frozenset({"r1"}))], [by_hand])
    assert (found.by_access, found.left) == ({}, [by_hand])


def test_runbook_joins_by_the_session_of_its_execution() -> None:
    by = f"arn:aws:sts::111111111111:assumed-role/Automation/Automation-{EXECUTION}"
    wanted = access(calls=frozenset({"start"}), executions=frozenset({EXECUTION}))
    assert joined([wanted], [event(request_id="r7", by=by)]).by_access["E-1"].by == by


def test_events_without_request_id_join_by_user_group_and_time() -> None:
    near, far = event("near", AT + MINUTE), event("far", AT + HOUR)
    found = joined([access(calls=frozenset({"r1"}))], [far, near])
    assert found.by_access["E-1"] == near
    assert joined([access(at=AT, users=frozenset({"member02"}))], [near]).by_access == {}


def test_one_event_proves_one_access() -> None:
    found = joined([access("E-1"), access("E-2", AT + MINUTE)], [event()])
    assert list(found.by_access) == ["E-1"]


def test_who_was_put_in_and_never_taken_out_is_named() -> None:
    stays, gone = event("stays", user="member02"), event("gone")
    assert without_removal([stays, gone], [event("out", AT + HOUR), event("before", AT - HOUR, user="member02")]) == [stays]


@pytest.mark.parametrize(
    ("said", "stratum"),
    [
        ((), Stratum.ORDINARY),
        (("extended",), Stratum.EXTENDED),
        (("extended", "failed"), Stratum.FAILED),
        (("extended", "failed", "stopped"), Stratum.STOPPED),
        (("emergency", "stopped"), Stratum.EMERGENCY),
    ],
)
def test_first_stratum_that_fits_is_it(said: tuple[str, ...], stratum: Stratum) -> None:
    flags = dict.fromkeys(("emergency", "stopped", "failed", "extended"), False)
    assert stratum_of(**{**flags, **dict.fromkeys(said, True)}) == stratum


def read(since: datetime | None = AT - HOUR, until: datetime | None = AT + 9 * HOUR, **said: str) -> Read:
    ranges = ((since, until),) if since and until else ()
    return Read(account="1", key="jump", region="us-east-1", ranges=ranges, **said)


def told(what: str, at: datetime, trail: str = "main") -> Told:
    return Told(account="1", region="us-east-1", at=at, trail=trail, what=what)


def test_period_that_was_read_whole_has_no_hours_left() -> None:
    assert uncovered([read()], [], since=AT, until=AT + 9 * HOUR) == []


@pytest.mark.parametrize(
    ("place", "why", "hours"),
    [
        (read(None, None, problem="AccessDenied"), covering.NEVER, 8),
        (read(AT + 2 * HOUR), covering.BEFORE, 2),
        (read(until=AT + 7 * HOUR), covering.BEHIND, 1),
        (read(AT - 9 * HOUR, AT - 8 * HOUR), covering.BEHIND, 8),
        (read(AT + 20 * HOUR, AT + 30 * HOUR), covering.BEFORE, 8),
    ],
)
def test_hours_that_were_not_read_are_said(place: Read, why: str, hours: int) -> None:
    (one,) = uncovered([place], [], since=AT, until=AT + 8 * HOUR)
    assert (one.why, one.hours, one.remark) == (why, hours, place.problem)
    assert not is_covered("1", one.since, [one])
    assert is_covered("2", one.since, [one])


def test_hours_between_ranges_are_said_whatever_the_order_of_these() -> None:
    ranges = ((AT + 5 * HOUR, AT + 9 * HOUR), (AT - HOUR, AT + 2 * HOUR), (AT, AT + HOUR))
    (one,) = uncovered([Read(account="1", key="jump", region="x", ranges=ranges)], [], since=AT, until=AT + 8 * HOUR)
    assert (one.why, one.since, one.hours) == (covering.BETWEEN, AT + 2 * HOUR, 3)


def test_hour_counts_once_in_however_many_accounts_it_was_not_read() -> None:
    places = [read(AT + 2 * HOUR), Read(account="2", key="production", region="x", ranges=((AT + HOUR, AT + 7 * HOUR),))]
    found = uncovered(places, [], since=AT, until=AT + 8 * HOUR)
    assert [one.hours for one in found] == [1, 2, 1]
    assert covering.hours_in_all(found) == 3
    assert covering.hours_in_all([]) == 0


def test_trail_that_stood_still_is_a_gap_until_it_writes_again() -> None:
    steps = [told(covering.STOPPED, AT + HOUR), told("started", AT + 3 * HOUR), told(covering.STOPPED, AT + 7 * HOUR)]
    found = uncovered([read()], steps, since=AT, until=AT + 8 * HOUR)
    assert [(one.why, one.since, one.hours) for one in found] == [
        (covering.STOPPED, AT + HOUR, 2),
        (covering.STOPPED, AT + 7 * HOUR, 1),
    ]
    assert uncovered([read()], steps[:2], since=AT + 4 * HOUR, until=AT + 8 * HOUR) == []


def test_gap_that_was_told_is_named_though_nobody_knows_how_long() -> None:
    (one,) = uncovered([read()], [told(covering.GAP, AT + HOUR)], since=AT, until=AT + 8 * HOUR)
    assert (one.why, one.hours) == (covering.GAP, 0)
