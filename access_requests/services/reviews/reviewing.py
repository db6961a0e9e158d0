"""Opening a review, and deciding on its items: what goes, the portal takes out of its catalogue, or hands the command over."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from access_requests.grants.contract import Principal
from access_requests.models import ApiClient
from access_requests.policy import texts
from access_requests.policy.proofs import Guarded
from access_requests.services.catalogue import taking
from access_requests.services.catalogue.mistakes import CatalogueRefused
from access_requests.services.catalogue.state import State
from access_requests.services.people import clients
from access_requests.services.record import proving
from access_requests.services.reviews import gathering
from audits.models import Review, ReviewItem, ReviewKind
from audits.reviews import deciding, opening, review_errors
from audits.reviews.opening import Plan
from portal.verbs.actor import COMMAND, Actor


def open_campaign(*, plan: Plan, actor: Actor, now: datetime) -> Review:
    """Open a campaign over all that there is. Raises what `opening.open_campaign` does."""
    plan = replace(plan, name=texts.clean("name", plan.name, required=True))
    return opening.open_campaign(plan=plan, held=gathering.held(), actor=actor, now=now)


def keep(*, review: str, number: int, reason: str, actor: Actor, now: datetime) -> ReviewItem:
    """Raises what `deciding.keep` does, FactorMissing, StepUpNeeded."""
    reason = texts.clean("reason", reason, required=False)
    kept = deciding.keep(review=review, number=number, reason=reason, actor=actor, now=now)
    proving.check(actor, Guarded.REVIEW, now=now)
    return kept


def remove(*, review: str, number: int, reason: str, actor: Actor, now: datetime) -> ReviewItem:
    """Decide that it goes, and take it where the portal can: in the name of the portal, which the decision's entry tells to.

    Raises what `deciding.remove` does, RemovalRefused, ReviewItemChanged, FactorMissing, StepUpNeeded.
    """
    reason = texts.clean("reason", reason, required=False)
    # Before the first entry of the trail, whose writer nobody else may wait for with this lock in hand.
    taking.hold()
    item = deciding.remove(review=review, number=number, reason=reason, actor=actor, now=now)
    proving.check(actor, Guarded.REVIEW, now=now)
    try:
        is_gone = _take(item, now)
    except CatalogueRefused as refused:
        raise review_errors.RemovalRefused(why="; ".join(mistake.message for mistake in refused.mistakes)) from refused
    return deciding.removed(item, actor=COMMAND, now=now) if is_gone else item


def _take(item: ReviewItem, now: datetime) -> bool:
    """Take what the portal itself gives; return whether that is all there is to it."""
    if item.kind == ReviewKind.CLIENT:
        row = ApiClient.objects.filter(key=item.facts["client"]).first()
        if row is None:
            raise review_errors.ReviewItemChanged
        if row.retired_at is None:
            clients.revoke(client=row, actor=COMMAND, now=now)
        return True
    change = CHANGES.get(item.kind)
    if change is None or "source" in item.facts:
        return False
    taking.take(partial(change, item), actor=COMMAND, now=now)
    # The group is IAM's: somebody takes the user out there, by the command.
    return item.kind != ReviewKind.STANDING_GROUP or not item.facts["user"]


def _without_standing_group(item: ReviewItem, state: State) -> State:
    person = state.people[item.people[0]]
    # Under another name it would stay; and of who had no user then, and has one now, no command was handed over.
    if item.facts["group"] not in state.standing_groups or (person.iam_user and not item.facts["user"]):
        raise review_errors.ReviewItemChanged
    left = [group for group in person.standing_groups if group != item.facts["group"]]
    return _with_person(state, item.people[0], standing_groups=left)


def _without_role(item: ReviewItem, state: State) -> State:
    return _with_person(state, item.people[0], **{item.facts["role"]: False})


def _without_binding(item: ReviewItem, state: State) -> State:
    user = state.people[item.people[0]].user(Principal(item.facts["principal"]))
    if user is not None and user.user_id != item.facts.get("user_id"):
        raise review_errors.ReviewItemChanged
    field = "iam_user" if item.facts["principal"] == Principal.IAM_USER else "identity_center_user"
    return _with_person(state, item.people[0], **{field: None})


def _without_approver(item: ReviewItem, state: State) -> State:
    policy = state.policies.get(item.facts["policy"])
    if policy is None:
        # Under another name it may be there still.
        raise review_errors.ReviewItemChanged
    levels = [level.but(approvers=[name for name in level.approvers if name != item.people[0]]) for level in policy.levels]
    return replace(state, policies={**state.policies, item.facts["policy"]: policy.but(levels=levels)})


def _with_person(state: State, username: str, **changes: object) -> State:
    return replace(state, people={**state.people, username: state.people[username].but(**changes)})


CHANGES: Mapping[str, Callable[[ReviewItem, State], State]] = {
    ReviewKind.STANDING_GROUP: _without_standing_group,
    ReviewKind.PORTAL_ROLE: _without_role,
    ReviewKind.BINDING: _without_binding,
    ReviewKind.APPROVER: _without_approver,
}
