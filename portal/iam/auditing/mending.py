"""The policy that mends what is too much, ready to copy: the same without what gives it."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from portal.iam.auditing.causes import Excess
from portal.iam.auditing.company import Company, Site
from portal.iam.boundaries import RUNNERS
from portal.iam.fences import Document
from portal.iam.principals import Policy

Statement = dict[str, Any]
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def policy_of(company: Company, account: str, who: str, name: str) -> Policy | None:
    """Return a policy by the name that answers call it, wherever it stands: at a user, a group, a role, or a thing."""
    site = company.sites.get(account)
    if site is None:
        return None
    return next((one for one in _policies(site, who, name) if one.name == name), None)


def mended(company: Company, one: Excess) -> Document | None:
    """Return the whole policy as it is to be; None where nothing of it is to stay, or nothing of it is wrong."""
    policy = policy_of(company, one.account, one.who, one.policy)
    if policy is None or not one.statement:
        return None
    document = deepcopy(dict(policy.document))
    found = document.get("Statement", [])
    bodies: list[Statement] = list(found if isinstance(found, list) else [found])
    kept: list[Statement] = []
    for number, body in enumerate(bodies, 1):
        is_it = str(body.get("Sid") or f"#{number}") == one.statement
        kept += _instead(company, one, body) if is_it else [body]
    return {**document, "Statement": kept} if kept else None


def _instead(company: Company, one: Excess, body: Statement) -> list[Statement]:
    if one.rule == "trust-without-mfa":
        return [_with(body, MFA)]
    if one.rule == "confused-deputy":
        return [_with(body, {"StringEquals": {"aws:SourceAccount": one.account}})]
    if one.rule == "pass-role-anywhere":
        return _passing(body, one.account)
    if one.rule == "standing-access":
        return _switching(company, one, body)
    if one.rule == "wildcard-action":
        return _left(body, "Action", one.what.split(", "))
    return []


def _with(body: Statement, conditions: Mapping[str, Any]) -> Statement:
    own = body.get("Condition", {})
    added = {operator: {**own.get(operator, {}), **keys} for operator, keys in conditions.items()}
    return {**body, "Condition": {**own, **added}}


def _passing(body: Statement, account: str) -> list[Statement]:
    """Pass roles of applications alone, and to what runs them."""
    limits = {"StringEquals": {"iam:PassedToService": list(RUNNERS)}}
    passing = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": f"arn:aws:iam::{account}:role/app/*", "Condition": limits}
    return [*_left(body, "Action", ["iam:PassRole"]), {"Sid": "PassApp", **passing}]


def _switching(company: Company, one: Excess, body: Statement) -> list[Statement]:
    """Lead to the roles that the group was declared to lead to, and to no other."""
    group = one.who.partition(" ")[2]
    declared = [arn for arn in company.led_to.get(group, ()) if arn not in company.work_roles]
    left = _left(body, "Resource", one.what.split(", "))
    is_wide = any("*" in str(arn) for each in left for arn in _listed(each.get("Resource", [])))
    if is_wide:
        return [{**body, "Resource": declared}] if declared else []
    return left


def _left(body: Statement, element: str, out: list[str]) -> list[Statement]:
    """Return the statement without these values; nothing where it has no other."""
    lower = {value.lower() for value in out}
    values = [value for value in _listed(body.get(element, [])) if str(value).lower() not in lower]
    return [{**body, element: values}] if values else []


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _policies(site: Site, who: str, name: str) -> list[Policy]:
    account = site.account
    kind, _space, called = who.partition(" ")
    if who in site.things:
        return [site.things[who]]
    if kind == "group" and (group := account.group(called)):
        return list(account.policies_of(group))
    if kind == "user" and account.user(called):
        return list(account.principal(called).policies)
    role = account.role(called) if kind == "role" else None
    if role is None:
        return []
    return [*role.policies, role.trust, *([role.boundary] if role.boundary and role.boundary.name == name else [])]
