"""The main job, end to end: ask, approve, be in production, be out again. Browser, worker and AWS are real."""

from dataclasses import dataclass

import pytest
from django.utils import timezone

from access_requests.models import Elevation
from portal.iam.fences import entry_fence_name
from tests.journeys.conftest import Travel
from tests.journeys.travellers import Traveller
from tests.stand_ins.aws import Aws
from tests.waiting import until

GROUP = "ProdMemberWorkGroup"
TAG = f"sekisho:ttl:{GROUP}"
TTL = 60
# Of the end's own: a sweep every second, some calls to AWS, and the page's next look.
SLACK = 60


@dataclass
class Jump:
    """What an administrator sees in the Jump account."""

    aws: Aws

    def members(self) -> set[str]:
        return {user["UserName"] for user in self.aws.admin_client("iam").get_group(GroupName=GROUP)["Users"]}

    def tags(self, user: str) -> set[str]:
        return {tag["Key"] for tag in self.aws.admin_client("iam").list_user_tags(UserName=user)["Tags"]}

    def policies(self, user: str) -> set[str]:
        return set(self.aws.admin_client("iam").list_user_policies(UserName=user)["PolicyNames"])


@pytest.fixture
def jump(working: Aws) -> Jump:
    return Jump(working)


@pytest.mark.parametrize("waits", [False, pytest.param(True, marks=pytest.mark.exhaustive)])
def test_main_job_in_both_languages_on_desk_and_phone(jump: Jump, travel: Travel, waits: bool) -> None:  # noqa: FBT001  A parameter of the test.
    lead, other_lead = travel("leader01", by_form=True), travel("leader02", language="ja", phone=True, by_form=True)
    people = [
        travel("member01"),
        travel("member02", language="ja", phone=True),
        travel("leader01", language="ja", dark=True),
        travel("leader02", phone=True, dark=True),
    ]
    for person, approver in zip(people, (lead, other_lead, other_lead, lead), strict=True):
        enters(person, approver, jump)
    if not waits:
        Elevation.objects.update(ends_at=timezone.now())
    for person in people:
        is_out_by_itself(person, jump)


def enters(person: Traveller, approver: Traveller, jump: Jump) -> None:
    """From the question to production, in the portal and in AWS."""
    code = person.ask(minutes=TTL // 60)
    assert person.username not in jump.members()
    person.page.goto("/")
    person.sees_title("You are not in production")
    approver.approve(code)
    # The page of who asked comes to say so by itself.
    person.sees_title("You are in production", within=30_000)
    assert person.username in jump.members()
    assert TAG in jump.tags(person.username)
    assert entry_fence_name("Prod_MemberRole") in jump.policies(person.username)
    person.look("in-production")


def is_out_by_itself(person: Traveller, jump: Jump) -> None:
    person.sees_title("You are not in production", within=(TTL + SLACK) * 1000)
    until(lambda: person.username not in jump.members())
    assert TAG not in jump.tags(person.username)
    elevation = Elevation.objects.get(person__username=person.username)
    assert (elevation.status, elevation.stop_reason) == ("ended", "expired")
    person.page.goto(f"/requests/{elevation.request.code}/")
    person.look("out-again")


def test_person_returns_and_lead_stops(jump: Jump, travel: Travel) -> None:
    lead, person, other = travel("leader01"), travel("member01"), travel("member02", language="ja", phone=True)
    for who in (person, other):
        lead.approve(who.ask(minutes=30))
        who.page.goto("/")
        who.sees_title("You are in production")
    person.follow("Return")
    person.look("return")
    person.press("Return")
    until(lambda: "member01" not in jump.members())
    elevation = Elevation.objects.get(person__username="member02")
    lead.page.goto(f"/elevations/{elevation.code}/")
    lead.follow("Stop")
    lead.press("Stop")
    lead.look("stop-without-a-reason")
    lead.page.fill("[name=comment]", "wrong account")
    lead.press("Stop")
    until(lambda: jump.members() == set())
    other.sees_title("You are not in production", within=40_000)
    elevation.refresh_from_db()
    assert elevation.stop_reason == "stopped"


def test_more_time_is_approved_without_a_gap(jump: Jump, travel: Travel) -> None:
    lead, person = travel("leader01"), travel("member01")
    lead.approve(person.ask(minutes=30))
    person.page.goto("/")
    person.sees_title("You are in production")
    elevation = Elevation.objects.get()
    before = elevation.ends_at
    person.follow("Ask for more time")
    person.page.fill("[name=reason]", "the index is large")
    person.look("extend")
    person.press("Ask for more time")
    lead.approve(person.page.locator(".eyebrow").inner_text())
    until(lambda: Elevation.objects.get().written_ends_at != before)
    elevation.refresh_from_db()
    assert elevation.written_ends_at == elevation.ends_at > before
    assert jump.members() == {"member01"}
