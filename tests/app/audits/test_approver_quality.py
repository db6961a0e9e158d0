"""How approvers decide: measured over all decisions of a period, from the trail alone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from audits import approver_quality
from audits.approver_quality import Decided, Pair, percentile
from tests.worlds.cast import Cast
from tests.worlds.story import approved, rejected, sent_back, submitted

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
MONDAY = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def decided(minutes: float, *, approver: str = "leader01", requester: str = "member01", is_yes: bool = True) -> Decided:
    return Decided(at=MONDAY, took=minutes * MINUTE, is_yes=is_yes, approver=approver, requester=requester)


def test_percentile_is_a_time_that_somebody_took() -> None:
    times = [number * MINUTE for number in range(1, 11)]
    assert (percentile(times, 50), percentile(times, 90)) == (5 * MINUTE, 9 * MINUTE)
    assert percentile([MINUTE], 90) == MINUTE
    assert percentile([], 50) is None


def test_pairs_are_those_who_said_yes_to_one_another_by_name_and_not_by_number() -> None:
    found = [
        decided(1, approver="leader02", requester="leader01"),
        decided(1, approver="leader01", requester="leader02"),
        decided(1, approver="leader01", requester="leader02"),
        decided(1, approver="leader01", requester="member01"),
        decided(1, approver="member01", requester="leader01", is_yes=False),
    ]
    assert approver_quality.pairs(found) == [
        Pair(first="leader01", second="leader02", first_to_second=2, second_to_first=1),
    ]


def test_weeks_without_a_decision_are_there_and_have_no_time() -> None:
    quality = approver_quality.measured([decided(3)], since=MONDAY - 7 * DAY, until=MONDAY + DAY)
    assert [week.since for week in quality.weeks] == [date(2026, 11, 16), date(2026, 11, 23)]
    assert [(week.decisions, week.median, week.share) for week in quality.weeks] == [(0, None, None), (1, 3 * MINUTE, 100)]


def test_at_once_is_less_than_ten_seconds() -> None:
    quality = approver_quality.measured([decided(9 / 60), decided(10 / 60)], since=MONDAY, until=MONDAY + DAY)
    assert quality.whole.at_once == 1


@pytest.mark.django_db
def test_times_are_from_the_question_or_the_level_before(cast: Cast, now: datetime) -> None:
    approved(submitted(cast.member01, now=now), cast.leader01, now=now + 5 * SECOND)
    rejected(submitted(cast.member02, now=now), cast.leader01, now=now + 20 * MINUTE)
    two = submitted(cast.leader02, now=now, work_groups=["ProdLeaderWorkGroup"])
    approved(two, cast.leader01, now=now + 60 * MINUTE)
    approved(two, cast.admin01, now=now + 62 * MINUTE)
    sent_back(submitted(cast.member02, now=now), cast.leader02, now=now + 40 * MINUTE)
    quality = approver_quality.of(now, now + DAY)
    whole = quality.whole
    assert (whole.decisions, whole.approved, whole.share, whole.at_once) == (5, 3, 60, 1)
    assert (whole.median, whole.p90) == (20 * MINUTE, 60 * MINUTE)
    # The first level was decided before this period, and the second waited since then.
    assert approver_quality.of(now + 61 * MINUTE, now + DAY).whole.median == 2 * MINUTE
