from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "cache"


def empty(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Delete what the cache kept as pickles: it is JSON from now on, and a pickle that somebody else wrote may be among them.

    The table is createcachetable's, which runs after the migrations: a new installation has none yet.
    """
    connection = schema_editor.connection
    if TABLE in connection.introspection.table_names():
        schema_editor.execute(f"DELETE FROM {connection.ops.quote_name(TABLE)}")  # noqa: S608  The name above.


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0002_names"),
    ]

    operations = [
        migrations.RunPython(empty, migrations.RunPython.noop),
    ]
