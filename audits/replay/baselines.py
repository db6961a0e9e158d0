"""A thing as it was when the trail began to tell the whole of it: what it said before may lack some of it."""

from collections.abc import Mapping

from audits.acts import Act
from audits.replay.state import Entry, State, ThingKind, name_of

KINDS: Mapping[str, ThingKind | None] = {
    Act.REQUEST_BASELINE: ThingKind.REQUEST,
    Act.ELEVATION_BASELINE: ThingKind.ELEVATION,
    # Of five kinds: the subject says which.
    Act.CATALOGUE_BASELINE: None,
    Act.PERSON_BASELINE: ThingKind.PERSON,
    Act.PROVIDED_BASELINE: ThingKind.PROVIDED,
    Act.DIRECTORY_GROUP_BASELINE: ThingKind.DIRECTORY_GROUP,
    Act.SCIM_TOKEN_BASELINE: ThingKind.SCIM_TOKEN,
    Act.CLIENT_BASELINE: ThingKind.CLIENT,
    Act.TOKEN_BASELINE: ThingKind.TOKEN,
    Act.WEBHOOK_BASELINE: ThingKind.WEBHOOK,
    Act.DRIFT_BASELINE: ThingKind.DRIFT,
}


def told(state: State, entry: Entry) -> None:
    kind = KINDS[entry.act] or ThingKind(entry.subject.partition(":")[0])
    thing = state.thing(kind, name_of(entry) or entry.subject)
    thing.update(entry.data["after"])
