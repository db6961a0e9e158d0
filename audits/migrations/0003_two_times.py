import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    """Both columns have defaults in the database: code of before, which names neither, goes on writing the trail meanwhile."""

    dependencies = [
        ("audits", "0002_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="trailentry",
            name="late",
            field=models.CharField(
                blank=True,
                choices=[("spooled", "the trail could not be written when it happened")],
                db_default="",
                default="",
                max_length=20,
                verbose_name="why it was recorded late",
            ),
        ),
        # Without the default first: entries that are there would get the time of this migration, and nobody knows theirs.
        migrations.AddField(
            model_name="trailentry",
            name="recorded_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="recorded"),
        ),
        migrations.AlterField(
            model_name="trailentry",
            name="recorded_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), editable=False, null=True, verbose_name="recorded"
            ),
        ),
    ]
