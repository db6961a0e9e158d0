"""Whether an elevation has leave: what a worker may give, and wherever an end is read for a fence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from access_requests.lifecycle import ElevationStatus, RequestStatus
from access_requests.policy.levels import ROLE_MARK, waiting_level
from access_requests.policy.signatures import BY_PASSKEY, NotSigned, Signature
from portal.verbs.rejections import Conflict


class Unfounded(StrEnum):
    """Why an elevation gives nothing. Kept as its stop reason."""

    NOT_APPROVED = "not_approved"
    OWN_DECISION = "own_decision"
    NOT_BY_POLICY = "not_by_policy"
    NOT_SIGNED = "not_signed"
    PASSKEY_TOO_YOUNG = "passkey_too_young"
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
class Policy:
    """`ways`: the doors by which it lets decide, and `passkey`. `factor_age`: for how long a passkey has to be enrolled."""

    levels: tuple[Level, ...]
    ways: frozenset[str]
    factor_age: timedelta


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A yes in the trail, with the policy as its entry has it frozen.

    `way`: the door that it came by, or `passkey` where it has a signature. `declared`: the policy as the catalogue's entries had
    it, of before and after where it changed just then; None where the catalogue has none of the work group.
    """

    said: Said
    policy: Policy
    way: str
    signature: Signature | None = None
    declared: tuple[Policy, ...] | None = None


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

    `by` are the approvals in the trail; the levels of the last one are those that had to be satisfied.
    """

    row: Facts
    told: Facts | None = None
    by: tuple[Approval, ...] = ()
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
    if not _satisfies_policy(consent):
        return Unfounded.NOT_BY_POLICY
    return next(filter(None, map(why_not_taken, consent.by)), None)


def why_not_taken(yes: Approval) -> Unfounded | None:
    """Return why it counts for nothing, or None: an approver of its level said it by a way of the policy, signed if so."""
    if not (_is_of_level(yes.said, yes.policy) and _is_as_declared(yes)):
        return Unfounded.NOT_BY_POLICY
    return _why_not_this_way(yes)


def _satisfies_policy(consent: Consent) -> bool:
    """Whether nobody said two, and each level has its number."""
    people = {yes.said.approver for yes in consent.by}
    if not consent.by or len(people) != len(consent.by):
        return False
    needed = [(level.number, level.approvals) for level in consent.by[-1].policy.levels]
    return bool(needed) and waiting_level(needed, [yes.said.level for yes in consent.by]) is None


def _is_of_level(said: Said, policy: Policy) -> bool:
    return any(level.number == said.level and said.approver in level.approvers for level in policy.levels)


def _is_as_declared(yes: Approval) -> bool:
    """Whether the policy that the entry has frozen is no more lenient to this yes than the catalogue's own entries are."""
    if yes.declared is None:
        return True
    return any(_allows(policy, yes) for policy in yes.declared)


def _allows(declared: Policy, yes: Approval) -> bool:
    # Who has a role such as @lead is not known here.
    of_roles = (
        level.number == yes.said.level and any(name.startswith(ROLE_MARK) for name in level.approvers)
        for level in declared.levels
    )
    is_approver = _is_of_level(yes.said, declared) or any(of_roles)
    return is_approver and yes.way in declared.ways and yes.policy.factor_age >= declared.factor_age


def _why_not_this_way(yes: Approval) -> Unfounded | None:
    if yes.way not in yes.policy.ways:
        return Unfounded.NOT_SIGNED if BY_PASSKEY in yes.policy.ways else Unfounded.NOT_BY_POLICY
    if yes.signature is None:
        return None
    try:
        yes.signature.count()
    except NotSigned:
        return Unfounded.NOT_SIGNED
    return Unfounded.PASSKEY_TOO_YOUNG if yes.signature.age() < yes.policy.factor_age else None
