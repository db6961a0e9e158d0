"""Whether a role trusts whoever is no principal of IAM: a service of AWS, or an identity provider that speaks for somebody."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from portal.iam.evaluation import evaluate_assume_role
from portal.iam.principals import Policy, Principal, Role

SERVICE, FEDERATED = "Service", "Federated"
ASSUME_ROLE = "sts:AssumeRole"
Statement = Mapping[str, Any]


def trusts(role: Role, kind: str, name: str, context: Mapping[str, str], *, action: str = ASSUME_ROLE) -> bool:
    """Say whether the role trusts them: what its trust says of them is asked of anybody, as AssumeRole."""
    named = (each for each in _listed(role.trust.document["Statement"]) if _is_about(kind, name, each))
    statements = [about for about in (_about_anybody(each, action) for each in named) if about["Action"]]
    trust = Policy(name=role.trust.name, document={**role.trust.document, "Statement": statements})
    anybody = Principal(arn=f"arn:aws:iam::{role.account_id}:user/anybody", account_id=role.account_id)
    return evaluate_assume_role(anybody, replace(role, trust=trust), context).allowed


def _is_about(kind: str, name: str, statement: Statement) -> bool:
    principal = statement.get("Principal", {})
    return principal == "*" or name in _listed(principal.get(kind, ()))


def _about_anybody(statement: Statement, action: str) -> Statement:
    """Return the statement about everyone, the action in the place of AssumeRole, which alone a switch is evaluated for."""
    actions = [ASSUME_ROLE if each == action else "" if each == ASSUME_ROLE else each for each in _listed(statement["Action"])]
    return {**statement, "Principal": "*", "Action": [each for each in actions if each]}


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else [value]
