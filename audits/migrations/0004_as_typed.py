from django.db import migrations, models

import audits.storable


class Migration(migrations.Migration):
    """What is written is another thing from now on; the table is as it was. Altered, SQLite would copy the whole trail."""

    dependencies = [
        ("audits", "0003_two_times"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="trailentry",
                    name="data",
                    field=models.JSONField(encoder=audits.storable.AsTyped, verbose_name="data"),
                ),
                migrations.AlterField(
                    model_name="trailentry",
                    name="schema_version",
                    field=models.PositiveSmallIntegerField(default=2, verbose_name="schema version"),
                ),
            ],
        ),
    ]
