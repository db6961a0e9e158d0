"""The acts of the trail: everything that an entry can say has happened. No entry is written of anything else.

An act stays for ever, since entries name it. Entries of older versions are read as they are, whatever act they name.
"""

from enum import Enum, StrEnum, auto
from typing import Self


class Mark(Enum):
    # Told to channels: chats, webhooks.
    NEWS = auto()
    # What it says of its subject is the last that the portal decides or does about it; later looks at AWS may follow.
    LAST = auto()


NEWS, LAST = Mark.NEWS, Mark.LAST


class Act(StrEnum):
    """Named by what it is about, and what happened to that."""

    is_news: bool
    is_last: bool

    def __new__(cls, value: str, *marks: Mark) -> Self:
        act = str.__new__(cls, value)
        act._value_, act.is_news, act.is_last = value, NEWS in marks, LAST in marks
        return act

    REQUEST_SUBMITTED = "request.submitted", NEWS
    REQUEST_APPROVAL_GIVEN = "request.approval_given", NEWS
    REQUEST_APPROVED = "request.approved", NEWS, LAST
    REQUEST_REJECTED = "request.rejected", NEWS, LAST
    REQUEST_SENT_BACK = "request.sent_back", NEWS, LAST
    REQUEST_WITHDRAWN = "request.withdrawn", NEWS, LAST
    REQUEST_LAPSED = "request.lapsed", NEWS, LAST
    REQUEST_CHANGE_ATTEMPT_FAILED = "request.change_attempt_failed"
    REQUEST_EXECUTION_SEEN = "request.execution_seen"

    ELEVATION_SCHEDULED = "elevation.scheduled", NEWS
    ELEVATION_GRANTING = "elevation.granting", NEWS
    ELEVATION_ACTIVE = "elevation.active", NEWS
    ELEVATION_EXTENDED = "elevation.extended", NEWS
    ELEVATION_REVOKING = "elevation.revoking", NEWS
    ELEVATION_ENDED = "elevation.ended", NEWS, LAST
    ELEVATION_CANCELLED = "elevation.cancelled", NEWS, LAST
    ELEVATION_GRANT_ATTEMPT_FAILED = "elevation.grant_attempt_failed"
    ELEVATION_EXTENSION_ATTEMPT_FAILED = "elevation.extension_attempt_failed"
    ELEVATION_EXTENSION_WRITTEN = "elevation.extension_written"
    ELEVATION_EXTENSION_REFUSED = "elevation.extension_refused"
    ELEVATION_OVERTAKEN = "elevation.overtaken"
    ELEVATION_END_ATTEMPT_FAILED = "elevation.end_attempt_failed"
    ELEVATION_END_RECORDED_LATE = "elevation.end_recorded_late"
    ELEVATION_TIDYING_ATTEMPT_FAILED = "elevation.tidying_attempt_failed"
    ELEVATION_FENCE_REMOVED = "elevation.fence_removed"
    ELEVATION_FENCE_LEFT = "elevation.fence_left"
    ELEVATION_LOOKED_AFTER = "elevation.looked_after"
    # Its name is from before pages said "evaluated".
    ELEVATION_EVALUATED = "elevation.judged"
    ELEVATION_EXECUTION_SEEN = "elevation.execution_seen"

    # All drift that one comparison found and that was never told before.
    COMPARISON_DRIFT_FOUND = "comparison.drift_found", NEWS
    DRIFT_FOUND = "drift.found"
    DRIFT_CHANGED = "drift.changed"
    DRIFT_ATTRIBUTED = "drift.attributed"
    DRIFT_UNDOING = "drift.undoing"
    DRIFT_UNDO_ATTEMPT_FAILED = "drift.undo_attempt_failed"
    DRIFT_UNDO_WRITTEN = "drift.undo_written"
    DRIFT_UNDONE = "drift.undone", LAST
    DRIFT_GONE = "drift.gone", LAST
    DRIFT_ACCEPTED = "drift.accepted", LAST

    CATALOGUE_ADDED = "catalogue.added"
    CATALOGUE_CHANGED = "catalogue.changed"
    CATALOGUE_RETIRED = "catalogue.retired"
    RUNBOOK_PUBLISHED = "runbook.published"
    CHANGE_TEMPLATE_PUBLISHED = "change_template.published"
    CHANGE_TEMPLATE_REVIEWED = "change_template.reviewed"

    PERSON_ADDED = "person.added"
    PERSON_CHANGED = "person.changed"
    PERSON_DISABLED = "person.disabled"
    PERSON_ENABLED = "person.enabled"
    PERSON_PASSWORD_SET = "person.password_set"  # noqa: S105  An act.
    IAM_USER_BOUND = "iam_user.bound"
    IAM_USER_UNBOUND = "iam_user.unbound"
    IDENTITY_CENTER_USER_BOUND = "identity_center_user.bound"
    IDENTITY_CENTER_USER_UNBOUND = "identity_center_user.unbound"
    IDENTITY_LINKED = "identity.linked"
    IDENTITY_UNLINKED = "identity.unlinked"

    CLIENT_ADDED = "client.added"
    CLIENT_CHANGED = "client.changed"
    CLIENT_SECRET_ROTATED = "client.secret_rotated"  # noqa: S105
    CLIENT_REVOKED = "client.revoked"
    CLIENT_RESTORED = "client.restored"
    TOKEN_ALLOWED = "token.allowed"  # noqa: S105
    TOKEN_DENIED = "token.denied"  # noqa: S105
    TOKEN_COLLECTED = "token.collected"  # noqa: S105
    TOKEN_REVOKED = "token.revoked"  # noqa: S105

    WEBHOOK_ADDED = "webhook.added"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_ROTATED = "webhook.rotated"
    WEBHOOK_ENABLED = "webhook.enabled"
    WEBHOOK_DISABLED = "webhook.disabled"
    WEBHOOK_DELETED = "webhook.deleted"
    DELIVERY_REPEATED = "delivery.repeated"

    # Of a log: the sealer's, but for the order to begin another, which is an administrator's.
    SEAL_NEW_LOG_ORDERED = "seal.new_log_ordered"
    SEAL_LOG_BEGUN = "seal.log_begun"
    SEAL_KEY_CHANGED = "seal.key_changed"


TOLD = frozenset(act for act in Act if act.is_news)
