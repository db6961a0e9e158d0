"""What each act does to the state. An act that does nothing to it is named with the others that do not: none is forgotten."""

from collections.abc import Callable, Mapping

from audits.acts import Act
from audits.replay import baselines, catalogue, factors, people, programs, requests
from audits.replay.state import Entry, State

Step = Callable[[State, Entry], None]

STEPS: Mapping[str, Step] = {
    Act.REQUEST_SUBMITTED: requests.submitted,
    **dict.fromkeys(
        (
            *(Act.REQUEST_APPROVAL_GIVEN, Act.REQUEST_APPROVED, Act.REQUEST_REJECTED, Act.REQUEST_SENT_BACK),
            *(Act.REQUEST_WITHDRAWN, Act.REQUEST_LAPSED),
        ),
        requests.moved,
    ),
    **dict.fromkeys(
        (
            *(Act.ELEVATION_SCHEDULED, Act.ELEVATION_GRANTING, Act.ELEVATION_ACTIVE, Act.ELEVATION_EXTENDED),
            *(Act.ELEVATION_EXTENSION_WRITTEN, Act.ELEVATION_EXTENSION_REFUSED, Act.ELEVATION_REVOKING),
            *(Act.ELEVATION_ENDED, Act.ELEVATION_CANCELLED),
        ),
        requests.elevation,
    ),
    Act.ELEVATION_END_RECORDED_LATE: requests.ended_late,
    **dict.fromkeys(
        (
            *(Act.DRIFT_FOUND, Act.DRIFT_CHANGED, Act.DRIFT_ATTRIBUTED, Act.DRIFT_UNDOING, Act.DRIFT_UNDO_ATTEMPT_FAILED),
            *(Act.DRIFT_UNDO_WRITTEN, Act.DRIFT_UNDONE, Act.DRIFT_GONE, Act.DRIFT_ACCEPTED),
        ),
        programs.drift,
    ),
    Act.CATALOGUE_ADDED: catalogue.said,
    Act.CATALOGUE_CHANGED: catalogue.said,
    Act.CATALOGUE_RETIRED: catalogue.retired,
    Act.SETTINGS_CHANGED: catalogue.settings,
    Act.PERSON_ADDED: people.added,
    Act.PERSON_CHANGED: people.changed,
    Act.PERSON_DISABLED: people.disabled,
    Act.PERSON_ENABLED: people.enabled,
    **dict.fromkeys((Act.PERSON_PASSWORD_SET, Act.PERSON_PASSWORD_REHASHED, Act.FIRST_LINK_MADE), people.password),
    **dict.fromkeys(people.BOUND, people.bound),
    Act.IDENTITY_LINKED: people.linked,
    Act.LOG_IN_LINKED: people.linked,
    Act.IDENTITY_UNLINKED: people.unlinked,
    Act.PERSON_ROLES_CHANGED: people.roles,
    Act.PERSON_PROVISIONED: people.provisioned,
    Act.FACTOR_ADDED: factors.added,
    Act.FACTOR_REMOVED: factors.removed,
    Act.FACTORS_RESET: factors.reset,
    Act.FACTOR_RESET_PROPOSED: factors.reset_proposed,
    Act.FACTOR_RESET_DROPPED: factors.reset_dropped,
    Act.DIRECTORY_GROUP_CHANGED: programs.directory_group,
    Act.SCIM_TOKEN_MADE: programs.scim_token,
    Act.SCIM_TOKEN_REVOKED: programs.scim_token,
    **dict.fromkeys(
        (
            *(Act.CLIENT_ADDED, Act.CLIENT_CHANGED, Act.CLIENT_SECRET_ROTATED, Act.CLIENT_REVOKED),
            Act.CLIENT_RESTORED,
        ),
        programs.client,
    ),
    Act.TOKEN_ALLOWED: programs.token,
    Act.TOKEN_COLLECTED: programs.token,
    Act.TOKEN_REVOKED: programs.token_revoked,
    **dict.fromkeys((Act.WEBHOOK_ADDED, Act.WEBHOOK_CHANGED, Act.WEBHOOK_ENABLED, Act.WEBHOOK_DISABLED), programs.webhook),
    Act.WEBHOOK_ROTATED: programs.webhook_rotated,
    Act.WEBHOOK_DELETED: programs.webhook_deleted,
    **dict.fromkeys(baselines.KINDS, baselines.told),
}
# They tell of attempts, of what was seen, of log-ins, of the trail itself: no thing is otherwise by them.
CHANGE_NOTHING = frozenset(
    {
        *(Act.REQUEST_CHANGE_ATTEMPT_FAILED, Act.REQUEST_EXECUTION_SEEN),
        *(Act.ELEVATION_GRANT_ATTEMPT_FAILED, Act.ELEVATION_EXTENSION_ATTEMPT_FAILED, Act.ELEVATION_OVERTAKEN),
        *(Act.ELEVATION_END_ATTEMPT_FAILED, Act.ELEVATION_TIDYING_ATTEMPT_FAILED, Act.ELEVATION_FENCE_REMOVED),
        *(Act.ELEVATION_FENCE_LEFT, Act.ELEVATION_LOOKED_AFTER, Act.ELEVATION_EVALUATED, Act.ELEVATION_EXECUTION_SEEN),
        *(Act.COMPARISON_DRIFT_FOUND, Act.COMPARISON_DONE),
        *(Act.LOG_IN_SEEN, Act.LOG_IN_CHANGED, Act.LOG_IN_USE_TOLD, Act.CLOUDTRAIL_STOPPED, Act.CLOUDTRAIL_STARTED),
        Act.PERMISSIONS_LOOKED,
        Act.PERMISSIONS_JUDGED,
        *(Act.CLOUDTRAIL_GAP, Act.CLOUDTRAIL_MISSING, Act.CLOUDTRAIL_THERE, Act.CLOUDTRAIL_FAULT),
        # Findings have a fold of their own (`audits.findings`).
        *(act for act in Act if act.startswith(("finding.", "findings."))),
        # Work reports, access reviews and daily inspections too (`audits.reports`, `audits.reviews`, `audits.inspections`).
        *(Act.INSPECTION_OPENED, Act.INSPECTION_REMINDED, Act.INSPECTION_ROW_SIGNED, Act.INSPECTION_SIGNED),
        *(
            Act.REVIEW_OPENED,
            Act.REVIEW_ASSIGNED,
            Act.REVIEW_REMINDED,
            Act.REVIEW_KEPT,
            Act.REVIEW_REMOVAL_DECIDED,
            Act.REVIEW_REMOVED,
        ),
        *(Act.WORK_REPORT_WRITTEN, Act.WORK_REPORT_ASKED_BACK, Act.WORK_REPORT_CONFIRMED),
        *(Act.RECOVERY_USED, Act.FACTOR_CLONED),
        *(Act.RUNBOOK_PUBLISHED, Act.CHANGE_TEMPLATE_PUBLISHED, Act.CHANGE_TEMPLATE_REVIEWED),
        *(Act.LOGGED_IN, Act.EMERGENCY_LOG_IN, Act.LOGGED_IN_BY_NEW_DEVICE, Act.LOGGED_OUT, Act.LOG_IN_FAILED),
        *(Act.SESSIONS_ENDED, Act.TOKEN_DENIED, Act.DELIVERY_REPEATED),
        *(Act.PACK_ASKED, Act.SAMPLE_DRAWN, Act.PACK_MADE, Act.PACK_FAILED, Act.PACK_DOWNLOADED),
        *(Act.EXPORT_ASKED, Act.EXPORT_MADE, Act.EXPORT_FAILED, Act.EXPORT_DOWNLOADED),
        *(Act.TRAIL_RECORDED_LATE, Act.SEAL_NEW_LOG_ORDERED, Act.SEAL_LOG_BEGUN, Act.SEAL_KEY_CHANGED),
        *(Act.SEAL_STOPPED, Act.SEAL_OVERDUE, Act.SEAL_CAUGHT_UP, Act.SEAL_GUARD_TOUCHED, Act.PERSONAL_ERASED),
    }
)
