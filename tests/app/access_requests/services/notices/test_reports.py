"""Who is told of work reports, in Slack and by webhooks."""

from datetime import datetime

import pytest

from access_requests.models import Delivery
from access_requests.services.notices import telling
from tests.worlds.cast import Cast
from tests.worlds.reports import asked_back, confirmed, owed, written

pytestmark = pytest.mark.django_db


def told(act: str, now: datetime) -> list[str]:
    """Return who is told directly of an act, by the deliveries that are made of it."""
    telling.tell(now=now)
    found = Delivery.objects.filter(act=act, body__has_key="report").order_by("pk")
    return [one.target.removeprefix("person:") for one in found]


@pytest.fixture(autouse=True)
def slack(settings: object) -> None:
    settings.SLACK_BOT_TOKEN = "xoxb-nothing"  # type: ignore[attr-defined]


def test_end_tells_the_person_what_they_owe(cast: Cast, now: datetime) -> None:
    owed(cast, now=now)
    assert told("elevation.ended", now) == ["member01"]


def test_report_tells_who_approved_and_its_answers_tell_the_reporter(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    written(elevation, cast.member01, now=now)
    assert told("work_report.written", now) == ["leader01"]
    asked_back(elevation, cast.leader01, now=now)
    assert told("work_report.asked_back", now) == ["member01"]
    written(elevation, cast.member01, now=now)
    confirmed(elevation, cast.leader02, now=now)
    assert told("work_report.confirmed", now) == ["member01"]


def test_report_tells_the_others_of_the_last_level_where_who_approved_is_gone(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    cast.leader01.is_active = False
    cast.leader01.save()
    written(elevation, cast.member01, now=now)
    assert told("work_report.written", now) == ["leader02"]
