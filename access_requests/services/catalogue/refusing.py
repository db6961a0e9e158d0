"""What the database stands against: things in use, names that are taken."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from allauth.idp.oidc.models import Client
from django.db.models import Q

from access_requests.grants.contract import Principal
from access_requests.grants.registry import backend_of
from access_requests.lifecycle import UNDECIDED, UNSETTLED
from access_requests.models import AccessRequest, ApiClient, ApprovalPolicy, Elevation, KeptIn, WorkGroup
from access_requests.services.catalogue.checking import same_but_for_case
from access_requests.services.catalogue.kinds.person import Person
from access_requests.services.catalogue.mistakes import Mistakes, Path, quoted
from access_requests.services.catalogue.state import SECTIONS, Kind, State, path_of
from access_requests.services.record import bindings
from portal.iam.fences import ROLE_ARN, entry_fence
from portal.users.models import User

Rule = Callable[[State, State, Mistakes], None]
MOST_SHOWN = 5
# AWS's own bound of all inline policies of a user.
INLINE_POLICIES = 2048
USERS = {Principal.IAM_USER: "IAM user", Principal.IDENTITY_CENTER_USER: "Identity Center user"}


def check(current: State, wanted: State, mistakes: Mistakes) -> None:
    """Note every change that would pull the ground from under something. `wanted` is complete."""
    for rule in RULES:
        rule(current, wanted, mistakes)


def _nothing_in_use_goes(current: State, wanted: State, mistakes: Mistakes) -> None:
    for name in _gone(current, wanted, Kind.WORK_GROUP):
        _refuse_if_open(Q(name=name), path_of(Kind.WORK_GROUP, name), mistakes)
    for key in _gone(current, wanted, Kind.ROLE):
        account, name = key.split("/")
        _refuse_if_open(Q(target_roles__name=name, target_roles__account__key=account), path_of(Kind.ROLE, key), mistakes)
    for key in _gone(current, wanted, Kind.POLICY):
        pending = AccessRequest.objects.filter(policy__key=key, status__in=UNDECIDED)
        _note(pending, path_of(Kind.POLICY, key), mistakes)


def _nothing_in_use_moves(current: State, wanted: State, mistakes: Mistakes) -> None:
    """Fences and memberships in AWS stand where the catalogue said when they were made, and are taken away there."""
    for name in current.work_groups.keys() & wanted.work_groups.keys():
        before, after = current.work_groups[name], wanted.work_groups[name]
        for field, moves in (
            ("target_roles", before.target_roles != after.target_roles),
            ("backend", before.backend != after.backend),
        ):
            if moves:
                # What has ended is tidied up once more, in the way that it was granted.
                unsettled = Q(status__in=UNSETTLED) | Q(fence_due_at__isnull=False)
                path = path_of(Kind.WORK_GROUP, name, field)
                _note(Elevation.objects.filter(unsettled, work_group__name=name), path, mistakes)
        if before.backend != after.backend:
            # Of a request that waits, a change request may wait in AWS, which the other way would know nothing of.
            pending = AccessRequest.objects.filter(work_groups__name=name, status__in=UNDECIDED)
            _note(pending, path_of(Kind.WORK_GROUP, name, "backend"), mistakes)


def _gates_stay_while_used(current: State, wanted: State, mistakes: Mistakes) -> None:
    """A gate that the portal can no longer write would keep letting in who is in it."""
    for key in current.accounts.keys() & wanted.accounts.keys():
        before, after = current.accounts[key].gate_role, wanted.accounts[key].gate_role
        if before and before != after:
            unsettled = Elevation.objects.filter(work_group__target_roles__account__key=key, status__in=UNSETTLED).distinct()
            _note(unsettled, path_of(Kind.ACCOUNT, key, "gate_role"), mistakes)


def _bindings_rest_while_used(current: State, wanted: State, mistakes: Mistakes) -> None:
    for name in current.people.keys() & wanted.people.keys():
        for principal in Principal:
            before, after = current.people[name].user(principal), wanted.people[name].user(principal)
            if before is not None and before != after:
                theirs = Elevation.objects.filter(person__username=name, status__in=UNSETTLED)
                _note(theirs.exclude(bindings.is_for(principal, "")), path_of(Kind.PERSON, name, principal), mistakes)


def _fences_fit(_current: State, wanted: State, mistakes: Mistakes) -> None:
    """A user carries an entry fence for each role, which names the role's whole ARN."""
    for name, group in wanted.work_groups.items():
        arns = [wanted.roles[role].arn for role in group.target_roles if role in wanted.roles]
        size = sum(map(_fence_size, filter(ROLE_ARN.fullmatch, filter(None, arns))))
        if backend_of(group.backend).fences.on_users and size > INLINE_POLICIES:
            path = path_of(Kind.WORK_GROUP, name, "target_roles")
            mistakes.add(path, "too many target roles: their entry fences do not fit into a user's inline policies")


def _fence_size(arn: str) -> int:
    document = entry_fence(role_arn=arn, until=datetime.max.replace(tzinfo=UTC), window="R" * 9)
    return len(json.dumps(document, separators=(",", ":")))


def _identities_are_one_persons(_current: State, wanted: State, mistakes: Mistakes) -> None:
    """Two people are never one: not in AWS, not in a chat. Those who left the file keep theirs."""
    users: dict[tuple[str, str], str] = {}
    links: dict[tuple[str, str], str] = {}
    for name, person in wanted.people.items():
        for principal, what in USERS.items():
            user = person.user(principal)
            for mark in {part.lower() for part in (user.name, user.user_id) if part} if user else ():
                if (first := users.setdefault((principal, mark), name)) != name:
                    mistakes.add(path_of(Kind.PERSON, name, principal), _taken(what, first))
        for provider, identity in (person.identities or {}).items():
            if (first := links.setdefault((provider, identity.lower()), name)) != name:
                mistakes.add(path_of(Kind.PERSON, name, "identities", provider), _linked(first))


def _taken(what: str, person: str) -> str:
    return f"this {what} is {quoted(person)}'s; someone who left gives it free when named in the file, disabled and without it"


def _linked(person: str) -> str:
    return f"this identity is {quoted(person)}'s; they give it free by unlinking it, or when the file gives them identities: {{}}"


def _names_are_not_taken(_current: State, wanted: State, mistakes: Mistakes) -> None:
    """What left the catalogue keeps its name."""
    for kind, rows, field in (
        (Kind.WORK_GROUP, WorkGroup.objects.all(), "name"),
        (Kind.PERSON, User.objects.all(), "username"),
        (Kind.POLICY, ApprovalPolicy.objects.all(), "key"),
    ):
        there: list[tuple[str, Path]] = [(str(name), ()) for name in rows.order_by("pk").values_list(field, flat=True)]
        new = ((key, path_of(kind, key)) for key in wanted.by_kind()[kind])
        same_but_for_case([*there, *new], kind.replace("_", " "), mistakes)


def _ids_stay(current: State, wanted: State, mistakes: Mistakes) -> None:
    """An id that moved would silently move whatever was approved for it."""
    for key in current.accounts.keys() & wanted.accounts.keys():
        before, after = current.accounts[key].id, wanted.accounts[key].id
        _note_if_moved(before, after, path_of(Kind.ACCOUNT, key, "id"), mistakes)
    # Revoked ones too: requests and the trail speak of them.
    ours = {client.key: client for client in ApiClient.objects.all()}
    for key, client in wanted.clients.items():
        if key in ours:
            _note_if_moved(ours[key].oauth_client_id, client.client_id, path_of(Kind.CLIENT, key, "client_id"), mistakes)
            _note_if_moved(ours[key].kind, client.kind, path_of(Kind.CLIENT, key, "kind"), mistakes)
        elif Client.objects.filter(pk=client.client_id).exists():
            mistakes.add(path_of(Kind.CLIENT, key, "client_id"), "another OAuth client has this id")


def _note_if_moved(before: str, after: str, path: Path, mistakes: Mistakes) -> None:
    if before != after:
        mistakes.add(path, f"this is {before} and does not change: give the other one a key of its own")


def _revoked_clients_stay_revoked(_current: State, wanted: State, mistakes: Mistakes) -> None:
    """Who revoked a client in the browser did so because something was wrong; no load puts that right."""
    revoked = ApiClient.objects.filter(kept_in=KeptIn.BROWSER, retired_at__isnull=False)
    for key in revoked.filter(key__in=wanted.clients).order_by("key").values_list("key", flat=True):
        message = "this was revoked in the browser: take it out of the file, or have it brought back there first"
        mistakes.add(path_of(Kind.CLIENT, key), message)


def _an_administrator_stays(current: State, wanted: State, mistakes: Mistakes) -> None:
    if any(map(_administers, current.people.values())) and not any(map(_administers, wanted.people.values())):
        names = sorted(name for name, person in current.people.items() if _administers(person))
        mistakes.add((SECTIONS[Kind.PERSON],), f"no administrator would be left; now there is {', '.join(map(quoted, names))}")


def _administers(person: Person) -> bool:
    return person.administrator and not person.disabled


def _gone(current: State, wanted: State, kind: Kind) -> list[str]:
    return sorted(current.by_kind()[kind].keys() - wanted.by_kind()[kind].keys())


def _refuse_if_open(groups: Q, path: Path, mistakes: Mistakes) -> None:
    ids = WorkGroup.objects.filter(groups).values("pk")
    _note(AccessRequest.objects.filter(work_groups__in=ids, status__in=UNDECIDED).distinct(), path, mistakes)
    _note(Elevation.objects.filter(work_group__in=ids, status__in=UNSETTLED), path, mistakes)


def _note(open_ones: Iterable[AccessRequest | Elevation], path: Path, mistakes: Mistakes) -> None:
    codes = sorted(row.code for row in open_ones)
    if codes:
        shown = ", ".join([*codes[:MOST_SHOWN], *(["…"] if codes[MOST_SHOWN:] else [])])
        mistakes.add(path, f"this is in use and can change when {shown} is over")


RULES: tuple[Rule, ...] = (
    _nothing_in_use_goes,
    _nothing_in_use_moves,
    _gates_stay_while_used,
    _bindings_rest_while_used,
    _fences_fit,
    _identities_are_one_persons,
    _names_are_not_taken,
    _ids_stay,
    _revoked_clients_stay_revoked,
    _an_administrator_stays,
)
