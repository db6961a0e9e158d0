"""Times as commands of the trail take them."""

from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime


def moment(text: str) -> datetime:
    """Read a time; without a zone it is UTC. Raises ValueError."""
    found = parse_datetime(text) or parse_datetime(f"{text}T00:00:00Z")
    if found is None:
        raise ValueError(text)
    return found if timezone.is_aware(found) else timezone.make_aware(found)
