"""System checks of the trail and of its seal."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
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


@register(Tags.compatibility)
def seal_is_configured_whole(**_kwargs: Any) -> list[CheckMessage]:
    """Who has a key to seal with has a guard too, and the other way round; each half names what it lacks."""
    return [Error(says, hint="docs/audit/sealing.md says what each is.", id="audits.E002") for says in _lacks_of_seal()]


def _lacks_of_seal() -> Iterator[str]:
    has_key = bool(settings.SEAL_KEY or settings.SEAL_KMS_KEY)
    if has_key and not settings.SEAL_GUARD:
        yield "There is a key to seal with, and no guard: set SEAL_GUARD."
    if settings.SEAL_GUARD and not has_key:
        yield "SEAL_GUARD is set, and no key to seal with: set SEAL_KEY, SEAL_KEY_FILE or SEAL_KMS_KEY."
    for one, other in (("SEAL_KEY", "SEAL_KMS_KEY"), ("SEAL_KEY_BEFORE", "SEAL_KMS_KEY_BEFORE")):
        if getattr(settings, one) and getattr(settings, other):
            yield f"{one} and {other} are both set: set one."
    if settings.SEAL_GUARD.startswith("s3://") and not settings.SEAL_GUARD_RETENTION_DAYS:
        yield "SEAL_GUARD is a bucket, and SEAL_GUARD_RETENTION_DAYS is missing: say for how many days it keeps each checkpoint."
    if settings.SEAL_STAMP_URLS and not settings.SEAL_STAMP_ROOTS_FILE:
        yield "SEAL_STAMP_URLS is set, and SEAL_STAMP_ROOTS_FILE is missing: no stamp could be verified."
