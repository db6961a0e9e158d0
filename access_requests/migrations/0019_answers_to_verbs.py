from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """Stored answers have gone to the kit of verbs, with their table: see there."""

    dependencies: ClassVar = [
        ("access_requests", "0018_what_was_in_the_way"),
        ("verbs", "0001_stored_answers"),
    ]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="IdempotentAnswer")]),
    ]
