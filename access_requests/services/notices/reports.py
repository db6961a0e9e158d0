"""What is told of work reports: that one waits for an answer, was asked back or confirmed. What they say is for the page."""

from django.conf import settings
from django.urls import reverse

from audits.acts import Act
from audits.acts.words import NEWS
from audits.models import TrailEntry

ACTS = frozenset({Act.WORK_REPORT_WRITTEN, Act.WORK_REPORT_ASKED_BACK, Act.WORK_REPORT_CONFIRMED})


def said(entry: TrailEntry) -> str:
    """Return the sentence, in the language that is active."""
    report = entry.data["report"]
    who = entry.on_behalf_of or entry.actor
    return str(NEWS[entry.act].sentence) % {"who": who, "person": report["person"], "elevation": report["elevation"]}


def url(code: str) -> str:
    return f"{settings.PORTAL_URL}{reverse('elevation-report', args=[code])}"
