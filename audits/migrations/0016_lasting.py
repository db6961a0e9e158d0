from django.db import migrations, models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

LASTING = [
    *("catalogue.added", "catalogue.baseline", "catalogue.changed", "catalogue.retired"),
    *("client.added", "client.baseline", "client.changed", "client.restored", "client.revoked", "client.secret_rotated"),
    *("drift.accepted", "drift.baseline", "drift.found", "drift.gone", "drift.undone"),
]


class Migration(migrations.Migration):
    """Both indexes have few of the trail's entries; while they are made, whoever writes the trail waits for one reading of it."""

    dependencies = [
        ("audits", "0015_work_reports"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="trailentry",
            index=models.Index(
                *(models.F(name) for name in ("act", "subject", "at", "recorded_at", "schema_version", "actor", "id")),
                condition=models.Q(act__in=LASTING),
                name="audits_trail_of_lasting",
            ),
        ),
        migrations.AddIndex(
            model_name="trailentry",
            index=models.Index(
                Cast(KT("data__after__person"), models.TextField()),
                condition=models.Q(act__in=["token.allowed", "token.baseline", "token.collected"]),
                name="audits_trail_of_own_tokens",
            ),
        ),
    ]
