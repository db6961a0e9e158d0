"""The acts of the trail: everything that an entry can say has happened. No entry is written of anything else.

An act stays for ever, since entries name it. Entries of older versions are read as they are, whatever act they name.
"""

from enum import Enum, StrEnum, auto
from typing import Self

from audits.acts import (
    baselines,
    catalogue,
    comparisons,
    directories,
    drifts,
    elevations,
    exports,
    factors,
    findings,
    inspections,
    log_ins,
    packs,
    people,
    permissions,
    production,
    programs,
    reports,
    requests,
    reviews,
    seals,
    settings,
)
from audits.acts.shape import Data, personal


class Mark(Enum):
    # Told to channels: chats, webhooks.
    NEWS = auto()
    # What it says of its subject is the last that the portal decides or does about it; later looks at AWS may follow.
    LAST = auto()
    # Told to the person that it is about, and to nobody else.
    OWN = auto()


NEWS, LAST, OWN = Mark.NEWS, Mark.LAST, Mark.OWN


class Act(StrEnum):
    """Named by what it is about, and what happened to that; with the shape of its data."""

    shape: type[Data]
    is_news: bool
    is_last: bool
    is_own: bool

    def __new__(cls, value: str, shape: type[Data], *marks: Mark) -> Self:
        act = str.__new__(cls, value)
        act._value_, act.shape = value, shape
        act.is_news, act.is_last, act.is_own = NEWS in marks, LAST in marks, OWN in marks
        return act

    @property
    def personal(self) -> frozenset[tuple[str, ...]]:
        """The paths to texts about a person in its data; `*` is each of a list's or an object's."""
        return personal(self.shape)

    REQUEST_SUBMITTED = "request.submitted", requests.Submitted, NEWS
    REQUEST_APPROVAL_GIVEN = "request.approval_given", requests.ApprovalGiven, NEWS
    REQUEST_APPROVED = "request.approved", requests.Approved, NEWS, LAST
    REQUEST_REJECTED = "request.rejected", requests.Refused, NEWS, LAST
    REQUEST_SENT_BACK = "request.sent_back", requests.Refused, NEWS, LAST
    REQUEST_WITHDRAWN = "request.withdrawn", requests.Withdrawn, NEWS, LAST
    REQUEST_LAPSED = "request.lapsed", requests.Lapsed, NEWS, LAST
    REQUEST_CHANGE_ATTEMPT_FAILED = "request.change_attempt_failed", requests.ChangeAttemptFailed
    REQUEST_EXECUTION_SEEN = "request.execution_seen", requests.RequestExecutionSeen
    REQUEST_BASELINE = "request.baseline", baselines.RequestBaseline

    ELEVATION_SCHEDULED = "elevation.scheduled", elevations.Scheduled, NEWS
    ELEVATION_GRANTING = "elevation.granting", elevations.Moved, NEWS
    ELEVATION_ACTIVE = "elevation.active", elevations.MovedAsReadBack, NEWS
    ELEVATION_EXTENDED = "elevation.extended", elevations.Extended, NEWS
    ELEVATION_REVOKING = "elevation.revoking", elevations.EndBegun, NEWS
    ELEVATION_ENDED = "elevation.ended", elevations.Ended, NEWS, LAST
    ELEVATION_CANCELLED = "elevation.cancelled", elevations.Cancelled, NEWS, LAST
    ELEVATION_GRANT_ATTEMPT_FAILED = "elevation.grant_attempt_failed", elevations.AttemptFailed
    ELEVATION_EXTENSION_ATTEMPT_FAILED = "elevation.extension_attempt_failed", elevations.AttemptFailed
    ELEVATION_EXTENSION_WRITTEN = "elevation.extension_written", elevations.ReadBack
    ELEVATION_EXTENSION_REFUSED = "elevation.extension_refused", elevations.ExtensionRefused
    ELEVATION_OVERTAKEN = "elevation.overtaken", elevations.Attempt
    ELEVATION_END_ATTEMPT_FAILED = "elevation.end_attempt_failed", elevations.AttemptFailed
    ELEVATION_END_RECORDED_LATE = "elevation.end_recorded_late", elevations.EndRecordedLate
    ELEVATION_TIDYING_ATTEMPT_FAILED = "elevation.tidying_attempt_failed", elevations.AttemptFailed
    ELEVATION_FENCE_REMOVED = "elevation.fence_removed", elevations.ReadBack
    ELEVATION_FENCE_LEFT = "elevation.fence_left", elevations.ReadBack
    ELEVATION_LOOKED_AFTER = "elevation.looked_after", elevations.ReadBack
    # Its name is from before pages said "evaluated".
    ELEVATION_EVALUATED = "elevation.judged", elevations.Evaluated
    ELEVATION_EXECUTION_SEEN = "elevation.execution_seen", elevations.ElevationExecutionSeen
    ELEVATION_BASELINE = "elevation.baseline", baselines.ElevationBaseline

    # Of an access that is over, and so is its subject.
    WORK_REPORT_WRITTEN = "work_report.written", reports.OfReport, NEWS
    WORK_REPORT_ASKED_BACK = "work_report.asked_back", reports.OfReport, NEWS
    WORK_REPORT_CONFIRMED = "work_report.confirmed", reports.OfReport, NEWS

    # Subjects: a campaign, and an item of one.
    REVIEW_OPENED = "review.opened", reviews.Opened, OWN
    REVIEW_ASSIGNED = "review.assigned", reviews.OfItem
    REVIEW_REMINDED = "review.reminded", reviews.Reminded, OWN
    REVIEW_KEPT = "review.kept", reviews.OfItem
    REVIEW_REMOVAL_DECIDED = "review.removal_decided", reviews.OfItem
    REVIEW_REMOVED = "review.removed", reviews.OfItem

    # Of each day of log-ins to production: a worker opens it, inspectors sign.
    INSPECTION_OPENED = "inspection.opened", inspections.Opened, OWN
    INSPECTION_REMINDED = "inspection.reminded", inspections.Reminded, OWN
    INSPECTION_ROW_SIGNED = "inspection.row_signed", inspections.RowSigned
    INSPECTION_SIGNED = "inspection.signed", inspections.Signed

    # All drift that one comparison found and that was never told before.
    COMPARISON_DRIFT_FOUND = "comparison.drift_found", drifts.DriftTold, NEWS
    # What the trail tells was held against the tables.
    COMPARISON_DONE = "comparison.done", comparisons.ComparisonDone
    DRIFT_FOUND = "drift.found", drifts.Found
    DRIFT_CHANGED = "drift.changed", drifts.OfDrift
    DRIFT_ATTRIBUTED = "drift.attributed", drifts.OfDrift
    DRIFT_UNDOING = "drift.undoing", drifts.DriftMoved
    DRIFT_UNDO_ATTEMPT_FAILED = "drift.undo_attempt_failed", drifts.Undoing
    DRIFT_UNDO_WRITTEN = "drift.undo_written", drifts.Undoing
    DRIFT_UNDONE = "drift.undone", drifts.DriftMoved, LAST
    DRIFT_GONE = "drift.gone", drifts.DriftMoved, LAST
    DRIFT_ACCEPTED = "drift.accepted", drifts.DriftMoved, LAST
    DRIFT_BASELINE = "drift.baseline", baselines.DriftBaseline

    FINDING_OPENED = "finding.opened", findings.Seen
    FINDING_SEEN = "finding.seen", findings.Seen
    FINDING_REOPENED = "finding.reopened", findings.Seen
    FINDING_ASSIGNED = "finding.assigned", findings.Assigned
    FINDING_COMMENTED = "finding.commented", findings.Said
    # By one administrator, and by another one.
    FINDING_ACCEPTANCE_ASKED = "finding.acceptance_asked", findings.OfFinding, NEWS
    FINDING_ACCEPTANCE_REFUSED = "finding.acceptance_refused", findings.Said, NEWS
    FINDING_ACCEPTED = "finding.accepted", findings.Said, NEWS
    FINDING_ACCEPTANCE_ENDED = "finding.acceptance_ended", findings.Said, NEWS
    # By the portal, which sees that the cause is gone; by a person, who says so.
    FINDING_GONE = "finding.gone", findings.Seen, LAST
    FINDING_CLOSED = "finding.closed", findings.Said, LAST
    # All findings that were opened, or opened again, and were never told before.
    FINDINGS_TOLD = "findings.told", findings.FindingsTold, NEWS

    # Log-ins to production, as CloudTrail proves them.
    LOG_IN_SEEN = "log_in.seen", production.LogInSeen
    LOG_IN_CHANGED = "log_in.changed", production.LogInChanged
    LOG_IN_USE_TOLD = "log_in.use_told", production.UseTold
    # A trail was stopped or deleted, and writes again; a time of which nothing can be read; a Region that no trail records, and
    # one that a trail records again; a file that does not verify.
    CLOUDTRAIL_STOPPED = "cloudtrail.stopped", production.OfCloudTrail
    CLOUDTRAIL_STARTED = "cloudtrail.started", production.OfCloudTrail
    CLOUDTRAIL_GAP = "cloudtrail.gap", production.OfCloudTrail
    CLOUDTRAIL_MISSING = "cloudtrail.missing", production.OfCloudTrail
    CLOUDTRAIL_THERE = "cloudtrail.there", production.OfCloudTrail
    CLOUDTRAIL_FAULT = "cloudtrail.fault", production.OfCloudTrail

    # What IAM of an account is, and how the guard rails stand there, is otherwise than at the look before.
    PERMISSIONS_LOOKED = "permissions.looked", permissions.PermissionsLooked
    PERMISSIONS_JUDGED = "permissions.judged", permissions.PermissionsJudged

    CATALOGUE_ADDED = "catalogue.added", catalogue.CatalogueAdded
    CATALOGUE_CHANGED = "catalogue.changed", catalogue.CatalogueChanged
    CATALOGUE_RETIRED = "catalogue.retired", catalogue.CatalogueRetired
    CATALOGUE_BASELINE = "catalogue.baseline", baselines.CatalogueBaseline
    SETTINGS_CHANGED = "settings.changed", settings.SettingsChanged
    RUNBOOK_PUBLISHED = "runbook.published", catalogue.DocumentPublished
    CHANGE_TEMPLATE_PUBLISHED = "change_template.published", catalogue.DocumentPublished
    CHANGE_TEMPLATE_REVIEWED = "change_template.reviewed", catalogue.DocumentPublished

    PERSON_ADDED = "person.added", people.PersonAdded
    PERSON_CHANGED = "person.changed", people.PersonChanged
    PERSON_DISABLED = "person.disabled", people.PersonChanged
    PERSON_ENABLED = "person.enabled", people.PersonChanged
    PERSON_PASSWORD_SET = "person.password_set", people.PasswordSet
    # The same password, hashed anew as this release does it.
    PERSON_PASSWORD_REHASHED = "person.password_rehashed", people.PasswordSet
    PERSON_BASELINE = "person.baseline", baselines.PersonBaseline
    FIRST_LINK_MADE = "person.first_link_made", people.FirstLinkMade
    LOGGED_IN = "person.logged_in", log_ins.InBrowser
    EMERGENCY_LOG_IN = "person.emergency_log_in", log_ins.InBrowser, NEWS
    LOGGED_IN_BY_NEW_DEVICE = "person.logged_in_by_new_device", log_ins.InBrowser, OWN
    LOGGED_OUT = "person.logged_out", log_ins.InBrowser
    LOG_IN_FAILED = "log_in.failed", log_ins.LogInFailed
    SESSIONS_ENDED = "person.sessions_ended", log_ins.SessionsEnded
    FACTOR_ADDED = "factor.added", factors.FactorAdded, NEWS, OWN
    FACTOR_REMOVED = "factor.removed", factors.FactorRemoved, OWN
    RECOVERY_USED = "factor.recovery_used", factors.RecoveryUsed, OWN
    FACTOR_CLONED = "factor.cloned", factors.FactorCloned, NEWS, OWN
    FACTOR_RESET_PROPOSED = "factor.reset_proposed", factors.ResetProposed, NEWS, OWN
    FACTOR_RESET_DROPPED = "factor.reset_dropped", factors.ResetDropped
    FACTORS_RESET = "factor.reset", factors.FactorsReset, NEWS, OWN
    IAM_USER_BOUND = "iam_user.bound", people.Bound
    IAM_USER_UNBOUND = "iam_user.unbound", people.Unbound
    IDENTITY_CENTER_USER_BOUND = "identity_center_user.bound", people.Bound
    IDENTITY_CENTER_USER_UNBOUND = "identity_center_user.unbound", people.Unbound
    IDENTITY_LINKED = "identity.linked", people.Linked
    IDENTITY_UNLINKED = "identity.unlinked", people.Unlinked
    LOG_IN_LINKED = "log_in.linked", people.LogInLinked
    PERSON_ROLES_CHANGED = "person.roles_changed", people.RolesChanged
    PERSON_PROVISIONED = "person.provisioned", directories.PersonProvisioned
    PROVIDED_BASELINE = "provided.baseline", baselines.ProvidedBaseline
    DIRECTORY_GROUP_CHANGED = "directory_group.changed", directories.DirectoryGroupChanged
    DIRECTORY_GROUP_BASELINE = "directory_group.baseline", baselines.DirectoryGroupBaseline
    SCIM_TOKEN_MADE = "scim_token.made", directories.ScimTokenMade
    SCIM_TOKEN_REVOKED = "scim_token.revoked", directories.ScimTokenRevoked
    SCIM_TOKEN_BASELINE = "scim_token.baseline", baselines.ScimTokenBaseline

    CLIENT_ADDED = "client.added", programs.ClientAdded
    CLIENT_CHANGED = "client.changed", programs.ClientChanged
    CLIENT_SECRET_ROTATED = "client.secret_rotated", programs.ClientChanged
    CLIENT_REVOKED = "client.revoked", programs.ClientChanged
    CLIENT_RESTORED = "client.restored", programs.ClientAdded
    CLIENT_BASELINE = "client.baseline", baselines.ClientBaseline
    TOKEN_ALLOWED = "token.allowed", programs.TokenAllowed
    TOKEN_DENIED = "token.denied", programs.TokenDenied
    TOKEN_COLLECTED = "token.collected", programs.TokenCollected
    TOKEN_REVOKED = "token.revoked", programs.TokenRevoked
    TOKEN_BASELINE = "token.baseline", baselines.TokenBaseline

    WEBHOOK_ADDED = "webhook.added", programs.WebhookAdded
    WEBHOOK_CHANGED = "webhook.changed", programs.WebhookChanged
    WEBHOOK_ROTATED = "webhook.rotated", programs.WebhookRotated
    WEBHOOK_ENABLED = "webhook.enabled", programs.WebhookChanged
    WEBHOOK_DISABLED = "webhook.disabled", programs.WebhookChanged
    WEBHOOK_DELETED = "webhook.deleted", programs.WebhookDeleted
    WEBHOOK_BASELINE = "webhook.baseline", baselines.WebhookBaseline
    DELIVERY_REPEATED = "delivery.repeated", programs.DeliveryRepeated

    # Of what somebody found in the trail and took home.
    EXPORT_ASKED = "export.asked", exports.ExportAsked
    EXPORT_MADE = "export.made", exports.ExportMade
    EXPORT_FAILED = "export.failed", exports.ExportFailed
    EXPORT_DOWNLOADED = "export.downloaded", exports.ExportDownloaded

    # Evidence packs of a period: who draws a sample, by which seed, is seen.
    PACK_ASKED = "pack.asked", packs.PackAsked
    SAMPLE_DRAWN = "pack.sample_drawn", packs.SampleDrawn
    PACK_MADE = "pack.made", packs.PackMade
    PACK_FAILED = "pack.failed", packs.PackFailed
    PACK_DOWNLOADED = "pack.downloaded", packs.PackDownloaded

    TRAIL_RECORDED_LATE = "trail.recorded_late", seals.RecordedLate, NEWS
    # Of a log: the sealer's, but for the order to begin another, which is an administrator's.
    SEAL_NEW_LOG_ORDERED = "seal.new_log_ordered", seals.NewLogOrdered
    SEAL_LOG_BEGUN = "seal.log_begun", seals.LogBegun
    SEAL_KEY_CHANGED = "seal.key_changed", seals.KeyChanged
    # What workers see of it, for whoever is to be told.
    SEAL_STOPPED = "seal.stopped", seals.SealStopped, NEWS
    SEAL_OVERDUE = "seal.overdue", seals.SealOverdue, NEWS
    SEAL_CAUGHT_UP = "seal.caught_up", seals.SealCaughtUp, NEWS
    SEAL_GUARD_TOUCHED = "seal.guard_touched", seals.GuardTouched, NEWS

    PERSONAL_ERASED = "personal.erased", seals.PersonalErased


TOLD = frozenset(act for act in Act if act.is_news)
TOLD_TO_PERSON = frozenset(act for act in Act if act.is_own)
# The version of new entries. 1: a request's long texts are in each of its entries. 2: in the entry of its submission alone.
# 3: each act's data has a shape, which is checked when it is written. 4: log-ins, directories; why a request was withdrawn.
# 5: findings, second factors, decisions that they sign; and all that the tables have and that decides: the state of each thing
# is made again from entries.
LATEST = max(act.shape.since for act in Act)
