"""How the guard rails stand in an account: for each group, role and user that people act as."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from portal.iam import anybody, contexts
from portal.iam.abilities import without_gate
from portal.iam.account import Account, AccountRole, Group
from portal.iam.principals import SERVICE_LINKED, Context, Levels, Principal, Role
from portal.iam.rails.holding import Held, Standing, held
from portal.iam.rails.placing import Exemption
from portal.iam.rails.rail import Form, Place, Rail, rails

# Who a group's calls are made by: somebody who is no user of the account, so that nothing spares or means this one by name. What
# a policy says of one member, and what members carry themselves, is asked as each user.
SOMEBODY, SOMEBODYS_ID = "=somebody=", "AIDA0000000000000000"
# In the place of an account's own number.
OWN = "{account}"
# A policy's number is shorter than an account's.
LONGEST_NUMBER = 12
# What a policy that looks at who calls has in it.
LOOKS_AT_CALLER = ("aws:principalarn", "aws:principaltag", "aws:userid", "aws:username")


class Carrier(StrEnum):
    GROUP = "group"
    ROLE = "role"
    USER = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """An account with what was declared of it.

    `roles` are those that people switch to, by name; `others` let somebody else in on purpose. Whom `place` spares, the portal
    and sealed users, needs no rails.
    """

    key: str
    kind: str
    place: Place
    roles: Collection[str] = ()
    others: Collection[str] = ()
    exemptions: Collection[Exemption] = ()
    scps: Levels = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """`exempted` is the declared exception by which nobody asks for the rail here."""

    carrier: Carrier
    name: str
    rail: str
    held: Held | None
    exempted: Exemption | None = None


@dataclass(slots=True)
class Judge:
    """Answers are kept by what was asked, whichever account it is in: whoever has the same policies has the same rails."""

    at: datetime
    kept: dict[tuple[object, ...], tuple[str, Held]] = field(default_factory=dict)

    def standings(self, account: Account, where: Where) -> Iterator[Stands]:
        """Yield how each rail stands for each who acts there."""
        there = _neutral(repr(where.place), account.account_id)
        for carrier, name, principal, context in self._who(account, where):
            spared = {name, *_groups(account, name)} if carrier is Carrier.USER else {name}
            forms: tuple[Form, ...] = ("people", "roles") if carrier is Carrier.ROLE else ("people",)
            asked = Question(there=there, place=where.place, forms=forms, principal=principal, keys=context)
            for rail in rails():
                if where.kind in rail.accounts and any(form in rail.forms for form in forms):
                    exempted = _exempted(rail, spared, where, self.at.date())
                    found = None if exempted else self._held(rail, asked)
                    yield Stands(carrier=carrier, name=name, rail=rail.sid, held=found, exempted=exempted)

    def _held(self, rail: Rail, asked: "Question") -> Held:
        key, principal = asked.key(rail), asked.principal
        if key not in self.kept:
            place = replace(asked.place, caller=asked.keys.caller)
            self.kept[key] = (principal.account_id, held(rail, asked.forms, place, _numbered(principal), asked.keys.of))
        return _named(*self.kept[key], principal)

    def _who(self, account: Account, where: Where) -> Iterator[tuple[Carrier, str, Principal, "Keys"]]:
        for group in account.groups.values():
            if not group.path.startswith(where.place.work_groups):
                principal = self._of_group(account, group, where)
                name = _nobodys_name(account)
                yield Carrier.GROUP, group.name, principal, _OfUser(arn=principal.arn, id=SOMEBODYS_ID, name=name, at=self.at)
        for user in account.users.values():
            if user.arn not in where.place.spared:
                principal = replace(account.principal(user.name), scps=where.scps)
                yield Carrier.USER, user.name, principal, _OfUser(arn=user.arn, id=user.id, name=user.name, at=self.at)
        for details in account.roles.values():
            role = account.role(details.name)
            if role is not None and _is_of_people(details, where):
                # The gate denies everything to whoever is not let in: a rail is for those who are.
                principal = without_gate(role).session(anybody.NAME)
                yield Carrier.ROLE, role.name, replace(principal, scps=where.scps), _OfRole(role=role, at=self.at)

    def _of_group(self, account: Account, group: Group, where: Where) -> Principal:
        arn = f"arn:aws:iam::{account.account_id}:user/{_nobodys_name(account)}"
        return Principal(arn=arn, account_id=account.account_id, policies=account.policies_of(group), scps=where.scps)


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfUser:
    arn: str
    id: str
    name: str
    at: datetime

    @property
    def caller(self) -> str:
        return self.arn.partition(":user/")[2]

    def of(self, mfa: bool) -> Context:  # noqa: FBT001  As the rails' calls ask.
        keys = contexts.of_user(arn=self.arn, user_id=self.id, user_name=self.name, at=self.at, mfa=mfa)
        return contexts.not_made_yet(keys, unread=(*contexts.TAGS_OF_CALLER, *contexts.BY_A_SERVICE))


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfRole:
    """Sessions of a role, whose names whoever takes it on chooses: nobody's in particular."""

    role: Role
    at: datetime
    caller: str = SOMEBODY

    def of(self, mfa: bool) -> Context:  # noqa: FBT001  As the rails' calls ask.
        keys = contexts.of_session(
            role_arn=self.role.arn,
            role_id=self.role.role_id,
            session_name=anybody.NAME,
            issued_at=self.at,
            at=self.at,
            mfa=mfa,
            tags=self.role.tags,
        )
        return contexts.not_made_yet(keys, unread=(*contexts.TAGS_OF_CALLER, *contexts.BY_A_SERVICE))


Keys = _OfUser | _OfRole


def _nobodys_name(account: Account) -> str:
    name = SOMEBODY
    while account.user(name) is not None:
        name += "="
    return name


@dataclass(frozen=True, kw_only=True)
class Question:
    """Somebody of whom all rails are asked. `there` is the place, in words that are alike in every account."""

    there: str
    place: Place
    forms: tuple[Form, ...]
    principal: Principal
    keys: Keys

    def key(self, rail: Rail) -> tuple[object, ...]:
        """Return what the answer hangs on."""
        is_own = rail.is_about_caller or self._looks_at_caller
        return rail.sid, self.forms, self.there, self._texts, _neutral(self.principal.arn, self._account) if is_own else ""

    @property
    def _account(self) -> str:
        return self.principal.account_id

    @cached_property
    def _texts(self) -> tuple[str | None, ...]:
        one = self.principal
        limits = (*((one.boundary,) if one.boundary else ()), *(policy for level in one.scps for policy in level.policies))
        # Which of them are limits: a boundary that says the same as a policy is another thing.
        texts = [policy.text for policy in one.policies] + [None] + [policy.text for policy in limits]
        return tuple(text and _neutral(text, self._account) for text in (*texts, "boundary" if one.boundary else ""))

    @cached_property
    def _looks_at_caller(self) -> bool:
        return _looks_at_caller(self._texts)


def _neutral(text: str, account: str) -> str:
    """Return the text with the account's own number out of it: so two accounts ask the same where they have the same."""
    return text.replace(account, OWN)


def _groups(account: Account, name: str) -> tuple[str, ...]:
    user = account.user(name)
    return user.groups if user else ()


def _exempted(rail: Rail, names: Collection[str], where: Where, today: date) -> Exemption | None:
    """Return the exception by which none of these needs the rail: what a group is spared its people are too."""
    own = (one for one in where.exemptions if (one.rail, one.account) == (rail.sid, where.key) and one.who in names)
    return next((one for one in own if today <= one.until), None)


def _looks_at_caller(texts: Collection[str | None]) -> bool:
    return any(key in text.lower() for text in texts if text for key in LOOKS_AT_CALLER)


def _numbered(principal: Principal) -> Principal:
    """Return the principal with its policies called by their numbers: so the answer is everybody's who has the same."""
    policies = tuple(replace(policy, name=str(number)) for number, policy in enumerate(principal.policies))
    return replace(principal, policies=policies)


def _named(account: str, found: Held, principal: Principal) -> Held:
    """Return the answer, given in an account, with the names of this one's policies and of this one's account."""

    def name(text: str) -> str:
        number, space, rest = text.partition(" ")
        return (
            f"{principal.policies[int(number)].name}{space}{rest}" if number.isdigit() and len(number) < LONGEST_NUMBER else text
        )

    own = principal.account_id
    why = tuple(name(words).replace(account, own) for words in found.why)
    resource = found.resource.replace(account, own)
    return replace(found, policy=name(found.policy), opened_by=name(found.opened_by), why=why, resource=resource)


def _is_of_people(role: AccountRole, where: Where) -> bool:
    """Return whether people act in the role: it was declared so, or lets in a whole account, anybody, or a directory."""
    if role.name in where.others or role.arn in where.place.spared or SERVICE_LINKED in role.arn:
        return False
    return role.name in where.roles or any(map(_is_many, _trusted(role.trust)))


def _trusted(document: Mapping[str, Any]) -> Iterator[str]:
    found = document.get("Statement", ())
    for body in found if isinstance(found, list) else [found]:
        principal = body.get("Principal", {}) if isinstance(body, Mapping) and body.get("Effect") == "Allow" else {}
        if isinstance(principal, str):
            yield principal
            continue
        for kind in ("AWS", "Federated"):
            named = principal.get(kind, ()) if isinstance(principal, Mapping) else ()
            yield from map(str, named if isinstance(named, list) else [named] if named else [])


def _is_many(text: str) -> bool:
    return text == "*" or text.endswith(":root") or text.isdigit() or ":saml-provider/" in text


def causes(standings: Collection[Stands], account: Account) -> Iterator[Stands]:
    """Yield those that do not hold, each cause once: what a group lacks is not told again of each of its people."""
    broken = [one for one in standings if one.held is not None and one.held.standing in (Standing.BROKEN, Standing.MISSING)]
    groups = {(one.rail, one.name) for one in broken if one.carrier is Carrier.GROUP}
    for one in broken:
        by_group = one.carrier is Carrier.USER and any((one.rail, name) in groups for name in _groups(account, one.name))
        if not by_group:
            yield one
