"""What becomes of an item: kept until the campaign's day, or taken away; and that it is gone."""

import json
from datetime import datetime

from audits import trail
from audits.acts import Act
from audits.models import ItemState, ReviewItem
from audits.reviews import folding, review_errors
from audits.reviews.opening import ACT
from portal.storable import AsTyped
from portal.users.models import User
from portal.verbs import authority
from portal.verbs.actor import Actor
from portal.verbs.rejections import Missing, NotFound, TransitionNotAllowed


def keep(*, review: str, number: int, reason: str, actor: Actor, now: datetime) -> ReviewItem:
    """Say that it is still needed, and why.

    Raises NotFound, OwnReview, NotItsReviewer, ReviewNotProven, TransitionNotAllowed, Missing.
    """
    item = _to_decide(review, number, reason, actor)
    item.state = ItemState.KEPT
    return _decide(item, Act.REVIEW_KEPT, reason, actor, now)


def remove(*, review: str, number: int, reason: str, actor: Actor, now: datetime) -> ReviewItem:
    """Say that it goes, and why. Whoever calls this takes it away, or hands the command over. Raises what `keep` does."""
    item = _to_decide(review, number, reason, actor)
    item.state = ItemState.REMOVING
    return _decide(item, Act.REVIEW_REMOVAL_DECIDED, reason, actor, now)


def assign(*, review: str, number: int, reviewer: str, actor: Actor, now: datetime) -> ReviewItem:
    """Name another reviewer for an item that nobody has decided on; never one of those whose it is.

    Raises NotAnAdministrator, StepUpNeeded, ReviewNotProven, NotFound, TransitionNotAllowed, ReviewerUnusable.
    """
    authority.check_proven_administrator(actor, ACT, now=now)
    item = _locked(review, number, actor)
    if item.state != ItemState.OPEN:
        raise TransitionNotAllowed(state=item.state)
    is_usable = User.objects.filter(username=reviewer, is_active=True).exists()
    if not is_usable or reviewer in item.people:
        raise review_errors.ItemReviewerUnusable(field="reviewer", reviewer=reviewer)
    if reviewer == item.reviewer:
        return item
    item.reviewer = reviewer
    return _record(item, Act.REVIEW_ASSIGNED, actor, now)


def removed(item: ReviewItem, *, actor: Actor, now: datetime) -> ReviewItem:
    """Record that it is gone: the portal took it, or AWS shows it no more."""
    item.state, item.removed_at = ItemState.REMOVED, now
    return _record(item, Act.REVIEW_REMOVED, actor, now)


def _to_decide(review: str, number: int, reason: str, actor: Actor) -> ReviewItem:
    item = _locked(review, number, actor)
    if actor.who.username in item.people:
        raise review_errors.OwnReview
    if not (actor.who.is_active and actor.who.username == item.reviewer):
        raise review_errors.NotItsReviewer
    if item.state != ItemState.OPEN:
        raise TransitionNotAllowed(state=item.state)
    if not reason:
        raise Missing(field="reason")
    return item


def _locked(review: str, number: int, actor: Actor) -> ReviewItem:
    if actor.by_service:
        raise review_errors.ReviewNotProven
    rows = ReviewItem.objects.select_for_update(of=("self",)).select_related("review")
    item = rows.filter(review__code=review, number=number).first()
    if item is None:
        raise NotFound
    return item


def _decide(item: ReviewItem, act: Act, reason: str, actor: Actor, now: datetime) -> ReviewItem:
    item.reason, item.decided_by, item.decided_at = reason, actor.who.username, now
    return _record(item, act, actor, now)


def _record(item: ReviewItem, act: Act, actor: Actor, now: datetime) -> ReviewItem:
    """Append what became of the item, with all of it, and save the row as the entry has it."""
    names = (*folding.TEXTS, *folding.TIMES)
    said = json.loads(json.dumps({"item": {name: getattr(item, name) for name in names}}, cls=AsTyped))
    subject = f"review:{item.review.code}/{item.number}"
    entry = trail.record_act(now=now, act=act, actor=actor, subject=subject, data=said)
    for name, value in folding.item(said["item"], entry).items():
        setattr(item, name, value)
    item.save()
    return item
