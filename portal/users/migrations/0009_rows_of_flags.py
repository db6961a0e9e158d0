from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

FLAGS = {"is_administrator": "administrator", "is_auditor": "auditor"}


def give_rows(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give a row to each flag that was set before roles had sources: the baseline told it as said here, as this row says it.

    Services of the release before may write the same row meanwhile.
    """
    users, held = apps.get_model("users", "User").objects, apps.get_model("users", "HeldRole")
    now = timezone.now()
    for flag, role in FLAGS.items():
        without = users.filter(**{flag: True}).exclude(held_roles__role=role).values_list("pk", flat=True)
        rows = [held(person_id=pk, role=role, source="here", since=now, confirmed_at=now) for pk in without]
        held.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("users", "0008_without_flags_of_django")]

    operations = [migrations.RunPython(give_rows, migrations.RunPython.noop, elidable=True)]
