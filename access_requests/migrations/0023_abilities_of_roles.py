from typing import ClassVar

import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What roles can do, as comparisons evaluate it. The release before knows nothing of the table."""

    dependencies: ClassVar = [
        ("access_requests", "0022_names_of_times"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="RoleAbilities",
            fields=[
                (
                    "role",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="abilities",
                        serialize=False,
                        to="access_requests.targetrole",
                        verbose_name="target role",
                    ),
                ),
                ("fingerprint", models.CharField(max_length=64)),
                (
                    "answers",
                    models.JSONField(
                        default=list, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="what the role can do"
                    ),
                ),
                ("policies", models.JSONField(default=list, verbose_name="policies")),
                ("boundary", models.CharField(blank=True, max_length=300, verbose_name="boundary")),
                ("read_at", models.DateTimeField(verbose_name="read in AWS")),
            ],
            options={
                "verbose_name": "what a role can do",
                "verbose_name_plural": "what roles can do",
            },
        ),
    ]
