"""Writing the changes: what goes, then what comes and changes, each with its trail entry."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from access_requests.services.catalogue.comparing import Change
from access_requests.services.catalogue.fields import Fields
from access_requests.services.catalogue.kinds import (
    account,
    client,
    inspection_plan,
    person,
    policy,
    role,
    standing_group,
    work_group,
)
from access_requests.services.catalogue.kinds.account import Account
from access_requests.services.catalogue.kinds.client import Client
from access_requests.services.catalogue.kinds.person import Person
from access_requests.services.catalogue.state import Kind
from access_requests.services.record import changes as trail_of_changes
from audits.acts import Act
from portal.verbs.actor import Actor

# What others refer to comes first, and goes last.
COMING = (
    Kind.ACCOUNT,
    Kind.ROLE,
    Kind.STANDING_GROUP,
    Kind.PERSON,
    Kind.POLICY,
    Kind.WORK_GROUP,
    Kind.CLIENT,
    Kind.INSPECTION_PLAN,
)
ACTS: Mapping[str, Act] = {"+": Act.CATALOGUE_ADDED, "~": Act.CATALOGUE_CHANGED, "-": Act.CATALOGUE_RETIRED}
COMES: Mapping[Kind, Callable[[str, Any, datetime], None]] = {
    Kind.ACCOUNT: account.write,
    Kind.ROLE: role.write,
    Kind.STANDING_GROUP: standing_group.write,
    Kind.POLICY: policy.write,
    Kind.WORK_GROUP: work_group.write,
    Kind.INSPECTION_PLAN: inspection_plan.write,
}
GOES: Mapping[Kind, Callable[[str, datetime], None]] = {
    Kind.ACCOUNT: account.remove,
    Kind.ROLE: role.remove,
    Kind.STANDING_GROUP: standing_group.remove,
    Kind.POLICY: policy.remove,
    Kind.WORK_GROUP: work_group.remove,
    Kind.INSPECTION_PLAN: inspection_plan.remove,
}


def apply(changes: Sequence[Change], *, secrets: Mapping[str, str], actor: Actor, now: datetime) -> dict[str, str]:
    """Write the changes. Return client -> secret for those that were made here and are known to nobody else."""
    for change in _in_order(changes, reversed(COMING)):
        if change.after is None and change.kind == Kind.CLIENT:
            client.remove(change.key, actor=actor, now=now)
        elif change.after is None:
            GOES[change.kind](change.key, now)
            _record(change, actor=actor, now=now)
    person.make_room(_people_who_change(changes), actor=actor, now=now)
    made: dict[str, str] = {}
    for change in _in_order(changes, COMING):
        match change.before, change.after:
            case _, None:
                continue
            case (Person() | None) as before, Person() as after:
                person.write(change.key, before, after, actor=actor, now=now)
            case (Client() | None) as before, Client() as after:
                made |= client.write(change.key, before, after, secret=secrets.get(change.key), actor=actor, now=now)
            case _:
                COMES[change.kind](change.key, change.after, now)
                _record(change, actor=actor, now=now)
    return made


def _in_order(changes: Sequence[Change], kinds: Iterable[Kind]) -> list[Change]:
    """Return the changes by kind; the Jump account last of the accounts, since there is only ever one."""
    place = {kind: number for number, kind in enumerate(kinds)}
    return sorted(changes, key=lambda change: (place[change.kind], _is_jump(change.after)))


def _is_jump(fields: Fields | None) -> bool:
    return isinstance(fields, Account) and fields.kind == "jump"


def _people_who_change(changes: Sequence[Change]) -> Mapping[str, tuple[Person, Person]]:
    return {
        change.key: (change.before, change.after)
        for change in changes
        if isinstance(change.before, Person) and isinstance(change.after, Person)
    }


def _record(change: Change, *, actor: Actor, now: datetime) -> None:
    before, after = (fields.model_dump() if fields is not None else None for fields in (change.before, change.after))
    subject = f"{change.kind}:{change.key}"
    trail_of_changes.record(act=ACTS[change.sign], subject=subject, before=before, after=after, actor=actor, now=now)
