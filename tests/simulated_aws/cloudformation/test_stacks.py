"""Stacks by boto3: what is made, changed, kept, rolled back and refused."""

import json
from typing import Any

from tests.simulated_aws.cloudformation.deploying import (
    NAMED,
    TRUST,
    admin,
    in_role,
    policy,
    reasons,
    resource,
    role,
    status,
    template,
)
from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import Aws

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
NOTHING = "The submitted information didn't contain changes. Submit different information to create a change set."
SERVICE_TRUST = json.dumps(TRUST).replace("ec2.", "cloudformation.")


def _create(cloudformation: Any, resources: dict[str, Any], name: str = "made", **given: Any) -> None:
    cloudformation.create_stack(StackName=name, TemplateBody=template(resources), Capabilities=NAMED, **given)


def _update(cloudformation: Any, resources: dict[str, Any], name: str = "made", **given: Any) -> None:
    cloudformation.update_stack(StackName=name, TemplateBody=template(resources), Capabilities=NAMED, **given)


def _engineer(aws: Aws, *allowed: str) -> Any:
    """Return CloudFormation's client of a role that may do what is listed and nothing else."""
    trust = json.dumps(TRUST).replace('"Service": "ec2.amazonaws.com"', '"AWS": "arn:aws:iam::111111111111:root"')
    aws.admin_client("iam").create_role(RoleName="Engineer", AssumeRolePolicyDocument=trust)
    _allow(aws, *allowed)
    return in_role(aws, "cloudformation", "Engineer")


def _allow(aws: Aws, *allowed: str) -> None:
    document = json.dumps(policy(*allowed))
    aws.admin_client("iam").put_role_policy(RoleName="Engineer", PolicyName="Deploy", PolicyDocument=document)


def test_update_of_a_role_changes_what_differs_and_keeps_the_role(aws: Aws) -> None:
    cloudformation, iam = admin(aws), aws.admin_client("iam")
    _create(
        cloudformation,
        {"Reader": role("Reader", MaxSessionDuration=3600, ManagedPolicyArns=[READ_ONLY])},
    )
    before = iam.get_role(RoleName="Reader")["Role"]["RoleId"]
    trust = json.loads(json.dumps(TRUST).replace("ec2.", "ecs-tasks."))
    rail = {"PolicyName": "Rail", "PolicyDocument": policy("s3:GetObject", effect="Deny")}
    changed = role("Reader", MaxSessionDuration=7200, Policies=[rail], Tags=[{"Key": "team", "Value": "web"}])
    changed["Properties"]["AssumeRolePolicyDocument"] = trust
    _update(cloudformation, {"Reader": changed})
    after = iam.get_role(RoleName="Reader")["Role"]
    assert (after["RoleId"], after["MaxSessionDuration"], after["AssumeRolePolicyDocument"]) == (before, 7200, trust)
    assert after["Tags"] == [{"Key": "team", "Value": "web"}]
    assert iam.list_role_policies(RoleName="Reader")["PolicyNames"] == ["Rail"]
    assert iam.list_attached_role_policies(RoleName="Reader")["AttachedPolicies"] == []
    assert status(cloudformation, "made") == "UPDATE_COMPLETE"


def test_the_same_again_is_no_update(aws: Aws) -> None:
    cloudformation = admin(aws)
    _create(cloudformation, {"Reader": role("Reader")})
    with refused("ValidationError", status=400, match=r"No updates are to be performed\."):
        _update(cloudformation, {"Reader": role("Reader")})
    given = {"StackName": "made", "ChangeSetName": "again", "TemplateBody": template({"Reader": role("Reader")})}
    cloudformation.create_change_set(**given, Capabilities=NAMED)
    described = cloudformation.describe_change_set(StackName="made", ChangeSetName="again")
    assert (described["Status"], described["StatusReason"], described["ExecutionStatus"]) == ("FAILED", NOTHING, "UNAVAILABLE")
    with refused("InvalidChangeSetStatus", status=400):
        cloudformation.execute_change_set(StackName="made", ChangeSetName="again")


def test_change_set_says_what_would_be_made_changed_replaced_and_removed(aws: Aws) -> None:
    cloudformation, iam = admin(aws), aws.admin_client("iam")
    before = {"Kept": role("Kept"), "Moved": role("Moved"), "Gone": role("Gone"), "On": _inline({"Ref": "Moved"})}
    _create(cloudformation, before)
    after = {"Kept": role("Kept", MaxSessionDuration=7200), "Moved": role("MovedTo"), "New": role("New"), "On": before["On"]}
    given = {"StackName": "made", "ChangeSetName": "next", "TemplateBody": template(after)}
    cloudformation.create_change_set(**given, Capabilities=NAMED)
    changes = [each["ResourceChange"] for each in cloudformation.describe_change_set(**given_names("next"))["Changes"]]
    seen = {each["LogicalResourceId"]: (each["Action"], each.get("Replacement")) for each in changes}
    assert seen == {
        "Kept": ("Modify", "False"),
        "Moved": ("Modify", "True"),
        "On": ("Modify", "True"),
        "New": ("Add", None),
        "Gone": ("Remove", None),
    }
    assert {"New", "MovedTo"}.isdisjoint(_roles(iam))
    cloudformation.execute_change_set(**given_names("next"))
    assert status(cloudformation, "made") == "UPDATE_COMPLETE"
    assert {"Gone", "Moved"}.isdisjoint(_roles(iam))
    assert iam.list_role_policies(RoleName="MovedTo")["PolicyNames"] == ["On"]
    assert cloudformation.list_change_sets(StackName="made")["Summaries"] == []


def given_names(change_set: str) -> dict[str, str]:
    return {"StackName": "made", "ChangeSetName": change_set}


def _inline(role_name: Any) -> dict[str, Any]:
    given = {"RoleName": role_name, "PolicyName": "On", "PolicyDocument": policy("s3:ListBucket")}
    return resource("AWS::IAM::RolePolicy", given)


def _roles(iam: Any) -> set[str]:
    return {each["RoleName"] for page in iam.get_paginator("list_roles").paginate() for each in page["Roles"]}


def test_failed_update_leaves_everything_as_it_was(aws: Aws) -> None:
    cloudformation, iam = admin(aws), aws.admin_client("iam")
    _create(cloudformation, {"Kept": role("Kept"), "Moved": role("Moved")})
    after = {
        "Kept": role("Kept", MaxSessionDuration=7200, ManagedPolicyArns=[READ_ONLY]),
        "Moved": role("MovedTo"),
        "New": role("New"),
        # Its name is taken, and it comes last.
        "Last": role("SekishoPortalRole") | {"DependsOn": ["Kept", "Moved", "New"]},
    }
    _update(cloudformation, after)
    assert status(cloudformation, "made") == "UPDATE_ROLLBACK_COMPLETE"
    assert "already exists" in reasons(cloudformation, "made")["Last"]
    assert {"Kept", "Moved"} <= _roles(iam)
    assert {"MovedTo", "New"}.isdisjoint(_roles(iam))
    assert iam.get_role(RoleName="Kept")["Role"]["MaxSessionDuration"] == 3600
    assert iam.list_attached_role_policies(RoleName="Kept")["AttachedPolicies"] == []
    _update(cloudformation, {"Kept": role("Kept", MaxSessionDuration=7200), "Moved": role("Moved")})
    assert status(cloudformation, "made") == "UPDATE_COMPLETE"


def test_half_made_role_is_taken_back_whole(aws: Aws) -> None:
    cloudformation, iam = admin(aws), aws.admin_client("iam")
    _create(cloudformation, {"Half": role("Half", ManagedPolicyArns=["arn:aws:iam::111111111111:policy/NotThere"])})
    assert status(cloudformation, "made") == "ROLLBACK_COMPLETE"
    assert "NotThere" in reasons(cloudformation, "made")["Half"]
    assert "Half" not in _roles(iam)
    with refused("ValidationError", status=400, match="ROLLBACK_COMPLETE state and can not be updated"):
        _update(cloudformation, {"Half": role("Half")})
    cloudformation.delete_stack(StackName="made")
    with refused("ValidationError", status=400, match="Stack with id made does not exist"):
        cloudformation.describe_stacks(StackName="made")


def test_what_must_be_kept_outlives_its_stack(aws: Aws) -> None:
    cloudformation, iam = admin(aws), aws.admin_client("iam")
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    _create(cloudformation, {"Kept": role("Kept") | kept, "Gone": role("Gone")})
    _update(cloudformation, {"Kept": role("KeptToo") | kept, "Gone": role("Gone")})
    assert {"Kept", "KeptToo"} <= _roles(iam)
    cloudformation.delete_stack(StackName="made")
    assert {"Kept", "KeptToo"} <= _roles(iam)
    assert "Gone" not in _roles(iam)


def test_protected_stack_is_not_deleted(aws: Aws) -> None:
    cloudformation = admin(aws)
    _create(cloudformation, {"Reader": role("Reader")}, EnableTerminationProtection=True)
    with refused("ValidationError", status=400, match="TerminationProtection"):
        cloudformation.delete_stack(StackName="made")
    cloudformation.update_termination_protection(StackName="made", EnableTerminationProtection=False)
    cloudformation.delete_stack(StackName="made")
    assert cloudformation.describe_stacks()["Stacks"] == []


def test_stack_that_cannot_be_deleted_says_what_is_left(aws: Aws) -> None:
    cloudformation, iam = admin(aws), aws.admin_client("iam")
    _create(cloudformation, {"Reader": role("Reader")})
    iam.put_role_policy(RoleName="Reader", PolicyName="ByHand", PolicyDocument=json.dumps(policy("s3:*")))
    cloudformation.delete_stack(StackName="made")
    assert status(cloudformation, "made") == "DELETE_FAILED"
    iam.delete_role_policy(RoleName="Reader", PolicyName="ByHand")
    cloudformation.delete_stack(StackName="made")
    assert "Reader" not in _roles(iam)


def test_oldest_of_five_versions_gives_way(aws: Aws) -> None:
    cloudformation, iam = admin(aws), aws.admin_client("iam")
    for number in range(7):
        rail = resource("AWS::IAM::ManagedPolicy", {"ManagedPolicyName": "Rail", "PolicyDocument": policy(f"s3:Get{number}")})
        (_update if number else _create)(cloudformation, {"Rail": rail})
    versions = iam.list_policy_versions(PolicyArn="arn:aws:iam::111111111111:policy/Rail")["Versions"]
    assert sorted(each["VersionId"] for each in versions) == ["v3", "v4", "v5", "v6", "v7"]
    cloudformation.delete_stack(StackName="made")
    assert status_of_deleted(cloudformation) == "DELETE_COMPLETE"


def status_of_deleted(cloudformation: Any) -> str:
    (found,) = cloudformation.list_stacks()["StackSummaries"]
    assert cloudformation.describe_stacks(StackName=found["StackId"])["Stacks"][0]["StackStatus"] == found["StackStatus"]
    return str(found["StackStatus"])


def test_service_role_makes_the_resources_and_its_boundary_refuses_a_template(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    boundary = {
        **policy("iam:*"),
        "Statement": [*policy("iam:*")["Statement"], *policy("iam:CreateUser", effect="Deny")["Statement"]],
    }
    arn = iam.create_policy(PolicyName="Bound", PolicyDocument=json.dumps(boundary))["Policy"]["Arn"]
    made = iam.create_role(RoleName="Deployer", AssumeRolePolicyDocument=SERVICE_TRUST, PermissionsBoundary=arn)["Role"]["Arn"]
    iam.put_role_policy(RoleName="Deployer", PolicyName="Everything", PolicyDocument=json.dumps(policy("*")))
    # Who asks may deploy, and pass the role: nothing else.
    cloudformation = _engineer(aws, "cloudformation:*", "iam:PassRole")
    _create(cloudformation, {"Made": role("Made")}, "with-role", RoleARN=made)
    assert status(cloudformation, "with-role") == "CREATE_COMPLETE"
    # The stack keeps its role: an update needs no leave to pass it on.
    _allow(aws, "cloudformation:*")
    _update(cloudformation, {"Made": role("Made"), "Thief": resource("AWS::IAM::User", {"UserName": "thief"})}, "with-role")
    assert status(cloudformation, "with-role") == "UPDATE_ROLLBACK_COMPLETE"
    assert "explicit deny in a permissions boundary" in reasons(cloudformation, "with-role")["Thief"]
    with refused("AccessDenied", status=403, match="iam:PassRole"):
        _create(cloudformation, {"Made": role("Second")}, "second", RoleARN=made)
    _create(cloudformation, {"Made": role("Second")}, "second")
    assert status(cloudformation, "second") == "ROLLBACK_COMPLETE"
    assert "iam:CreateRole" in reasons(cloudformation, "second")["Made"]
    events = aws.client("cloudtrail", key_id="AKIAADMINISTRATOR000", secret="the-administrators-secret", region="us-east-1")
    attribute = [{"AttributeKey": "EventName", "AttributeValue": "CreateRole"}]
    by = [json.loads(event["CloudTrailEvent"]) for event in events.lookup_events(LookupAttributes=attribute)["Events"]]
    assert {event["userIdentity"].get("invokedBy") for event in by if event.get("errorCode")} == {"cloudformation.amazonaws.com"}


def test_role_that_does_not_trust_cloudformation_is_refused(aws: Aws) -> None:
    made = aws.admin_client("iam").create_role(RoleName="Other", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    with refused("ValidationError", status=400, match="cannot be assumed"):
        _create(admin(aws), {"Made": role("Made")}, RoleARN=made)


def test_kind_that_is_not_carried_out_is_kept_as_declared_and_shown_so(aws: Aws) -> None:
    cloudformation = admin(aws)
    _create(cloudformation, {"Logs": resource("AWS::Logs::LogGroup", {"LogGroupName": "logs"}, DeletionPolicy="Retain")})
    (shown,) = cloudformation.describe_stack_resources(StackName="made")["StackResources"]
    assert shown["PhysicalResourceId"] == "logs"
    assert shown["ResourceStatusReason"] == "Kept as declared: the simulated AWS does not carry out AWS::Logs::LogGroup"


def test_right_to_what_is_not_carried_out_is_asked_all_the_same(aws: Aws) -> None:
    cloudformation = _engineer(aws, "cloudformation:*")
    function = resource("AWS::Lambda::Function", {"Role": "arn:aws:iam::111111111111:role/SekishoPortalRole"})
    network = resource("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})
    for name, made, action in (("f", function, "lambda:CreateFunction"), ("n", network, "ec2:CreateVpc")):
        _create(cloudformation, {"Made": made}, name)
        assert action in reasons(cloudformation, name)["Made"]
    _allow(aws, "cloudformation:*", "lambda:*")
    _create(cloudformation, {"Made": function}, "passes")
    assert "iam:PassRole" in reasons(cloudformation, "passes")["Made"]


def test_template_that_is_none_makes_no_stack(aws: Aws) -> None:
    cloudformation = admin(aws)
    with refused("ValidationError", status=400, match=r"Unrecognized resource types: \[AWS::Quantum::Teapot\]"):
        cloudformation.create_stack(StackName="made", TemplateBody=template({"A": resource("AWS::Quantum::Teapot", {})}))
    assert cloudformation.list_stacks()["StackSummaries"] == []


def test_iam_in_a_template_is_to_be_acknowledged(aws: Aws) -> None:
    cloudformation = admin(aws)
    with refused("InsufficientCapabilitiesException", status=400, match=r"\[CAPABILITY_NAMED_IAM\]"):
        cloudformation.create_stack(StackName="made", TemplateBody=template({"Reader": role("Reader")}))
    with refused("InsufficientCapabilitiesException", status=400, match=r"\[CAPABILITY_IAM\]"):
        cloudformation.create_stack(StackName="made", TemplateBody=template({"Reader": role()}))
    cloudformation.create_stack(StackName="made", TemplateBody=template({"Reader": role()}), Capabilities=["CAPABILITY_IAM"])
    (made,) = cloudformation.list_stack_resources(StackName="made")["StackResourceSummaries"]
    assert made["PhysicalResourceId"].startswith("made-Reader-")


def test_property_that_a_kind_has_not_fails_the_stack(aws: Aws) -> None:
    cloudformation = admin(aws)
    _create(cloudformation, {"Reader": role("Reader", Colour="blue")})
    assert reasons(cloudformation, "made")["Reader"] == "Encountered unsupported property Colour"
    assert status(cloudformation, "made") == "ROLLBACK_COMPLETE"


def test_people_and_their_groups_by_a_template(aws: Aws) -> None:
    cloudformation, iam = admin(aws), aws.admin_client("iam")
    resources = {
        "Who": resource("AWS::IAM::User", {"UserName": "who", "Groups": ["MemberGroup"]}),
        "Key": resource("AWS::IAM::AccessKey", {"UserName": {"Ref": "Who"}}),
        "More": resource("AWS::IAM::UserToGroupAddition", {"GroupName": "AuditorGroup", "Users": [{"Ref": "Who"}]}),
        "On": resource(
            "AWS::IAM::Policy",
            {"PolicyName": "On", "PolicyDocument": policy("s3:ListBucket"), "Users": [{"Ref": "Who"}], "Groups": ["MemberGroup"]},
        ),
        "Host": resource("AWS::IAM::InstanceProfile", {"InstanceProfileName": "host", "Roles": [{"Ref": "Runs"}]}),
        "Runs": role("Runs"),
    }
    _create(cloudformation, resources)
    assert status(cloudformation, "made") == "CREATE_COMPLETE"
    groups = iam.list_groups_for_user(UserName="who")["Groups"]
    assert {group["GroupName"] for group in groups} == {"MemberGroup", "AuditorGroup"}
    assert len(iam.list_access_keys(UserName="who")["AccessKeyMetadata"]) == 1
    assert "On" in iam.list_group_policies(GroupName="MemberGroup")["PolicyNames"]
    assert iam.get_instance_profile(InstanceProfileName="host")["InstanceProfile"]["Roles"][0]["RoleName"] == "Runs"
    cloudformation.delete_stack(StackName="made")
    assert "who" not in {user["UserName"] for user in iam.list_users()["Users"]}
    assert "On" not in iam.list_group_policies(GroupName="MemberGroup")["PolicyNames"]
