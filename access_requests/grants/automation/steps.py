"""How a runbook is started, followed and stopped, step by step; what its own steps do, its document says."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings

from access_requests.grants import entry_fence
from access_requests.grants.automation import reading
from access_requests.grants.automation.documents import pinned_runbook
from access_requests.grants.automation.grant import RunbookGrant
from access_requests.grants.automation.needs import STARTER
from access_requests.grants.executions import GIVING, MOST_FAILURES, REFUSED, TIMED_OUT, Execution, Purpose, StepClient
from portal.aws.causes import cause_in
from portal.aws.errors import BackendBusy, BackendRefused, UnderWay
from portal.aws.sessions import ssm_of
from portal.iam.fences import iso

# How long an end waits for what AWS does by itself: longer than all steps of the removal take with all their repeats.
LONGEST_WAIT = timedelta(minutes=10)
HAS_ENDED = "InvalidAutomationStatusUpdateException"
FAILURE, NOT_SHOWN_YET = "execution_failed", "not_shown_yet"


def starter(aws: StepClient) -> StepClient:
    """Return the caller that may start, stop and look."""
    return aws.through(ssm_of(getattr(settings, STARTER), settings.AWS_REGION))


def run(grant: RunbookGrant, execution: Execution, ssm: StepClient) -> Execution:
    """Start a runbook in the version whose contents are the portal's. Raises BackendError."""
    name, version = pinned_runbook(grant.owner, execution.purpose, ssm)
    answer = ssm.call(
        "start_automation_execution",
        DocumentName=name,
        DocumentVersion=version,
        Parameters=grant.parameters(execution.purpose),
        ClientToken=execution.token(grant.group),
    )
    return replace(execution, id=answer["AutomationExecutionId"])


def is_overdue(grant: RunbookGrant, *, now: datetime) -> bool:
    """Whether an end has waited long enough for AWS."""
    return grant.stopped_at is not None and now - grant.stopped_at > LONGEST_WAIT


def seen_of(grant: RunbookGrant, purposes: Collection[Purpose], aws: StepClient) -> dict[tuple[str, int], Execution]:
    """Return by request and number what AWS shows now of what it does by itself for these purposes.

    One call where something is going on, two for a change request. Raises UnderWay while it is, BackendError.
    """
    going_on = [one for one in grant.executions if one.purpose in purposes and one.is_open]
    # Another extension that nobody has decided on yet is not this one's business.
    going_on = [one for one in going_on if one.purpose not in GIVING or one.request == grant.request]
    seen: dict[tuple[str, int], Execution] = {}
    for one in going_on:
        seen[one.request, one.number] = now = aws.note(reading.read(one, starter(aws)))
        if now.purpose in GIVING:
            check(now)
        if not now.is_over and not now.waits_for_portal:
            raise UnderWay
    return seen


def stop_giving(grant: RunbookGrant, ssm: StepClient) -> None:
    """Cancel whatever still gives, so that none of it lands after the end. Raises UnderWay until AWS has stopped it."""
    going_on = [ssm.note(reading.read(one, ssm)) for one in grant.executions if one.purpose in GIVING and one.is_open]
    for one in going_on:
        if not one.is_over:
            stop(one, ssm)
            raise UnderWay


def stop(execution: Execution, ssm: StepClient) -> None:
    """Cancel an execution; one that has ended is done. Raises BackendError."""
    try:
        ssm.call("stop_automation_execution", AutomationExecutionId=execution.id, Type="Cancel")
    except BackendRefused as error:
        if error.problem != HAS_ENDED:
            raise


def check(execution: Execution) -> None:
    """Raise for one that gave nothing: BackendRefused where somebody was against it, BackendBusy where it failed."""
    if execution.has_failed:
        raise BackendBusy(FAILURE, execution.message, cause=_cause(execution.message))
    if execution.status in REFUSED:
        raise BackendRefused(REFUSED[execution.status], execution.message)


def check_fences_show(grant: RunbookGrant, aws: StepClient) -> None:
    """Raise BackendBusy while AWS does not show the fences as written: the runbook would find them missing, and fail."""
    for role in grant.roles:
        if entry_fence.read(aws, user_name=grant.user_name, role=role) != iso(grant.ends_at):
            raise BackendBusy(NOT_SHOWN_YET)


def next_giving(grant: RunbookGrant, last: Execution | None, *, is_member: bool, now: datetime) -> Execution:
    """Return what is to be started after the last one, which did not lead to what AWS is to show. Raises BackendError.

    What somebody was against is not started again; what nobody approved in time, before its window began, is.
    """
    if last is not None and last.status in REFUSED and last.status != TIMED_OUT:
        raise BackendRefused(REFUSED[last.status], last.message)
    if last is not None and last.has_succeeded and _is_recent(last, now):
        raise BackendBusy(NOT_SHOWN_YET)
    failures = grant.failures()
    if len(failures) >= MOST_FAILURES:
        raise BackendRefused(FAILURE, failures[-1].message, cause=_cause(failures[-1].message))
    purpose = Purpose.PROLONG if is_member else Purpose.GRANT
    return Execution(request=grant.request, purpose=purpose, number=grant.next_number(grant.request))


def _cause(message: str) -> str:
    said = cause_in(message)
    return f"{FAILURE}:{said}" if said else FAILURE


def _is_recent(execution: Execution, now: datetime) -> bool:
    """Whether what it did may merely not show yet."""
    return execution.ended_at is None or now - execution.ended_at < timedelta(seconds=settings.SETTLING_SECONDS)
