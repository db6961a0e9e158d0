"""Taking on roles: who may, under which name, with which proof, and until when."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from portal.iam.fences import entry_fence
from portal.iam.session_gate import SESSION_GATE_NAME, Line, session_gate
from portal.simulated_aws import totp
from portal.simulated_aws.company import ACCOUNTS, ADMIN_ROLE, role_arn
from portal.simulated_aws.console import SwitchRefused
from portal.simulated_aws.world import World
from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import PORTAL_KEY, Aws, Switched, company_with_people

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MEMBER_ROLE = role_arn("production", "Prod_MemberRole")
DENIED = "User: {} is not authorized to perform: {} on resource: {}"


def _admin_in(aws: Aws, account: str, service: str = "iam") -> Any:
    answer = aws.admin_client("sts").assume_role(RoleArn=role_arn(account, ADMIN_ROLE), RoleSessionName="admin")
    return Switched(aws, answer["Credentials"]).client(service)


def _let_in(
    aws: Aws, *people: str, since: datetime = NOON - timedelta(days=9), until: datetime = NOON + timedelta(days=9)
) -> None:
    """Do all that the portal does for a grant, but for the fence."""
    lines = [Line(user_name=person, since=since, until=until) for person in people]
    _put_gate(aws, session_gate(lines))
    for person in people:
        aws.admin_client("iam").add_user_to_group(GroupName="ProdMemberWorkGroup", UserName=person)


def _put_gate(aws: Aws, document: Any) -> None:
    iam: IAMClient = _admin_in(aws, "production")
    iam.put_role_policy(RoleName="Prod_MemberRole", PolicyName=SESSION_GATE_NAME, PolicyDocument=json.dumps(document))


def _can_work(session: Switched) -> bool:
    try:
        session.client("iam").get_role(RoleName="Prod_ReadOnlyRole")
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDenied":
            return False
        raise
    return True


# Both sides have a say


def test_engineer_without_the_work_group_is_not_let_in(aws: Aws) -> None:
    message = DENIED.format("arn:aws:iam::111111111111:user/member01", "sts:AssumeRole", MEMBER_ROLE)
    with refused(
        "AccessDenied", status=403, match=f"{message} because no identity-based policy allows the sts:AssumeRole action"
    ):
        aws.switch("member01")


def test_engineer_whom_somebody_put_into_the_work_group_in_the_console_enters_and_can_do_nothing(aws: Aws) -> None:
    aws.admin_client("iam").add_user_to_group(GroupName="ProdMemberWorkGroup", UserName="member01")
    session = aws.switch("member01")
    assert session.client("sts").get_caller_identity()["Arn"] == (
        f"arn:aws:sts::{ACCOUNTS['production']}:assumed-role/Prod_MemberRole/member01"
    )
    with refused("AccessDenied", status=403, match="with an explicit deny in an identity-based policy"):
        session.client("iam").list_roles()
    with refused("AccessDeniedException", status=400, match="with an explicit deny in an identity-based policy"):
        session.client("ssm").describe_sessions(State="Active")


def test_engineer_who_was_let_in_works(aws: Aws) -> None:
    aws.set_clock(at=NOON)
    _let_in(aws, "member01")
    assert _can_work(aws.switch("member01"))


def test_roles_of_ones_groups_are_the_only_ones(aws: Aws) -> None:
    assert aws.switch("member01", role="Prod_ReadOnlyRole")
    assert aws.switch("leader01", account="staging", role="Stg_LeaderRole")
    assert aws.switch("auditor01", account="audit", role="Audit_ReadOnlyRole")
    for person, account, role in (
        ("member01", "staging", "Stg_LeaderRole"),
        ("auditor01", "development", "Dev_ReadOnlyRole"),
        ("admin01", "production", "Prod_ReadOnlyRole"),
    ):
        with refused("AccessDenied", status=403):
            aws.switch(person, account=account, role=role)


@pytest.mark.parametrize("name", ["leader01", "member02", "Member01", "xmember01"])
def test_session_under_another_name_is_refused(aws: Aws, name: str) -> None:
    with refused("AccessDenied", status=403, match="Prod_ReadOnlyRole$"):
        aws.switch("member01", role="Prod_ReadOnlyRole", session_name=name)


def test_without_mfa_nobody_is_let_in(aws: Aws) -> None:
    with refused("AccessDenied", status=403):
        aws.switch("member01", role="Prod_ReadOnlyRole", mfa=False)
    with pytest.raises(SwitchRefused, match="not authorized to perform: sts:AssumeRole"):
        aws.switch_in_console("member01", role="Prod_ReadOnlyRole", mfa=False)


def test_role_refuses_whoever_its_trust_does_not_name(aws: Aws) -> None:
    sts = aws.admin_client("sts")
    with refused("AccessDenied", status=403, match="Prod_MemberRole$"):
        sts.assume_role(RoleArn=MEMBER_ROLE, RoleSessionName="administrator")


def test_role_that_was_deleted_lets_in_nobody_and_ends_its_sessions_even_when_made_again(aws: Aws) -> None:
    session, iam = aws.switch("member01", role="Prod_ReadOnlyRole"), _admin_in(aws, "production")
    role = iam.get_role(RoleName="Prod_ReadOnlyRole")["Role"]
    for policy in iam.list_attached_role_policies(RoleName="Prod_ReadOnlyRole")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="Prod_ReadOnlyRole", PolicyArn=policy["PolicyArn"])
    iam.delete_role(RoleName="Prod_ReadOnlyRole")
    with refused("AccessDenied", status=403):
        aws.switch("member01", role="Prod_ReadOnlyRole")
    iam.create_role(RoleName="Prod_ReadOnlyRole", AssumeRolePolicyDocument=json.dumps(role["AssumeRolePolicyDocument"]))
    with refused("InvalidClientTokenId", status=403):
        session.client("sts").get_caller_identity()
    assert aws.switch("member01", role="Prod_ReadOnlyRole")


def test_work_role_is_no_step_to_the_next(aws: Aws) -> None:
    session = aws.switch("leader01", account="staging", role="Stg_LeaderRole")
    with refused("AccessDenied", status=403, match="explicit deny"):
        session.client("sts").assume_role(RoleArn=role_arn("staging", "Stg_ReadOnlyRole"), RoleSessionName="leader01")


def test_console_begins_the_same_session_under_the_users_own_name(aws: Aws) -> None:
    aws.set_clock(at=NOON)
    _let_in(aws, "member01")
    session = aws.switch_in_console("member01")
    assert session.client("sts").get_caller_identity()["Arn"].endswith("assumed-role/Prod_MemberRole/member01")
    assert _can_work(session)
    # As long as the role allows.
    assert datetime.fromisoformat(session.credentials["Expiration"]) == NOON + timedelta(hours=4)


# By the clock


def test_entry_fence_lets_in_until_its_second_and_not_after(aws: Aws) -> None:
    _let_in(aws, "member01")
    fence = json.dumps(entry_fence(role_arn=MEMBER_ROLE, until=NOON))
    aws.admin_client("iam").put_user_policy(UserName="member01", PolicyName="fence", PolicyDocument=fence)
    for moment in (NOON - SECOND, NOON):
        aws.set_clock(at=moment)
        assert aws.switch("member01")
        assert aws.switch_in_console("member01")
    aws.set_clock(at=NOON + SECOND)
    with refused("AccessDenied", status=403, match="explicit deny in an identity-based policy"):
        aws.switch("member01")
    with pytest.raises(SwitchRefused, match="explicit deny in an identity-based policy"):
        aws.switch_in_console("member01")


def test_live_session_works_until_the_gates_second_and_then_knows_only_who_it_is(aws: Aws) -> None:
    _let_in(aws, "member01", "member02", until=NOON)
    aws.set_clock(at=NOON - timedelta(minutes=30))
    session = aws.switch("member01")
    for moment, works in ((NOON - SECOND, True), (NOON, True), (NOON + SECOND, False)):
        aws.set_clock(at=moment)
        assert _can_work(session) is works
    assert session.client("sts").get_caller_identity()["Account"] == ACCOUNTS["production"]


def test_taking_a_name_out_of_the_gate_kills_that_persons_sessions_and_no_others(aws: Aws) -> None:
    aws.set_clock(at=NOON)
    _let_in(aws, "member01", "member02")
    first, second = aws.switch("member01"), aws.switch("member02")
    _let_in(aws, "member02")
    assert (_can_work(first), _can_work(second)) == (False, True)


def test_session_from_before_a_new_grant_does_not_revive(aws: Aws) -> None:
    aws.set_clock(at=NOON - SECOND)
    _let_in(aws, "member01")
    old = aws.switch("member01")
    _let_in(aws, "member01", since=NOON)
    aws.set_clock(at=NOON)
    assert (_can_work(old), _can_work(aws.switch("member01"))) == (False, True)


def test_session_expires_by_awss_clock(aws: Aws) -> None:
    aws.set_clock(at=NOON)
    session = aws.switch("member01", role="Prod_ReadOnlyRole", seconds=900)
    aws.set_clock(at=NOON + timedelta(seconds=899))
    assert _can_work(session)
    aws.set_clock(at=NOON + timedelta(seconds=900))
    with refused("ExpiredToken", status=403):
        session.client("iam").list_roles()


def test_clock_that_is_shifted_runs_on_and_a_rebuild_sets_it_back(aws: Aws) -> None:
    aws.set_clock(offset_seconds=86_400)
    expires = aws.switch("member01", role="Prod_ReadOnlyRole").credentials["Expiration"]
    assert timedelta(hours=24, minutes=59) < expires - datetime.now(UTC) < timedelta(hours=25, minutes=1)
    aws.rebuild()
    expires = aws.switch("member01", role="Prod_ReadOnlyRole").credentials["Expiration"]
    assert expires - datetime.now(UTC) < timedelta(hours=1, minutes=1)


# Proof by a device


def _assume(aws: Aws, person: str, **proof: str) -> Any:
    sts, arn = aws.person(person).client("sts"), role_arn("production", "Prod_ReadOnlyRole")
    return sts.assume_role(RoleArn=arn, RoleSessionName=person, **proof)


def test_device_of_another_person_proves_nothing(aws: Aws) -> None:
    other = aws.person("member02")
    with refused("AccessDenied", status=403, match="MFA serial number"):
        _assume(aws, "member01", SerialNumber=other.mfa_serial, TokenCode=other.mfa_code)


def test_code_that_the_device_does_not_show_is_refused(aws: Aws) -> None:
    aws.set_clock(at=NOON)
    who = aws.person("member01")
    old = totp.code(who.credentials.mfa_seed, at=NOON - timedelta(seconds=60))
    with refused("AccessDenied", status=403, match="invalid MFA one time pass code"):
        _assume(aws, "member01", SerialNumber=who.mfa_serial, TokenCode=old)
    with refused("AccessDenied", status=403):
        _assume(aws, "member01", SerialNumber=who.mfa_serial)
    with pytest.raises(SwitchRefused, match="invalid MFA"):
        aws.switch_in_console("member02", role="Prod_ReadOnlyRole", mfa_code="000000")


def test_session_token_with_mfa_proves_it_for_the_switch_and_for_iam(aws: Aws) -> None:
    who = aws.person("member01")
    with_mfa = who.client("sts").get_session_token(SerialNumber=who.mfa_serial, TokenCode=who.mfa_code)["Credentials"]
    proved, bare = Switched(aws, with_mfa), Switched(aws, who.client("sts").get_session_token()["Credentials"])
    arn = role_arn("production", "Prod_ReadOnlyRole")
    assert proved.client("sts").assume_role(RoleArn=arn, RoleSessionName="member01")
    assert proved.client("iam").get_user()["User"]["UserName"] == "member01"
    with refused("AccessDenied", status=403):
        bare.client("sts").assume_role(RoleArn=arn, RoleSessionName="member01")
    with refused("InvalidClientTokenId", status=403):
        bare.client("iam").get_user()
    with refused("AccessDenied", status=403, match="Cannot call GetSessionToken"):
        proved.client("sts").get_session_token()


def test_device_that_is_made_and_enabled_by_the_api_proves_mfa(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="second")["VirtualMFADevice"]
    seed = device["Base32StringSeed"].decode()
    codes = [totp.code(seed, at=aws.now() + timedelta(seconds=seconds)) for seconds in (0, 30)]
    with refused("InvalidAuthenticationCode", status=403):
        iam.enable_mfa_device(
            UserName="member01",
            SerialNumber=device["SerialNumber"],
            AuthenticationCode1="000000",
            AuthenticationCode2=codes[1],
        )
    iam.enable_mfa_device(
        UserName="member01", SerialNumber=device["SerialNumber"], AuthenticationCode1=codes[0], AuthenticationCode2=codes[1]
    )
    assert _assume(aws, "member01", SerialNumber=device["SerialNumber"], TokenCode=totp.code(seed, at=aws.now()))


def test_what_would_narrow_a_session_is_not_simulated_and_says_so(aws: Aws) -> None:
    with refused("NotSimulated", status=501, match="PolicyArns of AssumeRole"):
        aws.admin_client("sts").assume_role(
            RoleArn=role_arn("production", ADMIN_ROLE),
            RoleSessionName="admin",
            PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
        )


@pytest.mark.parametrize("key", ["aws:ResourceAccount", "aws:ResourceTag/Stage", "iam:ResourceTag/Stage"])
def test_switch_is_decided_by_the_roles_account_and_tags_too(aws: Aws, key: str) -> None:
    there = ACCOUNTS["production"]
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {key: [there]}}}
    perimeter = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    _admin_in(aws, "production").tag_role(RoleName="Prod_ReadOnlyRole", Tags=[{"Key": "Stage", "Value": there}])
    aws.admin_client("iam").put_user_policy(UserName="member01", PolicyName="Perimeter", PolicyDocument=perimeter)
    aws.switch("member01", role="Prod_ReadOnlyRole")
    with refused("AccessDenied", status=403, match="explicit deny"):
        aws.switch("member01", account="development", role="Dev_MemberRole")


# The portal's own way into the accounts


def test_portal_takes_on_its_role_and_writes_gates_of_bounded_roles_only(aws: Aws) -> None:
    sts = aws.client("sts", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret)
    answer = sts.assume_role(RoleArn=role_arn("production", "sekisho/SekishoGateRole"), RoleSessionName="sekisho")
    iam = Switched(aws, answer["Credentials"]).client("iam")
    gate = json.dumps(session_gate())
    iam.put_role_policy(RoleName="Prod_LeaderRole", PolicyName=SESSION_GATE_NAME, PolicyDocument=gate)
    for role in ("Prod_ReadOnlyRole", "SekishoGateRole", ADMIN_ROLE):
        with refused("AccessDenied", status=403, match="iam:PutRolePolicy"):
            iam.put_role_policy(RoleName=role, PolicyName=SESSION_GATE_NAME, PolicyDocument=gate)


def test_portal_detaches_other_policies_of_work_groups_and_roles_but_no_guard_rail(aws: Aws) -> None:
    sts = aws.client("sts", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret)
    answer = sts.assume_role(RoleArn=role_arn("production", "sekisho/SekishoGateRole"), RoleSessionName="sekisho")
    of_roles = Switched(aws, answer["Credentials"]).client("iam")
    of_groups = aws.client("iam", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret)
    rails = {name: f"arn:aws:iam::{ACCOUNTS[name]}:policy/sekisho/rails/SekishoRails1" for name in ("jump", "production")}
    group, other = "ProdMemberWorkGroup", "arn:aws:iam::aws:policy/ReadOnlyAccess"
    for policy in (rails["jump"], other):
        aws.admin_client("iam").attach_group_policy(GroupName=group, PolicyArn=policy)
    with refused("AccessDenied", status=403, match="iam:DetachGroupPolicy"):
        of_groups.detach_group_policy(GroupName=group, PolicyArn=rails["jump"])
    with refused("AccessDenied", status=403, match="iam:DetachRolePolicy"):
        of_roles.detach_role_policy(RoleName="Prod_MemberRole", PolicyArn=rails["production"])
    of_groups.detach_group_policy(GroupName=group, PolicyArn=other)
    of_roles.detach_role_policy(RoleName="Prod_MemberRole", PolicyArn=other)


@pytest.mark.parametrize("account", ["development", "staging", "production"])
def test_people_do_not_take_on_the_portals_role(aws: Aws, account: str) -> None:
    with refused("AccessDenied", status=403):
        aws.switch("leader01", account=account, role="sekisho/SekishoGateRole")


def test_hardware_token_has_the_number_that_is_printed_on_it(aws: Aws) -> None:
    declared = company_with_people()
    (person,) = (user for user in declared["accounts"][0]["users"] if user["name"] == "member01")
    seed = person["mfa"][0]["seed"]
    person["mfa"] = [{"name": "token", "seed": seed, "serial": "GAHT12345678"}]
    aws.rebuild(World.parsed(declared))
    listed = aws.admin_client("iam").list_mfa_devices(UserName="member01")["MFADevices"]
    assert [device["SerialNumber"] for device in listed] == ["GAHT12345678"]
    assert _assume(aws, "member01", SerialNumber="GAHT12345678", TokenCode=totp.code(seed, at=aws.now()))
    with refused("AccessDenied", status=403, match="verify your MFA serial number"):
        _assume(aws, "member01", SerialNumber="GAHT00000000", TokenCode=totp.code(seed, at=aws.now()))
    # A token that is taken off can be given to somebody else.
    aws.admin_client("iam").deactivate_mfa_device(UserName="member01", SerialNumber="GAHT12345678")
    codes = [totp.code(seed, at=aws.now() + timedelta(seconds=seconds)) for seconds in (0, 30)]
    given = {"AuthenticationCode1": codes[0], "AuthenticationCode2": codes[1]}
    aws.admin_client("iam").enable_mfa_device(UserName="member02", SerialNumber="GAHT12345678", **given)
    assert _assume(aws, "member02", SerialNumber="GAHT12345678", TokenCode=totp.code(seed, at=aws.now()))
