"""A thing as it was when the trail began to tell the whole of it: what it said before may lack some of it."""

from collections.abc import Mapping

from audits.acts import Act
from audits.replay.state import Entry, Kind, State, name_of

KINDS: Mapping[str, Kind | None] = {
    Act.REQUEST_BASELINE: Kind.REQUEST,
    Act.ELEVATION_BASELINE: Kind.ELEVATION,
    # Of five kinds: the subject says which.
    Act.CATALOGUE_BASELINE: None,
    Act.PERSON_BASELINE: Kind.PERSON,
    Act.PROVIDED_BASELINE: Kind.PROVIDED,
    Act.DIRECTORY_GROUP_BASELINE: Kind.DIRECTORY_GROUP,
    Act.SCIM_TOKEN_BASELINE: Kind.SCIM_TOKEN,
    Act.CLIENT_BASELINE: Kind.CLIENT,
    Act.TOKEN_BASELINE: Kind.TOKEN,
    Act.WEBHOOK_BASELINE: Kind.WEBHOOK,
    Act.DRIFT_BASELINE: Kind.DRIFT,
}


def told(state: State, entry: Entry) -> None:
    kind = KINDS[entry.act] or Kind(entry.subject.partition(":")[0])
    thing = state.thing(kind, name_of(entry) or entry.subject)
    thing.update(entry.data["after"])
