"""Second factors of people, and who proposes to take all of them from somebody."""

from audits.replay.state import Entry, State, ThingKind, moment, name_of


def added(state: State, entry: Entry) -> None:
    """What a factor counts goes up with each use, and is no fact of it."""
    factor = entry.data["factor"]
    facts = {name: value for name, value in factor.items() if name not in ("id", "sign_count", "user_verified", "aaguid")}
    state.thing(ThingKind.FACTOR, factor["id"]).update(facts, person=name_of(entry), added_at=moment(entry))


def removed(state: State, entry: Entry) -> None:
    state.forget(ThingKind.FACTOR, entry.data["factor"]["id"])


def reset(state: State, entry: Entry) -> None:
    for factor in entry.data["factors"]:
        state.forget(ThingKind.FACTOR, factor["id"])
    state.forget(ThingKind.FACTOR_RESET, name_of(entry))


def reset_proposed(state: State, entry: Entry) -> None:
    state.things[ThingKind.FACTOR_RESET][name_of(entry)] = {
        "reason": entry.data["reason"],
        "good_until": entry.data["good_until"],
        "proposed_by": entry.actor,
        "proposed_at": moment(entry),
    }


def reset_dropped(state: State, entry: Entry) -> None:
    state.forget(ThingKind.FACTOR_RESET, name_of(entry))
