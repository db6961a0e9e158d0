"""What people were to say by a day is found when they have not, and closed when they have."""

from datetime import datetime, timedelta

import pytest

from access_requests.models import Elevation
from access_requests.services.reviews import reviewing
from audits import trail
from audits.acts import Act
from audits.findings import following, unanswered
from audits.kinds import FindingKind
from audits.models import Finding, ItemState, ReviewItem
from audits.reviews.opening import Plan
from portal.users.models import User
from portal.verbs.actor import WORKER
from portal.verbs.run import run
from tests.worlds.cast import Cast, actor_of
from tests.worlds.reports import asked_back, confirmed, owed, written

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def found() -> list[tuple[str, str]]:
    return list(Finding.objects.order_by("pk").values_list("kind", "status"))


def tell_use(elevation: Elevation, use: str, now: datetime) -> None:
    said = {"elevation": elevation.code, "person": "member01", "use": use, "reason": "", "log_ins": 1, "before": ""}
    run(lambda: trail.record_act(now=now, act=Act.LOG_IN_USE_TOLD, actor=WORKER, subject=elevation.code, data=said))
    following.follow(now=now)


def test_report_that_is_overdue_is_found_until_it_is_written(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    unanswered.judge(now=now + 3 * DAY - timedelta(hours=12))
    assert found() == []
    for _again in range(2):
        unanswered.judge(now=now + 4 * DAY)
        assert found() == [(FindingKind.WORK_REPORT_OVERDUE, "open")]
    assert Finding.objects.get().caused_by == ["member01"]
    written(elevation, cast.member01, now=now + 4 * DAY)
    unanswered.judge(now=now + 4 * DAY)
    assert found() == [(FindingKind.WORK_REPORT_OVERDUE, "closed")]


def test_who_is_disabled_is_reminded_no_more_and_has_said_nothing(cast: Cast, now: datetime) -> None:
    owed(cast, now=now)
    User.objects.filter(username="member01").update(is_active=False)
    unanswered.judge(now=now + 4 * DAY)
    assert found() == []
    User.objects.filter(username="member01").update(is_active=True)
    unanswered.judge(now=now + 4 * DAY)
    User.objects.filter(username="member01").update(is_active=False)
    unanswered.judge(now=now + 6 * DAY)
    assert found() == [(FindingKind.WORK_REPORT_OVERDUE, "open")]


def test_more_is_overdue_than_is_raised_at_once(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands behind a full batch comes with the next, and closes nothing of that before."""
    monkeypatch.setattr(unanswered, "BATCH", 1)
    for person in (cast.member01, cast.member02):
        owed(cast, now=now, person=person)
    for raised in (1, 2, 2):
        unanswered.judge(now=now + 4 * DAY)
        assert found() == [(FindingKind.WORK_REPORT_OVERDUE, "open")] * raised


def test_report_that_is_asked_back_has_more_time(cast: Cast, now: datetime) -> None:
    elevation, late = owed(cast, now=now), now + 4 * DAY
    unanswered.judge(now=late)
    written(elevation, cast.member01, now=late)
    asked_back(elevation, cast.leader01, now=late)
    unanswered.judge(now=late)
    assert found() == [(FindingKind.WORK_REPORT_OVERDUE, "closed")]
    unanswered.judge(now=late + 4 * DAY)
    assert found() == [(FindingKind.WORK_REPORT_OVERDUE, "open")]


def test_use_that_is_seen_after_the_report_said_there_was_none_is_found(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    following.follow(now=now)
    written(elevation, cast.member01, now=now, done="", is_unused=True)
    tell_use(elevation, "never_used", now)
    assert found() == []
    tell_use(elevation, "used", now)
    unanswered.judge(now=now)
    assert found() == [(FindingKind.REPORTED_UNUSED, "open")]
    assert Finding.objects.get().caused_by == ["member01"]
    asked_back(elevation, cast.leader01, now=now)
    written(elevation, cast.member01, now=now)
    unanswered.judge(now=now)
    assert found() == [(FindingKind.REPORTED_UNUSED, "closed")]


def test_use_that_is_seen_after_the_report_was_confirmed_is_found(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    following.follow(now=now)
    written(elevation, cast.member01, now=now, done="", is_unused=True)
    confirmed(elevation, cast.leader01, now=now)
    tell_use(elevation, "used", now)
    unanswered.judge(now=now)
    assert found() == [(FindingKind.REPORTED_UNUSED, "open")]


def test_use_that_was_reported_is_no_finding(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    following.follow(now=now)
    written(elevation, cast.member01, now=now)
    tell_use(elevation, "used", now)
    assert found() == []


def test_review_that_is_overdue_is_found_until_all_of_it_is_decided(cast: Cast, now: datetime) -> None:
    days = {"due_on": now.date() + 2 * DAY, "kept_until": now.date() + 9 * DAY}
    plan = Plan(name="autumn", **days, reviewer="leader01", other="leader02")
    run(lambda: reviewing.open_campaign(plan=plan, actor=actor_of(cast.admin01), now=now))
    unanswered.judge(now=now + 4 * DAY)
    assert found() == [(FindingKind.REVIEW_OVERDUE, "open")]
    ReviewItem.objects.update(state=ItemState.KEPT, decided_at=now, decided_by="leader01")
    unanswered.judge(now=now + 4 * DAY)
    assert found() == [(FindingKind.REVIEW_OVERDUE, "closed")]
