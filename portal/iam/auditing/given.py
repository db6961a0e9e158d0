"""What statements of users, groups and roles give too much, and whom roles let in: by the checks that files are held against.

Answers are kept by what was asked: whoever has the same policies gives as much.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import takewhile

from portal.iam.abilities import without_gate
from portal.iam.account import AccountRole, Carrier
from portal.iam.auditing import deployed
from portal.iam.auditing.causes import Excess
from portal.iam.auditing.company import Site, may_allow
from portal.iam.checks import giving, trusting
from portal.iam.checks.bodies import bodies
from portal.iam.checks.escalating import EVERYTHING, EXISTING, call_of, principal_of, ways
from portal.iam.checks.giving import ANY_RIGHT
from portal.iam.checks.remarks import Grade, Remark
from portal.iam.evaluation import evaluate, opened_by
from portal.iam.principals import SERVICE_LINKED, Levels, Policy
from portal.iam.session_gate import SESSION_GATE_NAME
from portal.iam.written.policies import Carrier as Kind
from portal.iam.written.policies import File

ESCALATION = "escalation"
# In the place of an account's own number.
OWN = "{account}"


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What somebody carries, by numbers. `own` are not of a group, `written` not of AWS; `attached` are ARNs of AWS's own."""

    account: str
    policies: tuple[Policy, ...]
    own: frozenset[str]
    written: frozenset[str]
    attached: tuple[str, ...]
    boundary: Policy | None
    scps: Levels

    @property
    def key(self) -> tuple[object, ...]:
        texts = tuple(map(self._neutral, self.policies))
        scps = tuple(self._neutral(policy) for level in self.scps for policy in level.policies)
        boundary = self._neutral(self.boundary) if self.boundary else None
        return texts, self.own, self.written, self.attached, boundary, scps

    def _neutral(self, policy: Policy) -> str:
        """Return what the policy says without the account's own number: so two accounts ask the same where they have the same."""
        return (policy.text or "").replace(self.account, OWN)


@dataclass(slots=True)
class Given:
    at: datetime
    kept: dict[tuple[object, ...], tuple[str, tuple[Excess, ...]]] = field(default_factory=dict)

    def of(self, site: Site, accounts: Collection[str]) -> Iterator[Excess]:
        """Yield what is given too much in an account. `accounts` are one's own, which may trust each other."""
        account, today = site.account, self.at.date()
        for group in account.groups.values():
            if not site.may_change_iam(group.name, (), today):
                yield from self._of(site, group, Kind.GROUP, account.policies_of(group), None)
        for user in account.users.values():
            if user.arn not in site.where.place.spared and not site.may_change_iam(user.name, user.groups, today):
                principal = account.principal(user.name)
                yield from self._of(site, user, Kind.USER, principal.policies, principal.boundary)
        for details in account.roles.values():
            role = account.role(details.name)
            if role is not None and not _is_declared(site, details):
                # The gate denies everything to whoever is not let in: what is given is given to those who are.
                yield from self._of(site, details, Kind.ROLE, without_gate(role).policies, role.boundary)
                yield from _trusts(site, details, role.trust, accounts)

    def _of(
        self, site: Site, carrier: Carrier, kind: Kind, policies: tuple[Policy, ...], boundary: Policy | None
    ) -> Iterator[Excess]:
        carried = _carried(site, carrier, policies, boundary)
        key = carried.key
        if key not in self.kept:
            self.kept[key] = (site.id, tuple(_given(carried, self.at)))
        account, found = self.kept[key]
        for each in found:
            policy = policies[int(each.policy)].name if each.policy.isdigit() else each.policy
            what = each.what.replace(account, site.id)
            yield replace(each, account=site.id, who=f"{kind} {carrier.name}", policy=policy, what=what)


def _carried(site: Site, carrier: Carrier, policies: tuple[Policy, ...], boundary: Policy | None) -> Carried:
    """Number the policies. A carrier's own are the first, what is inline before what is attached."""
    first = len(carrier.inline.keys() - {SESSION_GATE_NAME})
    written = set(range(first))
    written |= {number for number, arn in enumerate(carrier.attached, first) if deployed.OF_AWS not in arn}
    return Carried(
        account=site.id,
        policies=tuple(replace(one, name=str(number)) for number, one in enumerate(policies)),
        own=frozenset(str(number) for number in range(first + len(carrier.attached))),
        written=frozenset(map(str, written)),
        attached=tuple(arn for arn in carrier.attached if deployed.OF_AWS in arn),
        boundary=boundary,
        scps=site.where.scps,
    )


def _given(carried: Carried, at: datetime) -> Iterator[Excess]:
    found = [each for each in _remarks(carried, at) if each.grade is not Grade.NOTE]
    for each in found:
        what = each.fields.get("action") or each.fields.get("what", "")
        hidden = _hidden_by(carried, _probe(each), at)
        yield Excess(rule=each.rule, policy=each.where or what, statement=each.statement, what=what, hidden_by=hidden)
    # What an administrator has anyway is not told again.
    if not any(each.rule == "administrator" for each in found):
        yield from _ways(carried, {(each.where, each.statement) for each in found}, at)


def _remarks(carried: Carried, at: datetime) -> Iterator[Remark]:
    holder = deployed.holder(
        "", Kind.NOBODY, carried.policies, account=carried.account, attached=carried.attached, boundary=carried.boundary
    )
    yield from giving.attached(holder, at=at)
    for body in bodies(File(holders=[holder])):
        if body.written.name in carried.written:
            yield from giving.given(body, at=at)


def _ways(carried: Carried, told: Collection[tuple[str, str]], at: datetime) -> Iterator[Excess]:
    """Yield published ways of which every action is open on anything, by the statement that opens the first of them."""
    principal = principal_of(carried.policies, carried.boundary, account=carried.account)
    opened: dict[tuple[str, str], list[str]] = {}
    for way in ways():
        if way.kind == EXISTING or not all(any(may_allow(one, action) for one in carried.policies) for action in way.actions):
            continue
        calls = (call_of(action, at=at, account=carried.account) for action in way.actions)
        by = list(takewhile(bool, (opened_by(principal, call) for call in calls)))
        first = by[0] if len(by) == len(way.actions) else None
        if first is not None and first.policy in carried.own and (first.policy, first.statement) not in told:
            opened.setdefault((first.policy, first.statement), []).append(f"{way.id} ({' + '.join(way.actions)})")
    for (policy, statement), listed in opened.items():
        hidden = _hidden_by(carried, ANY_RIGHT, at)
        yield Excess(rule=ESCALATION, policy=policy, statement=statement, what="; ".join(listed), hidden_by=hidden)


def _hidden_by(carried: Carried, action: str, at: datetime) -> str:
    """Return the level of the organisation that alone keeps somebody from it: nothing where there is none."""
    if not carried.scps:
        return ""
    principal = principal_of((EVERYTHING, *carried.policies), carried.boundary, account=carried.account)
    answer = evaluate(replace(principal, scps=carried.scps), call_of(action, at=at, account=carried.account))
    names = {policy.name for level in carried.scps for policy in level.policies}
    return answer.left_out_by or (answer.policy if answer.policy in names else "")


def _trusts(site: Site, role: AccountRole, trust: Policy, accounts: Collection[str]) -> Iterator[Excess]:
    who = f"role {role.name}"
    holder = deployed.holder(who, Kind.ROLE, (), account=site.id, trust=trust)
    for body in bodies(File(holders=[holder])):
        for each in trusting.trusted(body, accounts):
            what = each.fields.get("account") or each.fields.get("who", "")
            yield Excess(rule=each.rule, account=site.id, who=who, policy=trust.name, statement=each.statement, what=what)


def _probe(remark: Remark) -> str:
    """Return a call that tells whether the organisation keeps somebody from what the remark is about."""
    action = remark.fields.get("action", "")
    if remark.rule == "pass-role-anywhere":
        return "iam:PassRole"
    return f"{action.partition(':')[0]}:Anything" if remark.rule == "wildcard-action" else action or ANY_RIGHT


def _is_declared(site: Site, role: AccountRole) -> bool:
    return role.arn in site.where.place.spared or role.name in site.where.others or SERVICE_LINKED in role.arn
