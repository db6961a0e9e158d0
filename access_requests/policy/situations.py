"""The places where rules are asked, and what is known at each: frozen, and gathered under that place's lock."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from access_requests.policy.facts import (
    Approver,
    Decidable,
    Extended,
    FullRole,
    Group,
    Length,
    Other,
    Passage,
    Proof,
    Requester,
    Seat,
    Sight,
    Submissions,
    UnreadRole,
)
from access_requests.policy.leave import Grounds
from access_requests.policy.reports import OverdueReport
from access_requests.policy.signatures import Look
from access_requests.policy.windows import AskedWindow, Limits


class Place(StrEnum):
    """Where who may do what, and when, is asked."""

    ASK = "ask"
    DECIDE = "decide"
    # The last approval of a request.
    START = "start"
    # Each step of a grant, and of writing a later end.
    GRANT = "grant"
    # More time is asked for, and approved.
    PROLONG_ASK = "prolong_ask"
    PROLONG = "prolong"
    # Whatever else needs a proof of who does it.
    PROVE = "prove"


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What rules read at one place. A fact has no default: what was not gathered is an error, and never lets anybody through."""

    place: ClassVar[Place]
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Asking(Situation):
    """A person submits a request. The person is locked."""

    place = Place.ASK
    requester: Requester
    work_groups: tuple[Group, ...]
    submissions: Submissions
    overdue_reports: tuple[OverdueReport, ...]
    window: AskedWindow
    limits: Limits
    length: Length
    pending: Other | None
    overlaps: Other | None
    seats: tuple[Seat, ...]
    unread_roles: tuple[UnreadRole, ...]


@dataclass(frozen=True, kw_only=True)
class Deciding(Situation):
    """Somebody approves, rejects or sends back. A decision locks the request; a page that offers one does not."""

    place = Place.DECIDE
    is_approval: bool
    approver: Approver
    request: Decidable
    group_names: tuple[str, ...]
    levels_moved: bool
    passage: Passage
    unread_roles: tuple[UnreadRole, ...]
    sight: Sight
    signature: Look | None
    proof: Proof


@dataclass(frozen=True, kw_only=True)
class Starting(Situation):
    """The last approval of a request. Request and requester are locked."""

    place = Place.START
    requester: Requester
    work_groups: tuple[Group, ...]
    limits: Limits
    length: Length
    overlaps: Other | None
    full_role: FullRole | None


@dataclass(frozen=True, kw_only=True)
class Granting(Situation):
    """A worker is about to give, or to write a later end. The elevation is locked.

    `rebound`: the kind of user in AWS to whom the person is no longer bound as they were, or nothing.
    """

    place = Place.GRANT
    ends_at: datetime
    requester: Requester
    work_groups: tuple[Group, ...]
    rebound: str
    grounds: Grounds


@dataclass(frozen=True, kw_only=True)
class ProlongAsking(Situation):
    """A person asks for more time. Person and elevation are locked."""

    place = Place.PROLONG_ASK
    requester: Requester
    work_groups: tuple[Group, ...]
    submissions: Submissions
    extended: Extended
    ends_at: datetime
    limits: Limits
    length: Length
    pending: Other | None
    overlaps: Other | None
    seats: tuple[Seat, ...]
    unread_roles: tuple[UnreadRole, ...]
    proof: Proof


@dataclass(frozen=True, kw_only=True)
class Prolonging(Situation):
    """The last approval of an extension. Request, requester and elevation are locked."""

    place = Place.PROLONG
    requester: Requester
    work_groups: tuple[Group, ...]
    extended: Extended
    change_waits_for_portal: bool
    limits: Limits
    length: Length
    pending: Other | None
    overlaps: Other | None


@dataclass(frozen=True, kw_only=True)
class Proving(Situation):
    """Somebody does what is guarded, and of which nothing else is a rule."""

    place = Place.PROVE
    proof: Proof
