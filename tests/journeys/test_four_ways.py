"""Each way to grant, as people see it in the browser and administrators in AWS: asked, approved, in production, out again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from access_requests.models import AutomationExecution, Elevation
from access_requests.services.catalogue import documents
from portal.aws import sessions
from portal.simulated_aws.company import role_arn
from portal.verbs.actor import COMMAND
from tests.journeys.conftest import Travel
from tests.journeys.travellers import Traveller
from tests.stand_ins.aws import ADMIN_KEY, PORTAL_KEY, Aws
from tests.waiting import until
from tests.worlds import identity_center, runbooked
from tests.worlds.cast import Cast
from tests.worlds.runbooked import AUTOMATION_GROUP, CHANGE_GROUP

GROUPS = (CHANGE_GROUP, AUTOMATION_GROUP, identity_center.GROUP)


@dataclass(frozen=True)
class Console:
    """AWS as its administrator sees it."""

    aws: Aws

    def client(self, service: str) -> Any:
        return self.aws.client(service, key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret)

    def members(self, group: str) -> list[str]:
        if group != identity_center.GROUP:
            return [user["UserName"] for user in self.client("iam").get_group(GroupName=group)["Users"]]
        store, directory = self._store(), self.client("identitystore")
        unique = {"UniqueAttribute": {"AttributePath": "displayName", "AttributeValue": group}}
        group_id = directory.get_group_id(IdentityStoreId=store, AlternateIdentifier=unique)["GroupId"]
        there = directory.list_group_memberships(IdentityStoreId=store, GroupId=group_id)["GroupMemberships"]
        ids = [one["MemberId"]["UserId"] for one in there]
        return [directory.describe_user(IdentityStoreId=store, UserId=user_id)["UserName"] for user_id in ids]

    def approver(self) -> Any:
        """Return a client of somebody who has got into the portal's approver role."""
        sts = self.aws.client("sts", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret)
        role = role_arn("jump", "sekisho/SekishoChangeApproverRole")
        keys = sts.assume_role(RoleArn=role, RoleSessionName="somebody")["Credentials"]
        return self.aws.client("ssm", key_id=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"])

    def called(self, event: str) -> bool:
        found = self.client("cloudtrail").lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": event}])
        return bool(found["Events"])

    def _store(self) -> str:
        return str(self.client("sso-admin").list_instances()["Instances"][0]["IdentityStoreId"])


@pytest.fixture
def console(working: Aws, cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    for name in (CHANGE_GROUP, AUTOMATION_GROUP):
        runbooked.work_group(name, cast)
    identity_center.bind_everybody()
    identity_center.work_group(cast)
    settings.AWS_ENDPOINT_URL = working.endpoint_url
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", PORTAL_KEY.id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", PORTAL_KEY.secret)
    sessions.forget()
    for owner in documents.owners():
        list(documents.publish(owner, actor=COMMAND))
        documents.review(owner, actor=COMMAND)
    yield Console(working)
    sessions.forget()


def began(code: str) -> AutomationExecution:
    """Return the change request of a request, once it waits in AWS."""
    rows = AutomationExecution.objects.filter(request__code=code, status="PendingApproval")
    until(rows.exists)
    return rows.get()


def sees_in_timeline(person: Traveller, code: str, sentence: str, **data: str) -> None:
    person.page.goto(f"/requests/{code}/")
    expect(person.page.locator(".timeline")).to_contain_text(person.says(sentence, **data), timeout=30_000)


@pytest.mark.parametrize(("group", "language"), [(GROUPS[0], "ja"), (GROUPS[1], "en"), (GROUPS[2], "ja")])
def test_person_is_let_in_and_out_again(console: Console, travel: Travel, group: str, language: str) -> None:
    lead, person = travel("leader01"), travel("member01", language=language, phone=language == "ja")
    code = person.ask(minutes=30, group=group)
    if group == CHANGE_GROUP:
        began(code)
        sees_in_timeline(lead, code, "waits for approval in AWS")
    lead.approve(code)
    person.page.goto("/")
    person.sees_title("You are in production", within=60_000)
    assert console.members(group) == ["member01"]
    person.look(f"in-by-{group}")
    elevation = Elevation.objects.get()
    person.page.goto(f"/elevations/{elevation.code}/")
    person.look(f"access-by-{group}")
    person.follow("Return")
    person.press("Return")
    until(lambda: console.members(group) == [])
    until(lambda: Elevation.objects.get().status == "ended")
    if group != identity_center.GROUP:
        sees_in_timeline(person, code, "The runbook %(document)s", document=f"SekishoRemove-{group}")
        assert console.called("StartAutomationExecution")
    person.page.goto(f"/requests/{code}/")
    person.look(f"story-by-{group}")


def test_what_somebody_does_in_the_console_of_aws_is_seen(console: Console, travel: Travel) -> None:
    person = travel("member01")
    ahead = person.ask(minutes=30, group=CHANGE_GROUP)
    console.approver().send_automation_signal(AutomationExecutionId=began(ahead).execution_id, SignalType="Approve")
    sees_in_timeline(person, ahead, "was approved, and its runbook failed")
    assert console.members(CHANGE_GROUP) == []
    person.page.goto(f"/requests/{ahead}/")
    person.press("Withdraw")
    cancelled = person.ask(minutes=30, group=CHANGE_GROUP)
    console.client("ssm").stop_automation_execution(AutomationExecutionId=began(cancelled).execution_id, Type="Cancel")
    sees_in_timeline(person, cancelled, "Its change request was cancelled in AWS: the request is rejected here too")
    rejected = person.ask(minutes=30, group=CHANGE_GROUP)
    console.approver().send_automation_signal(AutomationExecutionId=began(rejected).execution_id, SignalType="Reject")
    sees_in_timeline(person, rejected, "Its change request was rejected in AWS: the request is rejected here too")
    person.look("rejected-in-aws")
