"""Carrying a plan out: what is missing is made, what differs is changed, what is left over goes. What fails is rolled back."""

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from portal.simulated_aws import clock
from portal.simulated_aws.cloudformation import functions, removing
from portal.simulated_aws.cloudformation.errors import Failed
from portal.simulated_aws.cloudformation.kinds import kind as kinds
from portal.simulated_aws.cloudformation.kinds.kind import Made, Work
from portal.simulated_aws.cloudformation.kinds.registry import KINDS
from portal.simulated_aws.cloudformation.plans import Plan
from portal.simulated_aws.cloudformation.templates import Declared
from portal.simulated_aws.errors import Refusal
from portal.simulated_aws.stacks import Resource

_LETTERS = string.ascii_letters + string.digits
_LONGEST_NAME = 64
_RANDOM = 12
_REPLACES = "Requested update requires the creation of a new physical resource; hence creating one."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """One step, to be undone if a later one fails: `before` is None for what was made, perhaps in the place of `replaced`."""

    before: Resource | None
    after: Resource
    replaced: Resource | None = None


@dataclass(slots=True, kw_only=True)
class Deployment:
    """`resources` is what is there at any moment, `left_over` what a successor has taken the place of."""

    work: Work
    plan: Plan
    resources: dict[str, Resource]
    done: list[_Done] = field(default_factory=list)
    left_over: list[Resource] = field(default_factory=list)

    def carry_out(self) -> None:
        """Make and change, in the order of what needs what. Raises Failed; what was done until then is in `done`."""
        scope = self.plan.scope(self.work.stack, self.resources)
        try:
            wanted = self.plan.wanted(scope)
        except Refusal as refusal:
            raise Failed(str(refusal.message)) from refusal
        for declared in wanted:
            self._bring(declared)
        names = {declared.logical_id for declared in wanted}
        self.left_over += [resource for name, resource in self.resources.items() if name not in names]
        for name in self.resources.keys() - names:
            del self.resources[name]

    def _bring(self, declared: Declared) -> None:
        before = self.resources.get(declared.logical_id)
        try:
            scope = self.plan.scope(self.work.stack, self.resources)
            properties = functions.resolved(dict(declared.properties), scope)
            kinds.check(KINDS[declared.kind], properties)
        except Refusal as refusal:
            raise self._failed(declared, before, str(refusal.message)) from refusal
        except Failed as failure:
            raise self._failed(declared, before, str(failure)) from failure
        if before is None:
            self._create(declared, properties, verb="CREATE")
        elif declared.kind != before.kind or KINDS[declared.kind].replaces(before.properties, properties):
            self._create(declared, properties, verb="UPDATE", reason=_REPLACES)
        elif properties != before.properties:
            self._change(declared, before, properties)
        else:
            self.resources[declared.logical_id] = _with_policies(before, declared)

    def _create(self, declared: Declared, properties: Mapping[str, Any], *, verb: str, reason: str | None = None) -> None:
        kind, before = KINDS[declared.kind], self.resources.get(declared.logical_id)
        self.tell(declared, "", f"{verb}_IN_PROGRESS", reason)
        try:
            made = kind.create(self.work, _name(self.work.stack.name, declared.logical_id), properties)
        except Failed as failure:
            raise self._failed(declared, before, str(failure)) from failure
        after = _resource(declared, made, properties)
        # Undone as a whole even if only its first half comes about.
        self.done.append(_Done(before=None, after=after, replaced=before))
        self.left_over += [before] if before else []
        self.resources[declared.logical_id] = after
        try:
            kind.settle(self.work, made, kind.created(properties), properties)
        except Failed as failure:
            raise self._failed(declared, after, str(failure)) from failure
        self._complete(after, f"{verb}_COMPLETE")

    def _change(self, declared: Declared, before: Resource, properties: Mapping[str, Any]) -> None:
        self.tell(declared, before.physical_id, "UPDATE_IN_PROGRESS", None)
        after = _with_policies(replace(before, properties=properties, depends_on=declared.depends_on), declared)
        self.done.append(_Done(before=before, after=after))
        try:
            KINDS[declared.kind].settle(self.work, removing.made(before), before.properties, properties)
        except Failed as failure:
            raise self._failed(declared, before, str(failure)) from failure
        self.resources[declared.logical_id] = after
        self._complete(after, "UPDATE_COMPLETE")

    def roll_back(self) -> bool:
        """Undo what was done, the last first, and say whether all of it was."""
        outcomes = [self._undo(step) for step in reversed(self.done)]
        return all(outcomes)

    def _undo(self, step: _Done) -> bool:
        return self._undo_creation(step) if step.before is None else self._undo_change(step.before, step.after)

    def _undo_creation(self, step: _Done) -> bool:
        # RetainExceptOnCreate is for just this: what its own creation leaves behind goes.
        is_gone = removing.remove(self.work, step.after, keeps=step.after.deletion_policy == "Retain")
        if step.replaced is not None:
            self.left_over.remove(step.replaced)
            self.resources[step.after.logical_id] = step.replaced
        elif is_gone:
            del self.resources[step.after.logical_id]
        return is_gone

    def _undo_change(self, before: Resource, after: Resource) -> bool:
        try:
            KINDS[after.kind].settle(self.work, removing.made(after), after.properties, before.properties)
        except Failed as failure:
            removing.tell(self.work.stack, after, "UPDATE_FAILED", str(failure))
            return False
        self.resources[after.logical_id] = before
        self._complete(before, "UPDATE_COMPLETE")
        return True

    def clean_up(self) -> None:
        """Delete what has been taken out of the template or replaced. What cannot be is left, and an event says so."""
        gone = {resource.logical_id for resource in self.left_over if resource.logical_id not in self.resources}
        for resource in removing.last_first(self.left_over):
            policy = resource.deletion_policy if resource.logical_id in gone else resource.replace_policy
            removing.remove(self.work, resource, keeps=policy in removing.KEEPING)

    def tell(self, declared: Declared, physical_id: str, status: str, reason: str | None) -> None:
        self.work.stack.add(
            logical_id=declared.logical_id,
            physical_id=physical_id,
            kind=declared.kind,
            status=status,
            reason=reason,
            at=clock.now(),
        )

    def _complete(self, resource: Resource, status: str) -> None:
        removing.tell(self.work.stack, resource, status, resource.note)

    def _failed(self, declared: Declared, there: Resource | None, reason: str) -> Failed:
        """Have an event say what failed, and return the failure of the whole."""
        verb = "UPDATE" if there is not None and there.status != "" else "CREATE"
        self.tell(declared, there.physical_id if there else "", f"{verb}_FAILED", reason)
        return Failed(f"The following resource(s) failed to {verb.lower()}: [{declared.logical_id}]. ")


def _resource(declared: Declared, made: Made, properties: Mapping[str, Any]) -> Resource:
    return Resource(
        logical_id=declared.logical_id,
        kind=declared.kind,
        physical_id=made.id,
        properties=properties,
        attributes=made.attributes,
        depends_on=declared.depends_on,
        deletion_policy=declared.deletion_policy,
        replace_policy=declared.replace_policy,
        note=made.note,
        at=clock.now(),
    )


def _with_policies(resource: Resource, declared: Declared) -> Resource:
    return replace(resource, deletion_policy=declared.deletion_policy, replace_policy=declared.replace_policy)


def _name(stack: str, logical_id: str) -> str:
    """Return the name of a resource that has none of its own: a new one each time."""
    tail = "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM))
    room = _LONGEST_NAME - _RANDOM - 2
    return f"{stack[: max(1, room - len(logical_id))]}-{logical_id[:room]}-{tail}"
