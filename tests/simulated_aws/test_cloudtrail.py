"""What CloudTrail tells of calls, and how it is asked."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from portal.simulated_aws.company import ACCOUNTS, ADMIN_ROLE, role_arn
from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import ADMIN_KEY, REGION, Aws, Switched

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
READER = role_arn("production", "Prod_ReadOnlyRole")


def _trail(aws: Aws, account: str = "jump", region: str = REGION) -> Any:
    answer = aws.admin_client("sts").assume_role(RoleArn=role_arn(account, ADMIN_ROLE), RoleSessionName="looking")
    keys = Switched(aws, answer["Credentials"]).credentials
    return aws.client(
        "cloudtrail", key_id=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"], region=region
    )


def _records(trail: Any, **attribute: str) -> list[dict[str, Any]]:
    """Return what the events with the attribute say, newest first."""
    wanted = [{"AttributeKey": key, "AttributeValue": value} for key, value in attribute.items()]
    pages = trail.get_paginator("lookup_events").paginate(LookupAttributes=wanted)
    return [json.loads(event["CloudTrailEvent"]) for page in pages for event in page["Events"]]


def test_switch_is_told_in_both_accounts_under_one_shared_id(aws: Aws) -> None:
    session = aws.switch("member01", role="Prod_ReadOnlyRole")
    ours, theirs = (
        next(record for record in _records(_trail(aws, account), ResourceName=READER)) for account in ("jump", "production")
    )
    assert ours["sharedEventID"] == theirs["sharedEventID"]
    assert ours["eventID"] != theirs["eventID"]
    assert (ours["recipientAccountId"], theirs["recipientAccountId"]) == (ACCOUNTS["jump"], ACCOUNTS["production"])
    assert (ours["userIdentity"]["type"], ours["userIdentity"]["userName"]) == ("IAMUser", "member01")
    assert ours["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] == "true"
    user_id = aws.person("member01").client("iam").get_user()["User"]["UserId"]
    assert theirs["userIdentity"] == {"type": "AWSAccount", "principalId": user_id, "accountId": ACCOUNTS["jump"]}
    for record in (ours, theirs):
        assert (record["eventName"], record["eventSource"], record["awsRegion"]) == ("AssumeRole", "sts.amazonaws.com", REGION)
        assert record["requestParameters"]["roleArn"] == READER
        assert record["requestParameters"]["roleSessionName"] == "member01"
        assert record["responseElements"]["credentials"]["accessKeyId"] == session.credentials["AccessKeyId"]
        assert "tokenCode" not in record["requestParameters"]
        assert session.credentials["SessionToken"] not in json.dumps(record)


def test_console_switch_is_told_as_such_where_it_leads(aws: Aws) -> None:
    aws.switch_in_console("member01", role="Prod_ReadOnlyRole")
    (switch,) = _records(_trail(aws, "production", "us-east-1"), EventName="SwitchRole")
    assert switch["eventSource"] == "signin.amazonaws.com"
    assert switch["additionalEventData"]["SwitchFrom"] == "arn:aws:iam::111111111111:user/member01"
    assert switch["userIdentity"]["arn"].endswith("assumed-role/Prod_ReadOnlyRole/member01")
    (assumed,) = _records(_trail(aws, "production", "us-east-1"), EventName="AssumeRole")
    assert assumed["requestParameters"]["roleSessionName"] == "member01"
    assert _records(_trail(aws, "production"), EventName="SwitchRole") == []


def test_denied_calls_are_told_with_their_error_and_only_to_the_callers_account(aws: Aws) -> None:
    with pytest.raises(ClientError):
        aws.switch("member01")
    (denied,) = _records(_trail(aws), Username="member01")
    assert (denied["errorCode"], denied["responseElements"]) == ("AccessDenied", None)
    assert "is not authorized to perform: sts:AssumeRole" in denied["errorMessage"]
    assert not [record for record in _records(_trail(aws, "production")) if "Prod_MemberRole" in json.dumps(record)]


def test_calls_of_a_session_name_its_role_and_when_it_began(aws: Aws) -> None:
    aws.set_clock(at=NOON)
    session = aws.switch("member01", role="Prod_ReadOnlyRole")
    aws.set_clock(at=NOON + timedelta(minutes=5))
    session.client("iam").get_role(RoleName="Prod_MemberRole")
    (record,) = _records(_trail(aws, "production", "us-east-1"), EventName="GetRole")
    assert (record["eventTime"], record["awsRegion"]) == ("2026-11-23T12:05:00Z", "us-east-1")
    assert (record["sourceIPAddress"], record["readOnly"]) == ("127.0.0.1", True)
    assert "Boto3" in record["userAgent"]
    assert record["requestParameters"] == {"roleName": "Prod_MemberRole"}
    identity = record["userIdentity"]
    assert identity["type"] == "AssumedRole"
    assert identity["principalId"].endswith(":member01")
    assert identity["sessionContext"]["attributes"] == {"creationDate": "2026-11-23T12:00:00Z", "mfaAuthenticated": "true"}
    assert identity["sessionContext"]["sessionIssuer"]["arn"] == READER


def test_request_id_is_the_one_that_the_caller_was_told(aws: Aws) -> None:
    answer = aws.admin_client("iam").get_user(UserName="member01")
    (record,) = _records(_trail(aws, region="us-east-1"), EventName="GetUser")
    assert record["requestID"] == answer["ResponseMetadata"]["RequestId"]


def test_events_come_newest_first_in_pages_and_by_time(aws: Aws) -> None:
    iam, trail = aws.admin_client("iam"), _trail(aws, region="us-east-1")
    for number in range(60):
        aws.set_clock(at=NOON + timedelta(seconds=number))
        iam.list_user_tags(UserName="member01")
    wanted = {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "ListUserTags"}]}
    pages = list(trail.get_paginator("lookup_events").paginate(**wanted))
    assert [len(page["Events"]) for page in pages] == [50, 10]
    times = [event["EventTime"] for page in pages for event in page["Events"]]
    assert times == sorted(times, reverse=True)
    found = trail.lookup_events(**wanted, StartTime=NOON + timedelta(seconds=10), EndTime=NOON + timedelta(seconds=12))["Events"]
    assert [event["EventTime"] for event in found] == [NOON + timedelta(seconds=second) for second in (12, 11, 10)]
    assert found[0]["Username"] == "administrator"
    assert found[0]["AccessKeyId"] == ADMIN_KEY.id


def test_lookup_that_cloudtrail_would_refuse_is_refused(aws: Aws) -> None:
    trail = _trail(aws)
    two = [{"AttributeKey": "EventName", "AttributeValue": "x"}, {"AttributeKey": "Username", "AttributeValue": "y"}]
    with refused("InvalidLookupAttributesException", status=400):
        trail.lookup_events(LookupAttributes=two)
    with refused("InvalidTimeRangeException", status=400):
        trail.lookup_events(StartTime=NOON, EndTime=NOON - timedelta(seconds=1))
    with refused("InvalidNextTokenException", status=400):
        trail.lookup_events(NextToken="never given")
    with refused("ValidationException", status=400):
        trail.lookup_events(MaxResults=51)


def test_who_may_not_look_does_not(aws: Aws) -> None:
    with refused("AccessDeniedException", status=400, match="cloudtrail:LookupEvents"):
        aws.person("member01").client("cloudtrail").lookup_events()
