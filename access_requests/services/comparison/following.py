"""What rows must say by what the trail tells, though no entry has it as it is stored."""

from collections.abc import Callable, Mapping
from typing import Any

from access_requests.lifecycle import UNDECIDED
from access_requests.models import ClientKind
from access_requests.models.catalogue import LONGEST_SESSION_MINUTES
from access_requests.policy.levels import ROLE_MARK
from access_requests.services.catalogue.fields import EVERYONE
from access_requests.services.people.clients import NEVER_BY_DEFAULT
from audits.replay import State, Thing, ThingKind
from portal.providers.provider import Role

Follows = Callable[[Thing, State], Mapping[str, Any]]


def follow(kind: ThingKind, thing: Thing, state: State) -> Mapping[str, Any]:
    """Return fact -> what it must be. What it follows from may be unknown: then there is nothing that it must be."""
    try:
        return FOLLOWS[kind](thing, state) if kind in FOLLOWS else {}
    except KeyError:
        return {}


def _places(named: list[str], state: State) -> list[str]:
    """Return everybody whom these names mean: usernames, and the people of whom somebody says that they have a role."""
    roles = {name.removeprefix(ROLE_MARK) for name in named if name.startswith(ROLE_MARK)}
    people = state.of(ThingKind.PERSON).items()
    return sorted({name for name, person in people if name in named or roles.intersection(person["roles"])})


def _policy(thing: Thing, state: State) -> Mapping[str, Any]:
    levels = thing["levels"]
    return {"numbers": [*range(1, len(levels) + 1)], "approvers": [_places(level["approvers"], state) for level in levels]}


def _work_group(thing: Thing, state: State) -> Mapping[str, Any]:
    asking = [] if thing["requesters"] == EVERYONE else thing["requesters"]
    return {"session_minutes": thing["session"] or LONGEST_SESSION_MINUTES, "people": _places(asking, state)}


def _person(thing: Thing, _state: State) -> Mapping[str, Any]:
    flags = {"is_administrator": Role.ADMINISTRATOR in thing["roles"], "is_auditor": Role.AUDITOR in thing["roles"]}
    return {**flags, "bare_flags": [], "of_django": []}


def _factor(thing: Thing, _state: State) -> Mapping[str, Any]:
    return {"authenticator": thing["kind"]}


def _provided(_thing: Thing, _state: State) -> Mapping[str, Any]:
    return {"user_name_key": True}


def _directory_group(_thing: Thing, _state: State) -> Mapping[str, Any]:
    return {"name_key": True}


def _client(thing: Thing, _state: State) -> Mapping[str, Any]:
    is_personal = thing["kind"] == ClientKind.PERSONAL
    grant = "urn:ietf:params:oauth:grant-type:device_code" if is_personal else "client_credentials"
    return {
        "oauth": {
            "type": "public" if is_personal else "confidential",
            "grant_types": [] if thing["retired_at"] else [grant],
            "default_scopes": sorted(scope for scope in thing["scopes"] if scope not in NEVER_BY_DEFAULT),
            "set": [],
        }
    }


def _token(thing: Thing, _state: State) -> Mapping[str, Any]:
    if thing["expires_at"] is None:
        return {"token": None, "token_scopes": None}
    return {"token": {"user": True, "client": True}, "token_scopes": thing["scopes"]}


def _request(thing: Thing, _state: State) -> Mapping[str, Any]:
    waits = thing["status"] in UNDECIDED and thing["asked_starts_at"] is None and thing["extends"] is None
    groups = sorted(group["name"] for group in thing["work_groups"])
    return {"groups": groups, "waits_to_start_now": [waits], "decided_for": True}


FOLLOWS: Mapping[ThingKind, Follows] = {
    ThingKind.POLICY: _policy,
    ThingKind.WORK_GROUP: _work_group,
    ThingKind.PERSON: _person,
    ThingKind.FACTOR: _factor,
    ThingKind.PROVIDED: _provided,
    ThingKind.DIRECTORY_GROUP: _directory_group,
    ThingKind.CLIENT: _client,
    ThingKind.TOKEN: _token,
    ThingKind.REQUEST: _request,
}
