"""An entry of the trail as an event of OCSF: one line of JSON, with all of the entry in `unmapped`."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import translation

from audits import kinds, sentences
from audits.acts.words import WORDS
from audits.models import TrailEntry
from audits.streaming import classes
from audits.streaming.classes import OTHER, VERSION, Of, Shown
from portal.storable import AsTyped

PRODUCT = {"name": "Sekisho", "vendor_name": "Sekisho"}
# OCSF's numbers.
INFORMATIONAL, MEDIUM = 1, 3
SEVERITIES = {"low": 2, "medium": 3, "high": 4, "critical": 5}
SUCCESS, FAILURE = 1, 2
# Of these classes who acted is in `unmapped` alone, or the person themself.
WITHOUT_ACTOR = (Of.AUTHENTICATION, Of.DETECTION_FINDING)


def line(entry: TrailEntry) -> str:
    """Return the event as it is sent, with the end of its line."""
    return json.dumps(event(entry), cls=AsTyped, separators=(",", ":")) + "\n"


def event(entry: TrailEntry) -> dict[str, Any]:
    """Return the event. `metadata.uid` is the entry's id: whoever drops one that is known has each once."""
    shown = classes.of(entry.act)
    with translation.override("en"):
        _mark, message = sentences.in_words(entry)
    said = entry.data if isinstance(entry.data, dict) else {}
    return {
        "metadata": _metadata(entry),
        "time": _milliseconds(entry.at),
        "category_uid": shown.of // 1000,
        "class_uid": int(shown.of),
        "activity_id": shown.activity,
        **({"activity_name": entry.act} if shown.activity == OTHER else {}),
        "type_uid": shown.of * 100 + shown.activity,
        "severity_id": _severity(entry, said),
        "status_id": FAILURE if shown.failed else SUCCESS,
        "message": message,
        **({} if shown.of in WITHOUT_ACTOR else {"actor": _actor(entry)}),
        **_of_class(shown, entry, said),
        "unmapped": _whole(entry),
    }


def _metadata(entry: TrailEntry) -> dict[str, Any]:
    recorded = {"logged_time": _milliseconds(entry.recorded_at)} if entry.recorded_at is not None else {}
    return {
        "version": VERSION,
        "product": PRODUCT,
        "uid": str(entry.pk),
        "sequence": entry.pk,
        "event_code": entry.act,
        "log_name": "trail",
        **recorded,
    }


def _of_class(shown: Shown, entry: TrailEntry, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the class asks for."""
    if shown.of == Of.DETECTION_FINDING:
        return _finding(entry, said)
    if shown.of == Of.ENTITY_MANAGEMENT:
        return {"entity": {"name": entry.subject, "uid": entry.subject, "type": entry.subject.partition(":")[0]}}
    user = {"user": {"name": _person(entry, said)}}
    if shown.of == Of.GROUP_MANAGEMENT:
        return {**user, "group": {"name": _groups(said)[0] if _groups(said) else entry.subject}}
    if shown.of == Of.USER_ACCESS_MANAGEMENT:
        return {**user, "privileges": _groups(said) or [entry.subject]}
    if shown.of == Of.AUTHENTICATION:
        return {**user, "service": {"name": PRODUCT["name"]}}
    return user


def _finding(entry: TrailEntry, said: Mapping[str, Any]) -> dict[str, Any]:
    finding = said.get("finding") or {}
    kind, key = str(finding.get("kind", "")), finding.get("key") or {}
    with translation.override("en"):
        title = kinds.said(kind, key)
    return {"finding_info": {"uid": entry.subject, "title": title, "types": [kind]}}


def _actor(entry: TrailEntry) -> dict[str, Any]:
    """Return who acted: a person, or the portal or a program by its name."""
    person = entry.on_behalf_of or ("" if ":" in entry.actor else entry.actor)
    app = {"app_name": entry.actor} if ":" in entry.actor or not person else {}
    return {**({"user": {"name": person}} if person else {}), **app}


def _person(entry: TrailEntry, said: Mapping[str, Any]) -> str:
    """Return whom the entry is about."""
    kind, _colon, name = entry.subject.partition(":")
    if kind == "person" and name:
        return name
    for subject, field in (("elevation", "person"), ("request", "requester")):
        found = said.get(subject)
        if isinstance(found, dict) and found.get(field):
            return str(found[field])
    return entry.on_behalf_of or entry.actor


def _groups(said: Mapping[str, Any]) -> list[str]:
    """Return the work groups that the entry names."""
    elevation, request = said.get("elevation"), said.get("request")
    if isinstance(elevation, dict) and elevation.get("work_group"):
        return [str(elevation["work_group"])]
    groups = request.get("work_groups", ()) if isinstance(request, dict) else ()
    return [str(group["name"] if isinstance(group, dict) else group) for group in groups]


def _severity(entry: TrailEntry, said: Mapping[str, Any]) -> int:
    finding = said.get("finding")
    if isinstance(finding, dict):
        return SEVERITIES.get(str(finding.get("severity")), INFORMATIONAL)
    return MEDIUM if entry.act in WORDS and WORDS[entry.act].mark == "alert" else INFORMATIONAL


def _whole(entry: TrailEntry) -> dict[str, Any]:
    names = ("subject", "actor", "on_behalf_of", "late", "schema_version", "data")
    return {"id": entry.pk, **{name: getattr(entry, name) for name in names}}


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
