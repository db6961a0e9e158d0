"""System checks of the trail."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from audits.triggers import TABLE, missing_triggers


@register(Tags.database)
def trail_is_protected(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """The triggers are there, wherever the trail's table is."""
    return [
        Error(
            f"The trail's triggers are missing: {', '.join(sorted(missing))}.",
            hint="Run `python manage.py migrate`, and find out who took them away.",
            id="audits.E001",
        )
        for alias in databases or ()
        if TABLE in connections[alias].introspection.table_names()
        if (missing := missing_triggers(connections[alias]))
    ]
