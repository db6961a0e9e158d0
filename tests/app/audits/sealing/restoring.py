"""Taking the database back, as a backup does."""

from django.db import connection

from tests.emptying import trail_unguarded


def restored(*, to: int) -> None:
    """Have the trail be as when it had so many entries."""
    with trail_unguarded(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audits_checkpoint WHERE size > %s", [to])
        cursor.execute("DELETE FROM audits_tile")
        cursor.execute("DELETE FROM audits_trailentry WHERE id > %s", [to])
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = 'audits_trailentry'", [to])
