"""The state machines, as data. docs/lifecycle.md is generated from the tables below."""

from enum import StrEnum


class RequestStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class RequestAction(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    SEND_BACK = "send_back"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


class ElevationStatus(StrEnum):
    SCHEDULED = "scheduled"
    GRANTING = "granting"
    ACTIVE = "active"
    REVOKING = "revoking"
    ENDED = "ended"
    CANCELLED = "cancelled"


class ElevationAction(StrEnum):
    START_GRANT = "start_grant"
    CONFIRM_GRANT = "confirm_grant"
    START_REVOKE = "start_revoke"
    CONFIRM_REVOKE = "confirm_revoke"
    CANCEL = "cancel"


class DriftStatus(StrEnum):
    OPEN = "open"
    UNDOING = "undoing"
    UNDONE = "undone"
    GONE = "gone"
    ACCEPTED = "accepted"


class DriftAction(StrEnum):
    ASK_UNDO = "ask_undo"
    CONFIRM_UNDO = "confirm_undo"
    SEE_GONE = "see_gone"
    ACCEPT = "accept"


REQUEST_TRANSITIONS: dict[tuple[RequestStatus, RequestAction], RequestStatus] = {
    # The last approval that the policy asks for; those before it leave the request pending.
    (RequestStatus.PENDING, RequestAction.APPROVE): RequestStatus.APPROVED,
    (RequestStatus.PENDING, RequestAction.REJECT): RequestStatus.REJECTED,
    (RequestStatus.PENDING, RequestAction.SEND_BACK): RequestStatus.SENT_BACK,
    (RequestStatus.PENDING, RequestAction.WITHDRAW): RequestStatus.WITHDRAWN,
    (RequestStatus.PENDING, RequestAction.LAPSE): RequestStatus.LAPSED,
}

ELEVATION_TRANSITIONS: dict[tuple[ElevationStatus, ElevationAction], ElevationStatus] = {
    (ElevationStatus.SCHEDULED, ElevationAction.START_GRANT): ElevationStatus.GRANTING,
    (ElevationStatus.SCHEDULED, ElevationAction.CANCEL): ElevationStatus.CANCELLED,
    (ElevationStatus.GRANTING, ElevationAction.CONFIRM_GRANT): ElevationStatus.ACTIVE,
    # A grant whose outcome could not be learned may exist, so it is revoked, never "failed".
    (ElevationStatus.GRANTING, ElevationAction.START_REVOKE): ElevationStatus.REVOKING,
    (ElevationStatus.ACTIVE, ElevationAction.START_REVOKE): ElevationStatus.REVOKING,
    # Only after AWS, read back, shows the membership gone. Until then revoking stays open and is tried again.
    (ElevationStatus.REVOKING, ElevationAction.CONFIRM_REVOKE): ElevationStatus.ENDED,
}

DRIFT_TRANSITIONS: dict[tuple[DriftStatus, DriftAction], DriftStatus] = {
    # By an administrator, or by the portal where the work group says so.
    (DriftStatus.OPEN, DriftAction.ASK_UNDO): DriftStatus.UNDOING,
    # By an administrator: it is right as it is now.
    (DriftStatus.OPEN, DriftAction.ACCEPT): DriftStatus.ACCEPTED,
    # Somebody else put it right, or it belongs to nothing any more.
    (DriftStatus.OPEN, DriftAction.SEE_GONE): DriftStatus.GONE,
    (DriftStatus.UNDOING, DriftAction.SEE_GONE): DriftStatus.GONE,
    # Only after AWS, read back, shows it as it was.
    (DriftStatus.UNDOING, DriftAction.CONFIRM_UNDO): DriftStatus.UNDONE,
}

UNDECIDED = frozenset(status for status, _ in REQUEST_TRANSITIONS)
# AWS may have something of these: at most one of a person and a work group.
IN_AWS = frozenset({ElevationStatus.GRANTING, ElevationStatus.ACTIVE, ElevationStatus.REVOKING})
# In AWS, or about to be, and not being taken out again.
INSIDE = IN_AWS - {ElevationStatus.REVOKING}
# Everything that something is still to happen to.
UNSETTLED = frozenset(status for status, _ in ELEVATION_TRANSITIONS)
# May stand in a window: what overlaps is measured against these.
STANDING = UNSETTLED - {ElevationStatus.REVOKING}
# Nothing is given by these any more.
OVER = frozenset(ElevationStatus) - STANDING
DRIFT_OPEN = frozenset(status for status, _ in DRIFT_TRANSITIONS)
