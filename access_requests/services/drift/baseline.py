"""What AWS shows of all that the catalogue names and does not describe, against what the portal knows of it. Pure.

Policies by what they say, guard rails of groups, and the credentials of people. The first look is taken for right, but for a
policy that allows everything: that, a person has to accept.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from access_requests.models import BaselineKind, DriftKind
from access_requests.services.drift import boundaries
from access_requests.services.drift.difference import Difference, Problem, each
from access_requests.services.drift.expected import Expected
from access_requests.services.drift.looking import Sight
from access_requests.services.drift.watched import Bound, Known
from portal.iam.account import Account
from portal.iam.principals import Document
from portal.iam.session_gate import SESSION_GATE_NAME
from portal.storable import storable

SEKISHO, RAILS, OF_AWS = ":policy/sekisho/", ":policy/sekisho/rails/", ":aws:policy/"
KINDS: Mapping[str, DriftKind] = {
    BaselineKind.ROLE_POLICY: DriftKind.ROLE_POLICY_EDITED,
    BaselineKind.MANAGED_POLICY: DriftKind.MANAGED_POLICY_EDITED,
    BaselineKind.ACCESS_KEY: DriftKind.NEW_ACCESS_KEY,
    BaselineKind.MFA_DEVICE: DriftKind.NEW_MFA_DEVICE,
}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that AWS shows; `where` is the name that a drift gives it, where that differs from its key in the baseline."""

    kind: BaselineKind
    account: str
    thing: str
    name: str = ""
    document: Document | None = None
    work_group_id: int | None = None
    where: str = ""

    @property
    def key(self) -> Known:
        return (self.kind, self.account, self.thing, self.name)


def differences(expected: Expected, sight: Sight) -> Iterator[Difference | Problem]:
    """Yield policies that changed, policies and credentials that were added, and guard rails that were taken off."""
    for account, there in sight.targets.items():
        yield from _each(expected, account, [*_role_policies(expected, account, there), *_managed(expected, account, there)])
    if sight.jump is not None:
        yield from _each(expected, expected.jump, [*_managed(expected, expected.jump, sight.jump), *_credentials(expected)])
        yield from _rails_gone(expected, sight.jump)


def to_learn(expected: Expected, sight: Sight) -> list[Fact]:
    """Return the facts that the baseline lacks, to be kept from now on."""
    facts: list[Fact] = []
    for account, there in sight.targets.items():
        facts += [*_role_policies(expected, account, there), *_managed(expected, account, there)]
    if sight.jump is not None:
        facts += [*_managed(expected, expected.jump, sight.jump), *_rails(expected, sight.jump)]
        facts += [*_boundaries(expected, sight.jump), *_first_credentials(expected)]
    return [fact for fact in facts if fact.key not in expected.known and not _allows_everything(fact.document)]


def _each(expected: Expected, account: str, facts: Iterable[Fact]) -> Iterator[Difference | Problem]:
    def of(fact: Fact) -> Callable[[], Iterable[Difference]]:
        return lambda: _difference(fact, expected)

    return each(account, ((fact.where or fact.thing, of(fact)) for fact in facts))


def _difference(fact: Fact, expected: Expected) -> Iterator[Difference]:
    is_known = fact.key in expected.known
    if fact.document is None:
        differs = not is_known
    else:
        differs = fact.document != expected.known[fact.key] if is_known else _allows_everything(fact.document)
    if differs:
        policy = {"document": fact.document, "expected": expected.known.get(fact.key)} if fact.document is not None else {}
        yield Difference(
            kind=KINDS[fact.kind],
            account=fact.account,
            thing=fact.where or fact.thing,
            name=fact.name,
            work_group_id=fact.work_group_id,
            detail={**policy, **({"user_id": fact.thing} if fact.where else {})},
        )


# Policies


def _role_policies(expected: Expected, account: str, there: Account) -> Iterator[Fact]:
    """Yield the inline policies of roles that declare theirs; what nobody declared is another drift."""
    for role in expected.roles:
        found = there.role_details(role.name) if role.account == account else None
        for name, document in sorted(found.inline.items()) if found else ():
            if name in (role.policies or ()) and name != SESSION_GATE_NAME and document:
                yield Fact(
                    kind=BaselineKind.ROLE_POLICY,
                    account=account,
                    thing=role.name,
                    name=name,
                    document=storable(document),
                    work_group_id=role.work_group_id,
                )


def _managed(expected: Expected, account: str, there: Account) -> Iterator[Fact]:
    """Yield the account's own policies that are the portal's, guard rails, boundaries or declared of a role."""
    declared = {name for role in expected.roles if role.account == account for name in role.policies or ()}
    for arn, document in sorted(there.policies.items()):
        if (SEKISHO in arn or arn in declared) and OF_AWS not in arn and document:
            name = arn.rpartition("/")[2]
            yield Fact(kind=BaselineKind.MANAGED_POLICY, account=account, thing=name, name=arn, document=storable(document))


def _allows_everything(document: Document | None) -> bool:
    """Whether it allows all calls on all things, and denies none."""
    statements = _listed(document.get("Statement", [])) if document else []
    allows = any(_is_everything(one) for one in statements)
    return allows and all(isinstance(one, Mapping) and one.get("Effect") == "Allow" for one in statements)


def _is_everything(statement: Any) -> bool:
    return (
        isinstance(statement, Mapping)
        and statement.get("Effect") == "Allow"
        and any(action in ("*", "*:*") for action in _listed(statement.get("Action", [])))
        and "*" in _listed(statement.get("Resource", []))
        and not statement.get("Condition")
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# Guard rails and boundaries


def _rails(expected: Expected, jump: Account) -> Iterator[Fact]:
    """Yield the rails of each group of the catalogue; people in none of these groups have no rails."""
    for group in expected.groups:
        there = jump.group(group.name)
        for arn in there.attached if there else ():
            if RAILS in arn:
                yield Fact(kind=BaselineKind.RAIL, account=expected.jump, thing=group.name, name=arn)


def _rails_gone(expected: Expected, jump: Account) -> Iterator[Difference]:
    shown = {fact.key for fact in _rails(expected, jump)}
    groups = {group.name: group.work_group_id for group in expected.groups if jump.group(group.name)}
    for kind, account, thing, name in sorted(expected.known.keys() - shown):
        if kind == BaselineKind.RAIL and thing in groups:
            yield Difference(
                kind=DriftKind.RAIL_MISSING, account=account, thing=thing, name=name, work_group_id=groups[thing], detail={}
            )


def _boundaries(expected: Expected, jump: Account) -> Iterator[Fact]:
    for bound in expected.bound:
        user = jump.user_by_id(bound.user_id)
        if user is not None and boundaries.carries(user.boundary, boundaries.OF_PEOPLE, jump.account_id):
            yield Fact(kind=BaselineKind.BOUNDARY, account=expected.jump, thing=user.id)


# Credentials


def _credentials(expected: Expected) -> Iterator[Fact]:
    """Yield what people have to sign in with, of those whose credentials were looked at before."""
    for bound in expected.bound:
        if _seen(bound, expected).key in expected.known:
            yield from _of_person(bound, expected)


def _first_credentials(expected: Expected) -> Iterator[Fact]:
    for bound in expected.bound:
        seen = _seen(bound, expected)
        if bound.access_keys is not None and bound.mfa_serials is not None and seen.key not in expected.known:
            yield from (seen, *_of_person(bound, expected))


def _seen(bound: Bound, expected: Expected) -> Fact:
    return Fact(kind=BaselineKind.CREDENTIALS, account=expected.jump, thing=bound.user_id)


def _of_person(bound: Bound, expected: Expected) -> Iterator[Fact]:
    one = Fact(kind=BaselineKind.ACCESS_KEY, account=expected.jump, thing=bound.user_id, where=bound.user_name)
    yield from (replace(one, name=key) for key in bound.access_keys or ())
    yield from (replace(one, kind=BaselineKind.MFA_DEVICE, name=serial) for serial in bound.mfa_serials or ())
