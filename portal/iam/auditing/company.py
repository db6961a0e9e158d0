"""All accounts of a company as a look read them, with what was declared of them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from portal.iam.account import Account
from portal.iam.conditions import request_values
from portal.iam.evaluation import ASSUME_ROLE
from portal.iam.principals import Called, Levels, Policy, Role, account_of
from portal.iam.rails.standing import Where
from portal.iam.statements import Effect, Kind, Statement, statements
from portal.iam.truth import unknown
from portal.iam.variables import ANY_KEY

# The rail that an exception frees somebody from who keeps IAM by hand.
IAM_CHANGES = "DenyIamChanges"
# What variables stand for is not told yet.
_ANY_REQUEST = request_values({ANY_KEY: unknown("the caller")})


@dataclass(frozen=True, kw_only=True)
class Site:
    """One account. `things` are policies of buckets, keys and others, by the ARN of what has them, as far as they were read."""

    account: Account
    where: Where
    rcps: Levels = ()
    things: Mapping[str, Policy] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.account.account_id

    def roles(self) -> Iterator[Role]:
        for name in self.account.roles:
            role = self.account.role(name)
            if role is not None:
                yield replace(role, scps=self.where.scps, rcps=self.rcps)

    def may_change_iam(self, name: str, groups: Collection[str], today: date) -> bool:
        """Return whether a declared exception lets somebody, or one of their groups, do all of IAM here."""
        own = (each for each in self.where.exemptions if (each.rail, each.account) == (IAM_CHANGES, self.where.key))
        return any(each.who in (name, *groups) and today <= each.until for each in own)

    def thing(self, arn: str) -> Called | None:
        """Return the thing with its policy, if that was read: an object's is its bucket's."""
        policy = self.things.get(arn) or self.things.get(arn.partition("/")[0])
        return Called(account_id=self.id, policy=policy, rcps=self.rcps) if policy else None


@dataclass(frozen=True, kw_only=True)
class Company:
    """`work_roles` are ARNs of roles that work groups alone lead to; `led_to` are the roles of each group of the catalogue."""

    sites: Mapping[str, Site]
    at: datetime
    work_roles: frozenset[str] = frozenset()
    led_to: Mapping[str, Collection[str]] = field(default_factory=dict)

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        """Every role, by its ARN."""
        return {role.arn: role for site in self.sites.values() for role in site.roles()}

    @cached_property
    def production(self) -> frozenset[str]:
        return frozenset(site.id for site in self.sites.values() if site.where.kind == "production")

    @cached_property
    def _by_account(self) -> Mapping[str, tuple[Role, ...]]:
        found: dict[str, list[Role]] = {}
        for role in self.roles.values():
            found.setdefault(role.account_id, []).append(role)
        return {account: tuple(roles) for account, roles in found.items()}

    @cached_property
    def _switches(self) -> dict[str, frozenset[str]]:
        return {}

    def roles_in(self, account_id: str) -> tuple[Role, ...]:
        return self._by_account.get(account_id, ())

    def switches(self, policy: Policy) -> frozenset[str]:
        """Return the roles that a policy may allow a switch to, denies and trusts apart. Kept: a company has few policies."""
        text = policy.text or ""
        if text not in self._switches:
            allowing = [one for one in _allowing(policy) if one.actions.match(ASSUME_ROLE)]
            found = (arn for arn in self.roles if any(_may_be_about(one, arn) for one in allowing)) if allowing else ()
            self._switches[text] = frozenset(found)
        return self._switches[text]

    def site_of(self, arn: str) -> Site | None:
        return self.sites.get(account_of(arn))

    def thing(self, arn: str) -> Called | None:
        """Return what is called, from whichever account's look has its policy: an ARN of a bucket names none."""
        found = (site.thing(arn) for site in self.sites.values())
        return next((one for one in found if one is not None), None)

    def is_spared(self, arn: str) -> bool:
        """Return whether it is the portal's own, a sealed user, or a role that was declared to let others in."""
        site = self.site_of(arn)
        if site is None:
            return False
        return arn in site.where.place.spared or (":role/" in arn and arn.rpartition("/")[2] in site.where.others)


def may_allow(policy: Policy, action: str) -> bool:
    """Return whether a statement of the policy may allow the action, on whatever."""
    return any(one.actions.match(action) for one in _allowing(policy))


def _allowing(policy: Policy) -> tuple[Statement, ...]:
    read = statements(policy, Kind.IDENTITY)
    return tuple(one for one in read if isinstance(one, Statement) and Effect.ALLOW in one.effects)


def _may_be_about(statement: Statement, arn: str) -> bool:
    return statement.resources is not None and statement.resources.match(arn, _ANY_REQUEST) is not False
