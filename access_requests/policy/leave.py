"""Whether an elevation has leave: what a worker may give, and wherever an end is read for a fence."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from access_requests.lifecycle import ElevationStatus, RequestStatus
from access_requests.policy.levels import waiting_level
from portal.verbs.rejections import Conflict


class Unfounded(StrEnum):
    """Why an elevation gives nothing. Kept as its stop reason."""

    NOT_APPROVED = "not_approved"
    OWN_DECISION = "own_decision"
    NOT_BY_POLICY = "not_by_policy"
    NOT_AS_RECORDED = "not_as_recorded"
    END_NOT_APPROVED = "end_not_approved"


class Withheld(Conflict):
    """What a worker finds before it gives. `reason` is kept as the elevation's stop reason, whose words people read."""

    code = "withheld"
    sentence = "%(reason)s"


@dataclass(frozen=True, kw_only=True)
class Said:
    """One decision, as the table of decisions and the trail both have it. `seen` is the digest of what was decided on."""

    approver: str
    level: int
    verdict: str
    seen: str


@dataclass(frozen=True, kw_only=True)
class Level:
    number: int
    approvals: int
    approvers: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Of a request, what its row and the trail's entry of its approval must both have."""

    status: str
    requester: str
    digest: str
    starts_at: datetime | None
    ends_at: datetime | None
    decisions: frozenset[Said] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Consent:
    """A request and what the trail has of it: `told` is None unless it was approved there exactly once.

    `by` are the approvals in the trail, each with the levels of the policy as they were frozen with it; the last one's are
    those that had to be satisfied.
    """

    row: Facts
    told: Facts | None = None
    by: tuple[tuple[Said, tuple[Level, ...]], ...] = ()
    work_groups: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Given:
    """To whom an elevation gives what, from when, as its row or the trail's entry of its making has it.

    Users are (name, id) in AWS; both are empty of the one that the work group is not granted to.
    """

    request: str
    person: str
    work_group: str
    iam_user: tuple[str, str]
    identity_center_user: tuple[str, str]
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """What an elevation rests on.

    `states` are those that the trail has of it, in their order. `extensions` are by code: those that moved its end, says the
    trail, and that AWS did not refuse.
    """

    status: str
    row: Given
    told: Given | None
    states: tuple[str, ...]
    ends_at: datetime
    ends_by: str
    consent: Consent
    extensions: Mapping[str, Consent]


# Whoever forges a row of access that is over finds the trail saying so, whatever is appended to it.
_OVER = frozenset({ElevationStatus.REVOKING, ElevationStatus.ENDED, ElevationStatus.CANCELLED})


def unfounded(grounds: Grounds) -> Unfounded | None:
    """Return why nothing may be given by the elevation, or None. A row in the database is a claim; this is its proof."""
    try:
        return _unfounded(grounds)
    except (AttributeError, KeyError, TypeError, ValueError):
        # An entry of the trail that cannot be compared is none of the portal's: it holds up nobody else.
        return Unfounded.NOT_AS_RECORDED


def _unfounded(grounds: Grounds) -> Unfounded | None:
    if reason := _no_consent(grounds.consent):
        return reason
    states = grounds.states
    if grounds.told != grounds.row or not states or states[-1] != grounds.status or _OVER.intersection(states):
        return Unfounded.NOT_AS_RECORDED
    approved = grounds.consent.row
    if grounds.row.person != approved.requester or grounds.row.starts_at != approved.starts_at:
        return Unfounded.NOT_AS_RECORDED
    if grounds.row.work_group not in grounds.consent.work_groups:
        return Unfounded.NOT_AS_RECORDED
    return _end_unfounded(grounds)


def _end_unfounded(grounds: Grounds) -> Unfounded | None:
    own = grounds.ends_by in ("", grounds.row.request)
    fixed_by = grounds.consent if own else grounds.extensions.get(grounds.ends_by)
    if fixed_by is None or fixed_by.row.ends_at != grounds.ends_at:
        return Unfounded.END_NOT_APPROVED
    if not own and (fixed_by.row.requester != grounds.row.person or grounds.row.work_group not in fixed_by.work_groups):
        return Unfounded.END_NOT_APPROVED
    return None if own else _no_consent(fixed_by)


def _no_consent(consent: Consent) -> Unfounded | None:
    row = consent.row
    if row.status != RequestStatus.APPROVED:
        return Unfounded.NOT_APPROVED
    if any(said.approver == row.requester for said in row.decisions):
        return Unfounded.OWN_DECISION
    if consent.told != row:
        return Unfounded.NOT_AS_RECORDED
    return None if _satisfies_policy(consent) else Unfounded.NOT_BY_POLICY


def _satisfies_policy(consent: Consent) -> bool:
    """Whether each yes was an approver's of its level when it was said, nobody said two, and each level has its number."""
    people = {said.approver for said, _levels in consent.by}
    if not consent.by or len(people) != len(consent.by):
        return False
    if not all(_is_of_level(said, levels) for said, levels in consent.by):
        return False
    needed = [(level.number, level.approvals) for level in consent.by[-1][1]]
    return bool(needed) and waiting_level(needed, [said.level for said, _levels in consent.by]) is None


def _is_of_level(said: Said, levels: Collection[Level]) -> bool:
    return any(level.number == said.level and said.approver in level.approvers for level in levels)
