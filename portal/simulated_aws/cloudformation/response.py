"""CloudFormation as a service: what is there."""

from collections.abc import Sequence
from typing import Any

from moto.core.responses import ActionResult

from portal.simulated_aws import paging, stacks
from portal.simulated_aws.cloudformation import answers, templates
from portal.simulated_aws.cloudformation.change_set_calls import ChangeSetCalls
from portal.simulated_aws.errors import ValidationError
from portal.simulated_aws.stacks import DELETED, Resource

_PAGE = 100


class StackResponse(ChangeSetCalls):
    """What lists and describes; what changes stacks is in the classes that it stands on."""

    def describe_stacks(self) -> ActionResult:
        if "StackName" in self.params:
            return ActionResult({"Stacks": [answers.stack(self.stack())]})
        there = [answers.stack(stack) for stack in stacks.everyone(self.place) if stack.status != DELETED]
        return self._page("Stacks", there)

    def list_stacks(self) -> ActionResult:
        wanted = self.params.get("StackStatusFilter")
        found = [stack for stack in stacks.everyone(self.place) if not wanted or stack.status in wanted]
        return self._page("StackSummaries", [answers.summary(stack) for stack in found])

    def describe_stack_events(self) -> ActionResult:
        stack = self.stack()
        return self._page("StackEvents", [answers.event(event, stack) for event in reversed(stack.events)])

    def list_stack_resources(self) -> ActionResult:
        found = list(self.stack().resources.values())
        return self._page("StackResourceSummaries", [answers.resource_summary(resource) for resource in found])

    def describe_stack_resources(self) -> ActionResult:
        stack, wanted = self.stack(), self.params.get("LogicalResourceId")
        found = [resource for name, resource in list(stack.resources.items()) if wanted in (None, name)]
        return ActionResult({"StackResources": [answers.resource(resource, stack) for resource in found]})

    def describe_stack_resource(self) -> ActionResult:
        stack = self.stack()
        return ActionResult({"StackResourceDetail": answers.resource_detail(self._resource(), stack)})

    def get_template(self) -> ActionResult:
        return ActionResult({"TemplateBody": self.stack().body, "StagesAvailable": ["Original", "Processed"]})

    def get_template_summary(self) -> ActionResult:
        stack = self.stack() if "StackName" in self.params else None
        template = templates.parsed(stack.body) if stack else self.template(None)
        return ActionResult(answers.template_summary(template))

    def validate_template(self) -> ActionResult:
        return ActionResult(answers.validation(self.template(None)))

    def _resource(self) -> Resource:
        stack, name = self.stack(), self.params["LogicalResourceId"]
        if name not in stack.resources:
            raise ValidationError(f"Resource {name} does not exist for stack {stack.name}")
        return stack.resources[name]

    def _page(self, name: str, items: Sequence[Any]) -> ActionResult:
        refusal = ValidationError("The specified token is not valid.")
        given, token = paging.cut(items, marker=self.params.get("NextToken"), size=_PAGE, refusal=refusal)
        return ActionResult({name: given, **({"NextToken": token} if token else {})})
