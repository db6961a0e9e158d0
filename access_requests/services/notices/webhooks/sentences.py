"""What happened, in a sentence for people, in the language that is active."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from access_requests.services.notices import drift, late
from access_requests.services.notices.drift import Found
from audits.acts import Act, reasons
from audits.acts.words import NEWS
from audits.models import TrailEntry
from portal.listed import listed
from portal.users.models import called

EXTENSION_ASKED = _("%(person)s asks for more time with %(groups)s. %(id)s waits for approval.")
NOT_GRANTED = _("Not granted: access of %(person)s with %(groups)s (%(reason)s).")


def said(act: str, facts: Mapping[str, Any], *, failed: str = "") -> str:
    """Return the sentence. `failed`: the reason for which approved access ends here without a grant."""
    sentence = EXTENSION_ASKED if act == Act.REQUEST_SUBMITTED and facts["extends"] else NEWS[act].sentence
    if failed:
        sentence = NOT_GRANTED
    person = facts.get("requester") or facts["person"]
    return str(sentence) % {
        "id": facts["id"],
        "person": called(person["username"], person["name"]),
        "groups": listed(facts.get("work_groups") or [facts["work_group"]]),
        "start": _local(facts["starts_at"]),
        "end": _local(facts["ends_at"]),
        "reason": reasons.stopped(failed),
    }


def said_of_drift(found: Sequence[Found], count: int) -> str:
    named = [f"{one.code} {one.sentence}" for one in found]
    more = drift.more(count, len(found))
    return str(NEWS[Act.COMPARISON_DRIFT_FOUND].sentence) % {"found": "; ".join([*named, more] if more else named)}


def said_of_late(entry: TrailEntry) -> str:
    words = {"count": entry.data["count"], "found": "; ".join(late.named(entry))}
    return str(NEWS[Act.TRAIL_RECORDED_LATE].sentence) % words


def _local(moment: str | None) -> str:
    """Return a time with its zone, the portal's: nobody knows where a chat is read."""
    if moment is None:
        return ""
    return f"{datetime.fromisoformat(moment).astimezone(ZoneInfo(settings.DEFAULT_PERSON_TIME_ZONE)):%Y-%m-%d %H:%M %Z}"
