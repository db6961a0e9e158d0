"""Things by kind and key, as mappings in the words of the entries."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from portal.storable import AsTyped

Thing = dict[str, Any]


class ThingKind(StrEnum):
    """What the trail tells the whole of."""

    ACCOUNT = "account"
    ROLE = "role"
    STANDING_GROUP = "standing_group"
    POLICY = "policy"
    WORK_GROUP = "work_group"
    INSPECTION_PLAN = "inspection_plan"
    PERSON = "person"
    FACTOR = "factor"
    FACTOR_RESET = "factor_reset"
    PROVIDED = "provided"
    DIRECTORY_GROUP = "directory_group"
    SCIM_TOKEN = "scim_token"  # noqa: S105  A kind of thing.
    CLIENT = "client"
    TOKEN = "token"  # noqa: S105
    WEBHOOK = "webhook"
    REQUEST = "request"
    ELEVATION = "elevation"
    DRIFT = "drift"
    SETTINGS = "settings"


class Entry(Protocol):
    """What the fold reads of an entry: `audits.models.TrailEntry`, or a line of an export."""

    @property
    def act(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


class State:
    """What there is. A fact that no entry tells is not in its thing: unknown, which is not the same as empty."""

    def __init__(self) -> None:
        self.things: dict[ThingKind, dict[str, Thing]] = {kind: {} for kind in ThingKind}

    def of(self, kind: ThingKind) -> dict[str, Thing]:
        return self.things[kind]

    def thing(self, kind: ThingKind, key: str) -> Thing:
        """Return the thing to be told more of, a new one where there is none."""
        return self.things[kind].setdefault(key, {})

    def forget(self, kind: ThingKind, key: str) -> None:
        self.things[kind].pop(key, None)

    def leave_out(self, name: str, *, of: Collection[ThingKind], field: str) -> None:
        """Take a name out of a list that things of these kinds have: what it names is gone."""
        for kind in of:
            for thing in self.things[kind].values():
                if name in thing.get(field, ()):
                    thing[field] = [each for each in thing[field] if each != name]

    def __iter__(self) -> Iterator[tuple[ThingKind, str, Thing]]:
        for kind, things in self.things.items():
            yield from ((kind, key, thing) for key, thing in things.items())


def name_of(entry: Entry) -> str:
    """Return what the entry is about, without its kind."""
    return entry.subject.partition(":")[2]


def moment(entry: Entry) -> str:
    """Return when it happened, as data has times."""
    return str(AsTyped().default(entry.at))


def tell(thing: Thing, facts: Mapping[str, Any], *, unless_told: Collection[str] = ()) -> None:
    """Add the facts; of `unless_told`, what they do not say is unknown from now on."""
    for field in unless_told:
        if field not in facts:
            thing.pop(field, None)
    thing.update(facts)
