"""Ways into AWS that are no signed calls: who is let in, and what CloudTrail tells of it, where."""

import json
from typing import Any

import pytest

from portal.simulated_aws import signing_in
from portal.simulated_aws.company import ACCOUNTS, ADMIN_ROLE, role_arn
from portal.simulated_aws.company_directory import PERMISSION_SET, WORK_GROUP
from portal.simulated_aws.signing_in import AGENT, SignInRefused
from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import REGION, Aws, Switched

JUMP, PRODUCTION = ACCOUNTS["jump"], ACCOUNTS["production"]
HOME = "us-east-1"
PLACE = {"source_ip": "198.51.100.7", "user_agent": "Mozilla/5.0 (X11; Linux x86_64)"}
GITHUB = "token.actions.githubusercontent.com"


def _door(aws: Aws) -> dict[str, Any]:
    return {"endpoint": aws.endpoint_url, "token": aws.control_token, **PLACE}


def _admin(aws: Aws, account: str, service: str, region: str = HOME) -> Any:
    answer = aws.admin_client("sts").assume_role(RoleArn=role_arn(account, ADMIN_ROLE), RoleSessionName="looking")
    keys = answer["Credentials"]
    return aws.client(
        service, key_id=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"], region=region
    )


def _told(aws: Aws, account: str, name: str, region: str = HOME) -> list[dict[str, Any]]:
    """Return what the account's trail tells under this name, newest first."""
    wanted = [{"AttributeKey": "EventName", "AttributeValue": name}]
    found = _admin(aws, account, "cloudtrail", region).lookup_events(LookupAttributes=wanted)["Events"]
    return [json.loads(event["CloudTrailEvent"]) for event in found]


def _trusting(aws: Aws, name: str, provider: str, action: str, condition: dict[str, Any]) -> str:
    """Make a role of production that a provider lets people into, and return its ARN."""
    trust = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": action, "Condition": condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    made = _admin(aws, "production", "iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)
    return str(made["Role"]["Arn"])


# The console


def test_log_in_of_a_user_tells_the_device_and_where_it_came_from(aws: Aws) -> None:
    session = Switched(aws, signing_in.in_console(account_id=JUMP, user="member01", region=REGION, **_door(aws)))
    (told,) = _told(aws, "jump", "ConsoleLogin", REGION)
    assert told["userIdentity"] == {
        "type": "IAMUser",
        "principalId": aws.person("member01").client("iam").get_user()["User"]["UserId"],
        "arn": f"arn:aws:iam::{JUMP}:user/member01",
        "accountId": JUMP,
        "userName": "member01",
    }
    assert (told["eventSource"], told["eventType"], told["awsRegion"]) == ("signin.amazonaws.com", "AwsConsoleSignIn", REGION)
    assert (told["sourceIPAddress"], told["userAgent"]) == tuple(PLACE.values())
    assert told["responseElements"] == {"ConsoleLogin": "Success"}
    assert told["additionalEventData"]["MFAIdentifier"] == f"arn:aws:iam::{JUMP}:mfa/member01"
    assert told["additionalEventData"]["MFAUsed"] == "Yes"
    (asked,) = _told(aws, "jump", "CheckMfa", REGION)
    assert "arn" not in asked["userIdentity"]
    session.client("sts").get_caller_identity()
    (call,) = [each for each in _told(aws, "jump", "GetCallerIdentity", REGION) if "sessionCredentialFromConsole" in each]
    assert call["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] == "true"


def test_log_in_without_a_device_and_with_a_wrong_password_or_name_is_told_as_such(aws: Aws) -> None:
    signing_in.in_console(account_id=JUMP, user="member01", mfa=False, **_door(aws))
    for user in ("member02", "nobody"):
        with pytest.raises(SignInRefused):
            signing_in.in_console(account_id=JUMP, user=user, mfa=False, succeeds=False, **_door(aws))
    nobody, wrong, good = _told(aws, "jump", "ConsoleLogin")
    assert good["additionalEventData"]["MFAUsed"] == "No"
    assert "MFAIdentifier" not in good["additionalEventData"]
    assert (wrong["errorMessage"], wrong["responseElements"]) == ("Failed authentication", {"ConsoleLogin": "Failure"})
    assert (wrong["userIdentity"]["userName"], "arn" in wrong["userIdentity"]) == ("member02", False)
    assert nobody["errorMessage"] == "No username found in supplied account"
    assert nobody["userIdentity"]["userName"] == "HIDDEN_DUE_TO_SECURITY_REASONS"


def test_root_user_is_told_in_one_region_and_takes_on_no_role(aws: Aws) -> None:
    session = Switched(aws, signing_in.in_console(account_id=PRODUCTION, region=REGION, **_door(aws)))
    (told,) = _told(aws, "production", "ConsoleLogin")
    assert (told["userIdentity"]["type"], told["userIdentity"]["principalId"]) == ("Root", PRODUCTION)
    assert told["additionalEventData"]["MFAIdentifier"].endswith(":mfa/root-account-mfa-device")
    session.client("iam").create_user(UserName="planted")
    (call,) = _told(aws, "production", "CreateUser")
    assert call["userIdentity"]["arn"] == f"arn:aws:iam::{PRODUCTION}:root"
    assert call["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] == "true"
    with refused("AccessDenied", status=403, match="root accounts"):
        session.client("sts").assume_role(RoleArn=role_arn("production", "Prod_ReadOnlyRole"), RoleSessionName="root")


def test_assumed_root_does_its_task_and_nothing_else(aws: Aws) -> None:
    policy: Any = {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"}
    answer = aws.admin_client("sts").assume_root(TargetPrincipal=PRODUCTION, TaskPolicyArn=policy)
    session = Switched(aws, answer["Credentials"])
    session.client("iam").get_account_summary()
    with refused("AccessDenied", status=403):
        session.client("iam").create_user(UserName="planted")
    (told,) = _told(aws, "jump", "AssumeRoot", REGION)
    assert told["requestParameters"] == {"targetPrincipal": PRODUCTION, "taskPolicyArn": policy}
    assert told["responseElements"]["credentials"]["accessKeyId"] == session.credentials["AccessKeyId"]
    assert _told(aws, "production", "GetAccountSummary")[0]["userIdentity"]["type"] == "Root"
    with refused("AccessDenied", status=403):
        aws.person("member01").client("sts").assume_root(TargetPrincipal=PRODUCTION, TaskPolicyArn=policy)
    assert _told(aws, "jump", "AssumeRoot", REGION)[0]["errorCode"] == "AccessDenied"


def test_switch_in_the_console_is_told_in_its_region_and_the_key_changes(aws: Aws) -> None:
    session = aws.switch_in_console("member01", role="Prod_ReadOnlyRole", region=REGION)
    (switch,), (assumed,) = (_told(aws, "production", name, REGION)[:1] for name in ("SwitchRole", "AssumeRole"))
    assert REGION in switch["additionalEventData"]["RedirectTo"]
    assert assumed["responseElements"]["credentials"]["accessKeyId"] != session.credentials["AccessKeyId"]
    assert _told(aws, "production", "SwitchRole") == []


# Identity providers


def test_saml_provider_lets_in_whom_the_trust_lets_it(aws: Aws) -> None:
    provider = f"arn:aws:iam::{PRODUCTION}:saml-provider/Contractors"
    audience = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
    role = _trusting(aws, "ContractorRole", provider, "sts:AssumeRoleWithSAML", audience)
    asked: dict[str, Any] = {"role_arn": role, "name": "contractor@example.com", "region": REGION}
    session = Switched(aws, signing_in.by_saml(provider_arn=provider, console=True, **asked, **_door(aws)))
    assert session.client("sts").get_caller_identity()["Arn"].endswith("ContractorRole/contractor@example.com")
    with pytest.raises(SignInRefused, match="Not authorized to perform sts:AssumeRoleWithSAML"):
        signing_in.by_saml(provider_arn=f"{provider}2", **asked, **_door(aws))
    denied, told = _told(aws, "production", "AssumeRoleWithSAML", REGION)
    assert (denied["errorCode"], denied["responseElements"]) == ("AccessDenied", None)
    assert (told["userIdentity"]["type"], told["userIdentity"]["userName"]) == ("SAMLUser", "contractor@example.com")
    assert told["userIdentity"]["identityProvider"] == told["responseElements"]["nameQualifier"]
    assert (told["requestParameters"]["principalArn"], told["requestParameters"]["roleArn"]) == (provider, role)
    assert [each["type"] for each in told["resources"]] == ["AWS::IAM::Role", "AWS::IAM::SAMLProvider"]
    (login,) = _told(aws, "production", "ConsoleLogin", REGION)
    assert (login["userIdentity"]["type"], login["additionalEventData"]["SamlProviderArn"]) == ("AssumedRole", provider)


def test_machine_with_a_token_of_openid_connect_gets_into_the_role_that_names_its_subject(aws: Aws) -> None:
    provider, subject = f"arn:aws:iam::{PRODUCTION}:oidc-provider/{GITHUB}", "repo:example/shop:ref:refs/heads/main"
    only = {"StringEquals": {f"{GITHUB}:sub": subject}}
    role = _trusting(aws, "DeployRole", provider, "sts:AssumeRoleWithWebIdentity", only)
    asked: dict[str, Any] = {"role_arn": role, "provider": GITHUB, "session_name": "run-42", "region": REGION}
    session = Switched(aws, signing_in.by_web_identity(subject=subject, **asked, **_door(aws)))
    session.client("sts").get_caller_identity()
    with pytest.raises(SignInRefused, match="AssumeRoleWithWebIdentity"):
        signing_in.by_web_identity(subject="repo:stranger/shop", **asked, **_door(aws))
    _, told = _told(aws, "production", "AssumeRoleWithWebIdentity", REGION)
    assert told["userIdentity"] == {
        "type": "WebIdentityUser",
        "principalId": f"{provider}:sts.amazonaws.com:{subject}",
        "userName": subject,
        "identityProvider": provider,
    }
    (call,) = [each for each in _told(aws, "production", "GetCallerIdentity", REGION) if "run-42" in json.dumps(each)]
    assert call["userIdentity"]["sessionContext"]["webIdFederationData"]["federatedProvider"] == provider


@pytest.mark.parametrize(("console", "name"), [(True, "Federate"), (False, "GetRoleCredentials")])
def test_identity_center_tells_who_it_was_for_and_nothing_ties_it_to_the_role(aws: Aws, *, console: bool, name: str) -> None:
    store = aws.admin_client("identitystore")
    (instance,) = aws.admin_client("sso-admin").list_instances()["Instances"]
    place = {"IdentityStoreId": instance["IdentityStoreId"]}
    users = {user["UserName"]: user["UserId"] for user in store.list_users(**place)["Users"]}
    groups = {group["DisplayName"]: group["GroupId"] for group in store.list_groups(**place)["Groups"]}
    into = {"directory_account": JUMP, "user": "member01", "account_id": PRODUCTION, "permission_set": PERMISSION_SET}
    with pytest.raises(SignInRefused, match="No access"):
        signing_in.by_identity_center(console=console, **into, **_door(aws))
    store.create_group_membership(**place, GroupId=groups[WORK_GROUP], MemberId={"UserId": users["member01"]})
    session = Switched(aws, signing_in.by_identity_center(console=console, **into, **_door(aws)))
    session.client("sts").get_caller_identity()
    told, refusal = _told(aws, "jump", name, REGION)
    assert (refusal["errorCode"], told.get("errorCode")) == ("ForbiddenException", None)
    assert told["userIdentity"]["onBehalfOf"]["userId"] == users["member01"]
    assert told["serviceEventDetails"] == {"role_name": PERMISSION_SET, "account_id": PRODUCTION}
    assert (told["eventSource"], told["eventType"]) == ("sso.amazonaws.com", "AwsServiceEvent")
    (entry,) = _told(aws, "production", "AssumeRoleWithSAML", REGION)
    assert f"AWSReservedSSO_{PERMISSION_SET}_" in entry["requestParameters"]["roleArn"]
    assert users["member01"] not in json.dumps(entry)
    (call,) = [each for each in _told(aws, "production", "GetCallerIdentity", REGION) if "onBehalfOf" in each["userIdentity"]]
    assert call["userIdentity"]["onBehalfOf"]["userId"] == users["member01"]


# Programs that act for who is signed in


@pytest.mark.parametrize("client", ["same-device", AGENT])
def test_program_lives_on_the_sign_in_of_its_person(aws: Aws, client: str) -> None:
    root = signing_in.in_console(account_id=PRODUCTION, **_door(aws))
    way = {"client": client, "region": REGION}
    first = signing_in.by_aws_login(access_key_id=root["AccessKeyId"], **way, **_door(aws))
    second = signing_in.refresh_aws_login(access_key_id=first["AccessKeyId"], **way, **_door(aws))
    Switched(aws, second).client("sts").get_caller_identity()
    (asked,) = _told(aws, "production", "AuthorizeOAuth2Access", REGION)
    refreshed, token = _told(aws, "production", "CreateOAuth2Token", REGION)
    assert asked["additionalEventData"] == {"success": "true"}
    assert asked["requestParameters"]["client_id"] == token["requestParameters"]["client_id"]
    assert "signInSessionArn" not in token["userIdentity"]["sessionContext"]
    arn = refreshed["additionalEventData"]["signInSessionArn"]
    (call,) = [each for each in _told(aws, "production", "GetCallerIdentity", REGION) if each["userIdentity"]["type"] == "Root"]
    assert call["userIdentity"]["sessionContext"]["signInSessionArn"] == arn


def test_work_role_authorizes_no_program_and_that_is_told(aws: Aws) -> None:
    session = aws.switch_in_console("member01", role="Prod_ReadOnlyRole")
    with pytest.raises(SignInRefused, match="signin:AuthorizeOAuth2Access"):
        signing_in.by_aws_login(access_key_id=session.credentials["AccessKeyId"], **_door(aws))
    (told,) = _told(aws, "production", "AuthorizeOAuth2Access")
    assert told["additionalEventData"]["success"] == "false"


def test_source_identity_stays_with_a_session(aws: Aws) -> None:
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{JUMP}:root"},
        "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"],
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = _admin(aws, "production", "iam").create_role(RoleName="Named", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    answer = aws.admin_client("sts").assume_role(RoleArn=role, RoleSessionName="named", SourceIdentity="administrator")
    Switched(aws, answer["Credentials"]).client("sts").get_caller_identity()
    (entry,) = [each for each in _told(aws, "production", "AssumeRole", REGION) if each["requestParameters"]["roleArn"] == role]
    assert entry["requestParameters"]["sourceIdentity"] == entry["responseElements"]["sourceIdentity"] == "administrator"
    (call,) = [each for each in _told(aws, "production", "GetCallerIdentity", REGION) if "Named" in json.dumps(each)]
    assert call["userIdentity"]["sessionContext"]["sourceIdentity"] == "administrator"
