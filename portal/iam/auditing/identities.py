"""Whoever can call: a user at rest or in work groups, and a session of a role, with the keys of their calls."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from portal.iam import anybody, contexts
from portal.iam.abilities import without_gate
from portal.iam.account import User
from portal.iam.auditing.company import Company, Site
from portal.iam.principals import Call, Context, Principal, Role
from portal.iam.switch import keys_of_switch

# Whoever calls may choose these.
CHOSEN = ("iam:PassedToService",)


@dataclass(frozen=True, kw_only=True)
class Person:
    """An IAM user. `principal` carries what the user and these `groups` do: at rest all but the work groups."""

    user: User
    principal: Principal
    groups: tuple[str, ...]
    at: datetime

    @property
    def arn(self) -> str:
        return self.user.arn

    @cached_property
    def context(self) -> Context:
        user = self.user
        keys = contexts.of_user(arn=user.arn, user_id=user.id, user_name=user.name, at=self.at, mfa=True, tags=user.tags)
        return contexts.not_made_yet(keys, unread=(*contexts.BY_A_SERVICE, *CHOSEN))

    def switching(self, role: Role) -> Context:
        return keys_of_switch(self.user, role.arn, role.tags, at=self.at, mfa=True, session_name=self.user.name)


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session of a role under a name. The gate is left out: it says who is let in and when, and not what they may do."""

    role: Role
    name: str
    at: datetime

    @property
    def arn(self) -> str:
        return self.role.arn

    @cached_property
    def principal(self) -> Principal:
        return without_gate(self.role).session(self.name)

    @cached_property
    def context(self) -> Context:
        return contexts.not_made_yet(self._keys, unread=(*contexts.BY_A_SERVICE, *CHOSEN))

    def switching(self, role: Role) -> Context:
        """Return the keys of a switch from this role to the next, under the same name."""
        keys = {**self._keys, **contexts.of_role(arn=role.arn, tags=role.tags), "sts:RoleSessionName": self.name}
        return contexts.not_made_yet(keys)

    @cached_property
    def _keys(self) -> contexts.Keys:
        return contexts.of_session(
            role_arn=self.role.arn,
            role_id=self.role.role_id,
            session_name=self.name,
            issued_at=self.at,
            at=self.at,
            mfa=True,
            tags=self.role.tags,
        )


Identity = Person | Session


def call(identity: Identity, action: str, resource: str) -> Call:
    """Return a call of theirs. Whose the thing is nobody knows where its ARN does not say."""
    return Call(action=action, resource=resource, context=identity.context)


def passing(identity: Identity, role: str, service: str) -> Call:
    """Return the call that hands a role to a service."""
    return Call(action="iam:PassRole", resource=role, context={**identity.context, "iam:PassedToService": service})


def at_rest(company: Company, site: Site, user: User) -> Person:
    """Return the user as without any access: in no work group, whoever put them there."""
    kept = [name for name in user.groups if not _is_work(site, name)]
    return in_groups(company, site, user, kept)


def in_groups(company: Company, site: Site, user: User, groups: Collection[str]) -> Person:
    """Return the user as a member of these groups and no others."""
    account = replace(site.account, users={user.name.lower(): replace(user, groups=tuple(groups))})
    principal = replace(account.principal(user.name), scps=site.where.scps)
    return Person(user=user, principal=principal, groups=tuple(groups), at=company.at)


def people(company: Company) -> Iterator[Person]:
    """Yield each user of each account at rest, but for whom the rails spare."""
    for site in company.sites.values():
        for user in site.account.users.values():
            if not company.is_spared(user.arn):
                yield at_rest(company, site, user)


def somebody(role: Role, at: datetime) -> Session:
    """Return a session of the role as nobody in particular."""
    return Session(role=role, name=anybody.NAME, at=at)


def _is_work(site: Site, name: str) -> bool:
    group = site.account.group(name)
    return group is not None and group.path.startswith(site.where.place.work_groups)
