"""Users, groups and memberships of an identity store."""

import copy
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from portal.simulated_aws.directory_errors import Conflict, NotFound

Shown = Mapping[str, Any]
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user; `attributes` are as they were given."""

    id: str
    name: str
    attributes: Shown
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    id: str
    name: str
    description: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    id: str
    group_id: str
    user_id: str
    created_at: datetime


@dataclass(slots=True, kw_only=True)
class Directory:
    """One instance with its store. Names are taken without regard to their case."""

    account_id: str
    region: str
    created_at: datetime
    users: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    memberships: dict[str, Membership] = field(default_factory=dict)
    # Ids of groups, accounts and names of permission sets.
    assignments: set[tuple[str, str, str]] = field(default_factory=set)

    @property
    def id(self) -> str:
        return store_id(self.account_id)

    @property
    def arn(self) -> str:
        return f"arn:aws:identitystore::{self.account_id}:identitystore/{self.id}"

    @property
    def instance_arn(self) -> str:
        return f"arn:aws:sso:::instance/ssoins-{_digest(self.account_id)[10:26]}"

    def add_user(self, user: Person) -> None:
        if self.user_named(user.name):
            raise Conflict("Duplicate UserName")
        self.users[user.id] = user

    def add_group(self, group: Group) -> None:
        if self.group_named(group.name):
            raise Conflict("Duplicate GroupDisplayName")
        self.groups[group.id] = group

    def add_membership(self, membership: Membership) -> None:
        """Let the user into the group. Raises NotFound for either, Conflict where it is one already."""
        self.group(membership.group_id)
        self.user(membership.user_id)
        if self.membership_of(membership.group_id, membership.user_id):
            raise Conflict("Member and Group relationship already exists.")
        self.memberships[membership.id] = membership

    def user(self, user_id: str) -> Person:
        return _found(self.users, user_id, "USER")

    def group(self, group_id: str) -> Group:
        return _found(self.groups, group_id, "GROUP")

    def membership(self, membership_id: str) -> Membership:
        return _found(self.memberships, membership_id, "GROUP_MEMBERSHIP")

    def user_named(self, name: str) -> Person | None:
        return next((user for user in self.users.values() if user.name.casefold() == name.casefold()), None)

    def group_named(self, name: str) -> Group | None:
        return next((group for group in self.groups.values() if group.name.casefold() == name.casefold()), None)

    def membership_of(self, group_id: str, user_id: str) -> Membership | None:
        every = self.memberships.values()
        return next((each for each in every if (each.group_id, each.user_id) == (group_id, user_id)), None)

    def is_assigned(self, user_id: str, *, account_id: str, permission_set: str) -> bool:
        groups = {each.group_id for each in self.memberships.values() if each.user_id == user_id}
        return any((group, account_id, permission_set) in self.assignments for group in groups)

    def drop(self, kind: str, gone: str) -> None:
        """Forget a user or a group (`users`, `groups`) with all memberships."""
        del getattr(self, kind)[gone]
        for each in [each for each in self.memberships.values() if gone in (each.group_id, each.user_id)]:
            del self.memberships[each.id]


Directories = dict[str, Directory]
_directories: Directories = {}


def keep(directory: Directory) -> None:
    _directories[directory.account_id] = directory


def of(account_id: str, region: str) -> Directory | None:
    """Return the account's directory where the Region is the one that it is in."""
    found = _directories.get(account_id)
    return found if found and found.region == region else None


def find(account_id: str, region: str, wanted: str) -> Directory:
    """Return the directory with this id or ARN. Raises NotFound: other accounts and Regions have none."""
    found = of(account_id, region)
    if found is None or plain(wanted) != found.id:
        raise NotFound("IDENTITY_STORE")
    return found


def all_kept() -> Directories:
    return dict(_directories)


def copied() -> Directories:
    """Return copies, which what is done from now on does not change."""
    return copy.deepcopy(_directories)


def show(shown: Directories) -> None:
    """Have these be the directories."""
    _directories.clear()
    _directories.update(shown)


def forget_all() -> None:
    _directories.clear()


def store_id(account_id: str) -> str:
    """Return the id of an account's identity store: the same each time the world is built."""
    return f"d-{_digest(account_id)[:10]}"


def stable_id(account_id: str, kind: str, name: str) -> str:
    """Return the id of a user or a group of a declared world."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"arn:aws:identitystore::{account_id}:{kind}/{name}"))


def plain(given: str) -> str:
    """Return an id that may have been given as an ARN."""
    return given.rpartition("/")[2]


def _digest(account_id: str) -> str:
    return hashlib.sha256(f"identity-center/{account_id}".encode()).hexdigest()


def _found(kept: Mapping[str, Kept], wanted: str, kind: str) -> Kept:
    if plain(wanted) not in kept:
        raise NotFound(kind)
    return kept[plain(wanted)]
