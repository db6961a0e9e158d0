"""The timeline of a request in sentences, from the trail; and what will happen by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from access_requests import problems, wording
from access_requests.grants.registry import backend_of
from access_requests.lifecycle import UNDECIDED, ElevationStatus
from access_requests.models import AccessRequest, Drift, Elevation
from access_requests.policy.leave import Unfounded
from access_requests.selectors import drift, timeline
from access_requests.web.timeline import drift_words, executions
from access_requests.web.timeline import evaluated as evaluating
from audits import personal
from audits.acts import Act
from audits.acts.words import WORDS
from audits.models import TrailEntry
from portal.pages import moments
from portal.verbs.actor import Door

EXTENSION_ASKED = _("%(who)s asked for more time, until %(end)s")
WITHDRAWN_FOR_THEM = _("The request was withdrawn, by %(who)s: %(reason)s")
STOPPED = _("%(who)s ended the access: %(reason)s")
FAILED = frozenset(
    {
        Act.REQUEST_CHANGE_ATTEMPT_FAILED,
        Act.ELEVATION_GRANT_ATTEMPT_FAILED,
        Act.ELEVATION_EXTENSION_ATTEMPT_FAILED,
        Act.ELEVATION_END_ATTEMPT_FAILED,
        Act.ELEVATION_TIDYING_ATTEMPT_FAILED,
    }
)
ENDS = (Act.ELEVATION_REVOKING, Act.ELEVATION_CANCELLED)
# The database says what nobody approved: somebody must find out who wrote it.
REFUSED = frozenset(Unfounded)
# AWS did not let anybody in; then the comment is the cause, as problems.sentence has it.
GRANT_REFUSED = "grant_refused"
DRIFT = "drift."


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line. `kind` is one of components/_timeline.html; `calls` are AWS calls as the trail keeps them; `notes` say more."""

    at: datetime
    kind: str
    sentence: str
    quote: str = ""
    meta: str = ""
    key: str = ""
    notes: list[str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)


def of_request(request: AccessRequest, *, now: datetime) -> list[Item]:
    """Return what happened, oldest first, then what is still to come."""
    entries = timeline.of_request(request)
    return [*(_item(entry, _elsewhere(entry, request)) for entry in entries), *_to_come(request, now)]


def of_drift(row: Drift) -> list[Item]:
    """Return what happened to a drift, oldest first."""
    return [_item(entry, "") for entry in personal.shown(drift.history(row), erased=gettext("erased"))]


def _item(entry: TrailEntry, elsewhere: str) -> Item:
    kind, sentence = _sentence(entry)
    calls = entry.data.get("calls", [])
    parts = (
        *(elsewhere, executions.meta(entry), _proof(entry), _seen(entry), _evaluated(entry), _source(entry)),
        _effort(calls),
    )
    return Item(
        at=entry.at,
        kind=kind,
        sentence=sentence,
        quote=_quote(entry),
        meta=" · ".join(part for part in parts if part),
        key=f"trail-{entry.pk}",
        notes=[*_recorded(entry), *executions.notes(entry), *notes_of_sessions(entry.data.get("open_sessions", ()))],
        calls=calls,
    )


def _recorded(entry: TrailEntry) -> list[str]:
    """Return when an entry was recorded that was not recorded when it happened, and why."""
    if not entry.late or entry.recorded_at is None:
        return []
    words = {"at": moments.said(entry.recorded_at, seconds=True), "why": entry.get_late_display()}
    return [gettext("Recorded %(at)s: %(why)s") % words]


def _sentence(entry: TrailEntry) -> tuple[str, str]:
    data = entry.data
    if entry.act.startswith(DRIFT):
        return drift_words.happened(entry, who=who(entry))
    said = evaluating.parsed(data.get("judged")) if entry.act == Act.ELEVATION_EVALUATED else None
    if said is not None:
        person, moment = data["elevation"]["person"], data.get("moment", "")
        return evaluating.sentence(said, person=person, moment=moment, expected=data.get("expected", ""))
    if entry.act in executions.SEEN:
        return executions.sentence(entry)
    if in_aws := executions.ended(entry):
        return in_aws
    if entry.act in FAILED:
        return "alert", problems.sentence(str(data.get("problem", "")))
    return _in_words(entry)


def _in_words(entry: TrailEntry) -> tuple[str, str]:
    said_of = WORDS.get(entry.act)
    if said_of is None:
        return "step", entry.act  # Of a newer version, or of another hand.
    kind, sentence = said_of.mark, said_of.sentence
    if entry.act == Act.REQUEST_SUBMITTED and entry.data["request"].get("extends"):
        sentence = EXTENSION_ASKED
    if entry.act == Act.REQUEST_WITHDRAWN and entry.data.get("reason"):
        sentence = WITHDRAWN_FOR_THEM
    if entry.act in ENDS:
        kind, sentence = _end_began(entry, kind, sentence)
    return kind, str(sentence) % _words(entry)


def _end_began(entry: TrailEntry, kind: str, sentence: Promise) -> tuple[str, Promise]:
    reason = entry.data.get("reason")
    if reason in REFUSED or reason == GRANT_REFUSED:
        return "alert", sentence
    if entry.act == Act.ELEVATION_REVOKING and not entry.actor.startswith("sekisho:"):
        return "alert" if reason == "stopped" else "step", STOPPED
    return kind, sentence


def _words(entry: TrailEntry) -> dict[str, object]:
    """Return what any of the sentences fills in, as far as the entry has it."""
    data, request, elevation = entry.data, entry.data.get("request", {}), entry.data.get("elevation", {})
    reason = str(data.get("reason", ""))
    return {
        "who": who(entry),
        "groups": ", ".join(group["name"] for group in request.get("work_groups", [])),
        "level": data.get("decision", {}).get("level", ""),
        "person": elevation.get("person", ""),
        "group": elevation.get("work_group", ""),
        "start": _said(elevation.get("starts_at")),
        "end": _said(elevation.get("ends_at") or request.get("ends_at") or request.get("asked_ends_at")),
        "from_end": _said(data.get("from_end")),
        "to_end": _said(data.get("to_end")),
        "reason": wording.STOP_REASONS.get(reason, reason),
        "decision": "–",  # One that can be read has sentences of its own.
    }


def who(entry: TrailEntry) -> str:
    """Return who acted, and through which client."""
    if entry.on_behalf_of:
        return gettext("%(person)s (through %(client)s)") % {
            "person": entry.on_behalf_of,
            "client": entry.actor.partition(":")[2],
        }
    door, _, operator = entry.actor.rpartition(":")
    if door == Door.COMMAND:
        return gettext("%(who)s (by a command)") % {"who": operator}
    return gettext("The portal") if door == "sekisho" else entry.actor


def _quote(entry: TrailEntry) -> str:
    comment = entry.data.get("decision", {}).get("comment") or entry.data.get("comment") or ""
    if comment and entry.data.get("reason") == GRANT_REFUSED:
        return problems.at_the_end(comment)
    extends = entry.act == Act.REQUEST_SUBMITTED and entry.data["request"].get("extends")
    return str(entry.data["request"]["reason"] if extends else comment)


def _elsewhere(entry: TrailEntry, request: AccessRequest) -> str:
    """The number of the extension, or of the elevation where there are several, that a line is about."""
    alone = len(request.elevations.all()) <= 1 and entry.subject.startswith("E-")
    return "" if alone or entry.subject == request.code else entry.subject


def _proof(entry: TrailEntry) -> str:
    proof = (entry.data if entry.act.startswith(DRIFT) else entry.data.get("decision", {})).get("proof", {})
    if "method" not in proof or "at" not in proof:
        return ""
    if "own_token" in proof:
        return _own_token(proof["own_token"])
    if proof["method"] == wording.NAMED_ONLY:
        return gettext("named by the API client, not proven")
    method = wording.PROOFS.get(proof["method"], proof["method"])
    return gettext("identity proven by %(method)s at %(at)s") % {"method": method, "at": _said(proof["at"])}


def _own_token(token: Mapping[str, Any]) -> str:
    allowed = token["allowed"]
    words = {"code": token["id"], "at": _said(allowed["at"])}
    method = allowed["proof"].get("method")
    if method is None:
        return gettext("by the person's own token %(code)s, allowed %(at)s") % words
    words["method"] = str(wording.PROOFS.get(method, method))
    return gettext("by the person's own token %(code)s, allowed %(at)s with %(method)s") % words


def _seen(entry: TrailEntry) -> str:
    seen = entry.data.get("seen")
    return gettext("read back %(at)s") % {"at": moments.said(_moment(seen["at"]), seconds=True)} if seen else ""


def _evaluated(entry: TrailEntry) -> str:
    said = evaluating.parsed(entry.data.get("judged"))
    return said.meta if said is not None else ""


def _source(entry: TrailEntry) -> str:
    return drift_words.source(entry) if entry.act.startswith(DRIFT) else ""


def of_sessions(elevation: Elevation) -> list[str]:
    """Return what became of the Session Manager sessions that were open at the end of an elevation, as the trail has it."""
    if elevation.status != ElevationStatus.ENDED:
        return []
    ends = timeline.of_request(elevation.request).filter(subject=elevation.code, act=Act.ELEVATION_ENDED)
    return [note for entry in ends for note in notes_of_sessions(entry.data.get("open_sessions", ()))]


def notes_of_sessions(ends: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what became of the Session Manager sessions that were open at an end, one sentence a role and Region."""
    return [_note_of_sessions(end) for end in ends]


def _note_of_sessions(end: Mapping[str, Any]) -> str:
    words = {"role": end["role"], "region": end["region"], "n": len(end["ended"]), "problem": end["problem"]}
    if end["problem"]:
        return gettext("Open Session Manager sessions of %(role)s in %(region)s could not be ended: %(problem)s") % words
    if not end["ended"]:
        return gettext("No Session Manager session of %(role)s was open in %(region)s") % words
    return (
        ngettext(
            "%(n)s Session Manager session of %(role)s was terminated in %(region)s",
            "%(n)s Session Manager sessions of %(role)s were terminated in %(region)s",
            len(end["ended"]),
        )
        % words
    )


def _effort(calls: list[dict[str, Any]]) -> str:
    if not calls:
        return ""
    seconds = sum(call["milliseconds"] for call in calls) / 1000
    words = {"n": len(calls), "seconds": f"{seconds:.2f}"}
    return ngettext("%(n)s call to AWS in %(seconds)s s", "%(n)s calls to AWS in %(seconds)s s", len(calls)) % words


def _said(moment: str | None) -> str:
    return moments.said(_moment(moment)) if moment else ""


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _end(elevation: Elevation) -> str:
    return str(backend_of(elevation.work_group.backend).words.ahead)


def _to_come(request: AccessRequest, now: datetime) -> Iterable[Item]:
    if request.status in UNDECIDED and request.decide_until > now:
        yield Item(at=request.decide_until, kind="future", sentence=gettext("Without a decision the request lapses"))
    for elevation in request.elevations.all():
        words = {"person": request.requester.username, "group": elevation.work_group.name}
        if elevation.status == ElevationStatus.SCHEDULED and elevation.starts_at > now:
            begins = gettext("The portal puts %(person)s into %(group)s") % words
            yield Item(at=elevation.starts_at, kind="future", sentence=begins)
        if elevation.status in (ElevationStatus.SCHEDULED, ElevationStatus.GRANTING, ElevationStatus.ACTIVE):
            ends = _end(elevation) % words
            yield Item(at=elevation.ends_at, kind="future", sentence=ends)
