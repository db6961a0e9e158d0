"""What rules read: values, read under the lock of the place where a rule is asked, and protocols by which a rule names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from access_requests.errors import NoIamUser, NoIdentityCenterUser
from access_requests.policy.leave import Grounds
from access_requests.policy.proofs import Guarded, Need
from access_requests.policy.signatures import Look
from access_requests.policy.windows import AskedWindow, Limits
from portal.verbs.proving import Proven


@dataclass(frozen=True, kw_only=True)
class Requester:
    username: str
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class Approver:
    """Who decides. `levels` are the numbers of the levels at which they may; `carried_by` is a client of theirs that said yes."""

    is_active: bool
    is_requester: bool
    has_decided: bool
    levels: frozenset[int]
    carried_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """A work group as it is for the requester.

    `is_under_policy`: whether it is still approved under the request's. `lacks` is the refusal for the user in AWS that the
    requester is not bound to.
    """

    name: str
    is_retired: bool
    is_under_policy: bool
    is_open: bool
    lacks: type[NoIamUser | NoIdentityCenterUser] | None


@dataclass(frozen=True, kw_only=True)
class UnreadRole:
    """A role of which nobody knows yet which one in AWS it is."""

    role: str
    work_group: str


@dataclass(frozen=True, kw_only=True)
class FullRole:
    """A role whose session gate holds no more people than these."""

    role: str
    people: int


@dataclass(frozen=True, kw_only=True)
class Other:
    """Another request or elevation of the person for the same work group."""

    code: str
    work_group: str


@dataclass(frozen=True, kw_only=True)
class Quota:
    """How many requests one person may have waiting, and how many they may submit within an hour."""

    pending: int
    hourly: int


@dataclass(frozen=True, kw_only=True)
class Submissions:
    """What a person has submitted.

    `hour_began_at`: when the oldest of the last `allowed.hourly` was submitted; None where there are fewer.
    """

    allowed: Quota
    pending: int
    hour_began_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Length:
    """The time that would be given, and the field by which it was asked for."""

    time: timedelta
    field: str


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A level of the policy: how many approvals it needs, of whom besides the requester. People are keys."""

    level: int
    approvals: int
    people: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Decidable:
    """A request, as a decision finds it. `level` is the number of the level that waits for an approval."""

    status: str
    decide_until: datetime
    level: int | None


@dataclass(frozen=True, kw_only=True)
class Passage:
    """Whether the door by which a decision comes may carry it, and where else it can be made.

    `may_sign`: it may once a passkey of the approver's has signed it. One that was signed goes no other way.
    """

    is_open: bool
    may_sign: bool
    url: str


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Whether what the approver saw, and those before them said yes to, is what holds now, and what of it changed."""

    holds: bool
    changed: Mapping[str, tuple[object, object]]


@dataclass(frozen=True, kw_only=True)
class Extended:
    """The elevation that more time is asked for.

    `waits_for_start`: its change request in AWS is still that of the access itself.
    """

    status: str
    is_own: bool
    is_open: bool
    ends_at: datetime
    waits_for_start: bool


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What who acts has proven, and what the act needs.

    `may_be_asked`: whether the person is there, by this door, to prove more. `factors_required`: whether the company wants second
    factors at all; `must_have_factor`: whether this person must have one.
    """

    act: Guarded
    need: Need
    factors_required: bool
    must_have_factor: bool
    has_factor: bool
    may_be_asked: bool
    proven: tuple[Proven, ...]


class HasNow(Protocol):
    @property
    def now(self) -> datetime: ...


class HasRequester(Protocol):
    @property
    def requester(self) -> Requester: ...
    @property
    def work_groups(self) -> tuple[Group, ...]: ...


class HasSubmissions(HasNow, Protocol):
    @property
    def submissions(self) -> Submissions: ...


class HasWindow(HasNow, Protocol):
    @property
    def window(self) -> AskedWindow: ...


class HasLimits(Protocol):
    @property
    def limits(self) -> Limits: ...
    @property
    def length(self) -> Length: ...


class HasLimitsOfGroups(HasLimits, HasRequester, Protocol): ...


class HasOverlap(Protocol):
    @property
    def overlaps(self) -> Other | None: ...


class HasPending(Protocol):
    @property
    def pending(self) -> Other | None: ...


class HasSeats(Protocol):
    @property
    def seats(self) -> tuple[Seat, ...]: ...


class HasRoles(Protocol):
    @property
    def unread_roles(self) -> tuple[UnreadRole, ...]: ...


class HasGates(Protocol):
    @property
    def full_role(self) -> FullRole | None: ...


class HasApprover(Protocol):
    @property
    def approver(self) -> Approver: ...


class HasRequest(HasApprover, HasNow, Protocol):
    @property
    def request(self) -> Decidable: ...


class HasPassage(Protocol):
    @property
    def passage(self) -> Passage: ...


class HasSignature(Protocol):
    @property
    def signature(self) -> Look | None: ...


class HasSight(Protocol):
    @property
    def sight(self) -> Sight: ...


class HasApproval(HasApprover, Protocol):
    @property
    def is_approval(self) -> bool: ...


class HasMovedLevels(HasApproval, Protocol):
    @property
    def levels_moved(self) -> bool: ...
    @property
    def group_names(self) -> tuple[str, ...]: ...


class HasExtended(Protocol):
    @property
    def extended(self) -> Extended: ...


class HasNewEnd(HasExtended, Protocol):
    @property
    def ends_at(self) -> datetime: ...


class HasChange(Protocol):
    @property
    def change_waits_for_portal(self) -> bool: ...


class HasEnd(HasNow, Protocol):
    @property
    def ends_at(self) -> datetime: ...


class HasPrincipal(Protocol):
    @property
    def rebound(self) -> str: ...


class HasGrounds(Protocol):
    @property
    def grounds(self) -> Grounds: ...


class HasProof(HasNow, Protocol):
    @property
    def proof(self) -> Proof: ...
