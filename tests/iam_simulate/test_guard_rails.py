"""The guard rails, row by row: our evaluator and another's say the same, and what is documented."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.iam.contexts import of_session
from portal.iam.evaluation import Call, Decision, evaluate
from portal.iam.principals import Policy, Principal, Role
from portal.simulated_aws import work_gates
from portal.simulated_aws.guard_rails import allow, document
from tests import rails
from tests.iam_simulate.peer import IamSimulate
from tests.rails import Ask

AT = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
EVERYTHING = Policy(name="everything", document=document(allow("*")))


def agreed(peer: IamSimulate, principal: Principal, ask: Ask, keys: Any) -> bool:
    call = Call(action=ask.action, resource=ask.resource, context={**keys, **ask.context})
    ours, theirs = evaluate(principal, call).decision, peer.evaluate(principal, call)
    assert (ours is Decision.ALLOWED) == (theirs is Decision.ALLOWED), f"{ours} here, {theirs} there"
    return ours is Decision.ALLOWED


def work_role() -> Role:
    """Return a role that may do everything, but for the boundary."""
    (boundary,) = (policy for policy in work_gates.policies() if policy.name == work_gates.BOUNDARY)
    return Role(
        arn=f"{rails.THERE}:role/Prod_LeaderRole",
        role_id="AROALEADER0000000001",
        trust=Policy(name="trust", document={}),
        policies=(EVERYTHING,),
        boundary=Policy(name="boundary", document=boundary.document),
    )


@pytest.mark.parametrize("ask", [*rails.WAYS_OUT, *rails.WORK, *rails.ALREADY_PASSED], ids=str)
def test_boundary_of_work_roles_leaves_no_way_out_of_the_session_and_leaves_the_work(peer: IamSimulate, ask: Ask) -> None:
    role, issued_at = work_role(), AT - timedelta(minutes=5)
    keys = of_session(role_arn=role.arn, role_id=role.role_id, session_name="member01", issued_at=issued_at, at=AT, mfa=True)
    assert agreed(peer, role.session("member01"), ask, keys) is ask.allowed
