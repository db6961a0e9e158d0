"""What somebody can do to act as somebody else, one step: by a switch, or by changing IAM until a switch goes.

Of what hangs on what nobody knows before the call it counts as open where the caller's own policies allow it for certain.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from portal.iam.account import Carrier
from portal.iam.auditing import deployed
from portal.iam.auditing.company import Company, Site, may_allow
from portal.iam.auditing.identities import Identity, Person, Session, call, passing
from portal.iam.checks.escalating import thing_of, ways
from portal.iam.evaluation import ASSUME_ROLE, evaluate_assume_role, opened_by
from portal.iam.principals import Role
from portal.iam.sides import Finding
from portal.iam.statements import Kind
from portal.iam.written.nodes import Node

# How many of the roles that one may hand to a service are named: one that may hand over all of a thousand may hand over any.
MOST_PASSED = 20


class How(StrEnum):
    SWITCH = "switch"
    CHAIN = "chain"
    PASSED = "pass_role"
    TRUST = "trust"
    POLICY_VERSION = "policy_version"
    OWN_POLICY = "own_policy"
    CREDENTIALS = "credentials"
    MEMBERSHIP = "membership"


@dataclass(frozen=True, kw_only=True)
class Step:
    """`by` is the ARN of who does it; the statement opens it.

    `to` is the ARN of a role, a user or a group, or an account's number where all of it follows.
    """

    how: How
    by: str
    to: str
    call: str
    policy: str
    statement: str


OWN_POLICIES = {
    "user": ("iam:AttachUserPolicy", "iam:PutUserPolicy"),
    "role": ("iam:AttachRolePolicy", "iam:PutRolePolicy"),
}
GROUP_POLICIES = ("iam:AttachGroupPolicy", "iam:PutGroupPolicy")
TRUST, PASS, JOIN = "iam:UpdateAssumeRolePolicy", "iam:PassRole", "iam:AddUserToGroup"
VERSIONS = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion")
OF_OTHERS = ("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile")
SERVICES = {"ecs": "ecs-tasks", "cloudformation": "cloudformation", "apprunner": "tasks.apprunner"}


def steps(company: Company, one: Identity) -> Iterator[Step]:
    """Yield each step that is open to somebody, the plain ones first."""
    yield from _switches(company, one)
    site = company.site_of(one.arn)
    if site is not None:
        yield from _own(site, one)
        yield from _trusts(company, site, one)
        yield from _passed(company, site, one)
        yield from _others(site, one)


def _switches(company: Company, one: Identity) -> Iterator[Step]:
    how = How.CHAIN if isinstance(one, Session) else How.SWITCH
    named = frozenset[str]().union(*(company.switches(policy) for policy in one.principal.policies))
    for arn in sorted(named | _trusting(company, one)):
        role = company.roles[arn]
        if arn == one.arn or not _may_trust(role, one):
            continue
        answer = evaluate_assume_role(one.principal, role, one.switching(role))
        if answer.allowed:
            yield Step(how=how, by=one.arn, to=arn, call=ASSUME_ROLE, policy=answer.policy, statement=answer.statement)


def _trusting(company: Company, one: Identity) -> frozenset[str]:
    """Return the roles of the same account that name the caller, or everybody: such a trust suffices by itself."""
    own = (role for role in company.roles_in(one.principal.account_id))
    return frozenset(role.arn for role in own if one.arn in (text := role.trust.text or "") or '"*"' in text)


def _may_trust(role: Role, one: Identity) -> bool:
    """Return whether the trust has the caller, the caller's account or everybody in it anywhere. Cheap, and never too little."""
    text = role.trust.text or ""
    return one.principal.account_id in text or '"*"' in text or "NotPrincipal" in text or text == "{}"


def _own(site: Site, one: Identity) -> Iterator[Step]:
    """Yield ways to write one's own policies: whoever can has the account."""
    if not _allows(one, (*OWN_POLICIES["user"], *OWN_POLICIES["role"], *GROUP_POLICIES, *VERSIONS)):
        return
    kind = "user" if isinstance(one, Person) else "role"
    yield from _first(one, How.OWN_POLICY, site.id, OWN_POLICIES[kind], one.arn)
    groups = one.groups if isinstance(one, Person) else ()
    for name in groups:
        group = site.account.group(name)
        if group is not None:
            yield from _first(one, How.OWN_POLICY, site.id, GROUP_POLICIES, group.arn)
    for arn in _managed(site, one):
        yield from _first(one, How.POLICY_VERSION, site.id, VERSIONS, arn)


def _trusts(company: Company, site: Site, one: Identity) -> Iterator[Step]:
    if _allows(one, (TRUST,)):
        for arn in _roles_in(company, site, one):
            yield from _opened(one, How.TRUST, arn, TRUST, arn)


def _others(site: Site, one: Identity) -> Iterator[Step]:
    """Yield users whose credentials somebody can make, and groups that somebody can join."""
    if _allows(one, OF_OTHERS):
        for user in site.account.users.values():
            if user.arn != one.arn:
                yield from _first(one, How.CREDENTIALS, user.arn, OF_OTHERS, user.arn)
    if _allows(one, (JOIN,)):
        for group in site.account.groups.values():
            if not isinstance(one, Person) or group.name not in one.groups:
                yield from _opened(one, How.MEMBERSHIP, group.arn, JOIN, group.arn)


def _managed(site: Site, one: Identity) -> Iterator[str]:
    """Yield the account's own managed policies that somebody carries: AWS's nobody can write."""
    carriers: list[Carrier | None] = [site.account.role_details(one.role.name)] if isinstance(one, Session) else [one.user]
    carriers += [site.account.group(name) for name in one.groups] if isinstance(one, Person) else []
    for carrier in carriers:
        yield from (arn for arn in (carrier.attached if carrier else ()) if arn.split(":")[4] == site.id)


def _passed(company: Company, site: Site, one: Identity) -> Iterator[Step]:
    """Yield roles that somebody can hand to a service and then run something in."""
    if _allows(one, (PASS,)):
        found = (step for arn in _roles_in(company, site, one) for step in _passed_one(site, one, company.roles[arn]))
        yield from islice(found, MOST_PASSED)


def _passed_one(site: Site, one: Identity, role: Role) -> Iterator[Step]:
    for service in _services(role):
        opened = opened_by(one.principal, passing(one, role.arn, service))
        if opened is not None and _can_run(site, one, service):
            yield _step(one, How.PASSED, role.arn, PASS, opened)
            return


def _services(role: Role) -> list[str]:
    """Return the services that the role lets in."""
    found = [body for _number, body in deployed.written(role.trust, Kind.TRUST).statements() if _is_allow(body)]
    named = [services for body in found if (services := body.at("Principal", "Service"))]
    return sorted({one.text for each in named for one in each.listed()})


def _is_allow(body: Node) -> bool:
    effect = body.get("Effect")
    return effect is not None and effect.text == "Allow"


def _can_run(site: Site, one: Identity, service: str) -> bool:
    """Return whether a published way starts something in a role that the service gets."""
    for way in ways():
        name = way.id.rpartition("-")[0]
        if way.kind == "passing" and f"{SERVICES.get(name, name)}.amazonaws.com" == service:
            launching = [action for action in way.actions if action != PASS]
            if all(opened_by(one.principal, call(one, action, thing_of(action, site.id))) for action in launching):
                return True
    return False


def _roles_in(company: Company, site: Site, one: Identity) -> Iterator[str]:
    return (role.arn for role in company.roles_in(site.id) if role.arn != one.arn and ":role/aws-" not in role.arn)


def _first(one: Identity, how: How, to: str, actions: Iterable[str], resource: str) -> Iterator[Step]:
    yield from islice((step for action in actions for step in _opened(one, how, to, action, resource)), 1)


def _opened(one: Identity, how: How, to: str, action: str, resource: str) -> Iterator[Step]:
    opened = opened_by(one.principal, call(one, action, resource))
    if opened is not None:
        yield _step(one, how, to, action, opened)


def _step(one: Identity, how: How, to: str, action: str, opened: Finding) -> Step:
    return Step(how=how, by=one.arn, to=to, call=action, policy=opened.policy, statement=opened.statement)


def _allows(one: Identity, actions: Iterable[str]) -> bool:
    """Return whether any policy of theirs may allow one of these, on whatever: most people may none."""
    wanted = tuple(actions)
    return any(may_allow(policy, action) for policy in one.principal.policies for action in wanted)
