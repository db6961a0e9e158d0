"""Operations on stacks, each in a thread of its own: whoever asks for one sees how far it is."""

import threading
from collections.abc import Callable

from portal.simulated_aws import clock
from portal.simulated_aws.cloudformation import given_parameters, removing
from portal.simulated_aws.cloudformation.deploying import Deployment
from portal.simulated_aws.cloudformation.errors import Failed, Forgotten
from portal.simulated_aws.cloudformation.kinds.kind import Work
from portal.simulated_aws.cloudformation.plans import Plan
from portal.simulated_aws.errors import Refusal
from portal.simulated_aws.gateway import one_at_a_time
from portal.simulated_aws.stacks import DELETED, Stack

_BY_USER = "User Initiated"
_settled = threading.Condition(one_at_a_time)
# So that a command line sees the end when it looks first: it looks again only after half a minute.
_WAIT_SECONDS = 10.0


def create(work: Work, plan: Plan) -> None:
    """Begin to make a stack's resources, and return when that is done or takes its time."""
    work.stack.tell("CREATE_IN_PROGRESS", at=clock.now(), reason=_BY_USER)
    _start(work.stack, lambda: _create(work, plan))


def update(work: Work, plan: Plan) -> None:
    work.stack.tell("UPDATE_IN_PROGRESS", at=clock.now(), reason=_BY_USER)
    _start(work.stack, lambda: _update(work, plan))


def delete(work: Work) -> None:
    work.stack.tell("DELETE_IN_PROGRESS", at=clock.now(), reason=_BY_USER)
    _start(work.stack, lambda: _delete(work))


def _create(work: Work, plan: Plan) -> None:
    stack = work.stack
    deployment = Deployment(work=work, plan=plan, resources=stack.resources)
    _take_on(stack, plan)
    try:
        stack.outputs = _carry_out(deployment)
    except Failed as failure:
        if stack.keeps_what_failed:
            stack.tell("CREATE_FAILED", at=clock.now(), reason=str(failure))
            return
        stack.tell("ROLLBACK_IN_PROGRESS", at=clock.now(), reason=f"{failure}Rollback requested by user.")
        undone = deployment.roll_back()
        stack.tell("ROLLBACK_COMPLETE" if undone else "ROLLBACK_FAILED", at=clock.now())
        return
    stack.tell("CREATE_COMPLETE", at=clock.now())


def _update(work: Work, plan: Plan) -> None:
    stack = work.stack
    deployment = Deployment(work=work, plan=plan, resources=dict(stack.resources))
    try:
        outputs = _carry_out(deployment)
    except Failed as failure:
        if stack.keeps_what_failed:
            stack.resources = deployment.resources
            stack.tell("UPDATE_FAILED", at=clock.now(), reason=str(failure))
            return
        stack.tell("UPDATE_ROLLBACK_IN_PROGRESS", at=clock.now(), reason=str(failure))
        undone = deployment.roll_back()
        stack.resources = deployment.resources
        stack.tell("UPDATE_ROLLBACK_COMPLETE" if undone else "UPDATE_ROLLBACK_FAILED", at=clock.now())
        return
    _take_on(stack, plan)
    stack.resources, stack.outputs, stack.updated_at = deployment.resources, outputs, clock.now()
    stack.tell("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", at=clock.now())
    deployment.clean_up()
    stack.tell("UPDATE_COMPLETE", at=clock.now())


def _carry_out(deployment: Deployment) -> dict[str, dict[str, str]]:
    """Deploy, and return the stack's outputs. Raises Failed."""
    deployment.carry_out()
    plan = deployment.plan
    try:
        return plan.outputs(plan.scope(deployment.work.stack, deployment.resources))
    except Refusal as refusal:
        raise Failed(f"{refusal.message} ") from refusal


def _take_on(stack: Stack, plan: Plan) -> None:
    """Have the stack be the plan's, as far as it shows."""
    stack.body, stack.description = plan.template.body, plan.template.description
    stack.values = dict(plan.values)
    stack.shown_values = given_parameters.shown(plan.template, plan.values)
    stack.tags, stack.capabilities = dict(plan.tags), plan.capabilities


def _delete(work: Work) -> None:
    stack = work.stack
    if removing.remove_all(work):
        stack.deleted_at = clock.now()
        stack.tell(DELETED, at=stack.deleted_at)
        return
    left = ", ".join(sorted(stack.resources))
    stack.tell("DELETE_FAILED", at=clock.now(), reason=f"The following resource(s) failed to delete: [{left}]. ")


def _start(stack: Stack, body: Callable[[], None]) -> None:
    threading.Thread(target=_live, args=(stack, body), name=f"stack-{stack.name}", daemon=True).start()
    with _settled:
        _settled.wait_for(lambda: not stack.is_busy, timeout=_WAIT_SECONDS)


def _live(stack: Stack, body: Callable[[], None]) -> None:
    try:
        body()
    except Forgotten:
        pass
    finally:
        with _settled:
            if stack.is_busy:
                # Whatever went wrong here, nobody waits for ever.
                stack.tell(f"{stack.status.split('_')[0]}_FAILED", at=clock.now(), reason="InternalFailure")
            _settled.notify_all()
