"""Database roles: each service's gets what `audits.database_rights` says, and nothing else.

The role that migrates owns the tables and the trail's triggers; nobody who logs in as another can lift them.
"""

from collections.abc import Collection, Mapping

from django.db import connection, transaction
from psycopg import sql

from audits.database_rights import OF_AUDITORS, OF_PEOPLE, OF_WORKERS, RIGHTS, SEEN_GONE, Service
from audits.marked import HIDDEN, functions
from audits.triggers import TABLE

NOTHING = """
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role};
GRANT USAGE ON SCHEMA public TO {role};
"""
# Those of tables from before identity columns.
SEQUENCES = "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"
CALL, NO_CALL = "GRANT EXECUTE ON FUNCTION {name}({key}) TO {role}", "REVOKE ALL ON FUNCTION {name}({key}) FROM {role}"
# Only a worker, which reads AWS back, says that access begins, is there or is gone. No privilege tells states apart.
ELEVATIONS_IN_AWS = """
CREATE OR REPLACE FUNCTION audits_elevation_is_in_aws() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS
$$ BEGIN RAISE EXCEPTION 'permission denied: only workers say what became of an elevation in AWS'; END $$;
CREATE OR REPLACE TRIGGER audits_elevation_is_made BEFORE INSERT ON access_requests_elevation FOR EACH ROW
WHEN (current_user = {web} AND NEW.status <> 'scheduled') EXECUTE FUNCTION audits_elevation_is_in_aws();
CREATE OR REPLACE TRIGGER audits_elevation_is_moved BEFORE UPDATE ON access_requests_elevation FOR EACH ROW
WHEN (current_user = {web} AND NEW.status <> OLD.status AND NEW.status IN ('granting', 'active', 'ended'))
EXECUTE FUNCTION audits_elevation_is_in_aws();
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
DROP POLICY IF EXISTS audits_trail_of_auditors ON {trail};
DROP POLICY IF EXISTS audits_trail_not_of_auditors ON {trail};
DROP POLICY IF EXISTS audits_trail_of_workers ON {trail};
DROP POLICY IF EXISTS audits_trail_of_reviews ON {trail};
"""
TRAIL_OF_PEOPLE = """
CREATE POLICY audits_trail_of_people ON {trail} AS RESTRICTIVE FOR INSERT TO {roles} WITH CHECK (act NOT IN ({acts}));
"""
TRAIL_OF_AUDITORS = """
CREATE POLICY audits_trail_of_auditors ON {trail} AS RESTRICTIVE FOR INSERT TO {roles} WITH CHECK (act IN ({acts}));
"""
TRAIL_NOT_OF_AUDITORS = """
CREATE POLICY audits_trail_not_of_auditors ON {trail} AS RESTRICTIVE FOR INSERT TO {roles} WITH CHECK (act NOT IN ({acts}));
"""
TRAIL_OF_WORKERS = """
CREATE POLICY audits_trail_of_workers ON {trail} AS RESTRICTIVE FOR INSERT TO {roles} WITH CHECK (act NOT IN ({acts}));
"""
# What a review handed over, a worker sees go. The web says it of what it took itself: of that there is no command, and no source
# elsewhere. That an entry has its item as the review was opened with, `audits.reviews.folding` holds.
TRAIL_OF_REVIEWS = """
CREATE POLICY audits_trail_of_reviews ON {trail} AS RESTRICTIVE FOR INSERT TO {roles} WITH CHECK (
act NOT IN ({acts}) OR (data #>> '{{item,command}}' = '' AND data #> '{{item,facts,source}}' IS NULL));
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
        there = connection.introspection.table_names()
        for service, role in roles.items():
            _grant(service, role, there)
        _let_mark(roles, there)
        _keep_from_making(list(roles.values()))
        _execute(TRAIL_IN_GENERAL)
        web = [role for service, role in roles.items() if service == Service.WEB]
        others = [role for service, role in roles.items() if service != Service.AUDITOR]
        _restrict(TRAIL_OF_PEOPLE, [role for service, role in roles.items() if service != Service.WEB])
        _restrict(TRAIL_OF_AUDITORS, [role for role in roles.values() if role not in others], acts=OF_AUDITORS)
        _restrict(TRAIL_NOT_OF_AUDITORS, others, acts=OF_AUDITORS)
        _restrict(TRAIL_OF_WORKERS, web, acts=OF_WORKERS)
        _restrict(TRAIL_OF_REVIEWS, web, acts=SEEN_GONE)
        _execute(ELEVATIONS_IN_AWS, web=sql.Literal(roles.get(Service.WEB, "")))
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


def _grant(service: Service, role: str, there: Collection[str]) -> None:
    """Grant it what it needs of the tables that there are: where the cache is elsewhere, it has none."""
    _execute(NOTHING, role=sql.Identifier(role))
    if service == Service.WEB:
        _execute(SEQUENCES, role=sql.Identifier(role))
    for table in RIGHTS[service].keys() & there:
        verbs = _of_columns(table) if service == Service.AUDITOR and table in HIDDEN else RIGHTS[service][table]
        _execute(f"GRANT {verbs} ON {{table}} TO {{role}}", table=sql.Identifier(table), role=sql.Identifier(role))


def _of_columns(table: str) -> str:
    """Return the right to read all columns of a table but those that hold what lets somebody in."""
    with connection.cursor() as cursor:
        names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    return f"SELECT ({', '.join(name for name in names if name not in HIDDEN[table])})"


def _let_mark(roles: Mapping[Service, str], there: Collection[str]) -> None:
    """Let the auditors' role alone learn the marks of what it does not read."""
    for name, key in functions(there):
        for service, role in roles.items():
            right = CALL if service == Service.AUDITOR else NO_CALL
            _execute(right, name=sql.Identifier(name), key=sql.SQL(key), role=sql.Identifier(role))


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


def _restrict(policy: str, roles: Collection[str], *, acts: Collection[str] = OF_PEOPLE) -> None:
    if roles:
        names = sql.SQL(", ").join(map(sql.Identifier, roles))
        _execute(policy, roles=names, acts=sql.SQL(", ").join(map(sql.Literal, acts)))


def _execute(statements: str, **names: sql.Composable) -> None:
    with connection.cursor() as cursor:
        statement = sql.SQL(statements).format(trail=sql.Identifier(TABLE), **names)
        cursor.execute(statement.as_string(cursor.connection))
