"""Who is told in Slack of daily inspections and of access reviews."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from access_requests.models import Delivery
from access_requests.services.notices import telling
from access_requests.services.notices.slack import inspections, reviews
from audits.inspections import reminding
from audits.reviews import opening
from audits.reviews import reminding as reviews_reminding
from audits.reviews.opening import Held, Plan
from portal.verbs.run import run
from tests.worlds.cast import Cast, actor_of
from tests.worlds.inspections import came_in, opened, planned, read_whole

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def slack(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is said in Slack."""
    settings.SLACK_BOT_TOKEN = "xoxb-nothing"
    said: list[str] = []

    def say(account: str, message: dict[str, Any]) -> str:
        said.append(f"{account}: {message['text']}")
        return "sent"

    for module in (inspections, reviews):
        monkeypatch.setattr(module.readers, "say", say)
    return said


def sent(act: str, module: Any, now: datetime) -> list[str]:
    """Tell of what is new, send what is told of this act; return whom."""
    telling.tell(now=now)
    deliveries = list(Delivery.objects.filter(act=act).order_by("target"))
    for delivery in deliveries:
        module.send(delivery)
    return [delivery.target.removeprefix("person:") for delivery in deliveries]


def test_inspectors_are_told_of_what_they_may_sign_and_reminded(company: Cast, now: datetime, slack: list[str]) -> None:
    planned("leader01", "leader02", "member02", now=now, since="2026-11-22")
    read_whole(since=now - 60 * DAY, until=now + 3 * DAY)
    came_in(now, company.leader01)
    came_in(now)
    opened(now=now + 3 * DAY)
    # Of a day without use nobody is told; in nobody's words but the reader's.
    assert sent("inspection.opened", inspections, now + 3 * DAY) == ["leader01", "leader02", "member02"]
    assert [line for line in slack if "U0LEADER01" in line] == [
        "U0LEADER01: 2026-11-23 のログインの読み取りが完了しました。1 件が署名待ちです(期限 2026-11-30)。"
    ]
    assert "2 件" in next(line for line in slack if "U0LEADER02" in line)
    slack.clear()
    due = datetime.fromisoformat("2026-11-30T03:00:00Z")
    reminding.remind(now=due)
    assert len(sent("inspection.reminded", inspections, due)) == 3
    assert "当日" in slack[0]


def test_reviewers_are_told_of_their_items_and_reminded_once(cast: Cast, now: datetime, slack: list[str]) -> None:
    day = now.date() + 10 * DAY
    plan = Plan(name="autumn", due_on=day, kept_until=day + 90 * DAY, reviewer="leader01", other="leader02")
    held = [Held(kind="portal_role", people=[name], thing=f"auditor {name}") for name in ("member01", "leader01", "member02")]
    run(lambda: opening.open_campaign(plan=plan, held=held, actor=actor_of(cast.admin01), now=now))
    assert sent("review.opened", reviews, now) == ["leader01", "leader02"]
    assert "2 件" in slack[0]
    slack.clear()
    assert reviews_reminding.remind(now=now) == 0
    soon = now + 8 * DAY
    assert (reviews_reminding.remind(now=soon), reviews_reminding.remind(now=soon + DAY)) == (1, 0)
    assert sent("review.reminded", reviews, soon) == ["leader01", "leader02"]
    assert "1 件" in slack[1]
