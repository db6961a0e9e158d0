"""A campaign begins: its items are what there is now, each with the name of who looks at it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from audits import trail
from audits.acts import Act
from audits.models import ItemState, Review, ReviewItem
from audits.reports.owing import today
from audits.reviews import folding, review_errors
from portal import codes
from portal.storable import AsTyped
from portal.users.models import User
from portal.verbs import authority
from portal.verbs.actor import Actor
from portal.verbs.rejections import Missing

# What needs which proof, `access_requests.policy.proofs` says.
ACT = "review"
LONGEST = timedelta(days=400)


@dataclass(frozen=True, kw_only=True)
class Held:
    """Something that somebody has. `people`: whose it is; none of them reviews it."""

    kind: str
    people: Sequence[str]
    thing: str
    facts: Mapping[str, str] = field(default_factory=dict)
    command: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`reviewer` looks at everything but their own, at which `other` looks."""

    name: str
    due_on: date
    kept_until: date
    reviewer: str
    other: str


def open_campaign(*, plan: Plan, held: Sequence[Held], actor: Actor, now: datetime) -> Review:
    """Open it. Raises NotAnAdministrator, StepUpNeeded, Missing, ReviewerUnusable, ReviewDaysUnusable, ReviewNotProven."""
    authority.check_proven_administrator(actor, ACT, now=now)
    if actor.by_service:
        raise review_errors.ReviewNotProven
    if not plan.name:
        raise Missing(field="name")
    _check(plan, now)
    items = [_item(number, one, plan) for number, one in enumerate(held, start=1)]
    review = {"code": codes.new("V"), "name": plan.name, "due_on": plan.due_on, "kept_until": plan.kept_until}
    said = json.loads(json.dumps({"review": review, "items": items}, cls=AsTyped))
    entry = trail.record_act(now=now, act=Act.REVIEW_OPENED, actor=actor, subject=f"review:{review['code']}", data=said)
    row = Review.objects.create(**folding.campaign(entry))
    ReviewItem.objects.bulk_create(ReviewItem(review=row, **folding.item(one, entry)) for one in said["items"])
    return row


def _check(plan: Plan, now: datetime) -> None:
    if not (today(now) <= plan.due_on < plan.kept_until <= today(now) + LONGEST):
        raise review_errors.ReviewDaysUnusable(field="due_on")
    for name in ("reviewer", "other"):
        username = getattr(plan, name)
        if not User.objects.filter(username=username, is_active=True).exists():
            raise review_errors.ReviewerUnusable(field=name, reviewer=username)
    if plan.reviewer == plan.other:
        raise review_errors.ReviewerUnusable(field="other", reviewer=plan.other)


def _item(number: int, one: Held, plan: Plan) -> dict[str, object]:
    """Return an item that nobody has decided on. Of what both reviewers own together neither decides."""
    reviewer = next((name for name in (plan.reviewer, plan.other) if name not in one.people), plan.reviewer)
    fixed = {"kind": one.kind, "people": list(one.people), "thing": one.thing, "facts": dict(one.facts), "command": one.command}
    undecided = {"state": ItemState.OPEN, "reason": "", "decided_by": "", "decided_at": None, "removed_at": None}
    return {"number": number, **fixed, "reviewer": reviewer, **undecided}
