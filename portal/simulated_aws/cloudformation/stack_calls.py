"""The calls that make, change and delete stacks at once."""

from dataclasses import replace
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from portal.simulated_aws import service_roles, stacks
from portal.simulated_aws.cloudformation import given_parameters, previewing, running, templates
from portal.simulated_aws.cloudformation.errors import AlreadyExists, InsufficientCapabilities
from portal.simulated_aws.cloudformation.kinds.kind import Work
from portal.simulated_aws.cloudformation.plans import SERVICE, Plan
from portal.simulated_aws.cloudformation.templates import Template
from portal.simulated_aws.credentials import Signer
from portal.simulated_aws.errors import NotSimulated, ValidationError
from portal.simulated_aws.gateway import Gateway
from portal.simulated_aws.service_calls import ServiceCalls
from portal.simulated_aws.service_roles import Errand
from portal.simulated_aws.stacks import REVIEWED, Stack

_SESSION_NAME = "AWSCloudFormation"
_NOT_SIMULATED = ("TemplateURL", "ResourceTypes", "RollbackConfiguration", "StackPolicyBody", "StackPolicyURL", "RetainResources")
# What is left after one of these can only be deleted.
_DEAD = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}


class StackCalls(Gateway):
    def __init__(self) -> None:
        super().__init__(service_name="cloudformation")
        self.automated_parameter_parsing = True

    @property
    def place(self) -> stacks.Place:
        return self.caller.account_id, self.region

    def create_stack_set(self) -> ActionResult:
        """Write it down: stacks in several accounts at once are not carried out."""
        return EmptyResult()

    def create_stack_instances(self) -> ActionResult:
        return EmptyResult()

    def create_stack(self) -> ActionResult:
        if stacks.find(self.place, self.params["StackName"]):
            raise AlreadyExists(f"Stack [{self.params['StackName']}] already exists")
        plan = self.plan(None)
        self.check_role(plan)
        stack = stacks.new(self.place, self.params["StackName"], at=self.envelope.at)
        stack.role_arn, stack.keeps_what_failed = plan.role_arn, self._keeps_what_failed()
        stack.is_protected = bool(self.params.get("EnableTerminationProtection"))
        running.create(self.work(stack), plan)
        return ActionResult({"StackId": stack.id})

    def update_stack(self) -> ActionResult:
        stack = self.stack_at_rest("updated")
        plan = self.plan(stack)
        if previewing.is_empty(stack, plan):
            raise ValidationError(previewing.NO_UPDATES)
        self.check_role(plan)
        stack.role_arn, stack.keeps_what_failed = plan.role_arn or stack.role_arn, bool(self.params.get("DisableRollback"))
        running.update(self.work(stack), plan)
        return ActionResult({"StackId": stack.id})

    def delete_stack(self) -> ActionResult:
        """Delete the stack. One that is not there is no error, as on AWS."""
        self.refuse_unknown()
        stack = stacks.find(self.place, self.params["StackName"])
        if stack is None or stack.deleted_at:
            return EmptyResult()
        if stack.is_protected:
            raise ValidationError(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
        if stack.is_busy:
            raise ValidationError(f"Stack [{stack.id}] cannot be deleted while in status {stack.status}")
        if role_arn := self.params.get("RoleARN"):
            self._session_in(role_arn, stack, is_passed=True)
            stack.role_arn = role_arn
        running.delete(self.work(stack))
        return EmptyResult()

    def update_termination_protection(self) -> ActionResult:
        stack = self.stack()
        stack.is_protected = bool(self.params["EnableTerminationProtection"])
        return ActionResult({"StackId": stack.id})

    def plan(self, stack: Stack | None) -> Plan:
        """Return what the call asks for. Raises ValidationError, InsufficientCapabilities."""
        self.refuse_unknown()
        template = self.template(stack)
        given, before = self.params.get("Parameters", ()), stack.values if stack else {}
        plan = Plan(
            template=template,
            values=given_parameters.complete(template, given, before=before),
            tags={tag["Key"]: tag["Value"] for tag in self.params["Tags"]}
            if "Tags" in self.params
            else stack.tags
            if stack
            else {},
            capabilities=tuple(self.params.get("Capabilities", ())),
            role_arn=self.params.get("RoleARN"),
        )
        if not {*template.needs, "CAPABILITY_NAMED_IAM"} & {*plan.capabilities} and template.needs:
            raise InsufficientCapabilities(f"Requires capabilities : [{', '.join(template.needs)}]")
        return plan

    def template(self, stack: Stack | None) -> Template:
        if self.params.get("UsePreviousTemplate") and stack:
            return templates.parsed(stack.body)
        if "TemplateBody" not in self.params:
            raise ValidationError("Either Template URL or Template Body must be specified.")
        return templates.parsed(self.params["TemplateBody"])

    def check_role(self, plan: Plan) -> None:
        """Raise AccessDenied unless the caller may pass the service role that the call names, if it names one."""
        if plan.role_arn:
            self._session_in(plan.role_arn, None, is_passed=True)

    def work(self, stack: Stack) -> Work:
        """Return the calls of an operation: of the stack's service role, where it has one, or else of whoever asks."""
        caller = self._session_in(stack.role_arn, stack, is_passed=False) if stack.role_arn else self.caller
        by_service = replace(self.envelope, source_ip=SERVICE, user_agent=SERVICE)
        calls = ServiceCalls(caller, region=self.region, by=SERVICE)
        return Work(stack=stack, calls=calls, asked=replace(self.asked, caller=caller), envelope=by_service)

    def stack(self, name: str | None = None) -> Stack:
        """Return the stack that the call names. Raises ValidationError."""
        wanted: str = name or self.params["StackName"]
        found = stacks.find(self.place, wanted)
        if found is None:
            raise ValidationError(f"Stack with id {wanted} does not exist")
        return found

    def stack_at_rest(self, what: str) -> Stack:
        """Return the stack that the call names, if it can be changed now. Raises ValidationError."""
        stack = self.stack()
        if stack.is_busy or stack.status in _DEAD or stack.status == REVIEWED:
            raise ValidationError(f"Stack:{stack.id} is in {stack.status} state and can not be {what}.")
        return stack

    def refuse_unknown(self) -> None:
        for name in _NOT_SIMULATED:
            if self.params.get(name):
                raise NotSimulated(f"{name} is not simulated")

    def _session_in(self, role_arn: str, stack: Stack | None, *, is_passed: bool) -> Signer:
        account, region = self.place
        source = stack.id if stack else f"arn:aws:cloudformation:{region}:{account}:stack/{self.params.get('StackName', '')}/*"
        errand = Errand(service=SERVICE, source_arn=source, session_name=_SESSION_NAME)
        refusal = ValidationError(f"Role {role_arn} is invalid or cannot be assumed")
        return service_roles.caller_in(role_arn, self.asked, self.envelope, errand=errand, refusal=refusal, is_passed=is_passed)

    def _keeps_what_failed(self) -> bool:
        given: dict[str, Any] = self.params
        return bool(given.get("DisableRollback")) or given.get("OnFailure") == "DO_NOTHING"
