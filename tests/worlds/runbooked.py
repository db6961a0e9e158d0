"""The gated world with two work groups more: one granted through Change Manager, one by runbooks that the portal starts."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings

from access_requests.models import AutomationExecution, Elevation, WorkGroup
from access_requests.services.catalogue import documents
from access_requests.services.elevations import change_requests, provision, revoke
from portal.aws import sessions
from portal.simulated_aws import control
from portal.simulated_aws.company import ACCOUNTS, role_arn
from portal.verbs.actor import COMMAND
from tests import waiting
from tests.simulated_aws.shapes import checked
from tests.stand_ins.aws import ADMIN_KEY, PORTAL_KEY, Aws
from tests.worlds.cast import Cast, target_role
from tests.worlds.gated import Gated

CHANGE_GROUP, AUTOMATION_GROUP = "ProdChangeWorkGroup", "ProdAutomationWorkGroup"
ROLES = {CHANGE_GROUP: "Prod_ChangeRole", AUTOMATION_GROUP: "Prod_AutomationRole"}
BACKENDS = {CHANGE_GROUP: "change_manager", AUTOMATION_GROUP: "ssm_automation"}
SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class Runbooked:
    """What an administrator sees of Systems Manager, and does in its console."""

    world: Gated
    ssm: Any

    def executions(self) -> list[dict[str, Any]]:
        """Return all executions, the latest first, those that change requests started among them."""
        return list(self.ssm.describe_automation_executions(MaxResults=50)["AutomationExecutionMetadataList"])

    def change_requests(self) -> list[dict[str, Any]]:
        return [one for one in self.executions() if one.get("AutomationSubtype") == "ChangeRequest"]

    def execution(self, execution_id: str) -> dict[str, Any]:
        answer = self.ssm.get_automation_execution(AutomationExecutionId=execution_id)
        return dict(answer["AutomationExecution"])

    def settled(self, row: AutomationExecution) -> dict[str, Any]:
        """Return the execution of the row once AWS does nothing more about it by itself."""
        waiting.until(lambda: self.execution(row.execution_id)["AutomationExecutionStatus"] not in MOVING, SECONDS)
        return self.execution(row.execution_id)

    def granted(self, elevation: Elevation) -> Elevation:
        """Let the workers and AWS go on until the grant is over, one way or the other."""
        return self._until(elevation, provision.grant, lambda: elevation.status != "granting")

    def ended(self, elevation: Elevation) -> Elevation:
        return self._until(elevation, revoke.end, lambda: elevation.status != "revoking")

    def prolonged(self, elevation: Elevation) -> Elevation:
        return self._until(elevation, provision.prolong, lambda: elevation.written_ends_at == elevation.ends_at)

    def event(self, name: str) -> dict[str, Any]:
        """Return the latest event of this name, as CloudTrail has it."""
        cloudtrail = self.world.aws.client("cloudtrail", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret)
        found = cloudtrail.lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": name}])
        return dict(json.loads(found["Events"][0]["CloudTrailEvent"]))

    def approver(self) -> Any:
        """Return a client of somebody who has got into the portal's approver role."""
        aws = self.world.aws
        sts = aws.client("sts", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret)
        role = role_arn("jump", "sekisho/SekishoChangeApproverRole")
        keys = sts.assume_role(RoleArn=role, RoleSessionName="somebody")["Credentials"]
        return aws.client("ssm", key_id=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"])

    def calendar(self, state: str) -> None:
        self.change_manager(calendar=state, freeze_approvers=[f"arn:aws:iam::{ACCOUNTS['jump']}:user/administrator"])

    def change_manager(self, **wanted: Any) -> None:
        aws = self.world.aws
        control.set_change_manager(endpoint=aws.endpoint_url, token=aws.control_token, **wanted)

    def fault(self, kind: str, action: str | None, **rest: Any) -> None:
        aws = self.world.aws
        control.set_fault(endpoint=aws.endpoint_url, token=aws.control_token, kind=kind, action=action, **rest)

    def after_read(self, do: Callable[[], object]) -> None:
        """Have something else happen once, between AWS's answer about an execution and what the worker does with it."""
        events = sessions.ssm_of(settings.AWS_CHANGE_STARTER_ROLE_ARN, settings.AWS_REGION).meta.events
        name = "after-call.ssm.GetAutomationExecution"

        def once(**_call: Any) -> None:
            events.unregister(name, once)
            do()

        events.register(name, once)

    def heal(self) -> None:
        aws = self.world.aws
        control.clear_faults(endpoint=aws.endpoint_url, token=aws.control_token)

    def template(self, content: dict[str, Any]) -> None:
        """Have another version of the change template written and reviewed, as administrators may."""
        name, text = f"SekishoChange-{CHANGE_GROUP}", json.dumps(content)
        publisher = sessions.ssm_of(settings.AWS_CHANGE_PUBLISHER_ROLE_ARN, settings.AWS_REGION)
        answer = publisher.update_document(Name=name, Content=text, DocumentVersion="$LATEST", DocumentFormat="JSON")
        version = answer["DocumentDescription"]["DocumentVersion"]
        publisher.update_document_default_version(Name=name, DocumentVersion=version)
        publisher.update_document_metadata(Name=name, DocumentReviews={"Action": "SendForReview"})
        reviewer = sessions.ssm_of(settings.AWS_CHANGE_REVIEWER_ROLE_ARN, settings.AWS_REGION)
        reviewer.update_document_metadata(Name=name, DocumentReviews={"Action": "Approve"})

    def follow(self) -> None:
        """Look at the change requests that are due, as the sweep does."""
        self.world.jump.clock.forward(seconds=60)
        for _task, pk in list(change_requests.due(now=self.world.jump.clock.now)):
            change_requests.follow(pk)

    def _until(self, elevation: Elevation, step: Callable[[int], None], done: Callable[[], bool]) -> Elevation:
        def is_done() -> bool:
            step(elevation.pk)
            elevation.refresh_from_db()
            return done()

        waiting.until(is_done, SECONDS)
        return elevation


MOVING = {"Pending", "InProgress", "Cancelling", "RunbookInProgress", "Approved"}


def work_group(name: str, cast: Cast) -> WorkGroup:
    """Return the group, in the catalogue as the company has it in AWS."""
    role = target_role(cast.production, ROLES[name])
    group = WorkGroup.objects.create(name=name, policy=cast.one_lead, backend=BACKENDS[name], everyone_may_request=True)
    group.target_roles.set([role])
    return group


@pytest.fixture
def runbooked(gated: Gated, simulated_aws: Aws) -> Runbooked:
    for name in ROLES:
        work_group(name, gated.jump.cast)
    for owner in documents.owners():
        list(documents.publish(owner, actor=COMMAND))
        documents.review(owner, actor=COMMAND)
    ssm = checked(simulated_aws.client("ssm", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret))
    return Runbooked(world=gated, ssm=ssm)
