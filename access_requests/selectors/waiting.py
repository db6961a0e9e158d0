"""Who a request waits for, reckoned from rows that `requests.with_approvals` loaded: no query of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from access_requests.lifecycle import UNDECIDED
from access_requests.models import AccessRequest, Decision, Verdict
from access_requests.policy.levels import waiting_level
from portal.users.models import User


@dataclass(frozen=True, kw_only=True)
class LevelProgress:
    """One level of approval: how many of whom, who has said yes, and whether it is this one's turn.

    `approvers` are those who may decide here: without the requester, who never does.
    """

    number: int
    approvals: int
    approvers: Sequence[User]
    given: Sequence[Decision]
    waits: bool

    @property
    def missing(self) -> int:
        return max(0, self.approvals - len(self.given))


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """`missing` more of these people must say yes; they have been waited for since then, and will be until then."""

    people: Sequence[User]
    missing: int
    since: datetime
    until: datetime


def levels(request: AccessRequest) -> list[LevelProgress]:
    """Return the levels of the request's policy, lowest first."""
    approvals = [decision for decision in request.decisions.all() if decision.verdict == Verdict.APPROVE]
    rows = sorted(request.policy.levels.all(), key=lambda level: level.number)
    turn = waiting_level([(level.number, level.approvals) for level in rows], [decision.level_number for decision in approvals])
    return [
        LevelProgress(
            number=level.number,
            approvals=level.approvals,
            approvers=_but(request.requester_id, level.approvers.all()),
            given=[decision for decision in approvals if decision.level_number == level.number],
            waits=request.status in UNDECIDED and level.number == turn,
        )
        for level in rows
    ]


def of_request(request: AccessRequest) -> Waiting | None:
    """Return who is waited for, or None when nobody is."""
    turn = next((level for level in levels(request) if level.waits), None)
    if turn is None:
        return None
    decided = {decision.approver_id for decision in request.decisions.all()}
    return Waiting(
        people=[person for person in turn.approvers if person.is_active and person.pk not in decided],
        missing=turn.missing,
        since=max([request.submitted_at, *(decision.decided_at for decision in request.decisions.all())]),
        until=request.decide_until,
    )


def _but(requester: int, approvers: Iterable[User]) -> list[User]:
    return sorted((person for person in approvers if person.pk != requester), key=lambda person: person.username)
