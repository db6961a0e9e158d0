import django.db.models.functions.datetime
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def lift_the_trigger(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Going back: the trigger on the trail writes into a table that is about to go. A later migrate makes it again."""
    on_table = " ON audits_trailentry" if editor.connection.vendor == "postgresql" else ""
    editor.execute(f"DROP TRIGGER IF EXISTS audits_trail_gives_stays{on_table}")


class Migration(migrations.Migration):
    """The stays of the trail that is there are written when its triggers have been made."""

    dependencies = [
        ("audits", "0010_extracts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Stay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=200, unique=True)),
                ("granting_at", models.DateTimeField()),
                ("active_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("hours", models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(models.F("hours"), models.F("granting_at"), name="audits_stay_in_class"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("by", models.CharField(max_length=200)),
                ("origin", models.CharField(max_length=200)),
                ("size", models.BigIntegerField()),
                ("faults", models.PositiveIntegerField()),
                ("fault", models.TextField(blank=True)),
            ],
            options={
                "indexes": [models.Index(models.F("id"), condition=models.Q(("faults", 0)), name="audits_verified")],
            },
        ),
        migrations.RunPython(migrations.RunPython.noop, lift_the_trigger),
    ]
