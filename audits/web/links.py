"""Where pages of the trail lead: to what an entry is about, by its public code, and to more of the trail."""

from urllib.parse import urlencode

from django.urls import reverse

from audits.exporting import stories
from audits.models import TrailEntry

# How a code begins -> the page that it has.
PAGES = {"R": "request", "E": "elevation", "D": "drift", "F": "audit-finding", "L": "audit-log-in"}


def of_subject(subject: str) -> str:
    """Return the page of a request, an access, a drift or a finding; of anything else what the trail has of it."""
    letter, _dash, code = subject.partition("-")
    return reverse(PAGES[letter], args=[subject]) if letter in PAGES and code.isalnum() else trail(about=subject)


def trail(**narrowed: str) -> str:
    return f"{reverse('audit-trail')}?{urlencode(narrowed)}"


def story(entry: TrailEntry) -> str:
    """Return the story that the entry of a request or an access belongs to; empty for others."""
    said = entry.data.get("elevation") if isinstance(entry.data, dict) else None
    code = str(said.get("request", "")) if isinstance(said, dict) else entry.subject
    return reverse("audit-story", args=[code]) if stories.CODE.fullmatch(code) else ""
