"""What the application's database role may do: work with every table, and of the trail read and append only.

The role that migrates owns the tables and the trail's triggers; whoever runs as the other cannot lift them.
"""

from django.db import connection, transaction
from psycopg import sql

from audits.triggers import TABLE

# Every privilege is granted anew, the trail's taken back, in one transaction: there is no moment of more.
GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE ALL ON {trail} FROM {role};
GRANT SELECT, INSERT ON {trail} TO {role};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role};
"""
# Whoever may create roles may, before PostgreSQL 16, make itself a member of the owner.
UNFIT = """
SELECT rolsuper OR rolcreaterole OR pg_has_role(rolname, (SELECT relowner FROM pg_class WHERE oid = to_regclass(%s)), 'MEMBER')
FROM pg_roles WHERE rolname = %s
"""


class UnfitRole(Exception):
    """The role cannot be kept from changing the trail, or there is none of this name."""


def grant(*, role: str) -> None:
    """Let the role do what the application needs, and no more. Run after each migrate, as the owner; PostgreSQL only.

    Raises UnfitRole when the role is missing, a superuser, or may act or come to act as the owner of the trail.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UNFIT, [TABLE, role])
        found = cursor.fetchone()
        if found is None:
            raise UnfitRole(f"There is no role {role}.")
        if found[0]:
            raise UnfitRole(f"{role} is a superuser, makes roles or acts for the owner of the trail, and could change it.")
        cursor.execute(
            sql.SQL(GRANTS).format(role=sql.Identifier(role), trail=sql.Identifier(TABLE)).as_string(cursor.connection)
        )
