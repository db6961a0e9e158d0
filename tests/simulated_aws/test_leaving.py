"""Calls by which something could outlive a session: read, judged, written down, and answered with nothing."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulated_aws.trails import Administrator, administrator
from tests.stand_ins.aws import Aws

DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": []})
SNAPSHOT = "snap-0123456789abcdef0"
APPLICATION = "arn:aws:account-access:ap-northeast-1:444444444444:application/app-1111111111111111"
ROLE = "arn:aws:iam::444444444444:role/Prod_MemberRole"
PERSON = {"identityCenter": {"userId": "11111111-2222-3333-4444-555555555555"}}
# Service, method, what it is given, the event's name, and a parameter as the event has it.
CALLS: list[tuple[str, str, dict[str, Any], str, tuple[str, Any]]] = [
    ("ecs", "execute_command", {"command": "sh", "interactive": True, "task": "t-1"}, "ExecuteCommand", ("task", "t-1")),
    (
        "lambda",
        "create_function_url_config",
        {"FunctionName": "shop", "AuthType": "NONE"},
        "CreateFunctionUrlConfig",
        ("functionName", "shop"),
    ),
    (
        "lambda",
        "add_permission",
        {"FunctionName": "shop", "StatementId": "x", "Action": "lambda:InvokeFunction", "Principal": "*"},
        "AddPermission20150331v2",
        ("principal", "*"),
    ),
    (
        "ec2",
        "modify_snapshot_attribute",
        {"SnapshotId": SNAPSHOT, "UserIds": ["999999999999"]},
        "ModifySnapshotAttribute",
        ("snapshotId", SNAPSHOT),
    ),
    (
        "ec2",
        "run_instances",
        {"MinCount": 1, "MaxCount": 1, "ImageId": "ami-1", "IamInstanceProfile": {"Name": "web"}},
        "RunInstances",
        ("iamInstanceProfile", {"name": "web"}),
    ),
    (
        "rds",
        "modify_db_snapshot_attribute",
        {"DBSnapshotIdentifier": "shop", "AttributeName": "restore", "ValuesToAdd": ["999999999999"]},
        "ModifyDBSnapshotAttribute",
        ("dBSnapshotIdentifier", "shop"),
    ),
    (
        "rds",
        "modify_db_cluster_snapshot_attribute",
        {"DBClusterSnapshotIdentifier": "shop", "AttributeName": "restore"},
        "ModifyDBClusterSnapshotAttribute",
        ("dBClusterSnapshotIdentifier", "shop"),
    ),
    ("kms", "put_key_policy", {"KeyId": "k-1", "Policy": DOCUMENT}, "PutKeyPolicy", ("keyId", "k-1")),
    (
        "kms",
        "create_grant",
        {"KeyId": "k-1", "GranteePrincipal": "arn:aws:iam::999999999999:root", "Operations": ["Decrypt"]},
        "CreateGrant",
        ("granteePrincipal", "arn:aws:iam::999999999999:root"),
    ),
    ("cloudformation", "create_stack_set", {"StackSetName": "all"}, "CreateStackSet", ("stackSetName", "all")),
    (
        "rolesanywhere",
        "create_trust_anchor",
        {"name": "ours", "source": {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": "x"}}},
        "CreateTrustAnchor",
        ("name", "ours"),
    ),
    (
        "signin",
        "create_bearer_token",
        {"grantType": "client_credentials", "resource": "https://aws-mcp.us-east-1.api.aws/mcp"},
        "CreateBearerToken",
        ("grantType", "client_credentials"),
    ),
    (
        "sts",
        "get_web_identity_token",
        {"Audience": ["https://elsewhere.example.com"], "SigningAlgorithm": "ES384"},
        "GetWebIdentityToken",
        ("signingAlgorithm", "ES384"),
    ),
    (
        "account-access",
        "create_entitlement",
        {"applicationArn": APPLICATION, "entitlement": {"principalRole": {"roleArn": ROLE, "principal": PERSON}}},
        "CreateEntitlement",
        ("applicationArn", APPLICATION),
    ),
]


@pytest.fixture
def admin(aws: Aws) -> Administrator:
    return administrator(aws, "production")


def _told(admin: Administrator, name: str) -> dict[str, Any]:
    wanted = [{"AttributeKey": "EventName", "AttributeValue": name}]
    (event, *_) = admin.client("cloudtrail").lookup_events(LookupAttributes=wanted)["Events"]
    found: dict[str, Any] = json.loads(event["CloudTrailEvent"])
    return found


def test_calls_are_told_with_what_they_were_about(admin: Administrator) -> None:
    told = dict[str, Any]()
    for service, method, given, name, (parameter, _) in CALLS:
        getattr(admin.client(service), method)(**given)
        event = _told(admin, name)
        assert (event["eventSource"], event["userIdentity"]["userName"]) == (f"{service}.amazonaws.com", "trails")
        told[f"{service} {name}"] = event["requestParameters"][parameter]
    assert told == {f"{service} {name}": value for service, _, _, name, (_, value) in CALLS}


def test_calls_of_who_may_not_are_refused_and_told(aws: Aws, admin: Administrator) -> None:
    session = aws.switch("member01", role="Prod_ReadOnlyRole")
    for service, method, given, name, _ in CALLS:
        with pytest.raises(ClientError, match=r"AccessDenied.*is not authorized to perform"):
            getattr(session.client(service), method)(**given)
        assert _told(admin, name)["errorCode"].startswith("AccessDenied"), name


def test_machine_in_a_role_needs_the_right_to_pass_it(admin: Administrator) -> None:
    iam = admin.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    iam.create_instance_profile(InstanceProfileName="web")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    no_pass = {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"}
    iam.put_user_policy(
        UserName="trails", PolicyName="deny", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [no_pass]})
    )
    with pytest.raises(ClientError, match="iam:PassRole"):
        admin.client("ec2").run_instances(MinCount=1, MaxCount=1, ImageId="ami-1", IamInstanceProfile={"Name": "web"})


def test_key_that_was_made_and_policy_of_a_bucket_are_told_by_their_names(admin: Administrator) -> None:
    made = admin.client("iam").create_access_key(UserName="trails")["AccessKey"]
    wanted = [{"AttributeKey": "EventName", "AttributeValue": "CreateAccessKey"}]
    event = admin.client("cloudtrail", "us-east-1").lookup_events(LookupAttributes=wanted)["Events"][0]
    told = json.loads(event["CloudTrailEvent"])["responseElements"]["accessKey"]
    assert (told["accessKeyId"], told["userName"]) == (made["AccessKeyId"], "trails")
    assert made["SecretAccessKey"] not in event["CloudTrailEvent"]
    with pytest.raises(ClientError, match="NoSuchBucket"):
        admin.client("s3").put_bucket_policy(Bucket="nowhere", Policy=DOCUMENT)
    assert _told(admin, "PutBucketPolicy")["requestParameters"]["bucketName"] == "nowhere"
