"""What channels tell of a log-in by an emergency account: who, and where administrators see more."""

from django.conf import settings
from django.urls import reverse

from audits.acts import Act
from audits.acts.words import NEWS


def url() -> str:
    return f"{settings.PORTAL_URL}{reverse('log-in-providers')}"


def said(who: str) -> str:
    """Return the sentence, in the language that is active."""
    return str(NEWS[Act.EMERGENCY_LOG_IN].sentence) % {"who": who}
