"""People: who they are, by what they are let in, what they are in AWS and in the portal."""

from collections.abc import Mapping
from typing import Any

from audits.acts import Act
from audits.replay.state import Entry, State, Thing, ThingKind, moment, name_of, tell

# How a provider of log-in is named where people's identities are, and among actors.
LOG_IN, PROVIDER = "login:", "provider:"
# Who says what a person is: administrators and the catalogue's file.
HERE = "here"
FLAGS = ("administrator", "auditor")
PORTAL = "portal"
# Act -> the field of the person, and when they were bound.
BOUND: Mapping[str, str] = {
    Act.IAM_USER_BOUND: "iam_user",
    Act.IAM_USER_UNBOUND: "iam_user",
    Act.IDENTITY_CENTER_USER_BOUND: "identity_center_user",
    Act.IDENTITY_CENTER_USER_UNBOUND: "identity_center_user",
}


def added(state: State, entry: Entry) -> None:
    by_provider = entry.actor.startswith(PROVIDER)
    thing = state.thing(ThingKind.PERSON, name_of(entry))
    thing.update(made_by=LOG_IN + entry.actor.removeprefix(PROVIDER) if by_provider else "", disabled_by="", links=[], roles={})
    thing.update(iam_user_bound_at=None, identity_center_user_bound_at=None)
    _profile(thing, entry)
    _password(thing, entry)


def changed(state: State, entry: Entry) -> None:
    _profile(state.thing(ThingKind.PERSON, name_of(entry)), entry)


def disabled(state: State, entry: Entry) -> None:
    """Who keeps them out, and so may let them in again, entries of older versions do not say."""
    thing = state.thing(ThingKind.PERSON, name_of(entry))
    thing.pop("disabled_by", None)
    _profile(thing, entry)


def enabled(state: State, entry: Entry) -> None:
    thing = state.thing(ThingKind.PERSON, name_of(entry))
    thing["disabled_by"] = ""
    _profile(thing, entry)


def password(state: State, entry: Entry) -> None:
    _password(state.thing(ThingKind.PERSON, name_of(entry)), entry)


def bound(state: State, entry: Entry) -> None:
    field, after = BOUND[entry.act], entry.data["after"]
    state.thing(ThingKind.PERSON, name_of(entry)).update({field: after, f"{field}_bound_at": moment(entry) if after else None})


def linked(state: State, entry: Entry) -> None:
    after = entry.data["after"]
    thing = state.thing(ThingKind.PERSON, name_of(entry))
    _put(thing, {"provider": after["provider"], "external_id": after["external_id"], "verified_at": moment(entry)})


def unlinked(state: State, entry: Entry) -> None:
    """A link is gone, or stays and lets nobody in any more. Which of both an older version does not say of a provider's."""
    thing, before = state.thing(ThingKind.PERSON, name_of(entry)), entry.data["before"]
    match entry.data.get("kept"):
        case True:
            _put(thing, {"provider": before["provider"], "external_id": before["external_id"], "verified_at": None})
        case None if before["provider"].startswith(LOG_IN):
            thing.pop("links", None)
        case _:
            _take(thing, before)


def roles(state: State, entry: Entry) -> None:
    state.thing(ThingKind.PERSON, name_of(entry))["roles"] = entry.data["after"]["roles"]


def provisioned(state: State, entry: Entry) -> None:
    """What a directory says of somebody. One that it deleted stays, and lets nobody in."""
    before, after = entry.data["before"], entry.data["after"]
    said = after or before
    thing = state.thing(ThingKind.PROVIDED, f"{said['provider']}:{said['id']}")
    thing.update(said, person=name_of(entry), deleted_at=None)
    person = state.thing(ThingKind.PERSON, name_of(entry))
    if after is None:
        thing.update(active=False, deleted_at=moment(entry))
        if person.get("disabled_by") == LOG_IN + said["provider"]:
            person["disabled_by"] = PORTAL
    if entry.data.get("disabled_by") is not None:
        person["disabled_by"] = entry.data["disabled_by"]


def _profile(thing: Thing, entry: Entry) -> None:
    after = dict(entry.data["after"])
    flags = {flag: after.pop(flag) for flag in FLAGS if flag in after}
    whole = {name: value for name, value in after.items() if value is not None or name not in ("links", "roles")}
    identities = whole.pop("identities", {})
    thing.update(whole)
    if whole.get("roles") is None and "roles" in thing:
        thing["roles"] = _with_flags(thing["roles"], flags)
    if whole.get("links") is None and "links" in thing:
        _identities(thing, identities, entry)


def _with_flags(roles: Mapping[str, list[str]], flags: Mapping[str, bool]) -> dict[str, list[str]]:
    """Return the roles as an older version tells what administrators say: by a flag each."""
    said = dict(roles)
    for flag, is_said in flags.items():
        others = [source for source in said.pop(flag, ()) if source != HERE]
        if sources := sorted([*others, *([HERE] if is_said else [])]):
            said[flag] = sources
    return said


def _identities(thing: Thing, identities: Mapping[str, Any], entry: Entry) -> None:
    """Conclude the links from an entry of an older version, which names those of chats without their times."""
    for link in thing["links"]:
        if not link["provider"].startswith(LOG_IN) and identities.get(link["provider"]) != link["external_id"]:
            _take(thing, link)
    there = {link["provider"] for link in thing["links"]}
    for provider, external_id in identities.items():
        if provider not in there:
            _put(thing, {"provider": provider, "external_id": external_id, "verified_at": moment(entry)})


def _put(thing: Thing, link: Mapping[str, Any]) -> None:
    if "links" in thing:
        _take(thing, link)
        thing["links"] = [*thing["links"], link]


def _take(thing: Thing, link: Mapping[str, Any]) -> None:
    same = (link["provider"], link["external_id"])
    if "links" in thing:
        thing["links"] = [each for each in thing["links"] if (each["provider"], each["external_id"]) != same]


def _password(thing: Thing, entry: Entry) -> None:
    mark = entry.data.get("password")
    tell(thing, {"password": mark} if mark else {}, unless_told=("password",))
