"""aws:branch: choices that lead from step to step."""

from typing import Any

import pytest

from tests.simulated_aws.automations import admin_ssm, run, steps
from tests.simulated_aws.refusals import refused
from tests.simulated_aws.runbooks import call, publish, with_steps
from tests.stand_ins.aws import Aws

GROUPS = call("groups", "iam", "ListGroupsForUser", inputs={"UserName": "leader01"})
GROUPS["outputs"] = [
    {"Name": "Found", "Selector": "$.Groups[?(@.GroupName == 'LeaderGroup')].GroupName", "Type": "String"},
    {"Name": "None", "Selector": "$.Groups[?(@.GroupName == 'Nothing')].GroupName", "Type": "String"},
]
LEFT, RIGHT = (call(name, "iam", "GetUser", inputs={"UserName": "leader01"}, isEnd=True) for name in ("left", "right"))
PARAMETERS = {"Number": {"type": "Integer", "default": 7}, "Word": {"type": "String", "default": "Edo"}}


@pytest.fixture
def ssm(aws: Aws) -> Any:
    return admin_ssm(aws)


def _branch(*choices: Any, **rest: Any) -> dict[str, Any]:
    return {"name": "which", "action": "aws:branch", "inputs": {"Choices": list(choices), **rest}}


def _reached(ssm: Any, *before: dict[str, Any]) -> set[str]:
    """Return which of the two steps behind was run."""
    execution = run(ssm, with_steps(*before, LEFT, RIGHT, parameters=PARAMETERS))
    assert execution["AutomationExecutionStatus"] == "Success", execution
    return {name for name, status in steps(execution).items() if status == "Success"} & {"left", "right"}


@pytest.mark.parametrize(
    ("variable", "operation", "wanted", "reached"),
    [
        ("{{ Word }}", "StringEquals", "Edo", "right"),
        ("{{ Word }}", "StringEquals", "edo", "left"),
        ("{{ Word }}", "EqualsIgnoreCase", "edo", "right"),
        ("{{ Word }}", "StartsWith", "E", "right"),
        ("{{ Word }}", "EndsWith", "E", "left"),
        ("{{ groups.Found }}", "Contains", "LeaderGroup", "right"),
        ("{{ groups.None }}", "Contains", "LeaderGroup", "left"),
        ("{{ Number }}", "NumericEquals", 7, "right"),
        ("{{ Number }}", "NumericGreater", 7, "left"),
        ("{{ Number }}", "NumericGreaterOrEquals", 7, "right"),
        ("{{ Number }}", "NumericLesser", 8, "right"),
        ("{{ Number }}", "NumericLesserOrEquals", 6, "left"),
        ("true", "BooleanEquals", True, "right"),
    ],
)
def test_first_choice_that_is_true_leads_on(ssm: Any, variable: str, operation: str, wanted: Any, reached: str) -> None:
    choice = {"NextStep": "right", "Variable": variable, operation: wanted}
    assert _reached(ssm, GROUPS, _branch(choice, Default="left")) == {reached}


def test_conditions_are_combined(ssm: Any) -> None:
    is_edo, is_8 = {"Variable": "{{ Word }}", "StringEquals": "Edo"}, {"Variable": "{{ Number }}", "NumericEquals": 8}
    never = {"NextStep": "left", "And": [is_edo, is_8]}
    always = {"NextStep": "right", "Or": [is_8, {"Not": {"And": [is_edo, is_8]}}]}
    assert _reached(ssm, _branch(never, always)) == {"right"}


def test_without_a_default_it_goes_on_with_the_next_step(ssm: Any) -> None:
    assert _reached(ssm, _branch({"NextStep": "right", "Variable": "{{ Word }}", "StringEquals": "Kyoto"})) == {"left"}


def test_word_that_is_no_number_fails_the_step(ssm: Any) -> None:
    choice = {"NextStep": "right", "Variable": "{{ Word }}", "NumericEquals": 7}
    execution = run(ssm, with_steps(_branch(choice), LEFT, RIGHT, parameters=PARAMETERS))
    assert execution["AutomationExecutionStatus"] == "Failed"
    assert "cannot be evaluated" in execution["FailureMessage"]


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        ([], "at least one choice"),
        ([{"Variable": "x", "StringEquals": "x"}], "each choice has a NextStep"),
        ([{"NextStep": "left", "Variable": "x"}], "a Variable and one of StringEquals"),
        ([{"NextStep": "left", "Variable": "x", "Matches": "x"}], "a Variable and one of StringEquals"),
        ([{"NextStep": "left", "Not": "x"}], "a condition is a map"),
        ([{"NextStep": "nowhere", "Variable": "x", "StringEquals": "x"}], "which is no step"),
    ],
)
def test_choices_that_cannot_be_evaluated_are_refused(ssm: Any, choices: list[Any], says: str) -> None:
    with refused("InvalidDocumentContent", status=400, match=says):
        publish(ssm, "Tested", with_steps(_branch(*choices), LEFT))
