"""The worker is killed at each call of a grant through Change Manager, from the request on: of change requests there is one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from access_requests.lifecycle import ElevationStatus
from access_requests.messages import Task
from access_requests.models import AccessRequest, AutomationExecution, Elevation
from access_requests.services.catalogue import documents
from portal.aws import sessions
from portal.verbs.actor import COMMAND
from tests.crashes.stage import END, GRANT, Stage, points, status_of
from tests.stand_ins.aws import ADMIN_KEY, PORTAL_KEY
from tests.waiting import until
from tests.worlds.runbooked import CHANGE_GROUP, work_group
from tests.worlds.story import approved, submitted

FOLLOW = Task.FOLLOW_CHANGE
START, READ, SIGNAL = "StartChangeRequestExecution", "GetAutomationExecution", "SendAutomationSignal"
# What is called of Systems Manager when the request is made, and when the portal has decided.
BEGINNING = (START, READ)
DECIDED = ("PutUserPolicy", READ, SIGNAL, READ)


@dataclass(slots=True)
class Changes:
    stage: Stage
    ssm: Any

    def asked(self) -> AccessRequest:
        return submitted(self.stage.cast.member01, now=timezone.now(), work_groups=[CHANGE_GROUP])

    def begun(self) -> AccessRequest:
        request = self.asked()
        self.stage.broker.send(FOLLOW, row_of(request).pk)
        until(lambda: row_of(request).status == "PendingApproval")
        self.stage.proxy.forget()
        return request

    def decided(self, request: AccessRequest) -> Elevation:
        approved(request, self.stage.cast.leader01, now=timezone.now())
        return Elevation.objects.get(request=request)

    def in_aws(self) -> list[str]:
        """Return the statuses of all change requests that AWS has."""
        listed = self.ssm.describe_automation_executions(MaxResults=50)["AutomationExecutionMetadataList"]
        return [one["AutomationExecutionStatus"] for one in listed if one.get("AutomationSubtype") == "ChangeRequest"]

    def members(self) -> list[str]:
        found = self.stage.aws.admin_client("iam").get_group(GroupName=CHANGE_GROUP)
        return [user["UserName"] for user in found["Users"]]


def row_of(request: AccessRequest) -> AutomationExecution:
    return AutomationExecution.objects.get(request=request, number=1)


@pytest.fixture
def changes(gated_stage: Stage, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Changes]:
    work_group(CHANGE_GROUP, gated_stage.cast)
    settings.AWS_ENDPOINT_URL = gated_stage.aws.endpoint_url
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", PORTAL_KEY.id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", PORTAL_KEY.secret)
    sessions.forget()
    for owner in documents.owners():
        list(documents.publish(owner, actor=COMMAND))
        documents.review(owner, actor=COMMAND)
    yield Changes(gated_stage, gated_stage.aws.client("ssm", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret))
    sessions.forget()


@pytest.mark.parametrize(("action", "nth", "after"), points(BEGINNING, usual=(f"after-{START}-1",)))
def test_change_request_survives_the_worker_that_begins_it(changes: Changes, action: str, nth: int, after: bool) -> None:  # noqa: FBT001  A parameter of the test.
    request = changes.asked()
    hold = changes.stage.proxy.hold(action, nth=nth, after=after)
    changes.stage.broker.send(FOLLOW, row_of(request).pk)
    hold.wait()
    changes.stage.kill_worker()
    changes.stage.crew.ready()
    changes.stage.swept(lambda: row_of(request).status == "PendingApproval")
    assert changes.in_aws() == ["PendingApproval"]
    elevation = changes.decided(request)
    changes.stage.mended(elevation, ElevationStatus.ACTIVE)
    assert (changes.in_aws(), changes.members()) == (["CompletedWithSuccess"], ["member01"])


@pytest.mark.parametrize(("action", "nth", "after"), points(DECIDED, usual=(f"after-{SIGNAL}-1",)))
def test_grant_survives_the_worker_that_approves_it_in_aws(changes: Changes, action: str, nth: int, after: bool) -> None:  # noqa: FBT001
    elevation = changes.decided(changes.begun())
    hold = changes.stage.proxy.hold(action, nth=nth, after=after)
    changes.stage.broker.send(GRANT, elevation.pk)
    hold.wait()
    changes.stage.kill_worker()
    changes.stage.mended(elevation, ElevationStatus.ACTIVE)
    assert (changes.in_aws(), changes.members()) == (["CompletedWithSuccess"], ["member01"])
    assert AutomationExecution.objects.count() == 1


@pytest.mark.parametrize(
    ("action", "nth", "after"), points(("StartAutomationExecution", READ), usual=("after-StartAutomationExecution-1",))
)
def test_end_survives_the_worker_that_starts_the_removal(changes: Changes, action: str, nth: int, after: bool) -> None:  # noqa: FBT001
    elevation = changes.decided(changes.begun())
    changes.stage.mended(elevation, ElevationStatus.ACTIVE)
    Elevation.objects.filter(pk=elevation.pk).update(ends_at=timezone.now())
    hold = changes.stage.proxy.hold(action, nth=nth, after=after)
    changes.stage.broker.send(END, elevation.pk)
    hold.wait()
    changes.stage.kill_worker()
    changes.stage.mended(elevation, ElevationStatus.ENDED)
    removals = list(AutomationExecution.objects.filter(purpose="remove"))
    assert [(one.number, one.status) for one in removals] == [(2, "Success")]
    assert (changes.members(), status_of(elevation)) == ([], ElevationStatus.ENDED)
