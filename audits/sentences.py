"""An entry of the trail as a sentence, from the entry alone, of whichever version it is."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audits import kinds
from audits.acts import Act, reasons
from audits.acts.words import WORDS
from audits.models import LogInClass, SealState, TrailEntry, UseState
from portal.listed import listed
from portal.pages import moments
from portal.verbs.actor import Door

EXTENSION_ASKED = _("%(who)s asked for more time, until %(end)s")
WITHDRAWN_FOR_THEM = _("The request was withdrawn, by %(who)s: %(reason)s")
STOPPED = _("%(who)s ended the access: %(reason)s")
ENDS = (Act.ELEVATION_REVOKING, Act.ELEVATION_CANCELLED)
# AWS did not let anybody in; then the comment is the cause.
GRANT_REFUSED = "grant_refused"
DECISIONS = {"allowed": _("can switch"), "denied": _("cannot switch"), "unknown": _("not known")}
# How somebody is called, by their user name.
Call = Callable[[str], str]
NOT_SAID, OMITTED = "–", "…"


def in_words(entry: TrailEntry, *, call: Call = str) -> tuple[str, str]:
    """Return how a timeline marks the entry, and its sentence; the act itself, where it is of a newer version.

    `call` says how a person of this user name is called.
    """
    said_of = WORDS.get(entry.act)
    if said_of is None:
        return "step", entry.act
    kind, sentence = said_of.mark, said_of.sentence
    if entry.act == Act.REQUEST_SUBMITTED and _text(entry, "request", "extends"):
        sentence = EXTENSION_ASKED
    if entry.act == Act.REQUEST_WITHDRAWN and entry.data.get("reason"):
        sentence = WITHDRAWN_FOR_THEM
    if entry.act in ENDS:
        kind, sentence = _end_began(entry, kind, sentence)
    return kind, str(sentence) % _words(entry, call)


def of_act(act: str) -> str:
    """Return what entries of this act say, without what each says of its own."""
    return str(WORDS[act].sentence) % defaultdict(lambda: OMITTED) if act in WORDS else act


def who(entry: TrailEntry, *, call: Call = str) -> str:
    """Return who acted, and through which client."""
    if entry.on_behalf_of:
        return gettext("%(person)s (through %(client)s)") % {
            "person": call(entry.on_behalf_of),
            "client": entry.actor.partition(":")[2],
        }
    door, _colon, operator = entry.actor.rpartition(":")
    if door == Door.COMMAND:
        return gettext("%(who)s (by a command)") % {"who": call(operator)}
    return gettext("The portal") if door == "sekisho" else call(entry.actor)


def _end_began(entry: TrailEntry, kind: str, sentence: Promise) -> tuple[str, Promise]:
    reason = _text(entry, "reason")
    if reason in reasons.UNFOUNDED or reason == GRANT_REFUSED:
        return "alert", sentence
    if entry.act == Act.ELEVATION_REVOKING and not entry.actor.startswith("sekisho:"):
        return "alert" if reason == "stopped" else "step", STOPPED
    return kind, sentence


def _words(entry: TrailEntry, call: Call) -> dict[str, str]:
    """Return what any of the sentences fills in, as far as the entry has it."""
    groups = _value(entry, "request", "work_groups")
    named = [str(group.get("name", "")) if isinstance(group, dict) else str(group) for group in groups or ()]
    drift = {name: _text(entry, "drift", name) for name in ("kind", "thing", "name")}
    decision = _text(entry, "judged", "decision")
    said = {
        "who": who(entry, call=call),
        "subject": entry.subject,
        "name": entry.subject.rpartition(":")[2],
        "groups": listed(named),
        "level": _text(entry, "decision", "level"),
        "person": call(_text(entry, "elevation", "person")),
        "group": _text(entry, "elevation", "work_group"),
        "window": _window(entry),
        "end": _end(entry),
        "from_end": _moment(entry, "from_end"),
        "to_end": _moment(entry, "to_end"),
        "reason": reasons.stopped(_text(entry, "reason")),
        "decision": str(DECISIONS.get(decision, decision)),
        "status": _text(entry, "execution", "status"),
        "problem": _text(entry, "problem") or _text(entry, "drift", "problem"),
        "differences": _text(entry, "differences"),
        "count": _text(entry, "count"),
        "rows": _text(entry, "rows"),
        "period": _text(entry, "period"),
        "state": _state(_text(entry, "state")),
        "waiting": _text(entry, "waiting"),
        "remark": _text(entry, "remark"),
        "principal": _text(entry, "drift", "principal"),
        "found": reasons.differs(drift["kind"], thing=drift["thing"], name=drift["name"]) if drift["kind"] else "",
    }
    said |= {**_of_finding(entry), **_of_log_in(entry)}
    return {name: word or NOT_SAID for name, word in said.items()}


def _of_finding(entry: TrailEntry) -> dict[str, str]:
    """Return the words of a finding."""
    names = ("code", "owner", "accepted_until", "asked_until", "asked_because")
    finding = _value(entry, "finding")
    return {
        **{name: _text(entry, "finding", name) for name in names},
        "due": _text(entry, "finding", "due_on"),
        "finding": kinds.said(finding["kind"], finding["key"]) if isinstance(finding, dict) else "",
    }


def _of_log_in(entry: TrailEntry) -> dict[str, str]:
    """Return the words of a log-in to production, of the use of an access, and of CloudTrail."""
    kind, use = _text(entry, "log_in", "kind"), _text(entry, "use")
    people = (_text(entry, "log_in", name) for name in ("person", "principal", "principal_id"))
    return {
        "account": _text(entry, "log_in", "account") or _text(entry, "account"),
        "whom": next((said for said in people if said), ""),
        "class": str(LogInClass(kind).label) if kind in LogInClass.values else kind,
        "use": str(UseState(use).label) if use in UseState.values else use,
        "trail": _text(entry, "trail"),
        "region": _text(entry, "region"),
    }


def _state(state: str) -> str:
    """Return in words why nothing is sealed."""
    return str(SealState(state).label) if state in SealState.values else state


def _end(entry: TrailEntry) -> str:
    places = (("elevation", "ends_at"), ("request", "ends_at"), ("request", "asked_ends_at"))
    return next((said for place in places if (said := _moment(entry, *place))), "")


def _value(entry: TrailEntry, *path: str) -> Any:
    value = entry.data
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(entry: TrailEntry, *path: str) -> str:
    value = _value(entry, *path)
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _window(entry: TrailEntry) -> str:
    start, end = (_read(entry, "elevation", name) for name in ("starts_at", "ends_at"))
    return moments.dated(start, end) if start is not None else ""


def _moment(entry: TrailEntry, *path: str) -> str:
    moment = _read(entry, *path)
    return moments.said(moment) if moment is not None else ""


def _read(entry: TrailEntry, *path: str) -> datetime | None:
    try:
        moment = parse_datetime(_text(entry, *path))
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
