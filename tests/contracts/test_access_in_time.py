"""Real sessions in the simulated AWS, held against two evaluators of what stands there: who may act, and when no longer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from access_requests.models import Drift, Elevation, WorkGroup
from access_requests.services.drift import running
from access_requests.services.elevations import gates
from tests.iam_simulate.peer import IamSimulate
from tests.stand_ins.aws import Switched
from tests.worlds.evaluators import ALLOWED_IN_WINDOW, Evaluators
from tests.worlds.gated import Gated
from tests.worlds.jump import MEMBER_GROUP, granted
from tests.worlds.story import approved, elevated, extension_asked, returned, stopped

NIGHT_GROUP = "ProdNightWorkGroup"
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Production:
    gated: Gated
    peer: IamSimulate

    @property
    def now(self) -> datetime:
        return self.gated.jump.clock.now

    def granted(self, name: str = "member01", **changes: object) -> Elevation:
        cast = self.gated.jump.cast
        return granted(elevated(getattr(cast, name), cast.leader01, now=self.now, **changes))

    def evaluators(self) -> Evaluators:
        """Return both evaluators over what stands in AWS now."""
        there = self.gated.accounts()
        return Evaluators(peer=self.peer, jump=there[0], target=there[1])

    def at(self, moment: datetime) -> None:
        """Let AWS's clock and the workers' come to a moment; the workers do nothing meanwhile."""
        self.gated.jump.clock.now = moment
        self.gated.aws.set_clock(offset_seconds=(moment - datetime.now(UTC)).total_seconds())

    def is_let_in(self, name: str = "member01") -> bool:
        try:
            session = self.gated.aws.switch(name, seconds=900)
        except ClientError as refusal:
            return is_allowed(refusal)
        return can_act(session)

    def compared(self) -> set[str]:
        assert running.run() is not None
        return {f"{row.kind} {row.thing} {row.name}".strip() for row in Drift.objects.filter(status__in=["open", "undoing"])}


@pytest.fixture
def production(gated: Gated, peer: IamSimulate) -> Iterator[Production]:
    made = Production(gated=gated, peer=peer)
    # Sessions of the workers' own are as old as AWS's clock says: it starts from this machine's.
    made.at(datetime.now(UTC).replace(microsecond=0))
    for role_id in list(gates.due(now=made.now)):
        gates.refresh(role_id)
    yield made
    gated.aws.set_clock()


@pytest.fixture
def night(production: Production) -> WorkGroup:
    """Another work group that leads to the member's role, in AWS and in the catalogue."""
    cast, iam = production.gated.jump.cast, production.gated.jump.iam
    group = WorkGroup.objects.create(name=NIGHT_GROUP, policy=cast.one_lead, everyone_may_request=True)
    group.target_roles.set(cast.prod_member.target_roles.all())
    iam.create_group(GroupName=NIGHT_GROUP, Path="/sekisho/work/")
    switch = iam.get_group_policy(GroupName=MEMBER_GROUP, PolicyName="SwitchRole")["PolicyDocument"]
    iam.put_group_policy(GroupName=NIGHT_GROUP, PolicyName="SwitchRole", PolicyDocument=json.dumps(switch))
    return group


def can_act(session: Switched) -> bool:
    """Whether the session may look into IAM; who it is it may ask in any case."""
    assert session.client("sts").get_caller_identity()["Arn"]
    try:
        session.client("iam").list_roles()
    except ClientError as refusal:
        return is_allowed(refusal)
    return True


def is_allowed(refusal: ClientError) -> bool:
    """Return False where AWS denied it. Raises whatever else went wrong."""
    if refusal.response["Error"]["Code"] != "AccessDenied":
        raise refusal
    return False


def test_early_end_is_over_within_one_sweep(production: Production) -> None:
    elevation = production.granted()
    began, session = production.now, production.gated.aws.switch("member01")
    assert can_act(session)
    production.at(production.now + timedelta(minutes=5))
    returned(elevation, elevation.person, now=production.now)
    production.gated.jump.sweep()
    assert (can_act(session), production.is_let_in()) == (False, False)
    evaluators = production.evaluators()
    assert not evaluators.may_switch("member01", at=production.now)
    assert evaluators.live("member01", issued_at=began, at=production.now) == set()


@pytest.mark.parametrize("how", ["returned", "stopped"])
def test_session_of_an_access_that_was_ended_stays_dead_when_the_person_is_granted_again(
    production: Production, how: str
) -> None:
    elevation = production.granted()
    began, session = production.now, production.gated.aws.switch("member01")
    production.at(production.now + timedelta(minutes=5))
    if how == "returned":
        returned(elevation, elevation.person, now=production.now)
    else:
        stopped(elevation, production.gated.jump.cast.leader01, now=production.now)
    production.gated.jump.sweep()
    production.at(production.now + timedelta(minutes=1))
    production.granted()
    assert (can_act(session), production.is_let_in()) == (False, True)
    evaluators = production.evaluators()
    assert evaluators.live("member01", issued_at=began, at=production.now) == set()
    assert evaluators.live("member01", issued_at=production.now, at=production.now) == set(ALLOWED_IN_WINDOW)


def test_two_windows_on_one_role_end_with_the_later_one(production: Production, night: WorkGroup) -> None:
    first = production.granted()
    began, session = production.now, production.gated.aws.switch("member01")
    production.at(production.now + timedelta(minutes=1))
    second = production.granted(work_groups=[night.name], duration_minutes=35)
    evaluators = production.evaluators()
    for at, is_inside in (
        (first.ends_at - SECOND, True),
        (first.ends_at + SECOND, True),
        (second.ends_at - SECOND, True),
        (second.ends_at + SECOND, False),
    ):
        assert evaluators.may_switch("member01", at=at) == is_inside
        assert not evaluators.may_switch("member01", at=at, mfa=False)
        assert not evaluators.may_switch("member01", at=at, session_name="someone")
        assert evaluators.live("member01", issued_at=began, at=at) == (set(ALLOWED_IN_WINDOW) if is_inside else set())
        assert evaluators.live("someone", issued_at=began, at=at) == set()
    # The end of the first takes nothing from the second.
    production.at(first.ends_at + SECOND)
    production.gated.jump.sweep()
    assert (can_act(session), production.is_let_in()) == (True, True)
    # No worker comes at the end of the second.
    production.at(second.ends_at + SECOND)
    assert (can_act(session), production.is_let_in()) == (False, False)


def test_extension_moves_the_second_at_which_aws_refuses(production: Production) -> None:
    elevation = production.granted()
    session, before = production.gated.aws.switch("member01"), elevation.ends_at
    later, cast = before + timedelta(minutes=10), production.gated.jump.cast
    approved(extension_asked(elevation, cast.member01, ends_at=later, now=production.now), cast.leader01, now=production.now)
    production.gated.jump.sweep()
    evaluators = production.evaluators()
    for at, is_inside in ((before + SECOND, True), (later - SECOND, True), (later + SECOND, False)):
        assert evaluators.may_switch("member01", at=at) == is_inside
        assert bool(evaluators.live("member01", issued_at=production.now, at=at)) == is_inside
    production.at(before + SECOND)
    assert can_act(session)
    production.at(later + SECOND)
    assert (can_act(session), production.is_let_in()) == (False, False)


def test_member_added_in_the_console_enters_can_do_nothing_and_is_drift(production: Production) -> None:
    production.granted()
    production.gated.jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName="member02")
    session = production.gated.aws.switch("member02")
    assert not can_act(session)
    evaluators = production.evaluators()
    assert not evaluators.live("member02", issued_at=production.now, at=production.now)
    production.at(production.now + timedelta(seconds=61))
    assert f"unexplained_member {MEMBER_GROUP} member02" in production.compared()
    assert not can_act(session)


def test_renamed_user_can_do_nothing_and_is_drift(production: Production) -> None:
    production.granted()
    iam = production.gated.jump.iam
    iam.update_user(UserName="member01", NewUserName="member99")
    evaluators = production.evaluators()
    # The switch demands the user's own name, and the gate has no such line.
    assert not evaluators.may_switch("member99", at=production.now, session_name="member01")
    assert evaluators.live("member99", issued_at=production.now, at=production.now) == set()
    production.at(production.now + timedelta(seconds=61))
    assert "user_renamed member01 " + Elevation.objects.get().iam_user_id in production.compared()
    production.gated.jump.sweep()
    assert (production.gated.jump.members(), production.gated.lines()) == (set(), {})


def test_user_deleted_and_made_again_can_do_nothing_and_is_drift(production: Production) -> None:
    production.granted()
    jump = production.gated.jump
    jump.delete_user("member01")
    jump.iam.create_user(UserName="member01")
    assert not production.evaluators().may_switch("member01", at=production.now)
    production.at(production.now + timedelta(seconds=61))
    assert "user_remade member01 " + Elevation.objects.get().iam_user_id in production.compared()
    production.gated.jump.sweep()
    # Even put back into the group by somebody: the name is out of the gate.
    jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName="member01")
    assert production.evaluators().live("member01", issued_at=production.now, at=production.now) == set()
