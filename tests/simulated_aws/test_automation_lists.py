"""Lists of executions and of their steps: newest first, by filters, in pages."""

from typing import Any

import pytest

from tests.simulated_aws.automations import admin_ssm, ended
from tests.simulated_aws.refusals import refused
from tests.simulated_aws.runbooks import HELLO, call, publish, with_steps
from tests.stand_ins.aws import Aws

FAILS = call("fails", "iam", "GetUser", inputs={"UserName": "nobody"})


@pytest.fixture
def ssm(aws: Aws) -> Any:
    ssm = admin_ssm(aws)
    publish(ssm, "Hello", HELLO)
    return ssm


def _start(ssm: Any, name: str = "Hello", **rest: Any) -> str:
    execution_id = str(ssm.start_automation_execution(DocumentName=name, **rest)["AutomationExecutionId"])
    ended(ssm, execution_id)
    return execution_id


def _ids(ssm: Any, **filters: str) -> list[str]:
    wanted = {"Filters": [{"Key": key, "Values": [value]} for key, value in filters.items()]} if filters else {}
    found = ssm.describe_automation_executions(**wanted)["AutomationExecutionMetadataList"]
    return [execution["AutomationExecutionId"] for execution in found]


def test_executions_come_newest_first_in_pages_though_new_ones_begin_meanwhile(ssm: Any) -> None:
    ids = [_start(ssm) for _ in range(3)]
    first = ssm.describe_automation_executions(MaxResults=2)
    _start(ssm)
    second = ssm.describe_automation_executions(MaxResults=2, NextToken=first["NextToken"])
    listed = [one["AutomationExecutionId"] for page in (first, second) for one in page["AutomationExecutionMetadataList"]]
    assert listed == ids[::-1]
    assert "NextToken" not in second
    for token in ("!", "bm90aGluZw=="):
        with refused("InvalidNextToken", status=400):
            ssm.describe_automation_executions(NextToken=token)


def test_executions_are_found_by_filters(ssm: Any) -> None:
    publish(ssm, "Fails", with_steps(FAILS))
    good, bad = _start(ssm, Tags=[{"Key": "of", "Value": "test"}]), _start(ssm, "Fails")
    assert _ids(ssm) == [bad, good]
    assert _ids(ssm, ExecutionStatus="Failed") == [bad]
    assert _ids(ssm, DocumentNamePrefix="Hel") == [good]
    assert _ids(ssm, ExecutionId=good, ExecutionStatus="Failed") == []
    assert _ids(ssm, TagKey="of") == [good]
    assert _ids(ssm, AutomationType="Local", StartTimeAfter="2020-01-01T00:00:00Z") == [bad, good]
    assert _ids(ssm, StartTimeBefore="2020-01-01T00:00:00Z") == []
    assert _ids(ssm, AutomationSubtype="ChangeRequest") == []
    with refused("InvalidFilterValue", status=400):
        _ids(ssm, StartTimeAfter="yesterday")
    with refused("InvalidFilterKey", status=400):
        _ids(ssm, TargetResourceGroup="x")
    with refused("ValidationException", status=400, match="enum value set"):
        _ids(ssm, Colour="red")


def test_steps_are_found_by_filters_and_in_pages_and_in_reverse(ssm: Any) -> None:
    looks = [call(f"look{number}", "iam", "GetUser", inputs={"UserName": "member01"}) for number in range(3)]
    publish(ssm, "Looks", with_steps(*looks, {**FAILS, "onFailure": "Continue"}))
    execution_id = _start(ssm, "Looks")

    def names(**asked: Any) -> list[str]:
        pages = ssm.get_paginator("describe_automation_step_executions").paginate(
            AutomationExecutionId=execution_id, PaginationConfig={"PageSize": 2}, **asked
        )
        return [step["StepName"] for page in pages for step in page["StepExecutions"]]

    assert names() == ["look0", "look1", "look2", "fails"]
    assert names(ReverseOrder=True) == ["fails", "look2", "look1", "look0"]
    assert names(Filters=[{"Key": "StepExecutionStatus", "Values": ["Failed"]}]) == ["fails"]
    assert names(Filters=[{"Key": "StepName", "Values": ["look1", "look2"]}]) == ["look1", "look2"]
    assert names(Filters=[{"Key": "Action", "Values": ["aws:sleep"]}]) == []
    with refused("InvalidFilterKey", status=400):
        names(Filters=[{"Key": "ParentStepIteration", "Values": ["1"]}])
    with refused("InvalidNextToken", status=400):
        ssm.describe_automation_step_executions(AutomationExecutionId=execution_id, NextToken="!")
