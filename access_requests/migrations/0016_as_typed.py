from django.db import migrations, models

import audits.storable


class Migration(migrations.Migration):
    """What is written is another thing from now on; the tables are as they were. Altered, SQLite would copy each of them."""

    dependencies = [
        ("access_requests", "0015_comparison_asked"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="accessrequest",
                    name="snapshot",
                    field=models.JSONField(encoder=audits.storable.AsTyped, verbose_name="as it was submitted"),
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="body",
                    field=models.JSONField(blank=True, default=dict, encoder=audits.storable.AsTyped, verbose_name="contents"),
                ),
                migrations.AlterField(
                    model_name="idempotentanswer",
                    name="answer",
                    field=models.JSONField(encoder=audits.storable.AsTyped, null=True),
                ),
            ],
        ),
    ]
