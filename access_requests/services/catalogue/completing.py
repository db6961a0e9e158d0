"""What the file leaves to others to say: AWS, which user or role a name is; the database, who has left the file."""

from collections.abc import Mapping
from typing import TypeVar

from allauth.idp.oidc.models import Client as OAuthClient

from access_requests.grants.contract import Principal
from access_requests.models import ClientKind, KeptIn
from access_requests.services.catalogue import identities
from access_requests.services.catalogue.fields import Fields
from access_requests.services.catalogue.kinds import work_group
from access_requests.services.catalogue.kinds.client import Client
from access_requests.services.catalogue.kinds.person import AwsUser, Person
from access_requests.services.catalogue.looking_up import Found, Unasked
from access_requests.services.catalogue.mistakes import Mistakes, Path, quoted
from access_requests.services.catalogue.state import Kind, State, path_of
from access_requests.services.people import people
from portal.users.models import User

Item = TypeVar("Item", bound=Fields)
Secrets = Mapping[str, str]
Answers = Mapping[str, people.AwsUser | Unasked | None]
NOBODY: Mapping[Principal, str] = {
    Principal.IAM_USER: "there is no IAM user {name} in the Jump account",
    Principal.IDENTITY_CENTER_USER: "there is no user {name} in IAM Identity Center",
}


def names_to_look_up(wanted: State, current: State, principal: Principal) -> list[str]:
    """Return the users in AWS that somebody is to be bound to and is not yet."""
    users = ((person.user(principal), _bound_before(current, name, principal)) for name, person in wanted.people.items())
    return [user.name for user, before in users if user is not None and not _stays_bound(user, before)]


def complete(wanted: State, current: State, *, found: Found, secrets: Secrets, mistakes: Mistakes) -> State:
    """Return the state as it is to be in the end."""
    shut_out = _shut_out_elsewhere()
    staying = {
        name: _whole(name, person if name not in shut_out else person.but(disabled=True), current, found, mistakes)
        for name, person in wanted.people.items()
    }
    return State(
        accounts=_in_order(identities.accounts(wanted, current, found=found, mistakes=mistakes)),
        roles=_in_order(identities.roles(wanted, current, found=found, mistakes=mistakes)),
        standing_groups=_in_order(wanted.standing_groups),
        people=_in_order({**_leavers(wanted, current), **staying}),
        policies=_in_order(wanted.policies),
        work_groups=_in_order({name: work_group.with_session(group) for name, group in wanted.work_groups.items()}),
        inspection_plans=_in_order(wanted.inspection_plans),
        clients=_in_order({**_of_the_browser(current), **_of_the_file(wanted, current, secrets)}),
    )


def _in_order(objects: Mapping[str, Item]) -> Mapping[str, Item]:
    return {key: fields.in_order() for key, fields in objects.items()}


def _leavers(wanted: State, current: State) -> Mapping[str, Person]:
    """Return the people who are no longer in the file: disabled, and else as they were, since their story goes on.

    Whom a provider of log-in made is no file's to disable: the provider says when they go. One that names them changes them.
    """
    gone = current.people.keys() - wanted.people.keys()
    provided = set(User.objects.exclude(made_by="").values_list("username", flat=True)) if gone else set()
    return {name: current.people[name].but(disabled=current.people[name].disabled or name not in provided) for name in gone}


def _shut_out_elsewhere() -> frozenset[str]:
    """Return whom an administrator or a provider disabled: no load lets them in, since the file may not know of it yet."""
    rows = User.objects.filter(is_active=False).exclude(disabled_by="")
    return frozenset(rows.values_list("username", flat=True))


def _of_the_browser(current: State) -> Mapping[str, Client]:
    """Return the clients that administrators made in the browser: a file that does not name them leaves them alone."""
    return {key: client for key, client in current.clients.items() if client.kept_in == KeptIn.BROWSER}


def _of_the_file(wanted: State, current: State, secrets: Secrets) -> Mapping[str, Client]:
    """Return the clients that the file names, and keeps from now on."""
    return {key: client.but(secret=_secret(key, client, current, secrets.get(key))) for key, client in wanted.clients.items()}


def _bound_before(current: State, name: str, principal: Principal) -> AwsUser | None:
    return current.people[name].user(principal) if name in current.people else None


def _stays_bound(user: AwsUser, bound: AwsUser | None) -> bool:
    """Whether there is nothing to look up.

    A name alone keeps the UserId that was bound: a user made again under the same name is bound only where the file says so.
    """
    return bound is not None and user.name == bound.name and user.user_id in (None, bound.user_id)


def _whole(name: str, person: Person, current: State, found: Found, mistakes: Mistakes) -> Person:
    """Return the person with their users in AWS, and with the identities that the file says nothing of: they may be their own."""
    for principal in Principal:
        before = _bound_before(current, name, principal)
        path, answers = path_of(Kind.PERSON, name, principal), found.users.get(principal, {})
        user = _looked_up(principal, person.user(principal), before, answers, path=path, mistakes=mistakes)
        person = person.bound(principal, user)
    if person.identities is not None:
        return person
    return person.but(identities=current.people[name].identities if name in current.people else {})


def _looked_up(
    principal: Principal, user: AwsUser | None, before: AwsUser | None, found: Answers, *, path: Path, mistakes: Mistakes
) -> AwsUser | None:
    if user is None or _stays_bound(user, before):
        return before if user is not None else None
    if user.name not in found:
        mistakes.add(path, "somebody changed this binding meanwhile; try again")
        return user
    there = found[user.name]
    if isinstance(there, Unasked):
        return user
    if there is None:
        mistakes.add(path, NOBODY[principal].format(name=quoted(user.name)))
        return user
    if there.name != user.name:
        mistakes.add(path, f"AWS spells this {quoted(there.name)}")
    if user.user_id not in (None, there.user_id):
        mistakes.add(path, f"the UserId of {quoted(there.name)} is {there.user_id} in AWS, not {user.user_id}")
    return user.but(name=there.name, user_id=there.user_id)


def _secret(key: str, fields: Client, current: State, secret: str | None) -> str | None:
    """Return whether the secret stays. Hashed as passwords are: costs as much as a log-in."""
    if fields.kind == ClientKind.PERSONAL:
        return None
    client = OAuthClient.objects.filter(pk=fields.client_id).first() if key in current.clients else None
    return "set" if secret is None or client is None or client.check_secret(secret) else "set anew"
