"""The timeline of a request in sentences, from the trail; and what will happen by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, ngettext

from access_requests import problems
from access_requests.grants.registry import backend_of
from access_requests.lifecycle import UNDECIDED, ElevationStatus
from access_requests.models import AccessRequest, Drift, Elevation
from access_requests.selectors import drift, timeline
from access_requests.web.timeline import drift_words, executions, naming
from access_requests.web.timeline import evaluated as evaluating
from audits import personal, sentences
from audits.acts import Act, terms
from audits.models import TrailEntry
from audits.reports import folding
from audits.sentences import Call
from portal.pages import devices, moments

FAILED = frozenset(
    {
        Act.REQUEST_CHANGE_ATTEMPT_FAILED,
        Act.ELEVATION_GRANT_ATTEMPT_FAILED,
        Act.ELEVATION_EXTENSION_ATTEMPT_FAILED,
        Act.ELEVATION_END_ATTEMPT_FAILED,
        Act.ELEVATION_TIDYING_ATTEMPT_FAILED,
    }
)
DRIFT = "drift."
# So much of the mark of a log-in as tells two of them apart.
SHORT = 8


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
    entries = list(personal.shown(timeline.of_request(request), erased=gettext("erased")))
    call = naming.of(entries)
    return [*(_item(entry, _elsewhere(entry, request), call) for entry in entries), *_to_come(request, now)]


def of_drift(row: Drift) -> list[Item]:
    """Return what happened to a drift, oldest first."""
    entries = list(personal.shown(drift.history(row), erased=gettext("erased")))
    call = naming.of(entries)
    return [_item(entry, "", call) for entry in entries]


def _item(entry: TrailEntry, elsewhere: str, call: Call) -> Item:
    kind, sentence = _sentence(entry, call)
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
        notes=[
            *_recorded(entry),
            *_whence(entry),
            *executions.notes(entry),
            *notes_of_sessions(entry.data.get("open_sessions", ())),
        ],
        calls=calls,
    )


def _recorded(entry: TrailEntry) -> list[str]:
    """Return when an entry was recorded that was not recorded when it happened, and why."""
    if not entry.late or entry.recorded_at is None:
        return []
    words = {"at": moments.said(entry.recorded_at, seconds=True), "why": entry.get_late_display()}
    return [gettext("Recorded %(at)s: %(why)s") % words]


def _sentence(entry: TrailEntry, call: Call) -> tuple[str, str]:
    data = entry.data
    if entry.act.startswith(DRIFT):
        return drift_words.happened(entry, who=sentences.who(entry, call=call))
    said = evaluating.parsed(data.get("judged")) if entry.act == Act.ELEVATION_EVALUATED else None
    if said is not None:
        person, moment = call(data["elevation"]["person"]), data.get("moment", "")
        return evaluating.sentence(said, person=person, moment=moment, expected=data.get("expected", ""))
    if entry.act in executions.SEEN:
        return executions.sentence(entry)
    if in_aws := executions.ended(entry):
        return in_aws
    if entry.act in FAILED:
        return "alert", problems.sentence(str(data.get("problem", "")))
    return sentences.in_words(entry, call=call)


def _quote(entry: TrailEntry) -> str:
    comment = entry.data.get("decision", {}).get("comment") or entry.data.get("comment") or ""
    if comment and entry.data.get("reason") == sentences.GRANT_REFUSED:
        return problems.at_the_end(comment)
    if entry.act in folding.ACTS:
        comment = entry.data["report"]["answer"] or entry.data["report"]["done"]
    extends = entry.act == Act.REQUEST_SUBMITTED and entry.data["request"].get("extends")
    return str(entry.data["request"]["reason"] if extends else comment)


def _elsewhere(entry: TrailEntry, request: AccessRequest) -> str:
    """The number of the extension, or of the elevation where there are several, that a line is about."""
    alone = len(request.elevations.all()) <= 1 and entry.subject.startswith("E-")
    return "" if alone or entry.subject == request.code else entry.subject


def _proof_of(entry: TrailEntry) -> Mapping[str, Any]:
    proof: Mapping[str, Any] = (entry.data if entry.act.startswith(DRIFT) else entry.data.get("decision", {})).get("proof", {})
    return proof


def _proof(entry: TrailEntry) -> str:
    proof = _proof_of(entry)
    if "method" not in proof or "at" not in proof:
        return ""
    if "own_token" in proof:
        return _own_token(proof["own_token"], beside=entry.at)
    if proof["method"] == terms.NAMED_ONLY:
        return gettext("named by the API client, not proven")
    return gettext("identity proven by %(method)s at %(at)s") % {
        "method": terms.way(proof),
        "at": _said(proof["at"], beside=entry.at),
    }


def _whence(entry: TrailEntry) -> list[str]:
    """Return in which log-in somebody acted, from where, and with what program."""
    proof = _proof_of(entry)
    known = proof.get("own_token", {}).get("allowed", {}).get("proof", proof)
    if "session" not in known:
        return []
    words = {
        "session": known["session"][:SHORT],
        "address": known.get("address") or gettext("an unknown address"),
        "program": devices.said(known.get("user_agent", "")),
    }
    return [gettext("Log-in %(session)s, from %(address)s, %(program)s") % words]


def _own_token(token: Mapping[str, Any], *, beside: datetime) -> str:
    allowed = token["allowed"]
    words = {"code": token["id"], "at": _said(allowed["at"], beside=beside)}
    if "method" not in allowed["proof"]:
        return gettext("by the person's own token %(code)s, allowed %(at)s") % words
    words["method"] = terms.way(allowed["proof"])
    return gettext("by the person's own token %(code)s, allowed %(at)s with %(method)s") % words


def _seen(entry: TrailEntry) -> str:
    seen = entry.data.get("seen")
    return gettext("read back %(at)s") % {"at": moments.said(_moment(seen["at"]), seconds=True, beside=entry.at)} if seen else ""


def _evaluated(entry: TrailEntry) -> str:
    said = evaluating.parsed(entry.data.get("judged"))
    return said.meta(beside=entry.at) if said is not None else ""


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


def _said(moment: str | None, *, beside: datetime) -> str:
    return moments.said(_moment(moment), beside=beside) if moment else ""


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _end(elevation: Elevation) -> str:
    return str(backend_of(elevation.work_group.backend).words.ahead)


def _to_come(request: AccessRequest, now: datetime) -> Iterable[Item]:
    if request.status in UNDECIDED and request.decide_until > now:
        yield Item(at=request.decide_until, kind="future", sentence=gettext("Without a decision the request lapses"))
    for elevation in request.elevations.all():
        words = {"person": request.requester.called, "group": elevation.work_group.name}
        if elevation.status == ElevationStatus.SCHEDULED and elevation.starts_at > now:
            begins = gettext("The portal puts %(person)s into %(group)s") % words
            yield Item(at=elevation.starts_at, kind="future", sentence=begins)
        if elevation.status in (ElevationStatus.SCHEDULED, ElevationStatus.GRANTING, ElevationStatus.ACTIVE):
            ends = _end(elevation) % words
            yield Item(at=elevation.ends_at, kind="future", sentence=ends)
