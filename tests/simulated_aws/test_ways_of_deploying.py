"""Development and deployment by real calls: the work that must go on, and what a session or a template tries besides."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from portal.iam import boundaries
from portal.simulated_aws.company import ACCOUNTS
from portal.simulated_aws.guard_rails import allow, document
from tests.simulated_aws.cloudformation.deploying import NAMED, reasons, resource, status, template
from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import Aws, Switched
from tests.worlds.gated import admin_in

DEV, STG = (f"arn:aws:iam::{ACCOUNTS[name]}" for name in ("development", "staging"))
MACHINE = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
OPEN = document({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "sts:AssumeRole"})
EVERYTHING = document(allow("*"))
MUCH, TRUST = json.dumps(EVERYTHING), json.dumps(MACHINE)
DEPLOYER = f"{STG}:role/sekisho/{boundaries.DEPLOY_ROLE}"
Calls = Mapping[str, Callable[[Any], object]]


def _app_boundary(account: str) -> str:
    return boundaries.arn(ACCOUNTS[account], boundaries.APP)


@pytest.fixture
def developer(aws: Aws) -> Switched:
    return aws.switch("leader01", account="development", role="Dev_LeaderRole")


def test_the_eighteen_of_development_work_on_what_applications_run_as(developer: Switched) -> None:
    iam = developer.client("iam")
    bound = _app_boundary("development")
    iam.create_role(RoleName="web", Path="/app/", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=bound)
    iam.put_role_policy(RoleName="web", PolicyName="p", PolicyDocument=MUCH)
    arn = iam.create_policy(PolicyName="web", Path="/app/", PolicyDocument=MUCH)["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=MUCH, SetAsDefault=False)
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    iam.attach_role_policy(RoleName="web", PolicyArn=arn)
    iam.create_instance_profile(InstanceProfileName="web", Path="/app/")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    iam.update_role(RoleName="web", MaxSessionDuration=7_200)
    iam.update_role_description(RoleName="web", Description="of the web")
    iam.update_assume_role_policy(RoleName="web", PolicyDocument=TRUST)
    iam.detach_role_policy(RoleName="web", PolicyArn=arn)
    iam.delete_role_policy(RoleName="web", PolicyName="p")
    iam.delete_policy(PolicyArn=arn)
    assert iam.get_role(RoleName="web")["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == bound
    assert iam.list_roles()["Roles"]
    iam.create_role(RoleName="gone", Path="/app/", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=bound)
    iam.delete_role(RoleName="gone")


def test_template_of_a_developer_is_within_the_bounds_of_the_role_that_deploys(
    developer: Switched,
) -> None:
    cloudformation = developer.client("cloudformation")
    made = {"Made": resource("AWS::IAM::User", {"UserName": "thief"})}
    role = f"{DEV}:role/sekisho/{boundaries.DEPLOY_ROLE}"
    cloudformation.create_stack(StackName="x", TemplateBody=template(made), Capabilities=NAMED, RoleARN=role)
    assert status(cloudformation, "x") == "ROLLBACK_COMPLETE"
    assert "permissions boundary" in reasons(cloudformation, "x")["Made"]


@pytest.fixture
def lead(aws: Aws) -> Switched:
    return aws.switch("leader01", account="staging", role="Stg_LeaderRole")


def _deploy(lead: Switched, resources: dict[str, Any], **given: Any) -> tuple[Any, str]:
    cloudformation = lead.client("cloudformation")
    cloudformation.create_stack(StackName="x", TemplateBody=template(resources), Capabilities=NAMED, **given)
    return cloudformation, status(cloudformation, "x")


def _role(name: str = "web", **properties: Any) -> dict[str, Any]:
    return resource("AWS::IAM::Role", {"RoleName": name, "AssumeRolePolicyDocument": MACHINE, **properties})


OF_AN_APPLICATION = {
    "Web": _role(Path="/app/", PermissionsBoundary=_app_boundary("staging")),
    "May": resource("AWS::IAM::RolePolicy", {"RoleName": {"Ref": "Web"}, "PolicyName": "May", "PolicyDocument": EVERYTHING}),
    "Host": resource("AWS::IAM::InstanceProfile", {"InstanceProfileName": "web", "Path": "/app/", "Roles": [{"Ref": "Web"}]}),
    "Data": resource("AWS::S3::Bucket", {"BucketName": "data"}),
}


def test_iam_by_hand_is_refused_in_staging_and_possible_through_cloudformation(aws: Aws, lead: Switched) -> None:
    with refused("AccessDenied", status=403, match="explicit deny"):
        lead.client("iam").create_role(
            RoleName="web", Path="/app/", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=_app_boundary("staging")
        )
    _, without = _deploy(lead, OF_AN_APPLICATION)
    assert without == "ROLLBACK_COMPLETE"
    lead.client("cloudformation").delete_stack(StackName="x")
    _, with_role = _deploy(lead, OF_AN_APPLICATION, RoleARN=DEPLOYER)
    assert with_role == "CREATE_COMPLETE"
    assert admin_in(aws, "staging").list_role_policies(RoleName="web")["PolicyNames"] == ["May"]


def test_lead_passes_the_role_that_deploys_to_cloudformation_alone(lead: Switched) -> None:
    made = {"Thing": resource("AWS::Lambda::Function", {"Role": DEPLOYER})}
    cloudformation, ended = _deploy(lead, made)
    assert ended == "ROLLBACK_COMPLETE"
    assert "iam:PassRole" in reasons(cloudformation, "x")["Thing"]
    with refused("AccessDenied", status=403, match="iam:PassRole"):
        cloudformation.create_stack(
            StackName="y", TemplateBody=template(made), RoleARN=f"{STG}:role/OrganizationAccountAccessRole"
        )


def test_download_bills_deletion_and_networks_are_refused_whatever_aws_own_policies_allow(aws: Aws, lead: Switched) -> None:
    """Download with ReadOnlyAccess and the deny is refused, and so are bills, deletion, and a network by a template."""
    iam = admin_in(aws, "staging")
    asked = {
        "Stg_MemberRole": ["s3:GetObject", "s3:ListBucket", "billing:GetBillingData", "s3:DeleteObject"],
        "Stg_LeaderRole": ["ec2:CreateVpc", "ec2:RunInstances", "ce:GetCostAndUsage", "s3:DeleteBucket"],
    }
    answers = {
        (role, result["EvalActionName"]): result["EvalDecision"]
        for role, actions in asked.items()
        for result in iam.simulate_principal_policy(PolicySourceArn=f"{STG}:role/{role}", ActionNames=actions)[
            "EvaluationResults"
        ]
    }
    allowed = {call for call, decision in answers.items() if decision == "allowed"}
    assert allowed == {("Stg_MemberRole", "s3:ListBucket"), ("Stg_LeaderRole", "ec2:RunInstances")}
    assert {decision for call, decision in answers.items() if call not in allowed} == {"explicitDeny"}
    cloudformation, ended = _deploy(lead, {"Network": resource("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})})
    assert ended == "ROLLBACK_COMPLETE"
    assert "explicit deny" in reasons(cloudformation, "x")["Network"]
