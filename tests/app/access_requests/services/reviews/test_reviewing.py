"""Access reviews: what is looked at, by whom and by whom not, and what becomes of what goes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, UniqueConstraint

from access_requests.models import ApiClient, ApprovalLevel, ApprovalPolicy, IamUserBinding, StandingGroup
from access_requests.services.catalogue import current
from access_requests.services.people import reviewed, roles
from access_requests.services.reviews import gathering, reviewing
from audits.acts import Act
from audits.models import ItemState, Review, ReviewItem, ReviewKind, TrailEntry
from audits.reviews import deciding, folding, review_errors
from audits.reviews.opening import Plan
from portal.iam.account import Account, Group
from portal.iam.account import User as AwsUser
from portal.users.models import HeldRole, User
from portal.verbs import rejections
from portal.verbs.actor import COMMAND, Door
from portal.verbs.run import run
from tests.stand_ins.bots import make_client
from tests.worlds.cast import Cast, actor_of
from tests.worlds.providers import arrival, oidc
from tests.worlds.story import refused
from tests.worlds.told import write_down

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def plan(now: datetime, **changes: Any) -> Plan:
    usual = Plan(
        name="autumn",
        due_on=now.date() + 14 * DAY,
        kept_until=now.date() + 180 * DAY,
        reviewer="leader01",
        other="leader02",
    )
    return replace(usual, **changes)


def opened(cast: Cast, now: datetime, **changes: Any) -> Review:
    wanted = plan(now, **changes)
    return run(lambda: reviewing.open_campaign(plan=wanted, actor=actor_of(cast.admin01), now=now))


def item_of(kind: ReviewKind, person: str, **facts: str) -> ReviewItem:
    rows = [row for row in ReviewItem.objects.filter(kind=kind) if person in row.people or not row.people]
    (found,) = [row for row in rows if facts.items() <= row.facts.items()]
    return found


def decide(verb: Any, item: ReviewItem, person: User, now: datetime, *, reason: str = "not needed any more") -> ReviewItem:
    told = {"review": item.review.code, "number": item.number, "reason": reason}
    item = run(lambda: verb(**told, actor=actor_of(person), now=now))
    assert isinstance(item, ReviewItem)
    return item


@pytest.fixture
def standing(cast: Cast) -> StandingGroup:
    group = StandingGroup.objects.get(name="MemberGroup")
    group.people.set([cast.member01])
    return group


def jump_with(*members: str, group: str = "MemberGroup", **names: str) -> Account:
    """Return the account with a group of these; `names` are users that are called otherwise by now, by who is bound to them."""
    carried: dict[str, Any] = {"arn": "", "path": "/", "inline": {}, "attached": ()}
    users = {
        name.lower(): AwsUser(
            name=name,
            id=IamUserBinding.objects.get(person__username=person).user_id,
            groups=(group,) if name in members else (),
            boundary=None,
            tags={},
            **carried,
        )
        for person, name in names.items()
    }
    groups = {group.lower(): Group(name=group, id="AGPA1", members=members, **carried)}
    return Account(account_id="111111111111", users=users, groups=groups, roles={}, policies={})


def test_campaign_has_all_that_people_and_programs_have(cast: Cast, standing: StandingGroup, now: datetime) -> None:
    IamUserBinding.objects.filter(person=cast.member01).update(access_keys=["AKIA1"], mfa_serials=["arn:mfa"])
    make_client("chatbot", cast)
    review = opened(cast, now)
    kinds = set(review.items.values_list("kind", flat=True))
    assert kinds == set(ReviewKind.values)
    assert (
        item_of(ReviewKind.ACCESS_KEY, "member01").command
        == "aws iam delete-access-key --user-name member01 --access-key-id AKIA1"
    )
    assert not list(folding.faults())


def test_nobody_reviews_what_they_have(cast: Cast, now: datetime) -> None:
    opened(cast, now)
    by_leader01 = ReviewItem.objects.filter(reviewer="leader01")
    assert all("leader01" not in item.people for item in by_leader01)
    assert item_of(ReviewKind.BINDING, "leader01").reviewer == "leader02"
    own = item_of(ReviewKind.BINDING, "leader01")
    ReviewItem.objects.filter(pk=own.pk).update(reviewer="leader01")
    with refused(review_errors.OwnReview):
        decide(reviewing.keep, own, cast.leader01, now)


@pytest.mark.parametrize("who", ["leader02", "member02", "admin01", "auditor01"])
def test_only_the_reviewer_decides(cast: Cast, now: datetime, who: str) -> None:
    opened(cast, now)
    with refused(review_errors.NotItsReviewer):
        decide(reviewing.keep, item_of(ReviewKind.BINDING, "member01"), getattr(cast, who), now)


def test_decision_takes_a_reason_is_made_once_and_by_no_program(cast: Cast, now: datetime) -> None:
    opened(cast, now)
    item = item_of(ReviewKind.BINDING, "member01")
    with refused(rejections.Missing):
        decide(reviewing.keep, item, cast.leader01, now, reason=" ")
    bot = actor_of(cast.leader01, door=Door.CLIENT, client="chatbot")
    with refused(review_errors.ReviewNotProven):
        run(lambda: reviewing.keep(review=item.review.code, number=item.number, reason="needed", actor=bot, now=now))
    kept = decide(reviewing.keep, item, cast.leader01, now, reason="on call")
    assert (kept.state, kept.reason, kept.decided_by) == (ItemState.KEPT, "on call", "leader01")
    with refused(rejections.TransitionNotAllowed):
        decide(reviewing.remove, item, cast.leader01, now)


@pytest.mark.parametrize("who", ["member01", "leader01", "auditor01"])
def test_administrators_alone_open_campaigns(cast: Cast, now: datetime, who: str) -> None:
    actor = actor_of(getattr(cast, who))
    with refused(rejections.NotAnAdministrator):
        run(lambda: reviewing.open_campaign(plan=plan(now), actor=actor, now=now))


def test_campaign_needs_days_in_order_and_two_people(cast: Cast, now: datetime) -> None:
    with refused(review_errors.ReviewDaysUnusable):
        opened(cast, now, kept_until=now.date() + 14 * DAY)
    with refused(review_errors.ReviewerUnusable):
        opened(cast, now, other="leader01")
    with refused(review_errors.ReviewerUnusable):
        opened(cast, now, reviewer="nobody")


def test_role_of_the_portal_is_taken_by_the_portal(cast: Cast, now: datetime) -> None:
    opened(cast, now)
    gone = decide(reviewing.remove, item_of(ReviewKind.PORTAL_ROLE, "auditor01"), cast.leader01, now)
    assert gone.state == ItemState.REMOVED
    assert not User.objects.get(username="auditor01").is_auditor
    acts = list(TrailEntry.objects.order_by("-pk").values_list("act", flat=True)[:3])
    assert acts == [Act.REVIEW_REMOVED, Act.PERSON_CHANGED, Act.REVIEW_REMOVAL_DECIDED]
    assert TrailEntry.objects.get(act=Act.PERSON_CHANGED).actor == "sekisho:command"
    assert not list(folding.faults())


def test_last_administrator_is_not_taken(cast: Cast, now: datetime) -> None:
    opened(cast, now)
    with refused(review_errors.RemovalRefused) as caught:
        decide(reviewing.remove, item_of(ReviewKind.PORTAL_ROLE, "admin01"), cast.leader01, now)
    assert caught.value.data["why"]


def test_place_among_approvers_is_taken_as_long_as_enough_are_left(cast: Cast, now: datetime) -> None:
    opened(cast, now)
    key = cast.one_lead.key
    assert decide(reviewing.remove, item_of(ReviewKind.APPROVER, "leader02", policy=key), cast.leader01, now).state == "removed"
    assert current.read().policies[key].levels[0].approvers == ["leader01"]
    with refused(review_errors.RemovalRefused):
        decide(reviewing.remove, item_of(ReviewKind.APPROVER, "leader01", policy=key), cast.leader02, now)


def test_approver_goes_from_each_level_whichever_number_it_has_by_now(cast: Cast, now: datetime) -> None:
    key = cast.one_lead.key
    opened(cast, now)
    item = item_of(ReviewKind.APPROVER, "leader02", policy=key)
    cast.one_lead.levels.update(number=2)
    before = ApprovalLevel.objects.create(policy=cast.one_lead, number=1, approvals=1)
    before.approvers.set([cast.leader02, cast.admin01])
    assert decide(reviewing.remove, item, cast.leader01, now).state == ItemState.REMOVED
    assert [level.approvers for level in current.read().policies[key].levels] == [["admin01"], ["leader01"]]


def test_place_of_several_levels_is_one_item(cast: Cast, now: datetime) -> None:
    key = cast.one_lead.key
    level = ApprovalLevel.objects.create(policy=cast.one_lead, number=2, approvals=1)
    level.approvers.set([cast.leader02])
    opened(cast, now)
    assert item_of(ReviewKind.APPROVER, "leader02", policy=key).thing == f"{key} 1, 2"


def test_what_may_be_there_under_another_name_is_not_removed(cast: Cast, standing: StandingGroup, now: datetime) -> None:
    make_client("chatbot", cast)
    opened(cast, now)
    ApprovalPolicy.objects.filter(key=cast.one_lead.key).update(key="renamed")
    StandingGroup.objects.filter(pk=standing.pk).update(name="Renamed")
    ApiClient.objects.update(key="renamed")
    IamUserBinding.objects.filter(person=cast.member02).update(user_id="AIDAANOTHERUSER00000")
    for item in (
        item_of(ReviewKind.APPROVER, "leader02", policy=cast.one_lead.key),
        item_of(ReviewKind.STANDING_GROUP, "member01"),
        item_of(ReviewKind.CLIENT, ""),
        item_of(ReviewKind.BINDING, "member02"),
    ):
        with refused(review_errors.ReviewItemChanged):
            decide(reviewing.remove, item, cast.leader01, now)
    assert IamUserBinding.objects.filter(person=cast.member02).exists()


def test_group_of_who_was_bound_since_is_handed_over_anew(cast: Cast, standing: StandingGroup, now: datetime) -> None:
    """Without a user there was no command: the user may be in the group by now."""
    bound = IamUserBinding.objects.get(person=cast.member01)
    bound.delete()
    opened(cast, now)
    bound.save(force_insert=True)
    with refused(review_errors.ReviewItemChanged):
        decide(reviewing.remove, item_of(ReviewKind.STANDING_GROUP, "member01"), cast.leader01, now)


def test_what_is_gone_already_is_removed(cast: Cast, now: datetime) -> None:
    opened(cast, now)
    IamUserBinding.objects.filter(person=cast.member02).delete()
    assert decide(reviewing.remove, item_of(ReviewKind.BINDING, "member02"), cast.leader01, now).state == ItemState.REMOVED


def test_binding_and_client_are_taken_by_the_portal(cast: Cast, now: datetime) -> None:
    make_client("chatbot", cast)
    opened(cast, now)
    decide(reviewing.remove, item_of(ReviewKind.BINDING, "member02"), cast.leader01, now)
    assert not IamUserBinding.objects.filter(person=cast.member02).exists()
    decide(reviewing.remove, item_of(ReviewKind.CLIENT, ""), cast.leader01, now)
    assert ApiClient.objects.get(key="chatbot").retired_at == now


def test_standing_group_is_handed_over_and_closed_when_aws_shows_it(cast: Cast, standing: StandingGroup, now: datetime) -> None:
    opened(cast, now)
    going = decide(reviewing.remove, item_of(ReviewKind.STANDING_GROUP, "member01"), cast.leader01, now)
    assert going.state == ItemState.REMOVING
    assert going.command == "aws iam remove-user-from-group --group-name MemberGroup --user-name member01"
    assert not standing.people.exists()
    later = now + DAY
    # Read before the decision it says nothing; and somebody who is still in it is not out.
    assert reviewed.close(jump_with(), read_at=now, now=later) == 0
    assert reviewed.close(jump_with("member01"), read_at=later, now=later) == 0
    assert reviewed.close(jump_with("member02"), read_at=later, now=later) == 1
    going.refresh_from_db()
    assert (going.state, going.removed_at) == (ItemState.REMOVED, later)
    assert not list(folding.faults())


def test_user_or_group_of_another_name_is_in_it_still(cast: Cast, standing: StandingGroup, now: datetime) -> None:
    opened(cast, now)
    decide(reviewing.remove, item_of(ReviewKind.STANDING_GROUP, "member01"), cast.leader01, now)
    later = now + DAY
    for jump in (
        jump_with("renamed", member01="renamed"),
        jump_with("renamed", group="Renamed", member01="renamed"),
        jump_with("MEMBER01", member01="MEMBER01"),
    ):
        assert reviewed.close(jump, read_at=later, now=later) == 0
    assert reviewed.close(jump_with("member02", group="Another", member01="renamed"), read_at=later, now=later) == 1


def test_key_of_a_user_whose_name_is_anothers_by_now_is_there_still(cast: Cast, now: datetime) -> None:
    rows, later = IamUserBinding.objects.filter(person=cast.member01), now + DAY
    rows.update(access_keys=["AKIA1"], credentials_read_at=now - DAY)
    opened(cast, now)
    decide(reviewing.remove, item_of(ReviewKind.ACCESS_KEY, "member01"), cast.leader01, now)
    rows.update(user_name="renamed", credentials_read_at=later)
    IamUserBinding.objects.filter(person=cast.member02).update(user_name="member01", access_keys=[], credentials_read_at=later)
    assert reviewed.close(jump_with(), read_at=later, now=later) == 0
    rows.update(access_keys=[])
    assert reviewed.close(jump_with(), read_at=later, now=later) == 1


def test_key_is_closed_only_when_aws_was_asked_since_and_lists_it_no_more(cast: Cast, now: datetime) -> None:
    rows = IamUserBinding.objects.filter(person=cast.member01)
    rows.update(access_keys=["AKIA1"], mfa_serials=[], credentials_read_at=now - DAY)
    opened(cast, now)
    decide(reviewing.remove, item_of(ReviewKind.ACCESS_KEY, "member01"), cast.leader01, now)
    later = now + DAY
    rows.update(access_keys=[])
    assert reviewed.close(jump_with(), read_at=later, now=later) == 0
    rows.update(credentials_read_at=later)
    assert reviewed.close(jump_with(), read_at=later, now=later) == 1


def test_role_that_a_provider_gives_is_closed_when_it_says_it_no_more(cast: Cast, now: datetime) -> None:
    provider = oidc(roles={"lead": ["leads"]})
    said = {"person": cast.member01, "role": "lead", "source": provider.identity, "since": now, "confirmed_at": now}
    held = HeldRole.objects.create(**said)
    write_down(now=now)
    opened(cast, now)
    item = item_of(ReviewKind.PORTAL_ROLE, "member01")
    assert decide(reviewing.remove, item, cast.leader01, now).state == ItemState.REMOVING
    later = now + DAY
    assert reviewed.close(jump_with(), read_at=later, now=later) == 0
    with transaction.atomic():
        held.delete()
        # Somebody took the row away, and no provider said anything.
        assert reviewed.close(jump_with(), read_at=later, now=later) == 0
        transaction.set_rollback(True)
    run(lambda: roles.claim(person=cast.member01, provider=provider, groups=(), actor=arrival(provider).actor, now=later))
    assert reviewed.close(jump_with(), read_at=later, now=later) == 1


def test_command_takes_a_name_as_it_is() -> None:
    said = gathering._iam("deactivate-mfa-device", user_name="a b", serial_number="x;rm")
    assert said == "aws iam deactivate-mfa-device --user-name 'a b' --serial-number 'x;rm'"


def test_row_that_somebody_changed_is_found(cast: Cast, now: datetime) -> None:
    opened(cast, now)
    ReviewItem.objects.filter(number=1).update(reviewer="member01")
    assert [fault["what"] for fault in folding.faults()] == ["its items are not what the trail tells"]


def test_entry_that_makes_another_thing_of_an_item_is_found(cast: Cast, now: datetime) -> None:
    """By such an entry the web's role would say of a key that the portal took it."""
    IamUserBinding.objects.filter(person=cast.member01).update(access_keys=["AKIA1"])
    opened(cast, now)
    item = decide(reviewing.remove, item_of(ReviewKind.ACCESS_KEY, "member01"), cast.leader01, now)
    item.kind, item.command = ReviewKind.CLIENT, ""
    run(lambda: deciding.removed(item, actor=COMMAND, now=now))
    entry = TrailEntry.objects.latest("pk")
    assert [fault["what"] for fault in folding.faults()] == [f"the entry {entry.pk} tells of an item that it was not opened with"]


BROKEN: dict[str, dict[str, Any]] = {
    "review_item_state_known": {"state": "lost", "decided_by": "x"},
    "review_item_decided_by_somebody": {"state": "kept"},
    "review_item_removed_has_time": {"state": "removed", "decided_by": "x", "removed_at": None},
}


@pytest.mark.parametrize("name", BROKEN)
def test_database_refuses_an_item_that_cannot_be(cast: Cast, now: datetime, name: str) -> None:
    opened(cast, now)
    changes = {**BROKEN[name], **({"decided_at": now} if "decided_by" in BROKEN[name] else {})}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ReviewItem.objects.filter(number=1).update(**changes)


def test_each_constraint_is_broken_once(cast: Cast, now: datetime) -> None:
    checks = {one.name for one in ReviewItem._meta.constraints if isinstance(one, CheckConstraint)}
    assert checks == set(BROKEN)
    review = opened(cast, now)
    (once,) = [one.name for one in ReviewItem._meta.constraints if isinstance(one, UniqueConstraint)]
    assert once == "review_item_once"
    first, second = ReviewItem.objects.order_by("pk")[:2]
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewItem.objects.filter(pk=second.pk).update(number=first.number)
    with pytest.raises(IntegrityError, match="review_kept_beyond_due"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(kept_until=review.due_on - DAY)


def test_reviewer_of_an_item_is_named_and_is_never_whose_it_is(cast: Cast, standing: StandingGroup, now: datetime) -> None:
    review = opened(cast, now)
    item = item_of(ReviewKind.STANDING_GROUP, "member01", group="MemberGroup")

    def assign(who: User, reviewer: str, **more: Any) -> ReviewItem:
        told = {"review": review.code, "number": item.number, "reviewer": reviewer, **more}
        found = run(lambda: deciding.assign(**told, actor=actor_of(who), now=now))
        assert isinstance(found, ReviewItem)
        return found

    with refused(rejections.NotAnAdministrator):
        assign(cast.leader01, "leader01")
    for unusable in ("member01", "nobody", ""):
        with refused(review_errors.ItemReviewerUnusable):
            assign(cast.admin01, unusable)
    with refused(rejections.NotFound):
        assign(cast.admin01, "member02", number=9999)
    assert assign(cast.admin01, "member02").reviewer == "member02"
    assert TrailEntry.objects.filter(act=Act.REVIEW_ASSIGNED).count() == 1
    assign(cast.admin01, "member02")
    assert TrailEntry.objects.filter(act=Act.REVIEW_ASSIGNED).count() == 1
    with refused(review_errors.NotItsReviewer):
        decide(reviewing.keep, item, cast.leader01, now)
    assert list(folding.faults()) == []
