"""The account design of the demo's company: rendered, deployed into an empty organisation, and what is there then."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from django.core.management import CommandError, call_command

from access_requests.models import AwsAccount
from portal.iam import boundaries
from portal.iam.session_gate import SESSION_GATE_NAME
from portal.simulated_aws import company_directory
from portal.simulated_aws.company import ACCOUNTS, ADMIN_ROLE, ADMIN_USER
from portal.simulated_aws.company import first_day as company_on_its_first_day
from portal.simulated_aws.world import World
from tests.simulated_aws.cloudformation.deploying import NAMED, deploy_file
from tests.stand_ins.aws import ADMIN_KEY, PORTAL_KEY, Aws, Switched

ROOT = Path(__file__).parents[4]
DEMO = ROOT / "portal/demo/catalogue.yaml"
DECLARED = ROOT / "portal/simulated_aws/account_design.yaml"
COMMITTED = ROOT / "docs/examples/account-design"
TARGET = "r-ab12"
GIVEN = {"OrganizationId": "o-abcdefghij", "ManagementAccountId": ACCOUNTS["jump"], "TargetIds": TARGET}
# Made by Organizations and by Identity Center.
OF_OTHERS = {ADMIN_ROLE, company_directory.ROLE}


def render(folder: Path, *options: str, catalogue: Path | None = DEMO) -> str:
    """Render a catalogue's file, and where none is named the catalogue that is loaded."""
    said, file = io.StringIO(), ["--catalogue", str(catalogue)] if catalogue else []
    call_command("render_account_design", str(folder), "--design", str(DECLARED), *file, *options, stdout=said)
    return said.getvalue()


@pytest.fixture
def company(db: None, portal_in_aws: Aws) -> Aws:
    """Return AWS with the company whose catalogue is loaded."""
    call_command("load_catalogue", DEMO, stdout=io.StringIO())
    return portal_in_aws


def first_day() -> World:
    """Return accounts in which nobody but their administrators has been."""
    return World.parsed(company_on_its_first_day(admin_key=ADMIN_KEY, portal_key=PORTAL_KEY))


def client(aws: Aws, service: str, account: str) -> Any:
    """Return a client of the account's administrator."""
    arn = f"arn:aws:iam::{ACCOUNTS[account]}:role/{ADMIN_ROLE}"
    given = aws.admin_client("sts").assume_role(RoleArn=arn, RoleSessionName="admin")["Credentials"]
    return Switched(aws, given).client(service)


def deploy(aws: Aws, folder: Path) -> None:
    for file in sorted(folder.glob("*.yaml"), key=lambda file: (file.stem != "jump", file.stem)):
        cloudformation = client(aws, "cloudformation", _account_of(file))
        parameters = [{"ParameterKey": name, "ParameterValue": GIVEN[name]} for name in _unanswered(file)]
        cloudformation.create_stack(
            StackName=f"sekisho-{file.stem}",
            TemplateBody=file.read_text(),
            Parameters=parameters,
            Capabilities=NAMED,
        )
        (stack,) = cloudformation.describe_stacks(StackName=f"sekisho-{file.stem}")["Stacks"]
        events = cloudformation.describe_stack_events(StackName=f"sekisho-{file.stem}")["StackEvents"]
        failed = [event.get("ResourceStatusReason") for event in events if event["ResourceStatus"].endswith("FAILED")]
        assert (stack["StackStatus"], failed) == ("CREATE_COMPLETE", []), file.name


def _account_of(file: Path) -> str:
    """Return the account that a template is deployed into; the organisation's is administered by Jump here."""
    return file.stem if file.stem in ACCOUNTS else "jump"


def _unanswered(file: Path) -> list[str]:
    parameters: Mapping[str, Any] = yaml.safe_load(file.read_text()).get("Parameters", {})
    return [name for name, declared in parameters.items() if "Default" not in declared]


def there(aws: Aws, account: str) -> dict[str, Any]:
    """Return groups, roles and own policies of an account, each in one form whichever way its documents are written."""
    iam = client(aws, "iam", account)
    pages = list(iam.get_paginator("get_account_authorization_details").paginate())
    documents = {
        policy["Arn"]: _plain(version["Document"])
        for page in pages
        for policy in page["Policies"]
        for version in policy["PolicyVersionList"]
        if version["IsDefaultVersion"] and f":{ACCOUNTS[account]}:" in policy["Arn"]
    }
    roles = {role["Arn"]: _role(role) for page in pages for role in page["RoleDetailList"] if role["RoleName"] not in OF_OTHERS}
    seconds = {arn: iam.get_role(RoleName=arn.rpartition("/")[2])["Role"]["MaxSessionDuration"] for arn in roles}
    groups = {group["Arn"]: _carried(group, "GroupPolicyList") for page in pages for group in page["GroupDetailList"]}
    # Who remembers a role or a group by its id finds the same one.
    ids = {role["Arn"]: role["RoleId"] for page in pages for role in page["RoleDetailList"] if role["Arn"] in roles}
    ids |= {group["Arn"]: group["GroupId"] for page in pages for group in page["GroupDetailList"]}
    return {"policies": documents, "roles": roles, "seconds": seconds, "groups": groups, "ids": ids}


def _role(role: Any) -> dict[str, Any]:
    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return {**_carried(role, "RolePolicyList"), "trust": _plain(role["AssumeRolePolicyDocument"]), "boundary": boundary}


def _carried(holder: Any, inline: str) -> dict[str, Any]:
    attached = sorted(policy["PolicyArn"] for policy in holder["AttachedManagedPolicies"])
    return {"attached": attached, **{each["PolicyName"]: _plain(each["PolicyDocument"]) for each in holder[inline]}}


def _plain(document: Any) -> Any:
    """Return the document with a list of one as the value itself, and lists in order."""
    if isinstance(document, str):
        try:
            return _plain(json.loads(unquote(document)))
        except ValueError:
            return document
    if isinstance(document, list):
        values = sorted((_plain(each) for each in document), key=json.dumps)
        return values[0] if len(values) == 1 else values
    if isinstance(document, dict):
        return {key: _plain(value) for key, value in sorted(document.items()) if key != "Sid"}
    return document


def test_what_tests_take_for_the_company_is_what_its_stacks_make(aws: Aws, tmp_path: Path) -> None:
    render(tmp_path)
    wanted = {account: there(aws, account) for account in ACCOUNTS}
    aws.rebuild(first_day())
    deploy(aws, tmp_path)
    for account in ACCOUNTS:
        found = there(aws, account)
        assert wanted[account]["roles"], account
        for kind, things in wanted[account].items():
            assert found[kind] == things, f"{kind} of {account}"


def test_stacks_of_every_template_are_changed_by_what_is_new_alone_and_leave_what_must_be_kept(aws: Aws, tmp_path: Path) -> None:
    render(tmp_path)
    aws.rebuild(first_day())
    deploy(aws, tmp_path)
    kept: dict[str, list[str]] = {}
    for file in tmp_path.glob("*.yaml"):
        name, cloudformation = f"sekisho-{file.stem}", client(aws, "cloudformation", _account_of(file))
        given = [{"ParameterKey": key, "UsePreviousValue": True} for key in _unanswered(file)]
        asked = {"StackName": name, "ChangeSetName": "again", "TemplateBody": file.read_text(), "Parameters": given}
        cloudformation.create_change_set(**asked, Capabilities=NAMED)
        again = cloudformation.describe_change_set(StackName=name, ChangeSetName="again")
        assert (again["Status"], again["Changes"]) == ("FAILED", []), name
        arn = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        cloudformation.delete_stack(StackName=name)
        assert cloudformation.describe_stacks(StackName=arn)["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE", name
        events = cloudformation.describe_stack_events(StackName=arn)["StackEvents"]
        kept[file.stem] = sorted(each["ResourceType"] for each in events if each["ResourceStatus"] == "DELETE_SKIPPED")
    # Logs, their key and what the organisation refuses outlive their stacks; groups and roles, which can be made again, do not.
    logs = ["AWS::CloudTrail::Trail", "AWS::KMS::Key", "AWS::S3::Bucket", "AWS::S3::BucketPolicy"]
    assert {name: kinds for name, kinds in kept.items() if kinds} == {
        "log-archive": logs,
        "organisation": ["AWS::Organizations::Policy"] * 2,
    }


def test_changed_template_arrives_and_one_that_fails_is_rolled_back(aws: Aws, tmp_path: Path) -> None:
    render(tmp_path, "--account", "production")
    aws.rebuild(first_day())
    deploy(aws, tmp_path)
    cloudformation, iam = client(aws, "cloudformation", "production"), client(aws, "iam", "production")
    template = yaml.safe_load((tmp_path / "production.yaml").read_text())
    role, policy = (template["Resources"][name]["Properties"] for name in ("ProdMemberRole", "ProdMemberRoleOperate"))
    role["MaxSessionDuration"] = 7_200
    role["AssumeRolePolicyDocument"]["Statement"][0]["Sid"] = "People"
    policy["PolicyDocument"]["Statement"][0]["Action"] = ["ssm:StartSession"]
    enforcing = [
        {"ParameterKey": "RulesBucket", "ParameterValue": "sekisho-guard-444444444444"},
        {"ParameterKey": "HookMode", "ParameterValue": "FAIL"},
    ]
    given = {"StackName": "sekisho-production", "Capabilities": NAMED, "Parameters": enforcing}
    cloudformation.update_stack(TemplateBody=json.dumps(template), **given)
    found = iam.get_role(RoleName="Prod_MemberRole")["Role"]
    assert (found["MaxSessionDuration"], found["AssumeRolePolicyDocument"]["Statement"][0]["Sid"]) == (7_200, "People")
    operate = iam.get_role_policy(RoleName="Prod_MemberRole", PolicyName="Operate")["PolicyDocument"]
    assert operate["Statement"][0]["Action"] == ["ssm:StartSession"]
    (hook,) = cloudformation.describe_stack_resources(StackName=given["StackName"], LogicalResourceId="GuardHook")[
        "StackResources"
    ]
    assert "Kept as declared" in hook["ResourceStatusReason"]
    role["MaxSessionDuration"] = 3_600
    template["Resources"]["Taken"] = {"Type": "AWS::IAM::Role", "DependsOn": "ProdMemberRole", "Properties": dict(role)}
    cloudformation.update_stack(TemplateBody=json.dumps(template), **given)
    (stack,) = cloudformation.describe_stacks(StackName=given["StackName"])["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert iam.get_role(RoleName="Prod_MemberRole")["Role"]["MaxSessionDuration"] == 7_200


@pytest.mark.exhaustive
def test_command_line_deploys_every_template_and_changes_nothing_the_second_time(aws: Aws, tmp_path: Path) -> None:
    render(tmp_path)
    aws.rebuild(first_day())
    files = sorted(tmp_path.glob("*.yaml"), key=lambda file: (file.stem != "jump", file.stem))
    for says in ("Successfully created/updated stack", "No changes to deploy"):
        for file in files:
            overrides = ["--parameter-overrides", f"file://{_filled(file)}"] if _unanswered(file) else []
            options = ("--no-fail-on-empty-changeset", *overrides)
            outcome = deploy_file(aws, file, *options, stack=f"sekisho-{file.stem}", keys=_keys(aws, _account_of(file)))
            assert (outcome.returncode, says in outcome.stdout) == (0, True), (file.name, outcome.stdout, outcome.stderr)


def _filled(file: Path) -> Path:
    """Return the file of parameters, its blanks filled in."""
    found = file.with_name(f"{file.stem}.parameters.json")
    named = (line.partition("=") for line in json.loads(found.read_text()))
    found.write_text(json.dumps([f"{name}={value or GIVEN.get(name, '')}" for name, _, value in named]))
    return found


def _keys(aws: Aws, account: str) -> dict[str, str]:
    arn = f"arn:aws:iam::{ACCOUNTS[account]}:role/{ADMIN_ROLE}"
    given: Mapping[str, Any] = aws.admin_client("sts").assume_role(RoleArn=arn, RoleSessionName="admin")["Credentials"]
    names = {"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey", "AWS_SESSION_TOKEN": "SessionToken"}
    return {name: given[key] for name, key in names.items()}


def test_render_that_is_committed_is_what_the_demos_catalogue_gives(company: Aws, tmp_path: Path) -> None:
    """Written by `python manage.py render_account_design docs/examples/account-design --catalogue … --design …`."""
    render(tmp_path, catalogue=None)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(file.name for file in COMMITTED.iterdir())
    for file in tmp_path.iterdir():
        assert (COMMITTED / file.name).read_text() == file.read_text(), file.name


def test_catalogue_that_is_not_loaded_yet_gives_the_same(tmp_path: Path) -> None:
    """A load asks for the roles that these templates make, so that a company renders before it loads."""
    render(tmp_path)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        file.name: file.read_text() for file in COMMITTED.iterdir()
    }


def test_templates_hold_nothing_that_the_portal_or_people_write(tmp_path: Path) -> None:
    render(tmp_path)
    for file in tmp_path.glob("*.yaml"):
        for name, resource in yaml.safe_load(file.read_text())["Resources"].items():
            where = f"{file.name} {name}"
            assert resource["Type"] not in ("AWS::IAM::User", "AWS::IAM::UserToGroupAddition", "AWS::IAM::Policy"), where
            assert not {"Tags", "Policies"} & resource["Properties"].keys(), where
        assert len(file.read_bytes()) <= 51_200


def test_role_that_is_replaced_is_shut(tmp_path: Path) -> None:
    """The gate at rest is in the template: a stack that makes the role anew makes it with its gate."""
    render(tmp_path, "--account", "production")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["production.parameters.json", "production.yaml"]
    resources = yaml.safe_load((tmp_path / "production.yaml").read_text())["Resources"]
    gated = [each["Properties"] for each in resources.values() if each["Properties"].get("PolicyName") == SESSION_GATE_NAME]
    gates = {properties["RoleName"]["Ref"] for properties in gated}
    assert gates == {"ProdLeaderRole", "ProdMemberRole", "ProdChangeRole", "ProdAutomationRole"}
    assert resources["CloudFormationRole"]["Properties"]["PermissionsBoundary"] == {"Ref": "SekishoDeployBoundary"}


def test_account_whose_template_is_too_long_is_cut_by_role(tmp_path: Path) -> None:
    roles = "".join(f"      Prod_Team{number}Role: member\n" for number in range(30))
    larger = tmp_path / "larger"
    larger.write_text(DEMO.read_text().replace("      Prod_LeaderRole:\n", f"{roles}      Prod_LeaderRole:\n"))
    render(tmp_path, "--account", "production", catalogue=larger)
    larger.unlink()
    names = {file.name for file in tmp_path.iterdir()}
    assert {"production.yaml", "production-Prod_MemberRole.yaml", "production-Prod_Team29Role.yaml"} <= names
    assert all(len(file.read_bytes()) <= 51_200 for file in tmp_path.iterdir())
    assert boundaries.WORK in yaml.safe_load((tmp_path / "production.yaml").read_text())["Resources"]


def test_what_cannot_be_rendered_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="has no account space"):
        render(tmp_path, "--account", "space")
    with pytest.raises(CommandError, match="ACCOUNT_DESIGN_FILE"):
        call_command("render_account_design", str(tmp_path), "--catalogue", str(DEMO))
    broken, free = tmp_path / "broken.yaml", "account: a, who: b, why: c, owner: d"
    with pytest.raises(CommandError, match="cannot be read"):
        render(tmp_path, catalogue=broken)
    broken.write_text("accounts: {jump: {id: 1}}")
    with pytest.raises(CommandError, match=r"broken\.yaml:1: accounts\.jump: the field"):
        render(tmp_path, catalogue=broken)
    for text, words in (
        ("hosts: [a]\nhost: b\n", "unknown: host"),
        ("administrators: [a]\n", "hosts"),
        ("hosts: [a]\nexceptions: [{rail: DenyBilling}]\n", "exception 1 has account"),
        (
            f"hosts: [a]\nexceptions: [{{rail: DenyAll, {free}, until: 2030-01-01}}]\n",
            "no rail DenyAll",
        ),
        (f"hosts: [a]\nexceptions: [{{rail: DenyBilling, {free}, until: soon}}]\n", "until is a date"),
    ):
        broken.write_text(text)
        with pytest.raises(CommandError, match=words):
            call_command("render_account_design", str(tmp_path), "--catalogue", str(DEMO), "--design", str(broken))


def test_check_finds_nothing_where_aws_is_as_the_catalogue_says(company: Aws, tmp_path: Path) -> None:
    render(tmp_path)
    assert render(tmp_path, "--check", catalogue=None) == "no differences\n"


def test_check_says_what_it_could_not_read(company: Aws, tmp_path: Path) -> None:
    AwsAccount.objects.filter(key__in=("audit", "billing")).update(gate_role="", gate_role_arn="")
    render(tmp_path, catalogue=None)
    said = render(tmp_path, "--check", catalogue=None)
    assert "quotas as AWS documents them, since they could not be read: audit, billing\n" in said
    assert said.endswith("no differences\n")
    assert [line for line in said.splitlines() if "not compared" in line] == [
        f"{account}: not compared: the portal has no role there to ask by" for account in ("audit", "billing")
    ]


def test_portal_only_reads_where_no_work_group_leads(company: Aws) -> None:
    for account, writes in (("production", True), ("billing", False), ("log-archive", False), ("audit", False)):
        policy = client(company, "iam", account).get_policy_version(
            PolicyArn=f"arn:aws:iam::{ACCOUNTS[account]}:policy/sekisho/SekishoGate", VersionId="v1"
        )["PolicyVersion"]["Document"]
        assert ("iam:PutRolePolicy" in json.dumps(policy)) is writes, account
        assert "iam:GetAccountAuthorizationDetails" in json.dumps(policy), account


def test_check_says_what_was_changed_by_hand_and_by_whom(company: Aws, tmp_path: Path) -> None:
    render(tmp_path)
    iam, jump = client(company, "iam", "production"), company.admin_client("iam")
    rail = f"arn:aws:iam::{ACCOUNTS['production']}:policy/sekisho/rails/SekishoRails1"
    everything = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    anybody = json.dumps(first_day().accounts[0].roles[0].trust)
    iam.detach_role_policy(RoleName="Prod_ReadOnlyRole", PolicyArn=rail)
    iam.put_role_policy(RoleName="Prod_MemberRole", PolicyName="Iam", PolicyDocument=everything)
    iam.put_role_policy(RoleName="Prod_MemberRole", PolicyName="More", PolicyDocument=everything)
    iam.update_assume_role_policy(RoleName="Prod_LeaderRole", PolicyDocument=anybody)
    iam.delete_role_permissions_boundary(RoleName="Prod_LeaderRole")
    iam.update_role(RoleName="Prod_ChangeRole", MaxSessionDuration=43_200)
    iam.create_policy_version(PolicyArn=rail, PolicyDocument=everything, SetAsDefault=True)
    jump.put_group_policy(GroupName="MemberGroup", PolicyName="More", PolicyDocument=everything)
    (tmp_path / "jump.yaml").write_text("Resources: {}")
    said = io.StringIO()
    with pytest.raises(CommandError, match="9 differences"):
        call_command("render_account_design", str(tmp_path), "--design", str(DECLARED), "--check", stdout=said)
    told = [line for line in said.getvalue().splitlines() if "not compared" not in line and not line.startswith("quotas ")]
    found = {line.partition(" (")[0] for line in told}
    boundary = f"arn:aws:iam::{ACCOUNTS['production']}:policy/sekisho/SekishoWorkRoleBoundary"
    assert found == {
        "jump.yaml: the file is not what the catalogue gives now",
        "jump: MemberGroup has More besides",
        f"production: {rail} says something else",
        f"production: Prod_ReadOnlyRole lacks {rail}",
        "production: Prod_MemberRole has another Iam",
        "production: Prod_MemberRole has More besides",
        "production: Prod_LeaderRole trusts others",
        "production: Prod_ChangeRole lets sessions last 43200 seconds, not 14400",
        f"production: Prod_LeaderRole has the boundary -, not {boundary}",
    }
    by = [line for line in said.getvalue().splitlines() if f"assumed-role/{ADMIN_ROLE}/admin at 20" in line]
    assert len(by) == 7
    assert f"(arn:aws:iam::{ACCOUNTS['jump']}:user/{ADMIN_USER} at 20" in said.getvalue()


def test_exception_that_is_over_is_told_and_is_none(tmp_path: Path) -> None:
    over = tmp_path / "design.yaml"
    over.write_text(DECLARED.read_text().replace("until: 2030-03-31", "until: 2020-03-31"))
    said = io.StringIO()
    arguments = [str(tmp_path / "out"), "--catalogue", str(DEMO), "--design", str(over)]
    call_command("render_account_design", *arguments, stdout=said)
    assert "warning: the exception of Billing_AdminRole from DenyBilling is over: the rail holds again" in said.getvalue()
    assert "WithoutBilling" not in (tmp_path / "out" / "billing.yaml").read_text()
