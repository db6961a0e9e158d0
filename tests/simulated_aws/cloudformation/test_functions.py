"""Functions, conditions, parameters and the text of templates, without a stack."""

from typing import Any

import pytest

from portal.simulated_aws.cloudformation import functions, given_parameters, template_text, templates
from portal.simulated_aws.cloudformation.functions import NO_VALUE, Scope
from portal.simulated_aws.errors import NotSimulated, ValidationError
from tests.simulated_aws.cloudformation.deploying import resource, template

SCOPE = Scope(
    values={"Name": "web", "Zones": ["a", "b"], "AWS::Region": "eu-west-1"},
    conditions={"IsWeb": {"Fn::Equals": [{"Ref": "Name"}, "web"]}, "IsNot": {"Fn::Not": [{"Condition": "IsWeb"}]}},
    reference=lambda name: f"id of {name}",
    attribute=lambda name, attribute: f"{attribute} of {name}",
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Name"}, "web"),
        ({"Ref": "Role"}, "id of Role"),
        ({"Fn::GetAtt": ["Role", "Arn"]}, "Arn of Role"),
        (
            {"Fn::Sub": "${Name}-${AWS::Region}-${Role}-${Role.Arn}-${!Literal}"},
            "web-eu-west-1-id of Role-Arn of Role-${Literal}",
        ),
        ({"Fn::Sub": ["${Own}/${Name}", {"Own": {"Ref": "Role"}}]}, "id of Role/web"),
        ({"Fn::Join": ["/", ["a", {"Ref": "Name"}]]}, "a/web"),
        ({"Fn::Join": ["/", {"Ref": "Zones"}]}, "a/b"),
        ({"Fn::Select": [1, {"Ref": "Zones"}]}, "b"),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::If": ["IsWeb", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsNot", "yes", {"Ref": "Name"}]}, "web"),
        ({"Fn::And": [{"Condition": "IsWeb"}, {"Condition": "IsNot"}]}, False),
        ({"Fn::Or": [{"Condition": "IsWeb"}, {"Condition": "IsNot"}]}, True),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [1, {"Ref": "AWS::NoValue"}]}, {"b": [1]}),
        ({"Condition": {"Bool": {"x": True}}}, {"Condition": {"Bool": {"x": True}}}),
    ],
)
def test_value_of_a_function(value: Any, expected: Any) -> None:
    assert functions.resolved(value, SCOPE) == expected


def test_no_value_alone_is_no_value() -> None:
    assert functions.resolved({"Ref": "AWS::NoValue"}, SCOPE) is NO_VALUE


def test_function_that_is_not_simulated_is_refused() -> None:
    with pytest.raises(NotSimulated):
        functions.resolved({"Fn::ImportValue": "x"}, SCOPE)


def test_select_of_what_is_not_there_is_refused() -> None:
    with pytest.raises(ValidationError):
        functions.resolved({"Fn::Select": [2, {"Ref": "Zones"}]}, SCOPE)


def test_names_that_a_value_needs() -> None:
    value = {"a": [{"Ref": "A"}, {"Fn::Sub": "${B.Arn} ${!C} ${AWS::Region}"}], "b": {"Fn::GetAtt": ["D", "Arn"]}}
    assert set(functions.names_in(value)) == {"A", "B", "AWS::Region", "D"}


def test_yaml_has_short_forms_and_dates_stay_texts() -> None:
    text = "Resources: {A: {Type: AWS::SNS::Topic, Properties: {a: !Ref B, b: !GetAtt B.Arn, c: !Sub '${B}', d: 2012-10-17}}}"
    properties = template_text.parsed(text)["Resources"]["A"]["Properties"]
    expected = {"a": {"Ref": "B"}, "b": {"Fn::GetAtt": ["B", "Arn"]}, "c": {"Fn::Sub": "${B}"}, "d": "2012-10-17"}
    assert properties == expected


PARAMETERS = """
Parameters:
  Name: {Type: String, AllowedPattern: '[a-z]+'}
  Size: {Type: Number, Default: 3, MaxValue: 5}
  Zones: {Type: CommaDelimitedList, Default: ''}
  Level: {Type: String, Default: low, AllowedValues: [low, high]}
  Secret: {Type: String, Default: x, NoEcho: true}
Resources: {A: {Type: 'AWS::SNS::Topic'}}
"""


def _complete(*given: tuple[str, str], before: dict[str, str] | None = None) -> dict[str, str]:
    pairs = [{"ParameterKey": key, "ParameterValue": value} for key, value in given]
    return given_parameters.complete(templates.parsed(PARAMETERS), pairs, before=before or {})


def test_parameters_are_given_or_have_defaults() -> None:
    values = _complete(("Name", "web"), ("Zones", "a, b"))
    parsed = templates.parsed(PARAMETERS)
    assert given_parameters.typed(parsed, values) == {
        "Name": "web", "Size": "3", "Zones": ["a", "b"], "Level": "low", "Secret": "x"
    }  # fmt: skip
    assert given_parameters.shown(parsed, values)["Secret"] == "****"
    assert given_parameters.typed(parsed, _complete(("Name", "web")))["Zones"] == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((), "must have values"),
        ((("Name", "Web"),), "must match pattern"),
        ((("Name", "web"), ("Size", "6")), "outside"),
        ((("Name", "web"), ("Size", "six")), "must be a number"),
        ((("Name", "web"), ("Level", "middle")), "AllowedValues"),
        ((("Name", "web"), ("Colour", "blue")), "do not exist in the template"),
    ],
)
def test_parameter_that_does_not_fit_is_refused(given: tuple[tuple[str, str], ...], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        _complete(*given)


def test_previous_value_is_kept() -> None:
    parsed, kept = templates.parsed(PARAMETERS), [{"ParameterKey": "Name", "UsePreviousValue": True}]
    assert given_parameters.complete(parsed, kept, before={"Name": "old"})["Name"] == "old"
    with pytest.raises(ValidationError, match="no previous value"):
        given_parameters.complete(parsed, kept, before={})


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "YAML not well-formed"),
        ("- a", "unsupported structure"),
        ("{}", "At least one Resources member must be defined"),
        ('{"Resources": {"A": {"Type": "AWS::Quantum::Teapot"}}}', r"Unrecognized resource types: \[AWS::Quantum::Teapot\]"),
        ('{"Resources": {"A": {"Properties": {}}}}', "must contain a Type member"),
        ('{"Resources": {"A": {"Type": "AWS::SNS::Topic", "Propertys": {}}}}', "Invalid template resource property 'Propertys'"),
        ('{"Resources": {"A": {"Type": "AWS::SNS::Topic", "DependsOn": "B"}}}', r"Unresolved resource dependencies \[B\]"),
        ('{"Resources": {"A": {"Type": "AWS::SNS::Topic", "Condition": "C"}}}', "Unresolved condition dependency C"),
        ('{"Resource": {}}', r"Invalid template property or properties \[Resource\]"),
        ('{"Resources": {"A": {"Type": "AWS::SNS::Topic", "DeletionPolicy": "Perhaps"}}}', "Unrecognized DeletionPolicy"),
        (
            template({"A": resource("AWS::SNS::Topic", {}, DependsOn="B"), "B": resource("AWS::SNS::Topic", {}, DependsOn="A")}),
            r"Circular dependency between resources: \[A, B\]",
        ),
        (template({"A": resource("AWS::SNS::Topic", {"TopicName": "x" * 51_200})}), "less than or equal to 51200"),
    ],
)
def test_template_that_is_none_is_refused_in_aws_own_words(body: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        templates.parsed(body)
