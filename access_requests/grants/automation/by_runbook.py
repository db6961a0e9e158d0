"""What backends through Systems Manager share: runbooks put people in and take them out, and AWS carries them out by itself."""

import logging
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from access_requests.grants.automation import reading, steps
from access_requests.grants.automation.grant import RunbookGrant
from access_requests.grants.automation.probe import probe
from access_requests.grants.contract import Seen
from access_requests.grants.executions import Execution, Purpose, StepClient
from access_requests.grants.iam_group.backend import IamGroupBackend, OfIamUser
from access_requests.grants.needs import Asked, Missing
from portal.aws.errors import BackendBusy, BackendError, LeaseLost, UnderWay
from portal.iam.fences import iso

logger = logging.getLogger(__name__)
# How many tries at an end wait for Systems Manager, before the portal takes the member out itself.
PATIENCE = 3
OwnGrant = TypeVar("OwnGrant", bound=RunbookGrant)


class ByRunbook(OfIamUser[OwnGrant]):
    """Runbooks write the TTL tag and the membership, in a role of their own; the portal fences, and reads back.

    What an execution did is proven by IAM alone, as in every other backend.
    """

    executes = tuple(Purpose)
    _iam = IamGroupBackend()

    def ttl(self, ends_at: datetime) -> str:
        return iso(ends_at)

    def probe(self, asked: Asked) -> Iterator[Missing]:
        return probe(asked, self.documents)

    def look(self, grant: OwnGrant, aws: StepClient) -> Seen:
        return self._iam.look(grant, aws)

    def follow(self, grant: OwnGrant, purposes: Collection[Purpose], aws: StepClient) -> OwnGrant:
        """Return the grant with what AWS shows now, where that is all that there is to wait for.

        Fence and gate were written before a removal began. An end that has been tried or that waits for too long goes on without.
        """
        if Purpose.REMOVE in purposes and (grant.attempts or steps.is_overdue(grant, now=aws.clock())):
            return grant
        seen = steps.seen_of(grant, purposes, aws)
        return replace(grant, executions=tuple(seen.get((one.request, one.number), one) for one in grant.executions))

    def give(self, grant: OwnGrant, aws: StepClient) -> None:
        current = grant.giving()
        if current is None or current.is_over:
            seen = self._iam.look(grant, aws)
            if seen.membership and seen.ttl == self.ttl(grant.ends_at):
                return
            current = steps.next_giving(grant, current, is_member=seen.membership, now=aws.clock())
        ssm = steps.starter(aws)
        if current.id:
            current = aws.note(reading.read(current, ssm))
        if not current.id or current.waits_for_portal:
            steps.check_fences_show(grant, aws)
        if not current.id:
            current = aws.note(self.start(grant, current, ssm))
            current = aws.note(reading.read(current, ssm))
        if current.waits_for_portal:
            current = self.approve(grant, current, aws)
        steps.check(current)
        if not current.is_over:
            raise UnderWay

    def take(self, grant: OwnGrant, aws: StepClient) -> None:
        """Stop what still gives, then have the removal runbook do its work, and prove that it did.

        What Systems Manager does not do the portal does itself: nobody stays a member for that.
        """
        if grant.elevation:
            try:
                self._take_by_runbook(grant, aws)
            except LeaseLost:
                raise
            except BackendError as error:
                is_awaited = isinstance(error, UnderWay) and not steps.is_overdue(grant, now=aws.clock())
                if is_awaited or (isinstance(error, BackendBusy) and grant.attempts < PATIENCE):
                    raise
                logger.warning("the end of %s goes without Systems Manager: %s", grant.elevation, error)
            else:
                seen = self._iam.look(grant, aws)
                if not seen.membership and seen.ttl is None:
                    return
        self._iam.take(grant, aws)

    def _take_by_runbook(self, grant: OwnGrant, aws: StepClient) -> None:
        ssm = steps.starter(aws)
        steps.stop_giving(grant, ssm)
        removal = grant.removal()
        if removal is not None and removal.is_over:
            return  # It has done what it could, and whoever is a member still or again is taken out without it.
        if removal is None or not removal.id:
            wanted = removal or Execution(
                request=grant.began_by, purpose=Purpose.REMOVE, number=grant.next_number(grant.began_by)
            )
            removal = aws.note(steps.run(grant, wanted, ssm))
        removal = aws.note(reading.read(removal, ssm))
        if not removal.is_over:
            raise UnderWay

    def start(self, grant: OwnGrant, execution: Execution, ssm: StepClient) -> Execution:
        """Start what gives; once more under its token is the same. Raises BackendError."""
        return steps.run(grant, execution, ssm)

    def approve(self, grant: OwnGrant, execution: Execution, aws: StepClient) -> Execution:  # noqa: ARG002  For change requests.
        """Let a change request go on. Runbooks that nobody asked AWS about wait for nobody."""
        return execution
