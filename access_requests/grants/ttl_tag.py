"""The TTL tag on the IAM user: when the membership of a work group ends, for whoever looks at AWS."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def key(group: str) -> str:
    return str(settings.TTL_TAG_KEY.format(group=group))


def value(ends_at: datetime) -> str:
    """Return the end as the tag says it, by default 2026-11-23T20:00:00Z."""
    return ends_at.astimezone(ZoneInfo(settings.TTL_TAG_ZONE)).strftime(settings.TTL_TAG_VALUE)
