"""Access keys, sessions, and switching into other accounts."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from portal.simulated_aws.company import ACCOUNTS, ADMIN_ROLE, role_arn
from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import ADMIN_KEY, PORTAL_KEY, Aws


def _switched(aws: Aws, service: str, *, account: str, role: str = ADMIN_ROLE) -> Any:
    credentials = aws.admin_client("sts").assume_role(RoleArn=role_arn(account, role), RoleSessionName="admin")["Credentials"]
    return aws.client(
        service,
        key_id=credentials["AccessKeyId"],
        secret=credentials["SecretAccessKey"],
        token=credentials["SessionToken"],
    )


def test_keys_that_nobody_has_are_refused(aws: Aws) -> None:
    with refused("InvalidClientTokenId", status=403):
        aws.client("iam", key_id="AKIANOBODYNOBODYNOBO", secret="x").list_users()
    with refused("InvalidClientTokenId", status=403):
        aws.client("sts", key_id="AKIANOBODYNOBODYNOBO", secret="x").get_caller_identity()


def test_inactive_key_is_refused(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    iam.update_access_key(UserName="sekisho-portal", AccessKeyId=PORTAL_KEY.id, Status="Inactive")
    with refused("InvalidClientTokenId", status=403):
        aws.client("iam", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret).get_user(UserName="member01")


def test_deleted_key_is_refused(aws: Aws) -> None:
    aws.admin_client("iam").delete_access_key(UserName="sekisho-portal", AccessKeyId=PORTAL_KEY.id)
    with refused("InvalidClientTokenId", status=403):
        aws.client("sts", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret).get_caller_identity()


def test_caller_is_the_user_whose_key_signed(aws: Aws) -> None:
    identity = aws.client("sts", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret).get_caller_identity()
    assert identity["Arn"] == "arn:aws:iam::111111111111:user/sekisho-portal"
    assert identity["Account"] == ACCOUNTS["jump"]


def test_session_acts_in_the_account_of_its_role(aws: Aws) -> None:
    identity = _switched(aws, "sts", account="production").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNTS['production']}:assumed-role/{ADMIN_ROLE}/admin"
    roles = _switched(aws, "iam", account="production").list_roles()["Roles"]
    assert {"Prod_LeaderRole", "Prod_MemberRole", "Prod_ReadOnlyRole"} < {role["RoleName"] for role in roles}


def test_every_account_can_be_entered_by_the_administrator(aws: Aws) -> None:
    for account, number in ACCOUNTS.items():
        assert _switched(aws, "sts", account=account).get_caller_identity()["Account"] == number


@pytest.mark.parametrize("account", ["production", "999999999999"])
def test_role_that_does_not_exist_cannot_be_assumed(aws: Aws, account: str) -> None:
    arn = f"arn:aws:iam::{ACCOUNTS.get(account, account)}:role/Nothing"
    who = "arn:aws:iam::111111111111:user/administrator"
    with refused(
        "AccessDenied", status=403, match=f"User: {who} is not authorized to perform: sts:AssumeRole on resource: {arn}"
    ):
        aws.admin_client("sts").assume_role(RoleArn=arn, RoleSessionName="admin")


def test_what_is_not_a_role_cannot_be_assumed(aws: Aws) -> None:
    with refused("ValidationError", status=400, match="is invalid"):
        aws.admin_client("sts").assume_role(RoleArn="arn:aws:iam::111111111111:user/member01", RoleSessionName="admin")


def test_session_is_no_longer_than_the_role_allows(aws: Aws) -> None:
    sts = aws.admin_client("sts")
    with refused("ValidationError", status=400, match="MaxSessionDuration"):
        sts.assume_role(RoleArn=role_arn("production", ADMIN_ROLE), RoleSessionName="admin", DurationSeconds=3_601)
    assert aws.switch("member01", account="development", role="Dev_MemberRole", seconds=3_600)
    with refused("ValidationError", status=400, match="MaxSessionDuration"):
        aws.switch("member01", account="development", role="Dev_MemberRole", seconds=3_601)


def test_session_from_a_session_lasts_an_hour_at_the_most(aws: Aws) -> None:
    iam, chained = _switched(aws, "iam", account="production"), _switched(aws, "sts", account="production")
    trust = iam.get_role(RoleName=ADMIN_ROLE)["Role"]["AssumeRolePolicyDocument"]
    trust["Statement"][0]["Principal"]["AWS"] = "arn:aws:iam::444444444444:root"
    role = iam.create_role(RoleName="Next", AssumeRolePolicyDocument=json.dumps(trust), MaxSessionDuration=7_200)["Role"]
    with refused("ValidationError", status=400, match="role chaining"):
        chained.assume_role(RoleArn=role["Arn"], RoleSessionName="admin", DurationSeconds=7_200)
    assert chained.assume_role(RoleArn=role["Arn"], RoleSessionName="admin")["Credentials"]


@pytest.mark.parametrize("name", ["a b", "x" * 65, "名前"])
def test_session_name_that_aws_would_not_take_is_refused(aws: Aws, name: str) -> None:
    with refused("ValidationError", status=400, match="roleSessionName"):
        aws.admin_client("sts").assume_role(RoleArn=role_arn("jump", ADMIN_ROLE), RoleSessionName=name)


def test_session_is_worth_nothing_with_another_token(aws: Aws) -> None:
    sts = aws.admin_client("sts")
    credentials = sts.assume_role(RoleArn=role_arn("jump", ADMIN_ROLE), RoleSessionName="admin")["Credentials"]
    for token in (None, "forged"):
        session = aws.client("iam", key_id=credentials["AccessKeyId"], secret=credentials["SecretAccessKey"], token=token)
        with refused("InvalidClientTokenId", status=403):
            session.list_users()


def test_unsigned_call_is_refused(aws: Aws) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(aws.endpoint_url, data=b"Action=ListUsers&Version=2010-05-08")
    with caught.value as error:
        assert error.code == 403
        assert b"MissingAuthenticationToken" in error.read()


def test_administrators_key_survives_a_rebuild_and_its_sessions_do_not(aws: Aws) -> None:
    session = _switched(aws, "sts", account="jump")
    aws.rebuild()
    assert aws.client("sts", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret).get_caller_identity()["Account"] == ACCOUNTS["jump"]
    with refused("InvalidClientTokenId", status=403):
        session.get_caller_identity()


def test_action_or_service_that_is_not_simulated_says_so_and_is_not_retried(aws: Aws) -> None:
    with refused("NotSimulated", status=501):
        aws.admin_client("iam").get_context_keys_for_custom_policy(PolicyInputList=["{}"])
    with refused("NotSimulated", status=501):
        aws.client("sqs", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret).list_queues()
    with refused("NotSimulated", status=501):
        aws.client("sns", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret).list_topics()
