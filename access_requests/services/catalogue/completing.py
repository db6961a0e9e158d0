"""What the file leaves to others to say: AWS, which user or role a name is; the database, who has left the file."""

from collections.abc import Mapping
from typing import Any

from allauth.idp.oidc.models import Client

from access_requests.grants.registry import fenced
from access_requests.models import ClientKind, KeptIn
from access_requests.models.catalogue import LONGEST_SESSION_MINUTES
from access_requests.services.catalogue import identities
from access_requests.services.catalogue.looking_up import Found, Unasked
from access_requests.services.catalogue.mistakes import Mistakes, quoted
from access_requests.services.catalogue.state import Fields, Kind, Objects, State, path_of
from access_requests.services.people.people import BINDINGS, AwsUser

Secrets = Mapping[str, str]
Answers = Mapping[str, AwsUser | Unasked | None]
NOBODY: Mapping[str, str] = {
    "iam_user": "there is no IAM user {name} in the Jump account",
    "identity_center_user": "there is no user {name} in IAM Identity Center",
}


def names_to_look_up(wanted: State, current: State, field: str) -> list[str]:
    """Return the users in AWS that somebody is to be bound to and is not yet."""
    people = wanted[Kind.PERSON].items()
    return [person[field]["name"] for name, person in people if not _stays_bound(person, current[Kind.PERSON].get(name), field)]


def complete(wanted: State, current: State, *, found: Found, secrets: Secrets, mistakes: Mistakes) -> State:
    """Return the state as it is to be in the end."""
    people = {
        name: _linked(_all_bound(name, person, current[Kind.PERSON].get(name), found=found, mistakes=mistakes), current, name)
        for name, person in wanted[Kind.PERSON].items()
    }
    clients = {**_of_the_browser(current), **_of_the_file(wanted, current, secrets)}
    groups = {name: _with_session(group) for name, group in wanted[Kind.WORK_GROUP].items()}
    people = {**_leavers(wanted, current), **people}
    whole = {
        **wanted,
        Kind.ACCOUNT: identities.accounts(wanted, current, found=found, mistakes=mistakes),
        Kind.ROLE: identities.roles(wanted, current, found=found, mistakes=mistakes),
        Kind.PERSON: people,
        Kind.CLIENT: clients,
        Kind.WORK_GROUP: groups,
    }
    return {kind: {key: _ordered(fields) for key, fields in whole[kind].items()} for kind in Kind}


def _leavers(wanted: State, current: State) -> Objects:
    """Return the people who are no longer in the file: disabled, and else as they were, since their story goes on."""
    gone = current[Kind.PERSON].keys() - wanted[Kind.PERSON].keys()
    return {name: {**current[Kind.PERSON][name], "disabled": True} for name in gone}


def _of_the_browser(current: State) -> Objects:
    """Return the clients that administrators made in the browser: a file that does not name them leaves them alone."""
    return {key: client for key, client in current[Kind.CLIENT].items() if client["kept_in"] == KeptIn.BROWSER}


def _of_the_file(wanted: State, current: State, secrets: Secrets) -> Objects:
    """Return the clients that the file names, and keeps from now on."""
    return {
        key: {**client, "kept_in": KeptIn.FILE.value, "secret": _secret(key, client, current, secrets.get(key))}
        for key, client in wanted[Kind.CLIENT].items()
    }


def _with_session(group: Fields) -> Fields:
    """Say how long sessions may live on where AWS does not end them; elsewhere nothing is said."""
    is_said = group["session"] is not None or fenced(group["backend"])
    return group if is_said else {**group, "session": LONGEST_SESSION_MINUTES}


def _stays_bound(person: Fields, before: Fields | None, field: str) -> bool:
    """Whether there is nothing to look up.

    A name alone keeps the UserId that was bound: a user made again under the same name is bound only where the file says so.
    """
    user, bound = person[field], before[field] if before else None
    if user is None or bound is None:
        return user is None
    return bool(user["name"] == bound["name"] and user["user_id"] in (None, bound["user_id"]))


def _all_bound(name: str, person: Fields, before: Fields | None, *, found: Found, mistakes: Mistakes) -> Fields:
    for field in BINDINGS:
        person = _bound(name, person, before, field, found=found.users.get(field, {}), mistakes=mistakes)
    return person


def _linked(person: Fields, current: State, name: str) -> Fields:
    """Leave a person the identities that the file says nothing of: they may have linked them themselves."""
    if person["identities"] is not None:
        return person
    return {**person, "identities": current[Kind.PERSON].get(name, {}).get("identities", {})}


def _bound(name: str, person: Fields, before: Fields | None, field: str, *, found: Answers, mistakes: Mistakes) -> Fields:
    if _stays_bound(person, before, field):
        return {**person, field: before[field] if before and person[field] else None}
    user = person[field]
    path = path_of(Kind.PERSON, name, field)
    if user["name"] not in found:
        mistakes.add(path, "somebody changed this binding meanwhile; try again")
        return person
    there = found[user["name"]]
    if isinstance(there, Unasked):
        return person
    if there is None:
        mistakes.add(path, NOBODY[field].format(name=quoted(user["name"])))
        return person
    if there.name != user["name"]:
        mistakes.add(path, f"AWS spells this {quoted(there.name)}")
    if user["user_id"] not in (None, there.user_id):
        mistakes.add(path, f"the UserId of {quoted(there.name)} is {there.user_id} in AWS, not {user['user_id']}")
    return {**person, field: {"name": there.name, "user_id": there.user_id}}


def _secret(key: str, fields: Fields, current: State, secret: str | None) -> str | None:
    """Return whether the secret stays. Hashed as passwords are: costs as much as a log-in."""
    if fields["kind"] == ClientKind.PERSONAL:
        return None
    client = Client.objects.filter(pk=fields["client_id"]).first() if key in current[Kind.CLIENT] else None
    return "set" if secret is None or client is None or client.check_secret(secret) else "set anew"


def _ordered(value: Any) -> Any:
    """Return the value with lists of names sorted: their order says nothing, that of levels does."""
    if isinstance(value, Mapping):
        return {name: _ordered(inside) for name, inside in value.items()}
    if isinstance(value, list):
        return sorted(value) if all(isinstance(item, str) for item in value) else [_ordered(item) for item in value]
    return value
