"""Which actions a step may have here, and what each of them asks for."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from portal.simulated_aws.errors import NotSimulated
from portal.simulated_aws.systems_manager import branching
from portal.simulated_aws.systems_manager.definitions import Step
from portal.simulated_aws.systems_manager.errors import InvalidDocumentContent

APPROVE, ASSERT, CALL = "aws:approve", "aws:assertAwsResourceProperty", "aws:executeAwsApi"
BRANCH = branching.ACTION
SLEEP, WAIT = "aws:sleep", "aws:waitForAwsResourceProperty"
LONGEST_SLEEP = 604_799
APPROVAL_OUTPUTS = ("ApprovalStatus", "ApproverDecisions")
# How long a step may take where its timeoutSeconds says nothing.
USUAL_TIMEOUT: Mapping[str, int] = {APPROVE: 604_800, WAIT: 3_600}
_MOST_APPROVERS = 10
_NEEDS = {
    APPROVE: (),
    ASSERT: ("Service", "Api", "PropertySelector", "DesiredValues"),
    BRANCH: ("Choices",),
    CALL: ("Service", "Api"),
    SLEEP: (),
    WAIT: ("Service", "Api", "PropertySelector", "DesiredValues"),
}
_DURATION = re.compile(r"P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def check(step: Step) -> None:
    """Raise InvalidDocumentContent, or NotSimulated for an action that AWS has and we do not."""
    if step.action not in _NEEDS:
        raise NotSimulated(f"Step {step.name}: the action {step.action} is not simulated; there are {', '.join(sorted(_NEEDS))}")
    for name in _NEEDS[step.action]:
        if name not in step.inputs:
            raise InvalidDocumentContent(f"Step {step.name}: {name} is required for {step.action}.")
    if step.max_attempts < 1 or (step.timeout_seconds is not None and step.timeout_seconds < 1):
        raise InvalidDocumentContent(f"Step {step.name}: maxAttempts and timeoutSeconds are at least 1.")
    if step.outputs and step.action != CALL:
        raise InvalidDocumentContent(f"Step {step.name}: {step.action} has no outputs of one's own.")
    if step.action in _CHECKS:
        _CHECKS[step.action](step)


def outputs(step: Step) -> Iterator[str]:
    """Yield the names of what the step puts out."""
    if step.action == APPROVE:
        yield from APPROVAL_OUTPUTS
    for output in step.outputs:
        yield output.name


def seconds(duration: str) -> int:
    """Return an ISO 8601 duration such as PT10M. Raises ValueError for what is none, or longer than AWS sleeps."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        raise ValueError(f"{duration} is no duration of ISO 8601")
    days, hours, minutes, rest = (int(part or 0) for part in found.groups())
    whole = ((days * 24 + hours) * 60 + minutes) * 60 + rest
    if whole > LONGEST_SLEEP:
        raise ValueError(f"{duration} is longer than {LONGEST_SLEEP} seconds")
    return whole


def _check_sleep(step: Step) -> None:
    if step.inputs.keys() not in ({"Duration"}, {"Timestamp"}):
        raise InvalidDocumentContent(f"Step {step.name}: aws:sleep has either a Duration or a Timestamp.")
    given = str(next(iter(step.inputs.values())))
    if "{{" in given:
        return
    try:
        seconds(given) if "Duration" in step.inputs else datetime.fromisoformat(given)
    except ValueError as error:
        raise InvalidDocumentContent(f"Step {step.name}: {error}.") from error


def _check_approve(step: Step) -> None:
    if "EnhancedApprovals" in step.inputs:
        return  # A change template's: checked there.
    approvers = step.inputs.get("Approvers")
    is_list = isinstance(approvers, list) and 1 <= len(approvers) <= _MOST_APPROVERS
    if not is_list and not (isinstance(approvers, str) and "{{" in approvers):
        raise InvalidDocumentContent(f"Step {step.name}: Approvers is a list of one to {_MOST_APPROVERS} principals.")


_CHECKS: Mapping[str, Callable[[Step], None]] = {APPROVE: _check_approve, BRANCH: branching.check, SLEEP: _check_sleep}
