"""Sessions on instances, which outlive the AWS session that opened them."""

from typing import Any

import pytest

from portal.simulated_aws.company import ADMIN_ROLE, role_arn
from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import PORTAL_KEY, Aws, Switched

INSTANCE = "i-0123456789abcdef0"


@pytest.fixture
def leader(aws: Aws) -> Any:
    """Whoever may open sessions in development."""
    return aws.switch("leader01", account="development", role="Dev_LeaderRole").client("ssm")


def _portal(aws: Aws, account: str = "development") -> Any:
    sts = aws.client("sts", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret)
    answer = sts.assume_role(RoleArn=role_arn(account, "sekisho/SekishoGateRole"), RoleSessionName="sekisho")
    return Switched(aws, answer["Credentials"]).client("ssm")


def _filtered(key: str, value: str) -> dict[str, Any]:
    return {"State": "Active", "Filters": [{"key": key, "value": value}]}


def test_session_belongs_to_the_role_session_that_opened_it(leader: Any) -> None:
    opened = leader.start_session(Target=INSTANCE, Reason="a look")["SessionId"]
    (session,) = leader.describe_sessions(State="Active")["Sessions"]
    assert opened.startswith("leader01-")
    assert (session["SessionId"], session["Target"], session["Status"], session["Reason"]) == (
        opened,
        INSTANCE,
        "Connected",
        "a look",
    )
    assert session["Owner"] == "arn:aws:sts::222222222222:assumed-role/Dev_LeaderRole/leader01"


def test_portal_finds_it_by_its_owner_and_ends_it(aws: Aws, leader: Any) -> None:
    opened, portal = leader.start_session(Target=INSTANCE)["SessionId"], _portal(aws)
    owner = "arn:aws:sts::222222222222:assumed-role/Dev_LeaderRole/leader01"
    assert portal.describe_sessions(**_filtered("Owner", owner.replace("leader01", "member01")))["Sessions"] == []
    assert portal.describe_sessions(**_filtered("SessionId", opened))["Sessions"]
    assert portal.describe_sessions(**_filtered("Target", "i-00000000000000000"))["Sessions"] == []
    (found,) = portal.describe_sessions(**_filtered("Owner", owner))["Sessions"]
    assert portal.terminate_session(SessionId=found["SessionId"])["SessionId"] == opened
    assert portal.terminate_session(SessionId=opened)["SessionId"] == opened
    assert portal.describe_sessions(State="Active")["Sessions"] == []
    (past,) = portal.describe_sessions(State="History")["Sessions"]
    assert (past["SessionId"], past["Status"]) == (opened, "Terminated")
    assert past["EndDate"] >= past["StartDate"]


def test_it_outlives_the_session_that_opened_it(aws: Aws, leader: Any) -> None:
    leader.start_session(Target=INSTANCE)
    aws.set_clock(offset_seconds=7_200)
    with refused("ExpiredTokenException", status=400):
        leader.describe_sessions(State="Active")
    assert _portal(aws).describe_sessions(State="Active")["Sessions"]


def test_sessions_come_in_pages(leader: Any) -> None:
    for _ in range(3):
        leader.start_session(Target=INSTANCE)
    pages = leader.get_paginator("describe_sessions").paginate(State="Active", PaginationConfig={"PageSize": 2})
    assert [len(page["Sessions"]) for page in pages] == [2, 1]
    with refused("InvalidNextToken", status=400):
        leader.describe_sessions(State="Active", NextToken="!")


def test_each_account_and_region_has_its_own(aws: Aws, leader: Any) -> None:
    opened = leader.start_session(Target=INSTANCE)["SessionId"]
    assert _portal(aws, "staging").describe_sessions(State="Active")["Sessions"] == []
    answer = aws.admin_client("sts").assume_role(RoleArn=role_arn("development", ADMIN_ROLE), RoleSessionName="admin")
    keys = answer["Credentials"]
    elsewhere = aws.client(
        "ssm", key_id=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"], region="eu-west-1"
    )
    assert elsewhere.describe_sessions(State="Active")["Sessions"] == []
    with refused("DoesNotExistException", status=400):
        elsewhere.terminate_session(SessionId=opened)


def test_who_may_not_open_one_does_not(aws: Aws) -> None:
    reader = aws.switch("leader01", role="Prod_ReadOnlyRole").client("ssm")
    with refused(
        "AccessDeniedException", status=400, match=f"resource: arn:aws:ec2:ap-northeast-1:444444444444:instance/{INSTANCE}"
    ):
        reader.start_session(Target=INSTANCE)


def test_rest_of_systems_manager_is_not_simulated(leader: Any) -> None:
    with refused("NotSimulated", status=501):
        leader.list_commands()
