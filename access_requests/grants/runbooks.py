"""What the ways through Systems Manager share: runbooks put people in and take them out, and AWS carries them out by itself."""

import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings

from access_requests.grants import documents, entry_fence, executions
from access_requests.grants.contract import Grant, Principal, Seen, window_name
from access_requests.grants.documents import Owner
from access_requests.grants.executions import GIVING, REFUSED, TIMED_OUT, Execution, Purpose, StepClient
from access_requests.grants.iam_group import IamGroupBackend
from portal.aws.causes import cause_in
from portal.aws.errors import BackendBusy, BackendError, BackendRefused, LeaseLost, UnderWay
from portal.aws.sessions import ssm_of
from portal.iam.fences import iso

logger = logging.getLogger(__name__)
# What a runbook could not do so often, it cannot do.
MOST_FAILURES = 3
# How long an end waits for what AWS does by itself: longer than all steps of the removal take with all their repeats.
LONGEST_WAIT = timedelta(minutes=10)
# How many tries at an end wait for Systems Manager, before the portal takes the member out itself.
PATIENCE = 3
HAS_ENDED = "InvalidAutomationStatusUpdateException"
FAILURE, NOT_SHOWN_YET = "execution_failed", "not_shown_yet"


class ByRunbook:
    """Runbooks write the TTL tag and the membership, in a role of their own; the portal fences, and reads back.

    What an execution did is proven by IAM alone, as in every other way.
    """

    principal = Principal.IAM_USER
    executes = tuple(Purpose)
    announces = False
    by = ""
    _iam = IamGroupBackend()

    def ttl(self, ends_at: datetime) -> str:
        return iso(ends_at)

    def look(self, grant: Grant, aws: StepClient) -> Seen:
        return self._iam.look(grant, aws)

    def give(self, grant: Grant, aws: StepClient) -> None:
        current = grant.giving()
        if current is None or current.is_over:
            seen = self._iam.look(grant, aws)
            if seen.membership and seen.ttl == self.ttl(grant.ends_at):
                return
            current = _next(grant, current, is_member=seen.membership, now=aws.clock())
        ssm = starter(aws)
        if current.id:
            current = aws.note(executions.read(current, ssm))
        if not current.id or current.waits_for_portal:
            _check_fences_show(grant, aws)
        if not current.id:
            current = aws.note(self.start(grant, current, ssm))
            current = aws.note(executions.read(current, ssm))
        if current.waits_for_portal:
            current = self.approve(grant, current, aws)
        check(current)
        if not current.is_over:
            raise UnderWay

    def take(self, grant: Grant, aws: StepClient) -> None:
        """Stop what still gives, then have the removal runbook do its work, and prove that it did.

        What Systems Manager does not do the portal does itself: nobody stays a member for that.
        """
        if grant.elevation:
            try:
                self._take_by_runbook(grant, aws)
            except LeaseLost:
                raise
            except BackendError as error:
                is_awaited = isinstance(error, UnderWay) and not is_overdue(grant, now=aws.clock())
                if is_awaited or (isinstance(error, BackendBusy) and grant.attempts < PATIENCE):
                    raise
                logger.warning("the end of %s goes without Systems Manager: %s", grant.elevation, error)
            else:
                seen = self._iam.look(grant, aws)
                if not seen.membership and seen.ttl is None:
                    return
        self._iam.take(grant, aws)

    def _take_by_runbook(self, grant: Grant, aws: StepClient) -> None:
        ssm = starter(aws)
        stop_giving(grant, ssm)
        removal = grant.removal()
        if removal is not None and removal.is_over:
            return  # It has done what it could, and whoever is a member still or again is taken out without it.
        if removal is None or not removal.id:
            wanted = removal or Execution(
                request=grant.began_by, purpose=Purpose.REMOVE, number=grant.next_number(grant.began_by)
            )
            removal = aws.note(self.run(grant, wanted, ssm))
        removal = aws.note(executions.read(removal, ssm))
        if not removal.is_over:
            raise UnderWay

    def start(self, grant: Grant, execution: Execution, ssm: StepClient) -> Execution:
        """Start what gives; once more under its token is the same. Raises BackendError."""
        return self.run(grant, execution, ssm)

    def run(self, grant: Grant, execution: Execution, ssm: StepClient) -> Execution:
        """Start a runbook in the version whose contents are the portal's. Raises BackendError."""
        name, version = documents.pinned_runbook(owner(grant, self.by), execution.purpose, ssm)
        answer = ssm.call(
            "start_automation_execution",
            DocumentName=name,
            DocumentVersion=version,
            Parameters=parameters(grant, execution.purpose),
            ClientToken=execution.token(grant.group),
        )
        return replace(execution, id=answer["AutomationExecutionId"])

    def approve(self, grant: Grant, execution: Execution, aws: StepClient) -> Execution:  # noqa: ARG002  For change requests.
        """Let a change request go on. Runbooks that nobody asked AWS about wait for nobody."""
        return execution


def starter(aws: StepClient) -> StepClient:
    """Return the caller that may start, stop and look."""
    return aws.through(ssm_of(settings.AWS_CHANGE_STARTER_ROLE_ARN, settings.AWS_REGION))


def owner(grant: Grant, by: str) -> Owner:
    return Owner(group=grant.group, roles=tuple(role.name for role in grant.roles), by=by)


def parameters(grant: Grant, purpose: Purpose) -> dict[str, list[str]]:
    window = grant.began_by if purpose == Purpose.REMOVE else grant.request
    return {
        "User": [grant.user_name],
        "UserId": [grant.user_id],
        "Group": [grant.group],
        "Window": [window_name(window)],
    }


def is_overdue(grant: Grant, *, now: datetime) -> bool:
    """Whether an end has waited long enough for AWS."""
    return grant.stopped_at is not None and now - grant.stopped_at > LONGEST_WAIT


def follow(grant: Grant, purposes: Collection[Purpose], aws: StepClient) -> Grant:
    """Return the grant with what AWS shows now of what it does by itself for these purposes.

    One call where something is going on, two for a change request. Raises UnderWay while it is, BackendError.
    """
    going_on = [one for one in grant.executions if one.purpose in purposes and one.is_open]
    # Another extension that nobody has decided on yet is not this one's business.
    going_on = [one for one in going_on if one.purpose not in GIVING or one.request == grant.request]
    if not going_on:
        return grant
    ssm, seen = starter(aws), {}
    for one in going_on:
        seen[one.request, one.number] = now = aws.note(executions.read(one, ssm))
        if now.purpose in GIVING:
            check(now)
        if not now.is_over and not now.waits_for_portal:
            raise UnderWay
    return replace(grant, executions=tuple(seen.get((one.request, one.number), one) for one in grant.executions))


def stop_giving(grant: Grant, ssm: StepClient) -> None:
    """Cancel whatever still gives, so that none of it lands after the end. Raises UnderWay until AWS has stopped it."""
    going_on = [ssm.note(executions.read(one, ssm)) for one in grant.executions if one.purpose in GIVING and one.is_open]
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


def _cause(message: str) -> str:
    said = cause_in(message)
    return f"{FAILURE}:{said}" if said else FAILURE


def _check_fences_show(grant: Grant, aws: StepClient) -> None:
    """Raise BackendBusy while AWS does not show the fences as written: the runbook would find them missing, and fail."""
    for role in grant.roles:
        if entry_fence.read(aws, user_name=grant.user_name, role=role) != iso(grant.ends_at):
            raise BackendBusy(NOT_SHOWN_YET)


def _next(grant: Grant, last: Execution | None, *, is_member: bool, now: datetime) -> Execution:
    """Return what is to be started after the last one, which did not lead to what AWS is to show. Raises BackendError.

    What somebody was against is not started again; what nobody approved in time, before its window began, is.
    """
    if last is not None and last.status in REFUSED and last.status != TIMED_OUT:
        raise BackendRefused(REFUSED[last.status], last.message)
    if last is not None and last.has_succeeded and _is_recent(last, now):
        raise BackendBusy(NOT_SHOWN_YET)
    failures = [one for one in grant.executions if one.request == grant.request and one.has_failed]
    if len(failures) >= MOST_FAILURES:
        raise BackendRefused(FAILURE, failures[-1].message, cause=_cause(failures[-1].message))
    purpose = Purpose.PROLONG if is_member else Purpose.GRANT
    return Execution(request=grant.request, purpose=purpose, number=grant.next_number(grant.request))


def _is_recent(execution: Execution, now: datetime) -> bool:
    """Whether what it did may merely not show yet."""
    return execution.ended_at is None or now - execution.ended_at < timedelta(seconds=settings.SETTLING_SECONDS)
