"""The company's access review: opened by an administrator, and decided on by the leads as far as the story says."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from django.utils import timezone

from access_requests.services.reviews import reviewing
from audits.models import ItemState, ReviewItem
from audits.reports.owing import today
from audits.reviews.opening import Plan
from portal.demo.past import people
from portal.verbs.run import act_as

REVIEWER, OTHER = "leader01", "leader02"
LOOKING, KEPT = timedelta(days=14), timedelta(days=183)


def campaign(*, who: str, name: str, decided: Sequence[Mapping[str, str]]) -> None:
    """Open it; `decided` says of a kind, and a person, what becomes of it, and why."""
    opener, now = people.acting(who, "browser"), timezone.now()
    days = {"due_on": today(now) + LOOKING, "kept_until": today(now) + KEPT}
    plan = Plan(name=name, **days, reviewer=REVIEWER, other=OTHER)
    review = act_as(opener, lambda: reviewing.open_campaign(plan=plan, actor=opener, now=now))
    for each in decided:
        for item in review.items.filter(kind=each["kind"], state=ItemState.OPEN).order_by("number"):
            if each["person"] in item.people:
                _decide(item, remove=each["verdict"] == "remove", reason=each["say"])


def _decide(item: ReviewItem, *, remove: bool, reason: str) -> None:
    actor = people.acting(item.reviewer, "browser")
    verb = partial(reviewing.remove if remove else reviewing.keep, review=item.review.code, number=item.number, reason=reason)
    act_as(actor, lambda: verb(actor=actor, now=timezone.now()))
