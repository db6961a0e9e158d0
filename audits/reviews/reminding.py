"""Reviewers who have not decided are reminded, once a campaign, some days before the day by which it is decided."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial

from audits import trail
from audits.acts import Act
from audits.models import ItemState, Review, ReviewItem, TrailEntry
from audits.reports.owing import today
from portal.verbs.actor import WORKER
from portal.verbs.run import run

BEFORE = timedelta(days=3)
PREFIX = "review:"


def remind(*, now: datetime) -> int:
    """Append who is to be reminded, for whoever tells of it; return of how many campaigns. One query where none is due soon."""
    day = today(now)
    soon = Review.objects.filter(due_on__range=(day, day + BEFORE), items__state=ItemState.OPEN).distinct()
    reviews = {f"{PREFIX}{review.code}": review for review in soon.order_by("pk")}
    if not reviews:
        return 0
    told = set(TrailEntry.objects.filter(subject__in=reviews, act=Act.REVIEW_REMINDED).values_list("subject", flat=True))
    for subject in sorted(reviews.keys() - told):
        run(partial(_append, subject, reviews[subject], now))
    return len(reviews.keys() - told)


def _append(subject: str, review: Review, now: datetime) -> None:
    waiting = Counter(ReviewItem.objects.filter(review=review, state=ItemState.OPEN).values_list("reviewer", flat=True))
    said = {"due_on": str(review.due_on), "waiting": dict(waiting)}
    trail.record_act(now=now, act=Act.REVIEW_REMINDED, actor=WORKER, subject=subject, data=said)
