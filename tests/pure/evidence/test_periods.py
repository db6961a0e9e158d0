"""Periods as auditors name them, in the zone of the company."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.evidence.periods import Fiscal, Length, Named, NoPeriod, back_from, containing, named

JAPAN = Fiscal()
# Its years end in June, and are called by that.
AMERICA = Fiscal(first_month=7, named=Named.ENDS, zone="America/New_York")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "fiscal", "since", "until"),
    [
        ("FY2026", JAPAN, "2026-03-31T15:00", "2027-03-31T15:00"),
        ("FY2026-H2", JAPAN, "2026-09-30T15:00", "2027-03-31T15:00"),
        ("FY2026-Q1", JAPAN, "2026-03-31T15:00", "2026-06-30T15:00"),
        ("FY2026-Q4", JAPAN, "2026-12-31T15:00", "2027-03-31T15:00"),
        ("2026-11", JAPAN, "2026-10-31T15:00", "2026-11-30T15:00"),
        ("FY2026", AMERICA, "2025-07-01T04:00", "2026-07-01T04:00"),
        # The clocks go on in between.
        ("FY2026-Q3", AMERICA, "2026-01-01T05:00", "2026-04-01T04:00"),
        ("FY2026", Fiscal(first_month=1, named=Named.ENDS, zone="UTC"), "2026-01-01T00:00", "2027-01-01T00:00"),
    ],
)
def test_key_names_a_period(key: str, fiscal: Fiscal, since: str, until: str) -> None:
    period = named(key, fiscal)
    assert (period.key, period.since, period.until) == (key, at(since), at(until))
    assert period.since in period
    assert period.until not in period


@pytest.mark.parametrize(
    "key",
    ["", "2026", "FY2026-H3", "FY2026-Q0", "FY2026-Q5", "2026-00", "2026-13", "FY0000", "FY3000", "../FY2026", "FY２０２６"],
)
def test_what_names_no_period_is_refused(key: str) -> None:
    with pytest.raises(NoPeriod):
        named(key, JAPAN)


def test_no_year_begins_in_a_thirteenth_month() -> None:
    with pytest.raises(NoPeriod):
        Fiscal(first_month=13)


@given(
    st.datetimes(datetime(2001, 1, 2), datetime(2900, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(Length),
    st.integers(1, 12),
    st.sampled_from(Named),
)
def test_every_moment_lies_in_one_period_of_a_length_and_its_key_leads_back(
    moment: datetime, length: Length, first: int, called: Named
) -> None:
    fiscal = Fiscal(first_month=first, named=called, zone="Asia/Tokyo")
    period = containing(moment, length, fiscal)
    assert moment in period
    assert named(period.key, fiscal) == period
    assert containing(period.until, length, fiscal).since == period.until


def test_periods_before_follow_one_another_without_a_gap() -> None:
    quarters = list(islice(back_from(at("2026-11-30T00:00"), Length.QUARTER, JAPAN), 4))
    assert [one.key for one in quarters] == ["FY2026-Q3", "FY2026-Q2", "FY2026-Q1", "FY2025-Q4"]
    assert all(after.since == before.until for after, before in pairwise(quarters))
    assert quarters[0].until - quarters[0].since == timedelta(days=92)
