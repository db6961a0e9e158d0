from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.storable


class Migration(migrations.Migration):
    """Stored answers belong to the kit of verbs from now on. Their table stays as it is, with its name and its rows."""

    initial = True
    dependencies: ClassVar = [
        ("access_requests", "0018_what_was_in_the_way"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="IdempotentAnswer",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("client", models.CharField(max_length=100)),
                        ("key", models.CharField(max_length=255)),
                        ("body_digest", models.CharField(max_length=64)),
                        ("status", models.PositiveSmallIntegerField(null=True)),
                        ("answer", models.JSONField(encoder=portal.storable.AsTyped, null=True)),
                        ("created_at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={
                        "db_table": "access_requests_idempotentanswer",
                        "indexes": [models.Index(models.F("created_at"), name="idempotency_age")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("client"), models.F("person"), models.F("key"), name="idempotency_one_answer_a_key"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("key", ""), _negated=True), name="idempotency_key_not_empty"
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
