"""What each database role of the portal may do: tables and verbs, and which entries of the trail it may append.

The role that migrates owns the tables and the trail's triggers; nobody who logs in as another can lift them. Whoever takes over
a worker can neither ask, decide nor add people, nor write the entries that say somebody did; and what a worker gives must rest
on those (`access_requests.services.elevations.leave`).
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from django.db import connection, transaction
from psycopg import sql

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
)
# What pages, verbs and evaluations of access read. People are read whole, password hashes included (SECURITY.md).
_OF_ACCESS = (
    *("approvallevel", "approvallevel_approvers", "approvalpolicy", "awsaccount", "decision", "identitycenterbinding"),
    *("standinggroup", "standinggroup_people", "standinggroup_target_roles", "targetrole"),
    *("workgroup", "workgroup_requesters", "workgroup_target_roles"),
)
_READ_BY_ALL = {**{f"access_requests_{name}": READ for name in _OF_ACCESS}, "users_user": READ, "users_linkedidentity": READ}
RIGHTS: Mapping[Service, Mapping[str, str]] = {
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
        # What entries mention, for whoever looks for them.
        "audits_mention": APPEND,
        "audits_noted": KEEP,
        # Exports that people asked for. What they say of people is shown as far as it is not erased.
        "audits_extract": "SELECT, UPDATE",
        "audits_extractpart": "SELECT, INSERT, DELETE",
        PERSONAL: READ,
        TABLE: APPEND,
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
    # For people who look by themselves, with a program of theirs: what an auditor believes.
    Service.AUDITOR: dict.fromkeys(
        (TABLE, "audits_mention", "audits_noted", PERSONAL, *SEALED_TABLES, "audits_anchor", "audits_sealer"), READ
    ),
}
# All of everything but the trail, how far notices have told it, the record of migrations, and what is never changed or deleted
# once it is there; a level that leaves a policy leaves its decisions. Sequences are those of tables from before identity columns.
OF_WEB = """
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE ALL ON {trail} FROM {role};
GRANT SELECT, INSERT ON {trail} TO {role};
REVOKE UPDATE, DELETE ON audits_personal FROM {role};
REVOKE INSERT, UPDATE, DELETE ON audits_log, audits_sealkey, audits_tile, audits_checkpoint FROM {role};
REVOKE INSERT, UPDATE, DELETE ON audits_anchor, audits_sealer FROM {role};
REVOKE UPDATE, DELETE ON audits_mention FROM {role};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role};
REVOKE UPDATE, DELETE ON access_requests_decision FROM {role};
REVOKE INSERT, UPDATE, DELETE ON access_requests_noticecursor FROM {role};
GRANT UPDATE (level_id) ON access_requests_decision TO {role};
REVOKE DELETE ON access_requests_accessrequest, access_requests_requestedgroup, access_requests_elevation, users_user FROM {role};
"""
NOTHING = """
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role};
GRANT USAGE ON SCHEMA public TO {role};
"""
# Policies of rows come on top of privileges; the owner is under neither.
TRAIL_IN_GENERAL = """
ALTER TABLE {trail} ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS audits_trail_is_read ON {trail};
CREATE POLICY audits_trail_is_read ON {trail} FOR SELECT USING (true);
DROP POLICY IF EXISTS audits_trail_is_appended ON {trail};
CREATE POLICY audits_trail_is_appended ON {trail} FOR INSERT WITH CHECK (true);
DROP POLICY IF EXISTS audits_trail_of_people ON {trail};
DROP POLICY IF EXISTS audits_trail_is_late ON {trail};
"""
TRAIL_OF_PEOPLE = """
CREATE POLICY audits_trail_of_people ON {trail} AS RESTRICTIVE FOR INSERT TO {roles} WITH CHECK (act NOT IN ({acts}));
"""
# Only what workers had on disk is recorded late: nobody else has a reason to write of the past.
TRAIL_IS_LATE = """
CREATE POLICY audits_trail_is_late ON {trail} AS RESTRICTIVE FOR INSERT TO {roles} WITH CHECK (late = '');
"""
# A temporary table of a session is found before the trail and would take its entries. So would a table, a function or an operator
# that a service's role made in a schema that is searched. Only the owner of the database can take these rights away.
NOTHING_OF_THEIR_OWN = """
REVOKE TEMPORARY, CREATE ON DATABASE {database} FROM PUBLIC, {roles};
REVOKE CREATE ON SCHEMA public FROM PUBLIC, {roles};
ALTER DATABASE {database} SET search_path = public, pg_temp;
"""
DATABASE = "SELECT datname, pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()"
MAKES_THINGS = """
SELECT has_database_privilege(%(role)s, current_database(), 'TEMPORARY, CREATE')
    OR EXISTS (SELECT FROM pg_namespace WHERE has_schema_privilege(%(role)s, oid, 'CREATE'))
"""
# Whoever may create roles may, before PostgreSQL 16, make itself a member of the owner.
UNFIT = """
SELECT rolsuper OR rolcreaterole OR rolbypassrls
    OR pg_has_role(rolname, (SELECT relowner FROM pg_class WHERE oid = to_regclass(%s)), 'MEMBER')
    OR EXISTS (SELECT FROM pg_roles AS other WHERE other.rolname = ANY(%s) AND other.rolname <> mine.rolname
               AND pg_has_role(mine.rolname, other.oid, 'MEMBER'))
FROM pg_roles AS mine WHERE rolname = %s
"""


class UnfitRole(Exception):
    """The role cannot be kept from changing the trail or from acting as another one, or there is none of this name."""


def grant(*, roles: Mapping[Service, str]) -> None:
    """Let the role of each service do what that needs, and no more. Run after each migrate, as the owner; PostgreSQL only.

    All of it is granted anew in one transaction: there is no moment of more. Raises UnfitRole when two services have one role, or
    one is missing, a superuser, makes roles, may make tables of its own, or may act or come to act as the owner of the trail or
    as another one of them.
    """
    if len(set(roles.values())) != len(roles):
        raise UnfitRole("Two services have the same role.")
    with transaction.atomic():
        for role in roles.values():
            _check(role, others=list(roles.values()))
        for service, role in roles.items():
            _grant(service, role)
        _keep_from_making(list(roles.values()))
        _execute(TRAIL_IN_GENERAL)
        _restrict(TRAIL_OF_PEOPLE, [role for service, role in roles.items() if service != Service.WEB])
        _restrict(TRAIL_IS_LATE, [role for service, role in roles.items() if service != Service.WORKER])


def _check(role: str, *, others: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(UNFIT, [TABLE, others, role])
        found = cursor.fetchone()
    if found is None:
        raise UnfitRole(f"There is no role {role}.")
    if found[0]:
        raise UnfitRole(
            f"{role} is a superuser, makes roles, or acts for the owner of the trail or for another service, and could do more "
            "than it should."
        )


def _grant(service: Service, role: str) -> None:
    _execute(NOTHING, role=sql.Identifier(role))
    if service == Service.WEB:
        _execute(OF_WEB, role=sql.Identifier(role))
        return
    for table, verbs in RIGHTS[service].items():
        _execute(f"GRANT {verbs} ON {{table}} TO {{role}}", table=sql.Identifier(table), role=sql.Identifier(role))


def _keep_from_making(roles: Collection[str]) -> None:
    """Let no service's role make tables, functions or operators that could be taken for the portal's. Raises UnfitRole."""
    with connection.cursor() as cursor:
        cursor.execute(DATABASE)
        database, is_mine = cursor.fetchone()
        if is_mine:
            names = sql.SQL(", ").join(map(sql.Identifier, roles))
            _execute(NOTHING_OF_THEIR_OWN, database=sql.Identifier(database), roles=names)
        for role in roles:
            cursor.execute(MAKES_THINGS, {"role": role})
            if cursor.fetchone()[0]:
                raise UnfitRole(
                    f"{role} may make tables of its own, one of which could be taken for the trail. As the database's owner, "
                    "revoke TEMPORARY and CREATE on it, and CREATE on each of its schemas, from this role and from PUBLIC."
                )


def _restrict(policy: str, roles: Collection[str]) -> None:
    if roles:
        names = sql.SQL(", ").join(map(sql.Identifier, roles))
        _execute(policy, roles=names, acts=sql.SQL(", ").join(map(sql.Literal, OF_PEOPLE)))


def _execute(statements: str, **names: sql.Composable) -> None:
    with connection.cursor() as cursor:
        statement = sql.SQL(statements).format(trail=sql.Identifier(TABLE), **names)
        cursor.execute(statement.as_string(cursor.connection))
