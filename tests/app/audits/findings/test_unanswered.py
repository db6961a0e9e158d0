"""What people were to say by a day is found when they have not, and closed when they have."""

from datetime import datetime, timedelta

import pytest

from access_requests.services.reviews import reviewing
from audits.findings import unanswered
from audits.kinds import FindingKind
from audits.models import Finding, ItemState, ReviewItem
from audits.reviews.opening import Plan
from portal.users.models import User
from portal.verbs.run import run
from tests.worlds.cast import Cast, actor_of
from tests.worlds.reports import owed, written

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def found() -> list[tuple[str, str]]:
    return list(Finding.objects.order_by("pk").values_list("kind", "status"))


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


def test_who_is_disabled_owes_no_report(cast: Cast, now: datetime) -> None:
    owed(cast, now=now)
    unanswered.judge(now=now + 4 * DAY)
    User.objects.filter(username="member01").update(is_active=False)
    unanswered.judge(now=now + 4 * DAY)
    assert found() == [(FindingKind.WORK_REPORT_OVERDUE, "closed")]


def test_review_that_is_overdue_is_found_until_all_of_it_is_decided(cast: Cast, now: datetime) -> None:
    days = {"due_on": now.date() + 2 * DAY, "kept_until": now.date() + 9 * DAY}
    plan = Plan(name="autumn", **days, reviewer="leader01", other="leader02")
    run(lambda: reviewing.open_campaign(plan=plan, actor=actor_of(cast.admin01), now=now))
    unanswered.judge(now=now + 4 * DAY)
    assert found() == [(FindingKind.REVIEW_OVERDUE, "open")]
    ReviewItem.objects.update(state=ItemState.KEPT, decided_at=now, decided_by="leader01")
    unanswered.judge(now=now + 4 * DAY)
    assert found() == [(FindingKind.REVIEW_OVERDUE, "closed")]
