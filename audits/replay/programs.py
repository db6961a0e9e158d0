"""What acts for people and is told of them: clients, tokens, directories' groups and tokens, webhooks; and drift."""

from audits.acts import Act
from audits.replay.state import Entry, State, ThingKind, moment, name_of, tell

# What an entry of a client says of the change, and not of the client.
OF_CHANGE = frozenset({"tokens_ended", "ended", "revoked", "secret"})
NEW_SECRET = (Act.CLIENT_ADDED, Act.CLIENT_SECRET_ROTATED, Act.CLIENT_REVOKED, Act.CLIENT_RESTORED)


def client(state: State, entry: Entry) -> None:
    after = entry.data["after"]
    thing = state.thing(ThingKind.CLIENT, name_of(entry))
    facts = {name: value for name, value in after.items() if name not in OF_CHANGE and (name, value) != ("mark", None)}
    tell(thing, facts, unless_told=("mark",) if entry.act in NEW_SECRET else ())
    if entry.act in (Act.CLIENT_ADDED, Act.CLIENT_RESTORED):
        thing["retired_at"] = None
    elif entry.act == Act.CLIENT_REVOKED:
        thing["retired_at"] = moment(entry)
    if after.get("tokens_ended") is not None:
        for code in [code for code, token in state.of(ThingKind.TOKEN).items() if token["client"] == name_of(entry)]:
            state.forget(ThingKind.TOKEN, code)


def token(state: State, entry: Entry) -> None:
    """Allowed, then collected; how they were logged in who allowed it is the proof of that act."""
    thing = state.thing(ThingKind.TOKEN, name_of(entry))
    thing.update({name: value for name, value in entry.data["after"].items() if name not in ("asked_at", "collected_from")})
    if entry.act == Act.TOKEN_ALLOWED:
        thing["proof"] = entry.data["proof"]


def token_revoked(state: State, entry: Entry) -> None:
    state.forget(ThingKind.TOKEN, name_of(entry))


def scim_token(state: State, entry: Entry) -> None:
    thing = state.thing(ThingKind.SCIM_TOKEN, name_of(entry))
    if entry.data["after"] is None:
        thing["revoked_at"] = moment(entry)
    else:
        thing.update(entry.data["after"], revoked_at=None)


def directory_group(state: State, entry: Entry) -> None:
    if entry.data["after"] is None:
        state.forget(ThingKind.DIRECTORY_GROUP, name_of(entry))
    else:
        state.thing(ThingKind.DIRECTORY_GROUP, name_of(entry)).update(entry.data["after"])


def webhook(state: State, entry: Entry) -> None:
    thing = state.thing(ThingKind.WEBHOOK, name_of(entry))
    thing.update(entry.data["after"])
    if entry.act == Act.WEBHOOK_ADDED:
        thing.update(made_by=entry.actor, made_at=moment(entry), previous_until=None, previous_mark=None)
        tell(thing, {"mark": entry.data["mark"]} if entry.data.get("mark") else {}, unless_told=("mark",))


def webhook_rotated(state: State, entry: Entry) -> None:
    thing = state.thing(ThingKind.WEBHOOK, name_of(entry))
    before, mark = thing.pop("mark", None), entry.data.get("mark")
    tell(thing, {"previous_mark": before} if before else {}, unless_told=("previous_mark",))
    thing.update({"previous_until": entry.data["after"]["previous_until"], **({"mark": mark} if mark else {})})


def webhook_deleted(state: State, entry: Entry) -> None:
    state.forget(ThingKind.WEBHOOK, name_of(entry))


def drift(state: State, entry: Entry) -> None:
    state.thing(ThingKind.DRIFT, entry.subject).update(entry.data.get("drift") or {})
