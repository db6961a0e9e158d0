"""The backend of IAM Identity Center, against AWS over HTTP: what is its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from pytest_django import Settings

from access_requests.grants.contract import GrantedRole, Seen
from access_requests.grants.executions import StepClient
from access_requests.grants.identity_center import IdentityCenterBackend, find_identity_center_user, store
from access_requests.grants.identity_center.backend import DirectoryGrant
from access_requests.grants.identity_center.store import members_of
from access_requests.grants.registry import backend_of, with_fences_on_users, with_own_members
from portal.aws.errors import BackendBusy, BackendError, BackendRefused
from tests.worlds.cast import identity_center_user_id
from tests.worlds.identity_center import GROUP, Directory

ROLE = GrantedRole(
    pk=0, name="AWSReservedSSO_SekishoOperate_0123456789abcdef", arn="arn:aws:iam::444444444444:role/is-not-asked-for"
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A grant for member01, and a worker's way to AWS."""

    way: IdentityCenterBackend
    grant: DirectoryGrant
    aws: StepClient
    directory: Directory

    def give(self) -> None:
        self.way.give(self.grant, self.aws)

    def take(self) -> None:
        self.way.take(self.grant, self.aws)

    def look(self) -> Seen:
        return self.way.look(self.grant, self.aws)

    @property
    def membership(self) -> bool:
        return self.look().membership


@pytest.fixture
def case(directory: Directory) -> Case:
    grant = DirectoryGrant(
        elevation="E-TEST",
        user_name="member01",
        user_id=identity_center_user_id("member01"),
        group=GROUP,
        roles=(ROLE,),
        ends_at=directory.jump.clock.now + timedelta(minutes=30),
    )
    return Case(way=IdentityCenterBackend(), grant=grant, aws=directory.jump.caller(), directory=directory)


def test_it_is_among_the_backends_and_aws_ends_nothing_that_it_gives() -> None:
    way = backend_of("identity_center")
    assert isinstance(way, IdentityCenterBackend)
    assert way.fences.outlived_by(60) == 60
    assert with_own_members() == ["identity_center"]
    assert "identity_center" not in with_fences_on_users()


def test_nothing_is_shown_of_tags_and_fences(case: Case) -> None:
    case.give()
    seen = case.look()
    assert (seen.membership, seen.ttl, seen.entry_fence, seen.session_gate) == (True, None, {}, None)
    assert seen.at == case.directory.jump.clock.now


def test_look_changes_nothing(case: Case) -> None:
    case.directory.jump.proxy.forget()
    case.look()
    assert case.directory.jump.proxy.actions[-3:] == ("ListInstances", "GetGroupId", "IsMemberInGroups")


def test_taking_leaves_other_people_and_groups(case: Case) -> None:
    other = case.directory.make_group("Readers")
    of = {"GroupId": other, "MemberId": {"UserId": case.grant.user_id}}
    case.directory.client.create_group_membership(**case.directory.at, **of)
    case.directory.add("member02")
    case.give()
    case.take()
    assert case.directory.members() == {"member02"}
    case.directory.client.get_group_membership_id(**case.directory.at, **of)


@pytest.mark.parametrize("others", [1, 30, 130])
def test_calls_do_not_grow_with_the_people_in_production(case: Case, others: int) -> None:
    for name in (f"a{index:03}" for index in range(others)):
        case.directory.make_user(name)
        case.directory.add(name)
    case.look()  # It takes on the role once.
    counts = []
    for verb in (case.give, case.look, case.take, case.look):
        case.directory.jump.proxy.forget()
        verb()
        counts.append(case.directory.jump.proxy.count())
    assert counts == [3, 3, 5, 3]
    assert len(case.directory.members()) == others


def test_members_are_read_beyond_the_first_page(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PAGE", 2)
    for name in ("member01", "member02", "leader01", "leader02", "admin01"):
        case.directory.add(name)
    found = members_of(case.aws, GROUP)
    assert found == frozenset(
        {identity_center_user_id(name) for name in ("member01", "member02", "leader01", "leader02", "admin01")}
    )
    assert case.directory.jump.proxy.count("ListGroupMemberships") == 3
    assert members_of(case.aws, "Nobodys") is None


# What changed meanwhile


def test_deleted_user_is_shown_absent_and_cannot_be_given_anything(case: Case) -> None:
    case.give()
    case.directory.delete_user("member01")
    assert not case.membership
    case.take()
    with pytest.raises(BackendRefused, match="identity_user_missing"):
        case.give()


def test_user_made_again_under_the_name_is_somebody_else(case: Case) -> None:
    case.directory.delete_user("member01")
    case.directory.make_user("member01")
    case.directory.add("member01")
    assert not case.membership
    with pytest.raises(BackendRefused, match="identity_user_missing"):
        case.give()


def test_group_that_is_not_there_takes_nobody(case: Case) -> None:
    case.give()
    case.directory.delete_group()
    with pytest.raises(BackendRefused, match="identity_group_missing"):
        case.give()
    # Nobody is a member of a group that is not there, and of no other that it may be by another name.
    case.take()
    assert not case.membership


def test_group_that_may_have_been_renamed_holds_the_end_open(case: Case) -> None:
    case.give()
    case.directory.delete_group()
    of = {"GroupId": case.directory.make_group("RenamedGroup"), "MemberId": {"UserId": case.grant.user_id}}
    case.directory.client.create_group_membership(**case.directory.at, **of)
    for verb in (case.take, case.look):
        with pytest.raises(BackendRefused, match="identity_group_missing"):
            verb()
    case.directory.delete_user("member01")
    case.take()
    assert not case.membership


def test_group_that_goes_between_two_calls_takes_nobody(case: Case) -> None:
    case.look()
    case.directory.jump.proxy.lag_reads(seconds=60)
    case.directory.delete_group()
    with pytest.raises(BackendRefused, match="identity_group_missing"):
        case.give()


def test_region_without_identity_center_is_said(case: Case, settings: Settings) -> None:
    settings.AWS_IDENTITY_CENTER_REGION = "eu-west-1"
    for verb in (case.give, case.take, case.look):
        with pytest.raises(BackendRefused, match="no_identity_center"):
            verb()


def test_user_is_found_as_it_is_spelled_there(case: Case) -> None:
    found = find_identity_center_user("MEMBER01")
    assert found is not None
    assert (found.name, found.user_id) == ("member01", identity_center_user_id("member01"))
    assert find_identity_center_user("nobody") is None


# Reads that lag behind


def test_stale_read_never_shows_a_grant_that_is_not_there(case: Case) -> None:
    case.look()
    case.directory.jump.proxy.lag_reads(seconds=60)
    case.give()
    assert not case.membership


def test_stale_read_that_shows_no_member_ends_nothing(case: Case) -> None:
    store.Store.found(case.aws).remove(case.directory.group_id, case.grant.user_id)
    case.give()
    case.directory.jump.proxy.lag_reads(seconds=60)
    with pytest.raises(BackendBusy, match="still_a_member"):
        case.take()
    case.directory.jump.proxy.heal()
    case.take()
    assert case.directory.members() == set()


# Faults


VERBS: dict[str, Callable[[Case], object]] = {"give": Case.give, "take": Case.take, "look": Case.look}
FAULTS: tuple[tuple[int, str, type[BackendError]], ...] = (
    (400, "ThrottlingException", BackendBusy),
    (500, "InternalServerException", BackendBusy),
    (503, "ServiceUnavailable", BackendBusy),
    (400, "AccessDeniedException", BackendRefused),
    (402, "ServiceQuotaExceededException", BackendRefused),
    (400, "ValidationException", BackendRefused),
)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_errors_are_divided_by_who_acts_next_and_leave_a_verb_that_can_be_done_again(case: Case, verb: str, nth: int) -> None:
    case.give()
    actions = {
        "give": ("ListInstances", "GetGroupId", "CreateGroupMembership"),
        "take": ("ListInstances", "GetGroupId", "GetGroupMembershipId"),
        "look": ("ListInstances", "GetGroupId", "IsMemberInGroups"),
    }
    for status, code, divided in FAULTS:
        case.directory.jump.proxy.refuse(actions[verb][nth - 1], status=status, code=code)
        with pytest.raises(BackendError) as trouble:
            VERBS[verb](case)
        assert (type(trouble.value), trouble.value.problem) == (divided, code)
        assert case.aws.calls[-1].outcome == code
    VERBS[verb](case)
    assert case.membership == (verb != "take")


def test_answer_that_was_lost_is_asked_for_again(case: Case) -> None:
    case.directory.jump.lose_answer("CreateGroupMembership")
    with pytest.raises(BackendBusy):
        case.give()
    case.give()
    assert case.directory.members() == {"member01"}
    case.directory.jump.lose_answer("DeleteGroupMembership")
    with pytest.raises(BackendBusy):
        case.take()
    case.take()
    assert case.directory.members() == set()
