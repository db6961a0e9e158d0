"""The guard rails, row by row: our evaluator and another's say the same, and what is documented."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.iam import boundaries
from portal.iam.contexts import of_session, of_user
from portal.iam.evaluation import Call, Decision, evaluate
from portal.iam.principals import Policy, Principal, Role
from portal.simulated_aws.company import ACCOUNTS, company
from portal.simulated_aws.guard_rails import allow, document
from portal.simulated_aws.world import AccessKey, Group, User, World
from tests.iam_simulate.peer import IamSimulate
from tests.worlds import rails
from tests.worlds.rails import Ask

AT = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
EVERYTHING = Policy(name="everything", document=document(allow("*")))


def agreed(peer: IamSimulate, principal: Principal, ask: Ask, keys: Any) -> bool:
    call = Call(action=ask.action, resource=ask.resource, context={**keys, **ask.context})
    ours, theirs = evaluate(principal, call).decision, peer.evaluate(principal, call)
    assert (ours is Decision.ALLOWED) == (theirs is Decision.ALLOWED), f"{ours} here, {theirs} there"
    return ours is Decision.ALLOWED


def work_role() -> Role:
    """Return a role that may do everything, but for the boundary."""
    return Role(
        arn=f"{rails.THERE}:role/Prod_LeaderRole",
        role_id="AROALEADER0000000001",
        trust=Policy(name="trust", document={}),
        policies=(EVERYTHING,),
        boundary=Policy(name="boundary", document=boundaries.work(ACCOUNTS["production"])),
    )


@pytest.mark.parametrize("ask", [*rails.WAYS_OUT, *rails.WORK, *rails.ALREADY_PASSED], ids=str)
def test_boundary_of_work_roles_leaves_no_way_out_of_the_session_and_leaves_the_work(peer: IamSimulate, ask: Ask) -> None:
    role, issued_at = work_role(), AT - timedelta(minutes=5)
    keys = of_session(role_arn=role.arn, role_id=role.role_id, session_name="member01", issued_at=issued_at, at=AT, mfa=True)
    assert agreed(peer, role.session("member01"), ask, keys) is ask.allowed


KEY = AccessKey(id="AKIA0000000000000000", secret="hush")
JUMP = World.parsed(company(admin_key=KEY, portal_key=KEY)).accounts[0]
# What a thief of the portal's key would write on a person.
BY_THE_PORTALS_KEY = Policy(name="inline", document=document(allow("*")))


def user(name: str) -> Principal:
    """Return a user of the company's Jump account with all that user and groups carry, and what a thief adds to member01."""
    (found,) = (user for user in JUMP.users if user.name == name)
    carriers: list[User | Group] = [found, *(group for group in JUMP.groups if group.name in found.groups)]
    documents = {f"{rails.JUMP}:policy{policy.path}{policy.name}": policy.document for policy in JUMP.managed_policies}
    inline = [Policy(name=name, document=each) for carrier in carriers for name, each in carrier.inline.items()]
    managed = [Policy(name=arn, document=documents[arn]) for carrier in carriers for arn in carrier.managed if arn in documents]
    given = [BY_THE_PORTALS_KEY] if name == "member01" else [EVERYTHING] if name == "administrator" else []
    return Principal(
        arn=f"{rails.JUMP}:user/{name}",
        account_id=ACCOUNTS["jump"],
        policies=(*inline, *managed, *given),
        boundary=Policy(name="boundary", document=documents[found.boundary]) if found.boundary else None,
    )


@pytest.mark.parametrize("ask", [*rails.TAKING_OVER, *rails.IN_JUMP], ids=str)
def test_rails_of_jump_keep_everybody_who_they_are_whatever_is_put_on_member01(peer: IamSimulate, ask: Ask) -> None:
    keys = of_user(arn=f"{rails.JUMP}:user/{ask.who}", user_id="AIDA0000000000000001", user_name=ask.who, at=AT, mfa=ask.mfa)
    assert agreed(peer, user(ask.who), ask, keys) is ask.allowed
