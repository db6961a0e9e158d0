"""What somebody could do, by a state: declared rights, and access that AWS had or may have had."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from audits.replay.state import State, Thing, ThingKind

# Words of the entries, which a test compares with those of the services that write them: audits know none of these.
# How the catalogue names whoever has a role, among usernames.
ROLE = "@"
EVERYONE = "everyone"
# States of an elevation in which AWS has it, or may have it.
IN_AWS = ("granting", "active", "revoking")
DRIFT_OPEN = ("open", "undoing")
# A client for people's own scripts, which acts for somebody by a token of theirs alone.
PERSONAL = "personal"
# So long a program may collect a token that was allowed.
UNCOLLECTED = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Access:
    """Roles that the person could switch to, by a group. `code` and `until` are of a work group: its elevation."""

    group: str
    roles: Sequence[str]
    code: str = ""
    state: str = ""
    until: str = ""


@dataclass(frozen=True, kw_only=True)
class Program:
    """An API client that could name the person (`names_them`), or whose secret they knew: so could whoever owned it."""

    client: str
    scopes: Sequence[str]
    owners: Sequence[str]
    names_them: bool
    is_owned: bool


@dataclass(frozen=True, kw_only=True)
class OwnToken:
    """By which a program acts as the person. `until` is empty where it was allowed, and nobody had collected it yet."""

    code: str
    client: str
    scopes: Sequence[str]
    until: str


@dataclass(frozen=True, kw_only=True)
class Rights:
    """`is_known`: the trail tells of the person by then. Somebody disabled could do nothing, whatever else stands here.

    `approves`: policy and level of each.
    """

    person: Thing
    is_known: bool
    is_disabled: bool
    roles: Mapping[str, Sequence[str]]
    standing: Sequence[Access]
    elevations: Sequence[Access]
    asks: Sequence[str]
    approves: Sequence[tuple[str, int]]
    programs: Sequence[Program]
    tokens: Sequence[OwnToken]


def of(username: str, state: State, *, at: datetime) -> Rights:
    """Return what they could do by a state of the instant `at`."""
    person = state.of(ThingKind.PERSON).get(username, {})
    roles: Mapping[str, Sequence[str]] = person.get("roles") or _flags(person)
    named = {username, *(ROLE + role for role in roles)}
    return Rights(
        person=person,
        is_known=bool(person),
        is_disabled=bool(person.get("disabled")),
        roles=roles,
        standing=list(_standing(person, state)),
        elevations=list(_elevations(username, state)),
        asks=sorted(name for name, group in _living(state, ThingKind.WORK_GROUP) if _may_ask(group, named)),
        approves=list(_approves(named, state)),
        programs=list(_programs(username, state)),
        tokens=list(_tokens(username, state, at)),
    )


def open_drift(state: State) -> Sequence[tuple[str, Thing]]:
    """Return the drift that was open, by which AWS may have allowed more or less than was declared."""
    return [(code, drift) for code, drift in state.of(ThingKind.DRIFT).items() if drift.get("status") in DRIFT_OPEN]


def _flags(person: Thing) -> Mapping[str, Sequence[str]]:
    return {role: [] for role in ("administrator", "auditor") if person.get(role)}


def _living(state: State, kind: ThingKind) -> Iterator[tuple[str, Thing]]:
    yield from ((key, thing) for key, thing in state.of(kind).items() if not thing.get("retired_at"))


def _standing(person: Thing, state: State) -> Iterator[Access]:
    for name in person.get("standing_groups", ()):
        group = state.of(ThingKind.STANDING_GROUP).get(name)
        if group is not None:
            yield Access(group=name, roles=[_arn(role, state) for role in group.get("target_roles", ())])


def _elevations(username: str, state: State) -> Iterator[Access]:
    for code, elevation in state.of(ThingKind.ELEVATION).items():
        if elevation.get("person") != username or elevation.get("status") not in IN_AWS or elevation.get("out_at"):
            continue
        group = elevation["work_group"]
        declared = state.of(ThingKind.WORK_GROUP).get(group, {}).get("target_roles", ())
        given = [str(role["arn"] or role["role"]) for role in elevation.get("roles", ())]
        yield Access(
            group=group,
            roles=given or [_arn(role, state) for role in declared],
            code=code,
            state=elevation["status"],
            until=elevation["ends_at"],
        )


def _arn(role: str, state: State) -> str:
    """Return the role's ARN as far as it was known, else as the catalogue calls it."""
    return str(state.of(ThingKind.ROLE).get(role, {}).get("arn") or role)


def _may_ask(group: Thing, named: set[str]) -> bool:
    requesters: Any = group.get("requesters", ())
    return requesters == EVERYONE or bool(named.intersection(requesters))


def _approves(named: set[str], state: State) -> Iterator[tuple[str, int]]:
    for key, policy in sorted(_living(state, ThingKind.POLICY)):
        for number, level in enumerate(policy.get("levels", ()), start=1):
            if named.intersection(level["approvers"]):
                yield key, number


def _programs(username: str, state: State) -> Iterator[Program]:
    for key, client in sorted(_living(state, ThingKind.CLIENT)):
        if client.get("kind") == PERSONAL:
            continue
        names_them, owners = _may_name(client, username), client.get("owners", ())
        if names_them or username in owners:
            scopes, is_owned = client.get("scopes", ()), username in owners
            yield Program(client=key, scopes=scopes, owners=owners, names_them=names_them, is_owned=is_owned)


def _tokens(username: str, state: State, at: datetime) -> Iterator[OwnToken]:
    """Yield those that would have been taken: of a client that was let in, for people of whom this was one."""
    letting = dict(_living(state, ThingKind.CLIENT))
    for code, token in sorted(state.of(ThingKind.TOKEN).items()):
        is_theirs = token["person"] == username and _may_name(letting.get(token["client"], {}), username)
        if is_theirs and at < _end_of(token):
            until = token["expires_at"] or ""
            yield OwnToken(code=code, client=token["client"], scopes=token["scopes"], until=until)


def _end_of(token: Thing) -> datetime:
    if token["expires_at"]:
        return datetime.fromisoformat(token["expires_at"])
    return datetime.fromisoformat(token["allowed_at"]) + UNCOLLECTED


def _may_name(client: Thing, username: str) -> bool:
    people: Any = client.get("people", ())
    return people == EVERYONE or username in people
