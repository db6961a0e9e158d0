"""Drift in words: what was found, its state, its details, and what happened to it since."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access_requests import problems
from access_requests.lifecycle import DriftStatus
from access_requests.models import Drift
from audits.acts import Act, reasons
from audits.acts.words import WORDS
from audits.models import TrailEntry
from portal.pages import moments

STATES: Mapping[str, Promise] = {
    DriftStatus.OPEN: pgettext_lazy("drift", "open"),
    DriftStatus.UNDOING: pgettext_lazy("drift", "being undone"),
    DriftStatus.UNDONE: pgettext_lazy("drift", "undone"),
    DriftStatus.GONE: pgettext_lazy("drift", "gone by itself"),
    DriftStatus.ACCEPTED: pgettext_lazy("drift", "accepted"),
}
# What detail the comparison keeps beside what was found and expected.
DETAILS: Mapping[str, Promise] = {
    "found": _("In AWS"),
    "expected": _("As it should be"),
    "also_switches": _("Also allows the switch to"),
    "document": _("Document in AWS"),
    "names": _("Whose access"),
    "now": _("Now"),
    "user_id": _("User ID"),
    "ttl": _("TTL tag"),
    "role": _("Role"),
    "arn": _("ARN"),
    "role_id": _("Role ID"),
    "by": _("What decided"),
    "policies": _("Policies"),
    "needed_by": _("Work groups that need it"),
}


WRITTEN = (Act.DRIFT_UNDO_WRITTEN, Act.DRIFT_UNDO_ATTEMPT_FAILED)
UNDONE_BY_ITSELF = _("The portal set about undoing it, as the work group is configured")


def found(drift: Drift) -> str:
    """Return what differs, as a sentence with AWS's own names."""
    return reasons.differs(drift.kind, thing=drift.thing, name=drift.name)


def another_tool(drift: Drift) -> str:
    """Return that the same was undone before, as a sentence about who keeps making it."""
    return gettext(
        "It was undone %(n)s times and made again each time by %(who)s: another tool manages it. "
        "Take it out of that tool, or it comes back."
    ) % {"n": drift.undone_before, "who": drift.principal}


def happened(entry: TrailEntry, *, who: str) -> tuple[str, str]:
    """Return how a timeline marks an entry about a drift, and what it says. `who` acted, in words."""
    said_of = WORDS.get(entry.act)
    if said_of is None:
        return "step", entry.act
    by_itself = entry.act == Act.DRIFT_UNDOING and entry.actor.startswith("sekisho:")
    return said_of.mark, str(UNDONE_BY_ITSELF if by_itself else said_of.sentence) % _words(entry, who)


def source(entry: TrailEntry) -> str:
    """Return what says more: CloudTrail's event, or the elevation whose own entries name the calls to AWS."""
    said = entry.data["drift"]
    if entry.act == Act.DRIFT_ATTRIBUTED:
        return event(said["event"] or {})
    if entry.act in WRITTEN and said["elevation"] and not entry.data.get("calls"):
        return gettext("the calls to AWS are those of %(code)s") % {"code": said["elevation"]}
    return ""


def event(said: Mapping[str, str]) -> str:
    """Return which call it was, when, and from where, as far as CloudTrail says it."""
    at = moments.said(datetime.fromisoformat(said["eventTime"]), seconds=True) if "eventTime" in said else ""
    return " · ".join(word for word in (said.get("eventName"), at, said.get("sourceIPAddress")) if word)


def _words(entry: TrailEntry, who: str) -> Mapping[str, str]:
    said = entry.data["drift"]
    return {
        "who": who,
        "found": reasons.differs(said["kind"], thing=said["thing"], name=said["name"]),
        "principal": said["principal"],
        "problem": problems.sentence(said["problem"]),
    }
