"""AWS's own command line deploys templates."""

import json
from pathlib import Path

from tests.simulated_aws.cloudformation.deploying import admin, deploy, policy, resource, role, status, template
from tests.stand_ins.aws import Aws

GROUP = {
    "Team": resource(
        "AWS::IAM::Group", {"GroupName": {"Ref": "TeamName"}, "Path": "/teams/", "ManagedPolicyArns": [{"Ref": "Rail"}]}
    ),
    "Rail": resource(
        "AWS::IAM::ManagedPolicy",
        {"ManagedPolicyName": "Rail", "Path": "/rails/", "PolicyDocument": policy("s3:GetObject", effect="Deny")},
    ),
    "Switch": resource(
        "AWS::IAM::GroupPolicy",
        {"GroupName": {"Ref": "Team"}, "PolicyName": "Switch", "PolicyDocument": policy("sts:AssumeRole")},
    ),
}
PARAMETERS = {"TeamName": {"Type": "String", "AllowedPattern": "[A-Za-z]+"}}
OUTPUTS = {"Arn": {"Value": {"Fn::GetAtt": ["Team", "Arn"]}}}
BODY = template(GROUP, Parameters=PARAMETERS, Outputs=OUTPUTS)
NAMED = ("--parameter-overrides", "TeamName=Builders")


def test_command_line_deploys_once_and_changes_nothing_the_second_time(aws: Aws, tmp_path: Path) -> None:
    first = deploy(aws, BODY, tmp_path, *NAMED)
    assert first.returncode == 0, first.stderr
    iam = aws.admin_client("iam")
    arn = "arn:aws:iam::111111111111:group/teams/Builders"
    assert iam.get_group(GroupName="Builders")["Group"]["Arn"] == arn
    assert iam.list_group_policies(GroupName="Builders")["PolicyNames"] == ["Switch"]
    attached = iam.list_attached_group_policies(GroupName="Builders")["AttachedPolicies"]
    assert [each["PolicyArn"] for each in attached] == ["arn:aws:iam::111111111111:policy/rails/Rail"]
    (stack,) = admin(aws).describe_stacks(StackName="made")["Stacks"]
    assert stack["Outputs"] == [{"OutputKey": "Arn", "OutputValue": arn}]

    second = deploy(aws, BODY, tmp_path, "--no-fail-on-empty-changeset")
    assert (second.returncode, "No changes to deploy" in second.stdout) == (0, True), second.stderr
    strict = deploy(aws, BODY, tmp_path, "--fail-on-empty-changeset")
    assert strict.returncode != 0
    assert "No changes to deploy" in strict.stderr


def test_command_line_hears_of_a_failure_and_the_stack_is_rolled_back(aws: Aws, tmp_path: Path) -> None:
    broken = {**GROUP, "Twice": role("SekishoPortalRole")}
    outcome = deploy(aws, template(broken, Parameters=PARAMETERS), tmp_path, *NAMED)
    assert outcome.returncode != 0
    assert "Failed to create/update the stack" in outcome.stderr
    assert status(admin(aws), "made") == "ROLLBACK_COMPLETE"
    assert "Builders" not in {group["GroupName"] for group in aws.admin_client("iam").list_groups()["Groups"]}


def test_command_line_updates_a_policy_and_keeps_parameters(aws: Aws, tmp_path: Path) -> None:
    assert deploy(aws, BODY, tmp_path, *NAMED).returncode == 0
    changed = {**GROUP, "Rail": json.loads(json.dumps(GROUP["Rail"]).replace("s3:GetObject", "s3:Delete*"))}
    outcome = deploy(aws, template(changed, Parameters=PARAMETERS, Outputs=OUTPUTS), tmp_path)
    assert outcome.returncode == 0, outcome.stderr
    iam = aws.admin_client("iam")
    arn = "arn:aws:iam::111111111111:policy/rails/Rail"
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert document == policy("s3:Delete*", effect="Deny")
