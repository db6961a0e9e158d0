"""Requests with their decisions, and the elevations that came of them."""

from collections.abc import Mapping
from typing import Any

from audits.acts import Act
from audits.replay.state import Entry, State, Thing, ThingKind, moment

ENDED = "ended"
CLIENT = "client:"


def submitted(state: State, entry: Entry) -> None:
    """A request begins. Which policy ruled it, as it was then, is kept beside the policy's key."""
    thing = state.thing(ThingKind.REQUEST, entry.subject)
    thing.update(decisions=[], identity_center_user=None, door=entry.data.get("door", ""), client=_client(entry))
    thing["submitted_policy"] = entry.data["request"].get("policy")
    thing.update(_request(entry))


def moved(state: State, entry: Entry) -> None:
    """A request was decided on, settled, or looked at in AWS."""
    thing = state.thing(ThingKind.REQUEST, entry.subject)
    thing.update(_request(entry))
    decision = entry.data.get("decision")
    if decision:
        others = [each for each in thing.get("decisions", ()) if each["approver"] != decision["approver"]]
        thing["decisions"] = [*others, {**_decision(decision), "decided_at": moment(entry)}]


def _decision(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the row has of it: of a passkey's signature what is taken once."""
    kept = {name: value for name, value in said.items() if name != "assertion"}
    return {**kept, "nonce": said["assertion"]["document"]["nonce"] if said.get("assertion") else None}


def elevation(state: State, entry: Entry) -> None:
    """Whatever happened to an elevation: each entry has all of it, but for what older versions left out."""
    said = entry.data.get("elevation") or {}
    thing = state.thing(ThingKind.ELEVATION, entry.subject)
    thing.update(said)
    if entry.data.get("roles"):
        thing["roles"] = entry.data["roles"]
    if "ends_by" not in said:
        _fixed(thing, entry, said)


def ended_late(state: State, entry: Entry) -> None:
    """AWS was told while the trail could not be written: the access was over then, whatever its row still said."""
    seen = entry.data.get("seen")
    if entry.data.get("outcome") == ENDED or (seen and not seen["membership"] and seen["ttl"] is None):
        state.thing(ThingKind.ELEVATION, entry.subject)["out_at"] = moment(entry)


def _fixed(thing: Thing, entry: Entry, said: Mapping[str, Any]) -> None:
    """Conclude from an entry of an older version whose approval fixed the end, and when the grant began."""
    extensions: list[str] = thing.setdefault("extensions", [])
    match entry.act:
        case Act.ELEVATION_GRANTING:
            thing["granting_at"] = moment(entry)
        case Act.ELEVATION_SCHEDULED:
            thing["granting_at"] = None
        case Act.ELEVATION_EXTENDED:
            extensions.append(entry.data["by"])
        case Act.ELEVATION_EXTENSION_REFUSED:
            thing["extensions"] = extensions = [code for code in extensions if code != entry.data["by"]]
    if entry.act in (Act.ELEVATION_SCHEDULED, Act.ELEVATION_EXTENDED, Act.ELEVATION_EXTENSION_REFUSED):
        thing["ends_by"] = extensions[-1] if extensions else said.get("request", "")


def _request(entry: Entry) -> Mapping[str, Any]:
    """Return what an entry says of its request. The policy is named: what it says now is no fact of the request."""
    said = dict(entry.data.get("request") or {})
    policy = said.pop("policy", None)
    return said if policy is None else {**said, "policy": policy["key"]}


def _client(entry: Entry) -> str:
    return entry.actor.removeprefix(CLIENT) if entry.actor.startswith(CLIENT) else ""
