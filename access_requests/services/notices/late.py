"""What channels tell of entries that were recorded late: all that one look found, in one message."""

from django.conf import settings
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from audits.models import TrailEntry
from portal.pages import moments

# So many are named in a message; it says how many there are.
MOST = 5


def named(entry: TrailEntry) -> list[str]:
    """Return the first of them: which entry, of what, when it says it happened and when it was recorded."""
    return [_named(said) for said in entry.data["entries"][:MOST]]


def url(entry: TrailEntry) -> str:
    """Return the page of the first of them."""
    return f"{settings.PORTAL_URL}{reverse('audit-entry', args=[entry.data['entries'][0]['id']])}"


def _named(said: dict[str, str]) -> str:
    at, recorded = (parse_datetime(said[name]) for name in ("at", "recorded_at"))
    words = {"n": said["id"], "act": said["act"], "subject": said["subject"]}
    words |= {"at": moments.said(at) if at else "–", "recorded": moments.said(recorded) if recorded else "–"}
    return gettext("entry %(n)s (%(act)s, %(subject)s): happened %(at)s, recorded %(recorded)s") % words
