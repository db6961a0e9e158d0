"""Access by IAM Identity Center from request to end: the workers against AWS over HTTP. No fence and no gate ends it."""

from datetime import timedelta
from functools import partial

import pytest
from pytest_django import Settings

from access_requests.errors import NoIamUser, NoIdentityCenterUser, RequesterMayNot
from access_requests.grants.contract import Principal
from access_requests.lifecycle import ElevationStatus
from access_requests.models import AccessRequest, Elevation, IamUserBinding, IdentityCenterBinding, RoleGate
from access_requests.services import sweep
from access_requests.services.elevations import evaluating, gates, lease, provision, revoke
from access_requests.services.people import people
from access_requests.services.record import snapshot
from audits.models import TrailEntry
from portal.verbs.run import run
from tests.worlds.cast import actor_of, identity_center_user_id, let_portal_in
from tests.worlds.identity_center import GROUP, Directory
from tests.worlds.jump import MEMBER_GROUP, ended, granted
from tests.worlds.story import acts, approved, assert_trail_tells, elevated, extension_asked, refused, returned, submitted

HOUR = timedelta(hours=1)
LOOK = ("ListInstances", "GetGroupId", "IsMemberInGroups")
GRANT = ("ListInstances", "GetGroupId", "CreateGroupMembership", *LOOK)
# The group's id is known from the grant on.
LOOK_AGAIN = ("ListInstances", "IsMemberInGroups")
END = ("ListInstances", "GetGroupMembershipId", "DeleteGroupMembership", "IsMemberInGroups", *LOOK_AGAIN)


def approve_access(directory: Directory, **changes: object) -> Elevation:
    cast = directory.jump.cast
    return elevated(cast.member01, cast.leader01, now=directory.jump.clock.now, **{"work_groups": [GROUP], **changes})


def calls(directory: Directory) -> tuple[str, ...]:
    """Return the calls since the last question, without those that take on the role."""
    made = tuple(action for action in directory.jump.proxy.actions if action != "AssumeRole")
    directory.jump.proxy.forget()
    return made


# From the grant to the end


def test_end_takes_out_of_the_group_that_was_given_though_another_has_its_name(directory: Directory) -> None:
    jump = directory.jump
    elevation = granted(approve_access(directory))
    other = directory.make_group("Renamed")
    directory.client.create_group_membership(**directory.at, GroupId=other, MemberId={"UserId": directory.user_id("member01")})
    # As if the group of the grant were the one that is called otherwise now.
    Elevation.objects.filter(pk=elevation.pk).update(seen={**(elevation.seen or {}), "group_id": other})
    returned(elevation, jump.cast.member01, now=jump.clock.forward(minutes=1))
    assert ended(Elevation.objects.get(pk=elevation.pk)).status == ElevationStatus.ENDED
    there = directory.client.list_group_memberships(**directory.at, GroupId=other)["GroupMemberships"]
    assert there == []


def test_grant_makes_the_membership_and_reads_it_back(directory: Directory) -> None:
    elevation = granted(approve_access(directory))
    assert calls(directory) == GRANT
    assert elevation.status == ElevationStatus.ACTIVE
    assert directory.members() == {"member01"}
    assert elevation.seen is not None
    assert elevation.seen["membership"] is True
    assert (elevation.seen["ttl"], elevation.seen["entry_fence"], elevation.seen["session_gate"]) == (None, {}, None)
    assert acts(elevation) == ["elevation.scheduled", "elevation.granting", "elevation.judged", "elevation.active"]
    (role,) = TrailEntry.objects.get(act="elevation.judged").data["judged"]["roles"]
    assert (role["decision"], role["why"]) == ("unknown", ["not_fenced"])
    entry = TrailEntry.objects.get(act="elevation.active")
    assert [call["action"] for call in entry.data["calls"]] == list(GRANT)
    assert_trail_tells(elevation)


def test_elevation_and_trail_name_the_identity_center_user_and_no_iam_user(directory: Directory) -> None:
    elevation = approve_access(directory)
    told = TrailEntry.objects.get(act="elevation.scheduled").data["elevation"]
    user_id = identity_center_user_id("member01")
    for field, value in (("iam_user_name", ""), ("iam_user_id", ""), ("identity_center_user_name", "member01")):
        assert (getattr(elevation, field), told[field]) == (value, value)
    assert elevation.identity_center_user_id == told["identity_center_user_id"] == user_id


def test_nothing_is_written_on_the_iam_user_or_a_role(directory: Directory) -> None:
    let_portal_in(directory.jump.cast.production)
    before = directory.jump.tags(), directory.jump.fences(), directory.jump.groups()
    elevation = granted(approve_access(directory))
    assert (directory.jump.tags(), directory.jump.fences(), directory.jump.groups()) == before
    assert elevation.evaluate_at is None
    assert list(judging_due(directory)) == []
    ended(returned(elevation, directory.jump.cast.member01, now=directory.jump.clock.now))
    reserved = elevation.work_group.target_roles.get()
    assert reserved.pk not in list(gates.due(now=directory.jump.clock.now))
    assert not RoleGate.objects.filter(role=reserved).exists()
    gates.refresh(reserved.pk)
    assert not RoleGate.objects.filter(role=reserved).exists()


def judging_due(directory: Directory) -> list[tuple[str, int]]:
    evaluating.evaluate_due()
    return list(sweep.due_evaluations(now=directory.jump.clock.now))


def test_grant_and_end_done_twice_have_the_effect_of_one(directory: Directory) -> None:
    elevation = granted(approve_access(directory))
    granted(elevation)
    assert calls(directory) == GRANT
    directory.jump.clock.forward(minutes=31)
    ended(elevation)
    ended(elevation)
    assert calls(directory) == END
    assert_trail_tells(elevation)


def test_end_takes_out_at_its_time_and_is_over_when_aws_shows_nobody(directory: Directory) -> None:
    elevation = granted(approve_access(directory))
    directory.jump.clock.forward(minutes=29)
    directory.jump.sweep()
    assert directory.members() == {"member01"}
    directory.jump.clock.forward(minutes=1)
    directory.jump.sweep()
    elevation.refresh_from_db()
    assert (elevation.status, elevation.stop_reason) == (ElevationStatus.ENDED, "expired")
    assert directory.members() == set()
    assert elevation.evaluate_at is None


def test_end_stays_open_while_aws_shows_a_member(directory: Directory) -> None:
    elevation = granted(approve_access(directory))
    returned(elevation, directory.jump.cast.member01, now=directory.jump.clock.now)
    directory.jump.on_call_of("IsMemberInGroups", partial(directory.add, "member01"))
    ended(elevation)
    assert (elevation.status, elevation.problem) == (ElevationStatus.REVOKING, "still_a_member")
    directory.jump.clock.forward(minutes=1)
    directory.jump.sweep()
    elevation.refresh_from_db()
    assert elevation.status == ElevationStatus.ENDED
    assert directory.members() == set()


def test_extension_moves_the_end_and_the_membership_stays(directory: Directory) -> None:
    elevation = granted(approve_access(directory))
    jump = directory.jump
    extension = extension_asked(elevation, jump.cast.member01, ends_at=elevation.starts_at + HOUR, now=jump.clock.now)
    approved(extension, jump.cast.leader01, now=jump.clock.now)
    provision.prolong(elevation.pk)
    elevation.refresh_from_db()
    assert elevation.written_ends_at == elevation.ends_at == elevation.starts_at + HOUR
    jump.clock.forward(minutes=45)
    jump.sweep()
    assert directory.members() == {"member01"}
    jump.clock.forward(minutes=16)
    jump.sweep()
    assert directory.members() == set()


def test_membership_that_lands_after_the_end_is_taken_out_again(directory: Directory) -> None:
    elevation = granted(approve_access(directory))
    returned(elevation, directory.jump.cast.member01, now=directory.jump.clock.now)
    ended(elevation)
    directory.add("member01")
    directory.jump.clock.forward(seconds=lease.length().total_seconds())
    directory.jump.sweep()
    assert directory.members() == set()
    assert acts(elevation)[-1] == "elevation.looked_after"
    elevation.refresh_from_db()
    assert elevation.fence_due_at is None


def test_tidying_leaves_the_next_access_alone(directory: Directory) -> None:
    elevation = granted(approve_access(directory))
    returned(elevation, directory.jump.cast.member01, now=directory.jump.clock.now)
    ended(elevation)
    granted(approve_access(directory))
    directory.jump.clock.forward(seconds=lease.length().total_seconds())
    revoke.tidy(elevation.pk)
    assert directory.members() == {"member01"}
    elevation.refresh_from_db()
    assert elevation.seen is not None
    assert elevation.seen["membership"] is False


@pytest.mark.parametrize("action", ["CreateGroupMembership", "IsMemberInGroups"])
def test_grant_whose_answer_was_lost_is_gone_on_with(directory: Directory, action: str) -> None:
    elevation = approve_access(directory)
    directory.jump.lose_answer(action)
    granted(elevation)
    assert elevation.status == ElevationStatus.GRANTING
    directory.jump.clock.forward(minutes=1)
    directory.jump.sweep()
    elevation.refresh_from_db()
    assert elevation.status == ElevationStatus.ACTIVE
    assert directory.members() == {"member01"}


def test_grant_without_its_group_is_refused_and_what_may_be_there_is_taken_out(directory: Directory) -> None:
    directory.delete_group()
    elevation = granted(approve_access(directory))
    assert (elevation.status, elevation.stop_reason) == (ElevationStatus.REVOKING, "grant_refused")
    assert ended(elevation).status == ElevationStatus.ENDED


def test_region_without_identity_center_refuses_the_grant(directory: Directory, settings: Settings) -> None:
    settings.AWS_IDENTITY_CENTER_REGION = "eu-west-1"
    elevation = granted(approve_access(directory))
    assert elevation.stop_reason == "grant_refused"
    assert ended(elevation).problem == "no_identity_center"


def test_user_that_is_gone_ends_the_access_at_its_extension(directory: Directory) -> None:
    elevation, jump = granted(approve_access(directory)), directory.jump
    extension = extension_asked(elevation, jump.cast.member01, ends_at=elevation.starts_at + HOUR, now=jump.clock.now)
    approved(extension, jump.cast.leader01, now=jump.clock.now)
    directory.delete_user("member01")
    provision.prolong(elevation.pk)
    elevation.refresh_from_db()
    assert (elevation.status, elevation.stop_reason) == (ElevationStatus.REVOKING, "identity_user_missing")
    assert ended(elevation).status == ElevationStatus.ENDED


def test_person_who_was_bound_anew_is_not_let_in(directory: Directory) -> None:
    elevation = approve_access(directory)
    IdentityCenterBinding.objects.filter(person=directory.jump.cast.member01).update(user_id="another")
    granted(elevation)
    assert (elevation.status, elevation.stop_reason) == (ElevationStatus.CANCELLED, "identity_center_user_rebound")
    assert directory.members() == set()


# Who may ask


def test_nobody_asks_without_the_user_that_the_group_is_granted_to(directory: Directory) -> None:
    member01, now = directory.jump.cast.member01, directory.jump.clock.now
    run(lambda: people.unbind(person=member01, principal=Principal.IDENTITY_CENTER_USER, actor=actor_of(member01), now=now))
    with refused(NoIdentityCenterUser) as caught:
        submitted(member01, now=now, work_groups=[GROUP])
    assert caught.value.data == {"person": "member01"}
    with refused(NoIdentityCenterUser):
        submitted(member01, now=now, work_groups=[GROUP, MEMBER_GROUP])
    submitted(member01, now=now)


def test_who_has_no_iam_user_asks_for_what_identity_center_gives_and_nothing_else(directory: Directory) -> None:
    member01, now = directory.jump.cast.member01, directory.jump.clock.now
    IamUserBinding.objects.filter(person=member01).delete()
    with refused(NoIamUser):
        submitted(member01, now=now)
    assert granted(approve_access(directory)).status == ElevationStatus.ACTIVE


def test_user_is_asked_for_again_at_the_approval_and_at_an_extension(directory: Directory) -> None:
    cast, now = directory.jump.cast, directory.jump.clock.now
    elevation = granted(approve_access(directory))
    request = submitted(cast.member02, now=now, work_groups=[GROUP])
    IdentityCenterBinding.objects.all().delete()
    request = AccessRequest.objects.get(pk=request.pk)
    seen = now_seen(request)
    with refused(RequesterMayNot) as caught:
        approved(request, cast.leader01, now=now, seen=seen)
    assert isinstance(caught.value.__cause__, NoIdentityCenterUser)
    with refused(NoIdentityCenterUser):
        extension_asked(elevation, cast.member01, ends_at=elevation.starts_at + HOUR, now=now)


def now_seen(request: AccessRequest) -> str:
    return snapshot.digest(snapshot.current(request))


def test_approvers_decide_on_the_user_where_it_matters_and_only_there(directory: Directory) -> None:
    cast, now = directory.jump.cast, directory.jump.clock.now
    asked = submitted(cast.member01, now=now, work_groups=[GROUP]).snapshot["asked"]
    assert asked["identity_center_user"] == {"name": "member01", "user_id": identity_center_user_id("member01")}
    assert "identity_center_user" not in submitted(cast.member02, now=now).snapshot["asked"]


def test_both_ways_in_one_request_are_given_to_their_own_users(directory: Directory) -> None:
    cast, now = directory.jump.cast, directory.jump.clock.now
    request = submitted(cast.member01, now=now, work_groups=[GROUP, MEMBER_GROUP])
    approved(request, cast.leader01, now=now)
    for elevation in Elevation.objects.filter(request=request):
        granted(elevation)
    assert directory.members() == directory.jump.members() == {"member01"}
