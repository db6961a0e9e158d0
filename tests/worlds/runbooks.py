"""Work groups that Systems Manager grants, in the simulated AWS's company: their documents published, run and looked at."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from pytest_django import Settings

from access_requests.grants.automation.documents import RUNBOOKS, pinned_runbook
from access_requests.grants.change_manager.documents import CHANGE_DOCUMENTS
from access_requests.grants.documents import Documents, Published
from access_requests.grants.executions import Purpose
from access_requests.grants.needs import Owner
from portal.aws import sessions
from portal.aws.calls import AwsClient
from portal.simulated_aws import control
from portal.simulated_aws.company import role_arn
from tests.simulated_aws import automations
from tests.stand_ins.aws import ADMIN_KEY, Aws
from tests.worlds.jump import PortalSessions

AUTOMATION = Owner(group="ProdAutomationWorkGroup", roles=("Prod_AutomationRole",))
CHANGE = Owner(group="ProdChangeWorkGroup", roles=("Prod_ChangeRole",))
DOCUMENTS: Mapping[Owner, Documents] = {AUTOMATION: RUNBOOKS, CHANGE: CHANGE_DOCUMENTS}
USER, WINDOW, END = "member01", "R7K3M9QX2", "2036-11-23T20:00:00Z"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The portal's callers in each of its roles, and an administrator's view of what they did."""

    aws: Aws

    def caller(self, role: str) -> AwsClient:
        arn = getattr(settings, f"AWS_CHANGE_{role.upper()}_ROLE_ARN")
        return AwsClient.without_lease(sessions.ssm_of(arn, settings.AWS_REGION))

    @property
    def admin(self) -> Any:
        """Return the client of somebody who edits documents in the console."""
        return self.aws.client("ssm", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret)

    @property
    def starter(self) -> Any:
        return self.caller("starter").client

    def publish(self, owner: Owner) -> list[Published]:
        return list(DOCUMENTS.get(owner, RUNBOOKS).publish(owner, publisher=self.caller("publisher")))

    def review(self, owner: Owner) -> list[Published]:
        return DOCUMENTS.get(owner, RUNBOOKS).review(owner, reviewer=self.caller("reviewer"))

    def begin(self, purpose: Purpose, owner: Owner = AUTOMATION, /, **parameters: str) -> str:
        """Start the published runbook as the portal does, and return the execution's id."""
        given = {"User": USER, "UserId": self.user_id(), "Window": WINDOW, **parameters}
        name, version = pinned_runbook(owner, purpose, self.caller("starter"))
        answer = self.starter.start_automation_execution(
            DocumentName=name, DocumentVersion=version, Parameters={key: [value] for key, value in given.items()}
        )
        return str(answer["AutomationExecutionId"])

    def run(self, purpose: Purpose, owner: Owner = AUTOMATION, /, **parameters: str) -> dict[str, Any]:
        return self.ended(self.begin(purpose, owner, **parameters))

    def ended(self, execution_id: str) -> dict[str, Any]:
        return automations.ended(self.starter, execution_id)

    def until_in(self, execution_id: str, step: str) -> None:
        """Wait until the step is being run."""
        automations.until(self.starter, execution_id, lambda execution: automations.steps(execution)[step] == "InProgress")

    def fence(self, window: str = WINDOW, end: str = END, role: str = "Prod_AutomationRole") -> None:
        """Write the entry fence of the role as the portal does after its decision."""
        deny = {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": role_arn("production", role)}
        statement = {"Sid": window, **deny, "Condition": {"DateGreaterThan": {"aws:CurrentTime": end}}}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._iam.put_user_policy(UserName=USER, PolicyName=f"sekisho-entry-{role}", PolicyDocument=document)

    def put_back(self) -> None:
        """Make the person a member again, behind everybody's back."""
        self._iam.add_user_to_group(GroupName=AUTOMATION.group, UserName=USER)

    def fault(self, kind: str, action: str, *, times: int | None = None, seconds: float | None = None) -> None:
        control.set_fault(
            endpoint=self.aws.endpoint_url,
            token=self.aws.control_token,
            kind=kind,
            action=action,
            times=times,
            seconds=seconds,
        )

    def clear_faults(self) -> None:
        control.clear_faults(endpoint=self.aws.endpoint_url, token=self.aws.control_token)

    def user_id(self) -> str:
        return str(self._iam.get_user(UserName=USER)["User"]["UserId"])

    def members(self, owner: Owner = AUTOMATION) -> list[str]:
        return [user["UserName"] for user in self._iam.get_group(GroupName=owner.group)["Users"]]

    def tag(self, owner: Owner = AUTOMATION) -> str | None:
        tags = {tag["Key"]: tag["Value"] for tag in self._iam.list_user_tags(UserName=USER)["Tags"]}
        return tags.get(f"sekisho:ttl:{owner.group}")

    def seen(self) -> tuple[list[str], str | None]:
        """Return the members of the work group, and the end in the person's tag."""
        return self.members(), self.tag()

    def content(self, document: str, version: str = "$DEFAULT") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.admin.get_document(Name=document, DocumentVersion=version)["Content"])
        return found

    def edit(self, document: str, content: dict[str, Any]) -> str:
        """Make a new default version, as somebody in the console does, and return its number."""
        text = json.dumps(content, ensure_ascii=False)
        answer = self.admin.update_document(Name=document, Content=text, DocumentVersion="$LATEST", DocumentFormat="JSON")
        version = str(answer["DocumentDescription"]["DocumentVersion"])
        self.admin.update_document_default_version(Name=document, DocumentVersion=version)
        return version

    @property
    def _iam(self) -> Any:
        return self.aws.admin_client("iam")


class KeptSessions(PortalSessions):
    """Sessions that outlive a test. Their credentials do not: they are renewed as soon as AWS does not know them."""

    def cache_clear(self) -> None:
        pass


_kept = KeptSessions()


@pytest.fixture
def desk(portal_in_aws: Aws, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    settings.AWS_CALL_ATTEMPTS = 1
    monkeypatch.setattr(sessions, "_session", _kept)
    yield Desk(aws=portal_in_aws)
    control.clear_faults(endpoint=portal_in_aws.endpoint_url, token=portal_in_aws.control_token)
