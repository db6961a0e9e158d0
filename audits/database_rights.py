"""What each database role of the portal may do, table by table, and which entries of the trail it may append.

Whoever takes over a worker can neither ask, decide nor add people, nor write the entries that say somebody did; and what a
worker gives must rest on those (`access_requests.services.elevations.leave`). A test says which table has no reader here.
"""

from collections.abc import Mapping
from enum import StrEnum

from audits import found, inspected, logged_in, packed, permitted, reported, reviewed, stays, streamed, verified
from audits.acts import Act
from audits.sealed import SEALED_TABLES
from audits.triggers import TABLE


class Service(StrEnum):
    WEB = "web"
    WORKER = "worker"
    NOTICES = "notices"
    BEAT = "beat"
    SEALER = "sealer"
    AUDITOR = "auditor"


# Texts that entries have commitments for: only the owner erases them.
PERSONAL = "audits_personal"
READ, APPEND, KEEP = "SELECT", "SELECT, INSERT", "SELECT, INSERT, UPDATE"
FORGET, ALL = "SELECT, DELETE", "SELECT, INSERT, UPDATE, DELETE"
# These say that people asked and decided: only the web, which knows who they are, writes them.
OF_PEOPLE = (
    Act.REQUEST_SUBMITTED,
    Act.REQUEST_APPROVAL_GIVEN,
    Act.REQUEST_APPROVED,
    Act.ELEVATION_SCHEDULED,
    Act.ELEVATION_EXTENDED,
    Act.FINDING_ASSIGNED,
    Act.FINDING_COMMENTED,
    Act.FINDING_ACCEPTANCE_ASKED,
    Act.FINDING_ACCEPTANCE_REFUSED,
    Act.FINDING_ACCEPTED,
    Act.FINDING_CLOSED,
    Act.WORK_REPORT_WRITTEN,
    Act.WORK_REPORT_ASKED_BACK,
    Act.WORK_REPORT_CONFIRMED,
    Act.REVIEW_OPENED,
    Act.REVIEW_ASSIGNED,
    Act.REVIEW_KEPT,
    Act.REVIEW_REMOVAL_DECIDED,
    Act.INSPECTION_ROW_SIGNED,
    Act.INSPECTION_SIGNED,
)
# What was read back from AWS, or seen of the seal, closes findings: the web's role says nothing of it.
OF_WORKERS = (
    *(Act.ELEVATION_GRANTING, Act.ELEVATION_ACTIVE, Act.ELEVATION_ENDED, Act.TRAIL_RECORDED_LATE),
    *(Act.DRIFT_FOUND, Act.DRIFT_CHANGED, Act.DRIFT_ATTRIBUTED, Act.DRIFT_UNDONE, Act.DRIFT_GONE),
    *(Act.SEAL_STOPPED, Act.SEAL_OVERDUE, Act.SEAL_CAUGHT_UP, Act.SEAL_GUARD_TOUCHED),
    *(Act.LOG_IN_SEEN, Act.LOG_IN_CHANGED, Act.LOG_IN_USE_TOLD, Act.CLOUDTRAIL_STOPPED, Act.CLOUDTRAIL_STARTED),
    *(Act.CLOUDTRAIL_GAP, Act.CLOUDTRAIL_MISSING, Act.CLOUDTRAIL_THERE, Act.CLOUDTRAIL_FAULT),
    Act.PERMISSIONS_LOOKED,
    Act.PERMISSIONS_JUDGED,
    *(Act.INSPECTION_OPENED, Act.INSPECTION_REMINDED, Act.REVIEW_REMINDED),
)
# Of what is taken in AWS, or by a provider of log-in, workers alone say so.
SEEN_GONE = (Act.REVIEW_REMOVED,)
# The auditor's role appends these alone, and nobody else does.
OF_AUDITORS = (Act.COMPARISON_DONE,)
# What pages, verbs and evaluations of access read. People are read whole, password hashes included (SECURITY.md).
_OF_ACCESS = (
    *("approvallevel", "approvallevel_approvers", "approvalpolicy", "awsaccount", "decision", "identitycenterbinding"),
    *("standinggroup", "standinggroup_people", "standinggroup_target_roles", "targetrole"),
    *("workgroup", "workgroup_requesters", "workgroup_target_roles"),
)
_PEOPLE = ("users_user", "users_linkedidentity", "users_heldrole", "users_factor")
_READ_BY_ALL = dict.fromkeys((*(f"access_requests_{name}" for name in _OF_ACCESS), *_PEOPLE), READ)
# What people and the catalogue's file say there is.
_SAID = (
    *("apiclient", "apiclient_owners", "apiclient_people", "apiclient_work_groups", "approvallevel", "approvallevel_approvers"),
    *("approvalpolicy", "awsaccount", "binding", "iamuserbinding", "identitycenterbinding", "standinggroup"),
    *("scimgroup", "scimgroup_members", "scimtoken", "inspectionplan"),
    *("standinggroup_people", "standinggroup_target_roles", "targetrole", "webhookendpoint", "webhookendpoint_work_groups"),
    *("workgroup", "workgroup_requesters", "workgroup_target_roles"),
)
# What lets people and programs in.
_LETS_IN = (
    *("access_requests_linkcode", "access_requests_personaltoken", "account_emailaddress", "account_emailconfirmation"),
    *("allauth_idp_oidc_client", "allauth_idp_oidc_token", "cache", "django_session", "users_linkedidentity"),
    *("users_heldrole", "users_providersession", "usersessions_usersession"),
    *("mfa_authenticator", "users_factor", "users_factorreset"),
)
# What workers find out and pages show.
_FOUND = ("automationexecution", "backendhealth", "personlease", "reconciliation", "roleabilities", "rolegate", "slackcard")
# Workers raise what they find in the trail, and people at the web say what becomes of it.
_RAISES = {found.TABLE: KEEP, found.NAMED_TABLE: APPEND}
# An end makes what is owed, whoever carries it out; people at the web write and answer it.
_OWED = {reported.TABLE: APPEND, reported.NAMED_TABLE: APPEND}
# A worker opens them, once they are read; people at the web sign them.
_INSPECTED = (inspected.TABLE, inspected.ROW_TABLE)
# Django's and allauth's own, by which nobody here is let do anything.
_OF_DJANGO = (
    *("socialaccount_socialaccount", "socialaccount_socialapp", "socialaccount_socialtoken"),
    *("auth_group", "auth_group_permissions", "auth_permission", "django_admin_log", "django_content_type", "django_migrations"),
    *("users_user_groups", "users_user_user_permissions"),
)
# What `compare_trail` reads beside what all read.
_HELD_AGAINST_THE_TRAIL = (
    *("accessrequest", "requestedgroup", "elevation", "drift", "iamuserbinding", "scimgroup", "scimgroup_members", "scimtoken"),
    *("scimuser", "apiclient", "apiclient_owners", "apiclient_people", "apiclient_work_groups", "personaltoken"),
    *("webhookendpoint", "webhookendpoint_work_groups", "inspectionplan"),
)
_ABOUT_PEOPLE = (
    *("users_factor", "users_factorreset", "mfa_authenticator", "allauth_idp_oidc_client", "allauth_idp_oidc_token"),
    *("users_user_groups", "users_user_user_permissions", "auth_group", "auth_permission", "django_content_type"),
)
RIGHTS: Mapping[Service, Mapping[str, str]] = {
    # The catalogue is loaded under this role too.
    Service.WEB: {
        **dict.fromkeys((*(f"access_requests_{name}" for name in _SAID), *_LETS_IN, "outbox_message"), ALL),
        **dict.fromkeys((*(f"access_requests_{name}" for name in _FOUND), *_OF_DJANGO), READ),
        # People, requests and what became of them are never deleted.
        "users_user": KEEP,
        "access_requests_scimuser": KEEP,
        "access_requests_accessrequest": KEEP,
        "access_requests_requestedgroup": KEEP,
        "access_requests_elevation": KEEP,
        "access_requests_drift": "SELECT, UPDATE",
        "access_requests_baseline": KEEP,
        "access_requests_delivery": KEEP,
        "access_requests_idempotentanswer": KEEP,
        "access_requests_noticecursor": READ,
        # A level that leaves a policy leaves its decisions.
        "access_requests_decision": "SELECT, INSERT, UPDATE (level_id)",
        "access_requests_comparisonasked": APPEND,
        "access_requests_receivedsignature": APPEND,
        "access_requests_wrongcode": APPEND,
        **dict.fromkeys((*SEALED_TABLES, "audits_anchor", "audits_sealer"), READ),
        "audits_mention": APPEND,
        "audits_noted": KEEP,
        "audits_extract": KEEP,
        "audits_extractpart": READ,
        packed.PACK: KEEP,
        **dict.fromkeys((packed.FILE, packed.PART), READ),
        **dict.fromkeys((stays.TABLE, streamed.TABLE, verified.TABLE, *logged_in.TABLES, *permitted.TABLES), READ),
        **_RAISES,
        **_OWED,
        reported.TABLE: KEEP,
        reviewed.TABLE: APPEND,
        reviewed.ITEM_TABLE: KEEP,
        **dict.fromkeys(_INSPECTED, "SELECT, UPDATE"),
        PERSONAL: APPEND,
        TABLE: APPEND,
    },
    Service.WORKER: {
        **_READ_BY_ALL,
        # Which role in AWS a name is.
        "access_requests_targetrole": "SELECT, UPDATE (arn, role_id, read_at, read_again_at)",
        # Lapsing, and what somebody refused in AWS; the window that an approval fixed is saved along as it was.
        "access_requests_accessrequest": "SELECT, UPDATE (status, settled_at, starts_at, ends_at)",
        "access_requests_requestedgroup": "SELECT, UPDATE (waits_to_start_now)",
        "access_requests_elevation": "SELECT, UPDATE",
        "access_requests_iamuserbinding": "SELECT, UPDATE (mfa_serials, access_keys, credentials_read_at)",
        "access_requests_binding": "SELECT, UPDATE (mfa_serials, access_keys, credentials_read_at)",
        "access_requests_automationexecution": KEEP,
        "access_requests_personlease": KEEP,
        "access_requests_rolegate": KEEP,
        "access_requests_roleabilities": ALL,
        "access_requests_drift": KEEP,
        "access_requests_baseline": APPEND,
        "access_requests_comparisonasked": FORGET,
        "access_requests_reconciliation": ALL,
        "access_requests_backendhealth": ALL,
        "outbox_message": ALL,
        # What the sweep forgets.
        "access_requests_idempotentanswer": FORGET,
        "access_requests_linkcode": FORGET,
        "access_requests_personaltoken": FORGET,
        "access_requests_receivedsignature": FORGET,
        "access_requests_wrongcode": FORGET,
        "allauth_idp_oidc_token": FORGET,
        TABLE: APPEND,
        PERSONAL: APPEND,
        **_RAISES,
        stays.TABLE: READ,
        # What they read of CloudTrail.
        **dict.fromkeys(logged_in.TABLES, KEEP),
        # What they read of IAM.
        permitted.INVENTORY: APPEND,
        permitted.LOOK: KEEP,
        permitted.STANDING: ALL,
        permitted.EXCESS: ALL,
        **_OWED,
        # Closing what AWS shows no more.
        reviewed.TABLE: READ,
        reviewed.ITEM_TABLE: "SELECT, UPDATE",
        **dict.fromkeys(_INSPECTED, APPEND),
    },
    Service.NOTICES: {
        **_READ_BY_ALL,
        "access_requests_accessrequest": READ,
        "access_requests_requestedgroup": READ,
        "access_requests_elevation": READ,
        "access_requests_drift": READ,
        "access_requests_iamuserbinding": READ,
        "access_requests_binding": READ,
        # Cards say what the roles can do.
        "access_requests_roleabilities": READ,
        "access_requests_delivery": ALL,
        "access_requests_noticecursor": KEEP,
        "access_requests_slackcard": KEEP,
        "access_requests_webhookendpoint": "SELECT, UPDATE (enabled, disabled_because, failing_since)",
        "access_requests_webhookendpoint_work_groups": READ,
        # Whether it is sealed is told from here.
        **dict.fromkeys(("audits_log", "audits_checkpoint", "audits_anchor", "audits_sealer"), READ),
        # What entries mention, for whoever looks for them.
        "audits_mention": APPEND,
        "audits_noted": KEEP,
        # Exports that people asked for. What they say of people is shown as far as it is not erased.
        "audits_extract": "SELECT, UPDATE",
        "audits_extractpart": "SELECT, INSERT, DELETE",
        # Evidence packs: made of the trail, of what was read of CloudTrail, and of the sealed log.
        packed.PACK: "SELECT, UPDATE",
        **dict.fromkeys((packed.FILE, packed.PART), "SELECT, INSERT, DELETE"),
        **dict.fromkeys((*logged_in.TABLES, *SEALED_TABLES), READ),
        PERSONAL: READ,
        TABLE: APPEND,
        **_RAISES,
        found.FOLLOWED_TABLE: KEEP,
        **dict.fromkeys((*_OWED, reviewed.TABLE, reviewed.ITEM_TABLE, *_INSPECTED), READ),
        # The stream is sent under this role.
        streamed.TABLE: KEEP,
        **dict.fromkeys((stays.TABLE, verified.TABLE), READ),
    },
    # It sends messages by the clock, and opens no connection.
    Service.BEAT: {},
    # Alone in writing what is sealed. Of the trail it appends what it does itself.
    Service.SEALER: {
        TABLE: APPEND,
        **dict.fromkeys(SEALED_TABLES, APPEND),
        "audits_anchor": APPEND,
        "audits_sealer": KEEP,
    },
    # For people who look by themselves, with a program of theirs, and for `compare_trail`: what an auditor believes, and what is
    # held against it. Who verifies or compares says so, and writes nothing else (`OF_AUDITORS`).
    Service.AUDITOR: {
        **_READ_BY_ALL,
        **dict.fromkeys((*(f"access_requests_{name}" for name in _HELD_AGAINST_THE_TRAIL), *_ABOUT_PEOPLE), READ),
        **dict.fromkeys((TABLE, "audits_mention", "audits_noted", PERSONAL, stays.TABLE), READ),
        **dict.fromkeys((*logged_in.TABLES, *permitted.TABLES, *_RAISES, *_OWED, reviewed.TABLE, reviewed.ITEM_TABLE), READ),
        **dict.fromkeys(_INSPECTED, READ),
        **dict.fromkeys((*SEALED_TABLES, "audits_anchor", "audits_sealer"), READ),
        verified.TABLE: APPEND,
        TABLE: APPEND,
    },
}
