"""What may be asked for: accounts, roles, groups, policies; and the settings that decide beside them."""

from audits.replay.state import Entry, State, ThingKind, moment, name_of

# What leaves the catalogue and stays in the tables, since requests and elevations point to it.
KEPT = (ThingKind.POLICY, ThingKind.WORK_GROUP)


def said(state: State, entry: Entry) -> None:
    """Something came or changed. A worker that read which role in AWS it is says that alone."""
    thing = state.thing(_kind(entry), name_of(entry))
    thing.update(entry.data["after"])
    if _kind(entry) in KEPT:
        thing["retired_at"] = None


def retired(state: State, entry: Entry) -> None:
    kind, name = _kind(entry), name_of(entry)
    if kind in KEPT:
        state.thing(kind, name)["retired_at"] = moment(entry)
        return
    state.forget(kind, name)
    if kind == ThingKind.ROLE:
        state.leave_out(name, of=(ThingKind.WORK_GROUP, ThingKind.STANDING_GROUP), field="target_roles")
    if kind == ThingKind.STANDING_GROUP:
        state.leave_out(name, of=(ThingKind.PERSON,), field="standing_groups")


def settings(state: State, entry: Entry) -> None:
    state.things[ThingKind.SETTINGS][name_of(entry)] = dict(entry.data["after"])


def _kind(entry: Entry) -> ThingKind:
    return ThingKind(entry.subject.partition(":")[0])
