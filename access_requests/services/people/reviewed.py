"""What a review handed over is closed only when it is seen to be gone: in AWS, or as the trail tells of a provider."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from access_requests.models import IamUserBinding, StandingGroup, WorkGroup
from audits.models import ItemState, ReviewItem, ReviewKind, TrailEntry
from audits.replay import ThingKind, fold
from audits.replay.steps import STEPS
from audits.reviews import deciding
from portal.iam.account import Account
from portal.users.models import HeldRole
from portal.verbs.actor import WORKER
from portal.verbs.run import run


def close(jump: Account, *, read_at: datetime, now: datetime) -> int:
    """Close what the Jump account, as it was read at `read_at`, shows no more; return how many."""
    going = list(ReviewItem.objects.filter(state=ItemState.REMOVING, decided_at__lt=read_at).order_by("pk"))
    gone = [item.pk for item in going if IS_GONE[item.kind](item, jump)] if going else []
    for pk in gone:
        run(partial(_close, pk, now))
    return len(gone)


def _close(pk: int, now: datetime) -> None:
    item = ReviewItem.objects.select_for_update(of=("self",)).select_related("review").get(pk=pk)
    if item.state == ItemState.REMOVING:
        deciding.removed(item, actor=WORKER, now=now)


def _left_group(item: ReviewItem, jump: Account) -> bool:
    """Whether neither the user, however it is called by now, nor another of its name is in it."""
    user, group = jump.user_by_id(item.facts.get("user_id", "")), jump.group(item.facts["group"])
    if group is None:
        # Deleted; or renamed, and then the user is in a group that nobody knows.
        return user is None or {name.lower() for name in user.groups} <= _known_groups()
    names = {item.facts["user"].lower(), *([user.name.lower()] if user else [])}
    return names.isdisjoint(name.lower() for name in group.members)


def _known_groups() -> set[str]:
    rows = (StandingGroup.objects, WorkGroup.objects)
    return {name.lower() for each in rows for name in each.values_list("name", flat=True)}


def _without_key(item: ReviewItem, _jump: Account) -> bool:
    return _credentials(item, "access_keys", item.facts.get("key", ""))


def _without_device(item: ReviewItem, _jump: Account) -> bool:
    return _credentials(item, "mfa_serials", item.facts.get("serial", ""))


def _credentials(item: ReviewItem, column: str, name: str) -> bool:
    """Whether AWS, asked since the decision, does not list it any more. A user who is bound no more tells nothing."""
    row = IamUserBinding.objects.filter(user_id=item.facts.get("user_id", "")).first()
    if row is None or item.decided_at is None or row.credentials_read_at is None or row.credentials_read_at <= item.decided_at:
        return False
    listed = getattr(row, column)
    return listed is not None and name not in listed


def _not_said(item: ReviewItem, _jump: Account) -> bool:
    """Whether the row is gone, and the trail tells so too: the web's database role may take the row away without a word."""
    username, role, source = item.people[0], item.facts["role"], item.facts["source"]
    if HeldRole.objects.filter(person__username=username, role=role, source=source).exists():
        return False
    entries = TrailEntry.objects.filter(subject=f"person:{username}", act__in=STEPS).order_by("pk")
    told = fold(entries).of(ThingKind.PERSON).get(username, {}).get("roles")
    return told is not None and source not in told.get(role, ())


def _never(_item: ReviewItem, _jump: Account) -> bool:
    return False


IS_GONE: Mapping[str, Callable[[ReviewItem, Account], bool]] = {
    **dict.fromkeys(ReviewKind.values, _never),
    ReviewKind.STANDING_GROUP: _left_group,
    ReviewKind.ACCESS_KEY: _without_key,
    ReviewKind.MFA: _without_device,
    ReviewKind.PORTAL_ROLE: _not_said,
}
