"""Speaking to the simulated Automation, for tests: clients whose answers are checked, and waiting for executions."""

from collections.abc import Callable
from typing import Any

from tests import waiting
from tests.simulated_aws.runbooks import publish
from tests.simulated_aws.shapes import checked
from tests.stand_ins.aws import ADMIN_KEY, Aws

SECONDS = 20.0
ENDED = {"Success", "Failed", "TimedOut", "Cancelled", "Rejected", "CompletedWithSuccess", "CompletedWithFailure"}


def admin_ssm(aws: Aws) -> Any:
    """Return a client of the Jump account's administrator whose every answer is held against the model."""
    return checked(aws.client("ssm", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret))


def role_keys(aws: Aws, role: str, *, name: str = "test", account: str = "111111111111") -> dict[str, Any]:
    """Return the keys of a session that the administrator begins in a role."""
    arn = f"arn:aws:iam::{account}:role/{role}"
    keys = aws.admin_client("sts").assume_role(RoleArn=arn, RoleSessionName=name)["Credentials"]
    return {"key_id": keys["AccessKeyId"], "secret": keys["SecretAccessKey"], "token": keys["SessionToken"]}


def run(ssm: Any, document: dict[str, Any], **parameters: list[str]) -> dict[str, Any]:
    """Publish the runbook, start it, and return the execution once it has ended."""
    return ended(ssm, begin(ssm, document, **parameters))


def begin(ssm: Any, document: dict[str, Any], **parameters: list[str]) -> str:
    publish(ssm, "Tested", document)
    given = {"Parameters": parameters} if parameters else {}
    return str(ssm.start_automation_execution(DocumentName="Tested", **given)["AutomationExecutionId"])


def ended(ssm: Any, execution_id: str) -> dict[str, Any]:
    return until(ssm, execution_id, lambda execution: execution["AutomationExecutionStatus"] in ENDED)


def until_status(ssm: Any, execution_id: str, status: str) -> dict[str, Any]:
    return until(ssm, execution_id, lambda execution: execution["AutomationExecutionStatus"] == status)


def until(ssm: Any, execution_id: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return the execution as soon as it is as wanted. Raises AssertionError if it never is."""
    seen: list[dict[str, Any]] = []

    def is_as_wanted() -> bool:
        seen.append(ssm.get_automation_execution(AutomationExecutionId=execution_id)["AutomationExecution"])
        return wanted(seen[-1])

    waiting.until(is_as_wanted, SECONDS)
    return seen[-1]


def steps(execution: dict[str, Any]) -> dict[str, str]:
    """Return the status of each step by its name."""
    return {step["StepName"]: step["StepStatus"] for step in execution["StepExecutions"]}
