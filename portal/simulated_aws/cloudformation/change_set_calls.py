"""Change sets: what would be changed, to be looked at before it is."""

import uuid

from moto.core.responses import ActionResult, EmptyResult

from portal.simulated_aws import stacks
from portal.simulated_aws.cloudformation import answers, previewing, running
from portal.simulated_aws.cloudformation.errors import AlreadyExists, ChangeSetNotFound, InvalidChangeSetStatus
from portal.simulated_aws.cloudformation.stack_calls import StackCalls
from portal.simulated_aws.errors import ValidationError
from portal.simulated_aws.stacks import REVIEWED, ChangeSet, Stack


class ChangeSetCalls(StackCalls):
    def create_change_set(self) -> ActionResult:
        name, is_new = self.params["ChangeSetName"], self.params.get("ChangeSetType", "UPDATE") == "CREATE"
        stack = self._stack_for(is_new=is_new)
        plan = self.plan(stack)
        self.check_role(plan)
        stack = stack or stacks.new(self.place, self.params["StackName"], at=self.envelope.at)
        if name in stack.change_sets:
            raise AlreadyExists(f"ChangeSet {name} cannot be created due to a mismatch with existing attributes")
        if is_new and not stack.events:
            stack.tell(REVIEWED, at=self.envelope.at, reason="User Initiated")
        nothing = not is_new and previewing.is_empty(stack, plan)
        account, region = self.place
        made = ChangeSet(
            id=f"arn:aws:cloudformation:{region}:{account}:changeSet/{name}/{uuid.uuid4()}",
            name=name,
            is_for_new_stack=is_new,
            plan=plan,
            changes=previewing.changes(stack, plan),
            status="FAILED" if nothing else "CREATE_COMPLETE",
            reason=previewing.NOTHING if nothing else None,
            is_available=not nothing,
            created_at=self.envelope.at,
            description=self.params.get("Description"),
        )
        stack.change_sets[name] = made
        return ActionResult({"Id": made.id, "StackId": stack.id})

    def describe_change_set(self) -> ActionResult:
        return ActionResult(answers.change_set(*self._change_set()))

    def list_change_sets(self) -> ActionResult:
        stack = self.stack()
        return ActionResult({"Summaries": [answers.change_set_summary(found, stack) for found in stack.change_sets.values()]})

    def delete_change_set(self) -> ActionResult:
        found, stack = self._change_set()
        del stack.change_sets[found.name]
        return EmptyResult()

    def execute_change_set(self) -> ActionResult:
        found, stack = self._change_set()
        if not found.is_available:
            raise InvalidChangeSetStatus(f"ChangeSet [{found.id}] cannot be executed in its current status of [{found.status}]")
        if stack.is_busy:
            raise ValidationError(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")
        stack.role_arn = found.plan.role_arn or stack.role_arn
        stack.keeps_what_failed = bool(self.params.get("DisableRollback"))
        work = self.work(stack)
        # What was looked at is of a stack that will be another one.
        stack.change_sets.clear()
        (running.create if found.is_for_new_stack else running.update)(work, found.plan)
        return EmptyResult()

    def _stack_for(self, *, is_new: bool) -> Stack | None:
        if not is_new:
            return self.stack_at_rest("updated")
        stack = stacks.find(self.place, self.params["StackName"])
        if stack is not None and stack.status != REVIEWED:
            name = self.params["ChangeSetName"]
            raise ValidationError(f"Stack [{stack.name}] already exists and cannot be created again with the changeSet [{name}].")
        return stack

    def _change_set(self) -> tuple[ChangeSet, Stack]:
        """Return the change set that the call names, with its stack. Raises ChangeSetNotFound, ValidationError."""
        name = self.params["ChangeSetName"]
        named = self.params.get("StackName")
        stack = stacks.of_change_set(self.place, name) if named is None else self.stack()
        kept = stack.change_sets.values() if stack else ()
        for found in kept:
            if stack and name in (found.name, found.id):
                return found, stack
        raise ChangeSetNotFound(name=name)
