"""The portal's own roles: in the Jump account, and in each account with session gates."""

import re
from collections.abc import Mapping
from typing import Any

from portal.iam import boundaries
from portal.iam.account_design import resources
from portal.iam.account_design.design import Account, Design, PortalRole
from portal.iam.account_design.resources import Resources, logical_id
from portal.iam.fences import Document

READS = re.compile(r"[a-z0-9]+:(Get|List|Lookup|Describe)\w+|kms:Decrypt")
PORTAL_POLICY, GATE_POLICY = "SekishoPortal", "SekishoGate"


def in_jump(design: Design) -> Resources:
    made = resources.managed_policy(PORTAL_POLICY, boundaries.PATH, design.portal_policy)
    hosts = resources.trusting({"AWS": _one_or_more(list(design.declared.hosts))})
    made |= resources.role(design.portal_role, trust=hosts, managed=[{"Ref": logical_id(PORTAL_POLICY)}])
    for role in design.portal_roles:
        made |= _own_role(design, role)
    return made


def in_account(design: Design, account: Account) -> Resources:
    """Return the role by which the portal writes gates, or reads alone where none can be; a program has no MFA device."""
    policy = design.gate_policy if design.may_have_gates(account) else _reading(design.gate_policy)
    made = resources.managed_policy(GATE_POLICY, boundaries.PATH, policy)
    trust = resources.trusting({"AWS": list(design.portal_arns)})
    managed = [{"Ref": logical_id(GATE_POLICY)}]
    path, _, name = account.gate_role.rpartition("/")
    return {**made, **resources.role(name, trust=trust, path=f"/{path}/" if path else "/", managed=managed)}


def _reading(policy: Document) -> Document:
    """Return the policy without the statements that change something."""
    statements: Any = policy["Statement"]
    return {**policy, "Statement": [each for each in statements if all(map(READS.fullmatch, _actions(each)))]}


def _actions(statement: Mapping[str, Any]) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else actions


def _own_role(design: Design, role: PortalRole) -> Resources:
    trust = _of_service(design, role) if role.service else resources.trusting({"AWS": list(design.portal_arns)})
    made = resources.role(role.name, trust=trust, path=boundaries.PATH)
    return {**made, **resources.role_policy(role.name, "Own", role.policy)}


def _of_service(design: Design, role: PortalRole) -> Document:
    """Trust the service when it acts for the Jump account: else it would act for whoever names the role to it."""
    account = design.jump.id
    condition: dict[str, Any] = {"StringEquals": {"aws:SourceAccount": account}}
    if role.source:
        condition["ArnLike"] = {"aws:SourceArn": role.source.replace("{account}", account)}
    return resources.trusting({"Service": role.service}, condition=condition)


def _one_or_more(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values
