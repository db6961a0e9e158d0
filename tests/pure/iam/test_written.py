"""Policies out of files: JSON and YAML with places, templates with their functions, and plans of Terraform."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portal.iam.statements import Kind
from portal.iam.written import intrinsics
from portal.iam.written.files import policies_of
from portal.iam.written.nodes import Place
from portal.iam.written.policies import File
from portal.iam.written.reading import Unreadable, read, read_json
from tests.pure.iam.checked import allow, checked, policy, said

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)
DESIGN = Path(__file__).parents[3] / "docs" / "examples" / "account-design"
OPEN = {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}


@given(VALUES, st.sampled_from([None, 2]), st.booleans())
def test_json_is_read_as_by_the_library(value: Any, indent: int | None, ascii_only: bool) -> None:  # noqa: FBT001
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert read_json(text).plain() == value


@given(st.text(max_size=60) | st.text(alphabet='{}[]",:0 \\\n-e.', max_size=60))
def test_whatever_a_file_says_is_read_or_refused(text: str) -> None:
    try:
        policies_of(text)
    except Unreadable:
        return


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ('{\n  "a": 1,\n}', 3, 1, '"'),
        ('{"a" 1}', 1, 6, ":"),
        ('{"a": [1 2]}', 1, 10, ","),
        ('{"a": nul}', 1, 7, "value"),
        ('{"a": 1} x', 1, 10, "follows"),
        ('{"a": "\n"}', 1, 8, "control"),
        ('{"a": 1', 1, 8, ","),
        ("a: [1", 1, 6, "expected"),
        ("a: &x *y", 1, 7, "alias"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert words in refused.value.words
    assert refused.value.place is not None
    assert refused.value.place.line == line
    assert abs(refused.value.place.column - column) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing",
        "a: 1\n---\nb: 2",
        "just words",
        "[1, 2]",
        '{"a": 1}',
        "[" * 100_000,
        "{a: " * 3000,
        "!!python/object:x {}",
    ],
)
def test_what_is_neither_policy_nor_template_nor_plan_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        policies_of(text)


def test_few_lines_that_stand_for_very_much_are_refused() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    with pytest.raises(Unreadable, match="too many parts"):
        read(bomb)


def test_places_count_from_one_in_json_and_in_yaml() -> None:
    for text in ('{\n  "a": [\n    true\n  ]\n}', "\na:\n  - true"):
        node = read(text).get("a")
        assert node is not None
        assert node.listed()[0].value is True
        assert node.listed()[0].place == Place(line=3, column=5)


def test_yaml_keeps_dates_and_numbers_of_accounts_as_texts() -> None:
    text = "v: 2012-10-17\na: 012345678901\nb: 7\nc: yes\nd: ~"
    assert read(text).plain() == {
        "v": "2012-10-17", "a": "012345678901", "b": 7, "c": True, "d": None
    }  # fmt: skip


def template(body: str, *, more: str = "") -> str:
    lines = "\n".join(f"          {line}" for line in body.strip("\n").splitlines())
    head = "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Statement:\n"
    return f"{head}{lines}\n{more}"


def resources(text: str, **given: Any) -> list[str]:
    file = policies_of(text, **given)
    (holder,) = (holder for holder in file.holders if holder.policies)
    statement = holder.policies[0].policy().document["Statement"]
    first = statement[0] if isinstance(statement, list) else statement
    found = first["Resource"]
    return found if isinstance(found, list) else [found]


FUNCTIONS = """
Parameters:
  Name: {Type: String, Default: logs}
  Untold: {Type: String}
  Several: {Type: CommaDelimitedList, Default: "a, b"}
Mappings:
  Stages: {prod: {bucket: prod-logs}}
"""
RESOLVED: dict[str, tuple[str, list[str]]] = {
    "a parameter's default": ("!Ref Name", ["logs"]),
    "a list of a parameter": ("!Ref Several", ["a", "b"]),
    "the account": ("!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/x'", ["arn:aws:iam::000000000000:role/x"]),
    "a text with parameters": ("!Sub 'arn:aws:s3:::${Name}/*'", ["arn:aws:s3:::logs/*"]),
    "a text with values of its own": ("{'Fn::Sub': ['arn:aws:s3:::${X}/*', {X: !Ref Name}]}", ["arn:aws:s3:::logs/*"]),
    "a policy's own variable": ("!Sub 'arn:aws:s3:::${Name}/${!aws:username}'", ["arn:aws:s3:::logs/${aws:username}"]),
    "joined parts": ("!Join ['', ['arn:aws:s3:::', !Ref Name, '/*']]", ["arn:aws:s3:::logs/*"]),
    "one of several": ("!Select [1, !Split ['-', 'a-b-c']]", ["b"]),
    "one of a parameter's": ("!Select [0, !Ref Several]", ["a"]),
    "a map": ("!FindInMap [Stages, prod, bucket]", ["prod-logs"]),
    "either of two": ("[!If [C, 'arn:aws:s3:::a', 'arn:aws:s3:::b']]", ["arn:aws:s3:::a", "arn:aws:s3:::b"]),
    "either of two that are the same": ("!If [C, 'arn:aws:s3:::a', 'arn:aws:s3:::a']", ["arn:aws:s3:::a"]),
    "something or nothing": ("[!If [C, 'arn:aws:s3:::a', !Ref 'AWS::NoValue']]", ["arn:aws:s3:::a"]),
    "a role of the template": ("!GetAtt Role.Arn", ["arn:aws:iam::000000000000:role/app/web"]),
    "a bucket of the template": ("!Sub '${Bucket.Arn}/*'", ["arn:aws:s3:::data/*"]),
}  # fmt: skip
MORE = """
  Role: {Type: 'AWS::IAM::Role', Properties: {RoleName: web, Path: /app/}}
  Bucket: {Type: 'AWS::S3::Bucket', Properties: {BucketName: data}}
"""


@pytest.mark.parametrize("name", list(RESOLVED))
def test_function_is_resolved_as_cloudformation_does(name: str) -> None:
    written, expected = RESOLVED[name]
    text = template(f"- Effect: Allow\n  Action: s3:GetObject\n  Resource: {written}", more=MORE) + FUNCTIONS
    assert resources(text) == expected
    assert policies_of(text).left == []


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("!Ref Untold", "the parameter Untold has no default"),
        ("!ImportValue other-stack", "another stack"),
        ("!GetAZs ''", "Fn::GetAZs"),
        ("!Select [7, !Ref Several]", "Fn::Select"),
        ("!FindInMap [Stages, none, bucket]", "Fn::FindInMap"),
        ("!If [C, {a: b}, {c: d}]", "Fn::If"),
    ],
)
def test_what_a_template_does_not_tell_is_said_with_its_line(written: str, words: str) -> None:
    text = template(f"- Effect: Allow\n  Action: s3:GetObject\n  Resource: {written}", more=MORE) + FUNCTIONS
    (left,) = (each for each in checked(text) if each.rule == "unresolved")
    assert words in left.sentence
    assert left.place.line == 9
    assert said(text) == []


def test_parameter_that_is_given_wins_over_the_default() -> None:
    text = template("- Effect: Allow\n  Action: s3:GetObject\n  Resource: !Ref Name") + FUNCTIONS
    assert resources(text, parameters={"Name": "arn:aws:s3:::x"}) == ["arn:aws:s3:::x"]


def test_template_is_the_same_in_yaml_and_in_json() -> None:
    text = template("- Effect: Allow\n  Action: ec2:*\n  Resource: {'Fn::Sub': 'arn:aws:s3:::${Name}/*'}") + FUNCTIONS
    as_json = json.dumps(yaml.safe_load(text), indent=1)
    assert [rule for rule, _line in said(text)] == [rule for rule, _line in said(as_json)] == ["wildcard-action"]


def test_statements_of_both_sides_of_a_condition_are_checked() -> None:
    text = template("- !If [C, {Effect: Allow, Action: 'ec2:*', Resource: '*'}, {Effect: Allow, Action: 's3:*', Resource: '*'}]")
    assert said(text) == [("wildcard-action", 7), ("wildcard-action", 7)]


def held(file: File) -> dict[str, list[str]]:
    return {
        holder.name.partition(" ")[0]: [written.name.partition(" ")[0] for written in holder.policies] for holder in file.holders
    }


TOGETHER = """
Resources:
  Web:
    Type: AWS::IAM::Role
    Properties:
      RoleName: web
      AssumeRolePolicyDocument: {Statement: {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}}
      ManagedPolicyArns: [!Ref Shared, 'arn:aws:iam::aws:policy/ReadOnlyAccess']
      PermissionsBoundary: !Ref Limit
      Policies: [{PolicyName: own, PolicyDocument: {Statement: {Effect: Allow, Action: 's3:GetObject', Resource: '*'}}}]
  Shared:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: {Effect: Allow, Action: 's3:PutObject', Resource: '*'}}}
  Limit:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: {Effect: Allow, Action: '*', Resource: '*'}}}
  More:
    Type: AWS::IAM::RolePolicy
    Properties:
      RoleName: web
      PolicyName: m
      PolicyDocument: {Statement: {Effect: Allow, Action: 's3:ListBucket', Resource: '*'}}
  Team:
    Type: AWS::IAM::Policy
    Properties:
      Groups: [elsewhere]
      PolicyName: t
      PolicyDocument: {Statement: {Effect: Allow, Action: 'sqs:Send*', Resource: '*'}}
  Key:
    Type: AWS::KMS::Key
    Properties: {KeyPolicy: {Statement: {Effect: Allow, Principal: {AWS: '*'}, Action: 'kms:*', Resource: '*'}}}
"""


def test_policies_of_a_template_are_given_to_who_carries_them() -> None:
    file = policies_of(TOGETHER)
    assert held(file) == {"Web": ["Web", "More", "Shared"], "Team": ["Team"]}
    web = file.holders[0]
    assert [one.arn.text for one in web.attached] == ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    assert web.boundary is not None
    assert web.boundary.name.startswith("Limit")
    assert [(one.kind, one.is_limit) for one in file.others] == [(Kind.RESOURCE, False), (Kind.IDENTITY, True)]


def test_boundary_gives_nothing_and_a_key_that_is_open_is_found() -> None:
    assert said(TOGETHER) == [("open-to-everyone", 31)]


BOUND = """
Resources:
  Team:
    Type: AWS::IAM::Group
    Properties: {{ManagedPolicyArns: [{attached}]}}
  Web:
    Type: AWS::IAM::Role
    Properties:
      PermissionsBoundary: {boundary}
      ManagedPolicyArns: [{attached}]
      Policies: [{{PolicyName: own, PolicyDocument: {{Statement: {{Effect: Allow, Action: '*', Resource: '*'}}}}}}]
  Limit:
    Type: AWS::IAM::ManagedPolicy
    Properties: {{PolicyDocument: {{Statement: {{Effect: Allow, Action: 's3:Get*', Resource: '*'}}}}}}
"""
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
READER = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.mark.parametrize("boundary", [ADMINISTRATOR, "arn:aws:iam::111111111111:policy/Elsewhere", "!ImportValue Limit"])
def test_boundary_that_the_file_does_not_hold_silences_no_finding(boundary: str) -> None:
    by_itself = BOUND.format(boundary=boundary, attached=READER)
    assert [rule for rule, _line in said(by_itself)] == ["administrator"]
    attached = BOUND.format(boundary=boundary, attached=ADMINISTRATOR).replace("Action: '*'", "Action: 's3:GetObject'")
    assert [rule for rule, _line in said(attached)] == ["administrator"] * 2


def test_boundary_in_the_file_keeps_what_it_leaves_out() -> None:
    assert said(BOUND.format(boundary="!Ref Limit", attached=READER)) == []
    assert [rule for rule, _line in said(BOUND.format(boundary="!Ref Limit", attached=ADMINISTRATOR))] == ["administrator"]


def plan(*values: dict[str, Any], **more: Any) -> str:
    return json.dumps({"format_version": "1.2", "planned_values": {"root_module": {"resources": list(values)}}, **more}, indent=1)


def resource(kind: str, called: str, /, **values: Any) -> dict[str, Any]:
    return {"address": f"{kind}.{called}", "mode": "managed", "type": kind, "name": called, "values": values}


def document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


SWITCH = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}


def test_policies_of_a_plan_are_given_to_who_carries_them() -> None:
    text = plan(
        resource("aws_iam_role", "web", name="web", assume_role_policy=document(**SWITCH)),
        resource("aws_iam_role_policy", "more", role="web", policy=document(**OPEN)),
        resource("aws_iam_policy", "alone", arn=None, policy=document(**OPEN)),
        resource("aws_iam_role_policy_attachment", "admin", role="web", policy_arn="arn:aws:iam::aws:policy/AdministratorAccess"),
        resource("aws_s3_bucket_policy", "b", policy=document(Effect="Allow", Principal="*", Action="s3:*", Resource="*")),
        {**resource("aws_iam_policy", "read", policy=document(**allow("*", "*"))), "mode": "data"},
    )
    assert held(policies_of(text)) == {
        "aws_iam_role.web": ["aws_iam_role_policy.more"],
        "aws_iam_policy.alone": ["aws_iam_policy.alone"],
    }
    rules = sorted(rule for rule, _line in said(text))
    assert rules == ["administrator", "open-to-everyone", "trust-to-strangers", "wildcard-action", "wildcard-action"]


EVERYTHING = document(Effect="Allow", Action="*", Resource="*")
GIVEN: dict[str, dict[str, Any]] = {
    "a policy attached to several": resource(
        "aws_iam_policy_attachment", "all", policy_arn=ADMINISTRATOR, roles=["web"], users=[], groups=None
    ),
    "a permission set": resource("aws_ssoadmin_permission_set_inline_policy", "p", inline_policy=EVERYTHING),
    "a permission set with a policy of AWS": resource(
        "aws_ssoadmin_managed_policy_attachment", "m", managed_policy_arn=ADMINISTRATOR
    ),
}


@pytest.mark.parametrize("name", list(GIVEN))
def test_administrator_of_a_plan_is_found_however_the_rights_are_given(name: str) -> None:
    assert [rule for rule, _line in said(plan(GIVEN[name]))] == ["administrator"]


@pytest.mark.parametrize(
    "one",
    [
        resource("aws_vpc_endpoint", "s3", policy=EVERYTHING),
        resource("aws_elasticsearch_domain", "d", access_policies=EVERYTHING),
        resource("aws_ssoadmin_customer_managed_policy_attachment", "c"),
    ],
)
def test_policy_of_a_kind_that_is_not_read_is_a_finding(one: dict[str, Any]) -> None:
    assert [rule for rule, _line in said(plan(one))] == ["unresolved"]


NOT_READ = {
    "resources that a function makes": "Fn::ForEach::Roles: [Name, [a, b], {'R${Name}': {Type: 'AWS::IAM::Role'}}]",
    "a macro": "Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: 's3://x/y.yaml'}}",
    "a nested stack": "Inner: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: 'https://x/y.yaml'}}",
    "a function of SAM": "F: {Type: 'AWS::Serverless::Function', Properties: {Policies: [AdministratorAccess]}}",
    "a kind with a policy": (
        "E: {Type: 'AWS::EC2::VPCEndpoint', Properties: {PolicyDocument: {Statement: [{Effect: Allow, Action: '*'}]}}}"
    ),
}


@pytest.mark.parametrize("name", list(NOT_READ))
def test_what_a_template_holds_and_is_not_read_is_a_finding_on_its_line(name: str) -> None:
    assert said(f"Resources:\n  Topic: {{Type: 'AWS::SNS::Topic', Properties: {{}}}}\n  {NOT_READ[name]}") == [("unresolved", 3)]


def test_kinds_without_policies_are_passed_over() -> None:
    assert said("Resources: {Topic: {Type: 'AWS::SNS::Topic', Properties: {TopicName: x}}}") == []
    assert said(plan(resource("aws_instance", "web", ami="ami-1"))) == []


def test_mapping_that_is_merged_in_is_read_and_the_own_keys_count_before_it() -> None:
    open_ = "x: &open {Effect: Allow, Action: 'ec2:*', Resource: '*'}\n"
    merged = f"{open_}Statement:\n  - {{<<: *open, Sid: A}}\n  - {{<<: *open, Effect: Deny}}"
    node = read(merged).get("Statement")
    assert node is not None
    assert node.plain() == yaml.safe_load(merged)["Statement"]
    several = "a: &a {k: 1, l: 1}\nb: &b {k: 2, m: 2}\nc: {<<: [*a, *b], l: 3}"
    assert read(several).plain() == yaml.safe_load(several)


@pytest.mark.parametrize("text", ['{"format_version": "1.0"}', "Resources:", "Resources: []", "Resources: {}"])
def test_file_in_which_nothing_is_recognised_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        policies_of(text)


def _laughing(depth: int) -> dict[str, Any]:
    """Return maps of which each looks ten times into the next."""
    maps = {f"L{n}": {"a": {"b": [{"Fn::FindInMap": [f"L{n + 1}", "a", "b"]}] * 10}} for n in range(depth)}
    return {**maps, f"L{depth}": {"a": {"b": ["x"]}}}


def _names(depth: int) -> dict[str, Any]:
    """Return roles of which each is named twice after the next."""
    return {
        f"R{n}": {
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": {"Fn::Sub": f"${{R{n + 1}.Arn}}${{R{n + 1}.Arn}}"}},
        }
        for n in range(depth)
    }  # fmt: skip


def test_functions_that_stand_for_very_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intrinsics, "MOST_RESOLVED", 10_000)
    found = {"Fn::FindInMap": ["L0", "a", "b"]}
    body = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": found}}}
    with pytest.raises(Unreadable, match="too many parts"):
        policies_of(json.dumps({"Mappings": _laughing(12), "Resources": {"P": body}}))
    with pytest.raises(Unreadable, match="too many parts"):
        policies_of(json.dumps({"Resources": _names(40)}))


def test_modules_of_a_plan_are_read_too_and_a_finding_has_the_line_of_its_policy() -> None:
    inside = {"resources": [resource("aws_iam_policy", "p", policy=document(**OPEN))]}
    text = json.dumps({"format_version": "1.2", "values": {"root_module": {"child_modules": [inside]}}}, indent=1)
    line = next(number for number, one in enumerate(text.splitlines(), 1) if '"policy": ' in one)
    assert said(text) == [("wildcard-action", line)]


def test_what_a_plan_will_know_after_it_was_applied_is_said() -> None:
    change = {"address": "aws_iam_role_policy.more", "type": "aws_iam_role_policy", "change": {"after_unknown": {"policy": True}}}
    (left,) = checked(plan(resource("aws_iam_role_policy", "more", role="web"), resource_changes=[change]))
    assert left.sentence.startswith("policy of aws_iam_role_policy.more is known after apply")


def test_policy_inside_of_a_plan_that_is_no_json_makes_it_unusable() -> None:
    with pytest.raises(Unreadable, match="is no JSON"):
        policies_of(plan(resource("aws_iam_policy", "p", policy="{oops")))


def test_bytes_in_front_of_a_file_do_not_matter() -> None:
    assert said("\ufeff" + policy(allow("ec2:*"))) == [("wildcard-action", 2)]


ACCOUNTS = {
    "jump": ("111111111111", (("DenyIamChanges", "JumpAdminGroup"),)),
    "development": ("222222222222", ()),
    "staging": ("333333333333", ()),
    "production": ("444444444444", ()),
    "billing": ("555555555555", (("DenyBilling", "BillingAdminRole"),)),
    "log-archive": ("666666666666", (("DenyS3Download", "LogReadOnlyRole"),)),
    "audit": ("777777777777", (("DenyS3Download", "AuditReadOnlyRole"),)),
}
# Who administers IAM of the Jump account does so, and a boundary that nobody in the template has may be meant for anything.
ACCEPTED = (
    *((rule, "JumpAdminGroup") for rule in ("escalation",)),
    *((rule, "JumpAdminGroupIam") for rule in ("policy-versions", "wildcard-action")),
    *(("not-action-allow", name) for name in ("SekishoWorkRoleBoundary", "SekishoDevelopmentBoundary")),
)


@pytest.mark.parametrize("name", list(ACCOUNTS))
def test_own_templates_are_clean_but_for_what_was_declared(name: str) -> None:
    account, spared = ACCOUNTS[name]
    text = (DESIGN / f"{name}.yaml").read_text(encoding="utf-8")
    given: dict[str, Any] = {"account": account, "rails": name.replace("-", "_"), "accepted": ACCEPTED}
    assert said(text, spared=spared, **given) == []
    assert [rule for rule, _line in said(text, **given)] == ["rail-missing"] * len(spared)
