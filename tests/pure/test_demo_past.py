"""The story of the demo's company: whole, in order, and over by whatever day the demo is first started on."""

from datetime import date, datetime, time, timedelta

import pytest

from portal.demo.past import acts, in_aws, reading

A_WEEK = [date(2026, 11, 23) + timedelta(days=day) for day in range(7)]
BY_NOBODY = {
    *("aws denies", "join behind the portal", "everybody reports"),
    *("administer", "cloudtrail forgets", "read log-ins", "inspect"),
}
KNOWN = {
    "ask": {"groups", "ticket", "minutes", "reason", "name", "revises", "starts_in", "impact", "plan", "way_back"},
    "ask for more": {"minutes"},
    "report": {"deviation"},
    "open review": {"decided"},
    "inspect": {"leave"},
    "aws denies": {"action", "times"},
    **{do: set(takes) for do, takes in in_aws.TAKES.items()},
    "join behind the portal": {"group", "user"},
}


@pytest.mark.parametrize("today", A_WEEK, ids=str)
def test_it_is_in_order_and_over_the_evening_before(today: date) -> None:
    moments = [each.at for each in reading.happenings(today=today)]
    assert moments == sorted(moments)
    assert moments[-1] < datetime.combine(today, time(), reading.ZONE) - timedelta(hours=6)
    assert reading.first_day(today=today) < moments[0] < moments[-1] - timedelta(days=50)


@pytest.mark.parametrize("today", A_WEEK, ids=str)
def test_nobody_asks_at_the_weekend(today: date) -> None:
    asked = {each.at.weekday() for each in reading.happenings(today=today) if each.do == "ask"}
    assert asked == set(range(5))


def test_each_thing_that_happens_is_one_that_can_with_what_it_takes() -> None:
    for each in reading.happenings(today=A_WEEK[0]):
        assert each.do in acts.ACTS
        assert set(each.given) <= KNOWN.get(each.do, set()), each
        assert bool(each.who) == (each.do not in BY_NOBODY), each


def test_who_decides_on_a_request_is_somebody_else() -> None:
    happenings = reading.happenings(today=A_WEEK[0])
    asked = {each.thread: each.who for each in happenings if each.do == "ask"}
    decided = [each for each in happenings if each.do in ("approve", "reject", "send back")]
    assert len(decided) > len(asked) / 2
    assert all(each.who != asked[each.thread] for each in decided)
