"""The policies of the roles by which AWS carries out grants, against the calls that each role really makes."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from access_requests.grants import registry
from access_requests.grants.identity_center.store import find_identity_center_user, members_of
from access_requests.models import AccessRequest, Elevation, TargetRole, WorkGroup
from access_requests.services.catalogue import documents
from portal.simulated_aws.change_roles import IDENTITY_CENTER, RUNBOOK, STARTER
from portal.verbs.actor import COMMAND
from tests.contracts.test_permissions import ROOT, actions_of
from tests.stand_ins.aws import ADMIN_KEY, REGION, Aws
from tests.worlds.cast import target_role
from tests.worlds.identity_center import GROUP, Directory
from tests.worlds.jump import ended, granted
from tests.worlds.runbooked import AUTOMATION_GROUP, CHANGE_GROUP, Runbooked
from tests.worlds.story import approved, elevated, extension_asked, rejected, returned, submitted, withdrawn

FILES = {one.role: one.policy for one in registry.roles()}
POLICIES = {role: json.loads((ROOT / "portal/aws/policies" / name).read_text()) for role, name in FILES.items()}
DOCUMENT = (ROOT / "docs/aws/ways.md").read_text()
SESSION_IN = re.compile(r":assumed-role/(\w+)/")
# Log-ins are read in the account of Identity Center by the same calls as anywhere: test_permissions.py makes each.
OF_LOG_INS = {
    *("account:ListRegions", "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:ListPublicKeys"),
    "cloudtrail:LookupEvents",
}
# Not calls of their own: a role is passed on within a start, and who one is needs no permission.
PASSED_ON, NEEDS_NO_PERMISSION = "iam:PassRole", "sts:GetCallerIdentity"
DOCUMENTS, EXECUTIONS = "arn:aws:ssm:*:*:document/Sekisho*", "arn:aws:ssm:*:*:automation-execution/*"
STARTED = ["arn:aws:ssm:*:*:automation-definition/Sekisho*", DOCUMENTS, EXECUTIONS]
WORK_GROUPS = "arn:aws:iam::*:group/sekisho/work/*"
TTL_TAGS = {"ForAllValues:StringLike": {"aws:TagKeys": "sekisho:ttl:*"}, "Null": {"aws:TagKeys": "false"}}
# What is not only read: on what, and under which condition.
WRITES: Mapping[str, tuple[Any, Any]] = {
    "ssm:CreateDocument": (DOCUMENTS, None),
    "ssm:UpdateDocument": (DOCUMENTS, None),
    "ssm:UpdateDocumentDefaultVersion": (DOCUMENTS, None),
    "ssm:UpdateDocumentMetadata": (DOCUMENTS, None),
    "ssm:StartAutomationExecution": (STARTED, None),
    "ssm:StartChangeRequestExecution": (STARTED, {"BoolIfExists": {"ssm:AutoApprove": "false"}}),
    "ssm:StopAutomationExecution": (EXECUTIONS, None),
    "ssm:SendAutomationSignal": (EXECUTIONS, None),
    "iam:PassRole": (
        f"arn:aws:iam::*:role/sekisho/{RUNBOOK}",
        {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}},
    ),
    "iam:AddUserToGroup": (WORK_GROUPS, None),
    "iam:RemoveUserFromGroup": (WORK_GROUPS, None),
    "iam:TagUser": ("arn:aws:iam::*:user/*", TTL_TAGS),
    "iam:UntagUser": ("arn:aws:iam::*:user/*", TTL_TAGS),
    # Memberships have no ARN that one could know before they are there.
    "identitystore:CreateGroupMembership": ("*", None),
    "identitystore:DeleteGroupMembership": ("*", None),
}
READS = ("Get", "List", "Describe", "IsMember", "Lookup")


def allowed(role: str) -> list[str]:
    return sorted(action for statement in POLICIES[role]["Statement"] for action in actions_of(statement))


def called(aws: Aws) -> dict[str, set[str]]:
    """Return the calls of each role's sessions in the Jump account, as CloudTrail has them."""
    calls: dict[str, set[str]] = defaultdict(set)
    for record in [*events(aws, "us-east-1"), *events(aws, REGION)]:
        if session := SESSION_IN.search(record["userIdentity"].get("arn", "")):
            service = record["eventSource"].partition(".")[0]
            calls[session[1]].add(f"{service}:{record['eventName']}")
    return calls


def events(aws: Aws, region: str) -> Iterator[dict[str, Any]]:
    trail = aws.client("cloudtrail", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret, region=region)
    for page in trail.get_paginator("lookup_events").paginate():
        yield from (json.loads(event["CloudTrailEvent"]) for event in page["Events"])


def asked(world: Runbooked, group: str) -> AccessRequest:
    jump = world.world.jump
    request = submitted(jump.cast.member01, now=jump.clock.now, work_groups=[group])
    world.follow()
    return request


def live_through_an_access(world: Runbooked, group: str) -> None:
    """A grant, an extension, and an end."""
    jump, request = world.world.jump, asked(world, group)
    approved(request, jump.cast.leader01, now=jump.clock.now)
    elevation = world.granted(Elevation.objects.get(request=request))
    assert elevation.status == "active", elevation.problem
    later = elevation.ends_at.replace(hour=7, minute=0, second=0)
    extension = extension_asked(elevation, jump.cast.member01, ends_at=later, now=jump.clock.now)
    world.follow()
    approved(extension, jump.cast.leader01, now=jump.clock.now)
    world.prolonged(elevation)
    returned(elevation, jump.cast.member01, now=jump.clock.now)
    world.ended(Elevation.objects.get(pk=elevation.pk))
    assert jump.members(group) == set()


def live_through_refusals(world: Runbooked) -> None:
    """A change request that is rejected with the request here, and one that is cancelled with it."""
    jump = world.world.jump
    rejected(asked(world, CHANGE_GROUP), jump.cast.leader01, now=jump.clock.now)
    world.follow()
    withdrawn(asked(world, CHANGE_GROUP), jump.cast.member01, now=jump.clock.now)
    world.follow()
    assert {one["AutomationExecutionStatus"] for one in world.change_requests()} >= {"Rejected", "Cancelled"}


def publish_again(world: Runbooked) -> None:
    """Publish what has become otherwise, have it reviewed, and go back to what it was."""
    for group in (CHANGE_GROUP, AUTOMATION_GROUP):
        role = target_role(world.world.jump.cast.production, f"More_{group}")
        WorkGroup.objects.get(name=group).target_roles.add(role)
    for owner in documents.owners():
        list(documents.publish(owner, actor=COMMAND))
        documents.review(owner, actor=COMMAND)
    TargetRole.objects.filter(name__startswith="More_").delete()
    for owner in documents.owners():
        list(documents.publish(owner, actor=COMMAND))


def test_policies_allow_each_role_the_calls_that_it_makes_and_no_other(runbooked: Runbooked) -> None:
    for group in (CHANGE_GROUP, AUTOMATION_GROUP):
        live_through_an_access(runbooked, group)
    live_through_refusals(runbooked)
    publish_again(runbooked)
    calls = called(runbooked.world.aws)
    for role in FILES:
        if role != IDENTITY_CENTER:
            passed_on = {PASSED_ON} if role == STARTER else set()
            assert (role, sorted(calls[role] - {NEEDS_NO_PERMISSION} | passed_on)) == (role, allowed(role))


def live_through_identity_center(world: Directory) -> None:
    """A person looked up, a grant, a comparison, an end; and a grant whose group is gone, with its end."""
    find_identity_center_user("member01")
    jump, cast = world.jump, world.jump.cast
    elevation = granted(elevated(cast.member01, cast.leader01, now=jump.clock.now, work_groups=[GROUP]))
    assert elevation.status == "active", elevation.problem
    members_of(jump.caller(), GROUP)
    returned(elevation, cast.member01, now=jump.clock.forward(minutes=1))
    assert ended(Elevation.objects.get(pk=elevation.pk)).status == "ended"
    world.delete_group()
    refused = granted(elevated(cast.member02, cast.leader01, now=jump.clock.now, work_groups=[GROUP]))
    assert refused.status == "revoking"
    assert ended(refused).status == "ended"


def test_policy_of_identity_center_allows_the_calls_that_are_made_there_and_no_other(
    directory: Directory, simulated_aws: Aws
) -> None:
    live_through_identity_center(directory)
    calls = called(simulated_aws)[IDENTITY_CENTER]
    assert sorted(calls - {NEEDS_NO_PERMISSION}) == sorted({*allowed(IDENTITY_CENTER)} - OF_LOG_INS)


@pytest.mark.parametrize("role", FILES)
def test_whatever_is_written_is_bounded_by_path_tag_or_name(role: str) -> None:
    limits = {
        action: (statement["Resource"], statement.get("Condition"))
        for statement in POLICIES[role]["Statement"]
        for action in actions_of(statement)
    }
    for action, limit in limits.items():
        assert action.split(":")[1].startswith(READS) or limit == WRITES[action]


@pytest.mark.parametrize("role", FILES)
def test_no_role_is_allowed_a_pattern_of_actions_or_the_same_twice(role: str) -> None:
    assert not [action for action in allowed(role) if "*" in action]
    assert len(set(allowed(role))) == len(allowed(role))


@pytest.mark.parametrize("role", FILES)
def test_documentation_names_each_call_of_a_role_and_no_other(role: str) -> None:
    _, found, section = DOCUMENT.partition(f"(../../portal/aws/policies/{FILES[role]})")
    assert found
    section, _, _ = section.partition("\n## ")
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`(\w+:\w+)`", "".join(rows))) == allowed(role)
