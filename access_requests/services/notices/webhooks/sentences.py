"""What happened, in a sentence for people, in the language that is active."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access_requests import wording
from access_requests.services.notices import drift
from access_requests.services.notices.drift import Found
from audits.acts import Act

EXTENSION_ASKED = _("%(person)s asks for more time with %(groups)s. %(id)s waits for approval.")
NOT_GRANTED = _("Not granted: access of %(person)s with %(groups)s (%(reason)s).")
# In the order in which they happen, in which they are listed too.
SENTENCES: Mapping[str, Promise] = {
    Act.REQUEST_SUBMITTED: _("%(person)s asks for %(groups)s. %(id)s waits for approval."),
    Act.REQUEST_APPROVAL_GIVEN: _("%(id)s of %(person)s for %(groups)s has an approval and waits for the next one."),
    Act.REQUEST_APPROVED: _("%(id)s is approved: %(person)s may use %(groups)s from %(start)s until %(end)s."),
    Act.REQUEST_REJECTED: _("%(id)s of %(person)s for %(groups)s is rejected."),
    Act.REQUEST_SENT_BACK: _("%(id)s of %(person)s for %(groups)s is sent back."),
    Act.REQUEST_WITHDRAWN: _("%(person)s has withdrawn %(id)s for %(groups)s."),
    Act.REQUEST_LAPSED: _("%(id)s of %(person)s for %(groups)s has lapsed: nobody decided in time."),
    Act.ELEVATION_SCHEDULED: _("%(person)s gets access with %(groups)s from %(start)s until %(end)s."),
    Act.ELEVATION_GRANTING: _("Access of %(person)s with %(groups)s is being set up."),
    Act.ELEVATION_ACTIVE: _("%(person)s is in production with %(groups)s until %(end)s."),
    Act.ELEVATION_EXTENDED: _("%(person)s may stay in production with %(groups)s until %(end)s."),
    Act.ELEVATION_REVOKING: _("Access of %(person)s with %(groups)s is being ended."),
    Act.ELEVATION_ENDED: _("Access of %(person)s with %(groups)s has ended, as AWS shows."),
    Act.ELEVATION_CANCELLED: _("Access of %(person)s with %(groups)s was cancelled before it began."),
    Act.COMPARISON_DRIFT_FOUND: _("AWS is not as the portal left it: %(found)s."),
}


def said(act: str, facts: Mapping[str, Any], *, failed: str = "") -> str:
    """Return the sentence. `failed`: the reason for which approved access ends here without a grant."""
    sentence = EXTENSION_ASKED if act == Act.REQUEST_SUBMITTED and facts["extends"] else SENTENCES[act]
    if failed:
        sentence = NOT_GRANTED
    person = facts.get("requester") or facts["person"]
    return str(sentence) % {
        "id": facts["id"],
        "person": person["username"],
        "groups": ", ".join(facts.get("work_groups") or [facts["work_group"]]),
        "start": _local(facts["starts_at"]),
        "end": _local(facts["ends_at"]),
        "reason": wording.STOP_REASONS.get(failed, failed),
    }


def said_of_drift(found: Sequence[Found], count: int) -> str:
    named = [f"{one.code} {one.sentence}" for one in found]
    more = drift.more(count, len(found))
    return str(SENTENCES[Act.COMPARISON_DRIFT_FOUND]) % {"found": "; ".join([*named, more] if more else named)}


def _local(moment: str | None) -> str:
    """Return a time with its zone, the portal's: nobody knows where a chat is read."""
    if moment is None:
        return ""
    return f"{datetime.fromisoformat(moment).astimezone(ZoneInfo(settings.DEFAULT_PERSON_TIME_ZONE)):%Y-%m-%d %H:%M %Z}"
