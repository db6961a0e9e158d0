from django.db import migrations, models

WHOLE = [
    *("catalogue.added", "catalogue.baseline", "catalogue.changed"),
    *("client.added", "client.baseline", "client.changed", "client.secret_rotated"),
]


class Migration(migrations.Migration):
    """It has few of the trail's entries; while it is made, whoever writes the trail waits for one reading of it."""

    dependencies = [
        ("audits", "0019_permissions"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="trailentry",
            index=models.Index(
                *(models.F(name) for name in ("subject", "at")),
                include=("act", "recorded_at", "schema_version", "actor", "id"),
                condition=models.Q(act__in=WHOLE),
                name="audits_trail_of_things",
            ),
        ),
    ]
