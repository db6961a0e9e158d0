"""What channels tell of the seal of the audit trail: that it stopped or waits, is well again, or that its guard was touched."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from audits.acts import Act
from audits.acts.words import NEWS
from audits.models import SealState

ACTS = frozenset({Act.SEAL_STOPPED, Act.SEAL_OVERDUE, Act.SEAL_CAUGHT_UP, Act.SEAL_GUARD_TOUCHED})


def url() -> str:
    return f"{settings.PORTAL_URL}{reverse('audit-seal')}"


def said(act: str, data: Mapping[str, Any], *, zone: ZoneInfo) -> str:
    """Return the sentence, in the language that is active."""
    return str(NEWS[act].sentence) % {"state": _why(str(data.get("state", ""))), "since": _local(data.get("waiting_since"), zone)}


def _why(state: str) -> str:
    if state in SealState.values:
        return str(SealState(state).label)
    return state or gettext("The sealing process is dead or cannot work.")


def _local(moment: str | None, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(zone):%Y-%m-%d %H:%M %Z}" if moment else ""
