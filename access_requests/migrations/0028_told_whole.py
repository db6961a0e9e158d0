"""From here on the trail tells the whole of each row: what older entries lack is in one of its own.

In parts, each a transaction of its own, and run again it goes on. Flags of Django's, by which the portal lets nobody do anything
and which a constraint forbids next, go with it.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

from access_requests.services.comparison import baseline


def write_down(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    baseline.write(apps.get_model, now=timezone.now())


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        # Whose columns are told too.
        ("access_requests", "0027_passkey_decisions"),
        ("audits", "0011_stays"),
        ("users", "0006_disabled_by"),
        ("allauth_idp_oidc", "0003_client_allow_uri_wildcards"),
    ]

    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
