"""An administrator of Jump, the thief of a key and the thief of the portal's: whom they cannot become, by real calls."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from portal.simulated_aws import totp
from portal.simulated_aws.company import PORTAL_ROLE, role_arn
from portal.simulated_aws.guard_rails import allow, document
from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import PORTAL_KEY, Aws

EVERYTHING = json.dumps(document(allow("*")))


def enrol(iam: Any, user: str, *, aws: Aws, device: str = "of-a-thief") -> str:
    """Make a device and give it to the user; return its serial number."""
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName=device)["VirtualMFADevice"]
    enable(iam, user, made, aws=aws)
    return str(made["SerialNumber"])


def enable(iam: Any, user: str, made: Mapping[str, Any], *, aws: Aws) -> None:
    seed = made["Base32StringSeed"].decode()
    first, second = (totp.code(seed, at=aws.now() - timedelta(seconds=ago)) for ago in (totp.STEP_SECONDS, 0))
    iam.enable_mfa_device(UserName=user, SerialNumber=made["SerialNumber"], AuthenticationCode1=first, AuthenticationCode2=second)


def test_device_for_somebody_and_somebodys_device_off_are_refused(aws: Aws) -> None:
    """What else an administrator of Jump cannot take over by is in the red team's table."""
    iam, made = aws.person("admin01").client("iam"), aws.person("member01").mfa_serial
    with refused("AccessDenied", status=403, match="explicit deny in an identity-based policy"):
        enrol(iam, "member01", aws=aws)
    with refused("AccessDenied", status=403, match="explicit deny in an identity-based policy"):
        iam.deactivate_mfa_device(UserName="member01", SerialNumber=made)
    iam.add_user_to_group(GroupName="MemberGroup", UserName="auditor01")


def test_administrator_of_jump_who_may_write_what_groups_allow_is_none_of_the_other_accounts(aws: Aws) -> None:
    """The way that was shown: a policy on one's own group, and the role that AWS Organizations makes, which asks for no MFA."""
    iam = aws.person("admin01").client("iam")
    iam.put_group_policy(GroupName="JumpAdminGroup", PolicyName="More", PolicyDocument=EVERYTHING)
    for account, role in (("production", "OrganizationAccountAccessRole"), ("production", "sekisho/SekishoGateRole")):
        with refused("AccessDenied", status=403, match="explicit deny in an identity-based policy"):
            aws.switch("admin01", account=account, role=role, mfa=False)


def test_stolen_key_enrols_no_device_of_its_own(aws: Aws) -> None:
    thief = aws.person("member01").client("iam")
    with refused("AccessDenied", status=403):
        thief.create_virtual_mfa_device(VirtualMFADeviceName="of-a-thief")
    made = aws.admin_client("iam").create_virtual_mfa_device(VirtualMFADeviceName="spare")["VirtualMFADevice"]
    with refused("AccessDenied", status=403):
        enable(thief, "member01", made, aws=aws)
    with refused("AccessDenied", status=403):
        thief.create_access_key(UserName="member01")
    devices = thief.list_mfa_devices(UserName="member01")["MFADevices"]
    assert [device["SerialNumber"] for device in devices] == [aws.person("member01").mfa_serial]


def test_person_with_mfa_enrols_another_device(aws: Aws) -> None:
    who = aws.person("member01")
    given = who.client("sts").get_session_token(SerialNumber=who.mfa_serial, TokenCode=who.mfa_code)["Credentials"]
    keys = {"key_id": given["AccessKeyId"], "secret": given["SecretAccessKey"], "token": given["SessionToken"]}
    assert enrol(aws.client("iam", **keys), "member01", aws=aws, device="new-telephone").endswith("mfa/new-telephone")


def test_sealed_user_hands_out_what_nobody_else_may(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    assert iam.create_access_key(UserName="member01")["AccessKey"]["UserName"] == "member01"
    assert enrol(iam, "member01", aws=aws, device="first")


def test_key_of_the_portal_lets_nobody_into_a_role_that_was_not_declared(aws: Aws) -> None:
    portal = aws.client("iam", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret)
    portal.put_user_policy(UserName="member01", PolicyName="sekisho-entry-x", PolicyDocument=EVERYTHING)
    for account, role, reason in (
        ("billing", "Billing_AdminRole", "no permissions boundary allows"),
        ("production", "OrganizationAccountAccessRole", "explicit deny in an identity-based policy"),
    ):
        with refused("AccessDenied", status=403, match=reason):
            aws.switch("member01", account=account, role=role)
    assert aws.switch("member01", role="Prod_ReadOnlyRole").credentials
    with refused("AccessDenied", status=403):
        aws.person("member01").client("sts").assume_role(RoleArn=role_arn("jump", PORTAL_ROLE), RoleSessionName="member01")
