from typing import ClassVar

import django.core.serializers.json
from django.db import migrations, models


class Migration(migrations.Migration):
    """What pages call evaluated is called so in the source, too. The columns keep their names: the release before reads them."""

    dependencies: ClassVar = [("access_requests", "0019_answers_to_verbs")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex(model_name="elevation", name="elevation_to_judge"),
                migrations.RenameField(model_name="elevation", old_name="judged", new_name="evaluation"),
                migrations.RenameField(model_name="elevation", old_name="judge_at", new_name="evaluate_at"),
                migrations.AlterField(
                    model_name="elevation",
                    name="evaluation",
                    field=models.JSONField(
                        blank=True,
                        db_column="judged",
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        null=True,
                        verbose_name="evaluated",
                    ),
                ),
                migrations.AlterField(
                    model_name="elevation",
                    name="evaluate_at",
                    field=models.DateTimeField(blank=True, db_column="judge_at", null=True, verbose_name="to be evaluated"),
                ),
                migrations.AddIndex(
                    model_name="elevation",
                    index=models.Index(
                        models.F("evaluate_at"),
                        condition=models.Q(("evaluate_at__isnull", False)),
                        name="elevation_to_judge",
                    ),
                ),
            ],
        ),
    ]
