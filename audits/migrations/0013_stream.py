from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0012_findings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Stream",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=300, unique=True)),
                ("position", models.BigIntegerField(default=0)),
                ("holder", models.CharField(blank=True, max_length=40)),
                ("beat", models.BigIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("failing_since", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=300)),
            ],
        ),
    ]
