"""The matrix of groups, accounts and roles, and of people now, as JSON for the pages."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from access_requests.evaluation import ALLOWED, DENIED, NO_IAM_USER, UNKNOWN
from access_requests.models import AccountKind, AwsAccount, IamUserBinding
from access_requests.services.drift import switching
from access_requests.services.drift.expected import Expected, ExpectedRole
from access_requests.services.drift.looking import Sight
from access_requests.services.elevations.evaluating import RoleEvaluation, role_evaluation
from portal.iam.account import Account, User
from portal.iam.switch import evaluate_switch

Json = dict[str, Any]


def matrix(expected: Expected, sight: Sight) -> Json | None:
    """Return it, or None where the Jump account could not be read.

    {"at", "accounts": [{"key", "account_id", "name", "kind", "read", "problem"}],
     "roles": [{"key", "account", "name"}],
     "groups": [{"name", "kind": "standing" | "work", "roles": {role key: {"catalogue", "aws", "by", "why"}}}],
     "people": [{"username", "name", "iam_user",
                 "roles": {role key: {"decision", "by", "gate", "why", "via", "until", "elevation"}}}]}

    A role that AWS does not have is in no group's and no person's `roles`.
    """
    jump = sight.jump
    if jump is None:
        return None
    rows = {group.name: switching.of_group(group, expected, sight, jump) for group in expected.groups}
    bindings = IamUserBinding.objects.filter(person__is_active=True).select_related("person").order_by("person__username")
    return {
        "at": expected.at,
        "accounts": _accounts(sight),
        "roles": _roles(expected),
        "groups": [
            {
                "name": group.name,
                "kind": "standing" if group.work_group_id is None else "work",
                "roles": {key: asdict(cell) for key, cell in rows[group.name].items()},
            }
            for group in expected.groups
        ],
        "people": [_person(binding, expected, sight, jump, rows) for binding in bindings],
    }


def _accounts(sight: Sight) -> list[Json]:
    failed = sight.failed
    return [
        {
            "key": row.key,
            "account_id": row.account_id,
            "name": row.name,
            "kind": row.kind,
            "read": row.key in sight.targets or (row.kind == AccountKind.JUMP and sight.jump is not None),
            "problem": failed.get(row.key, ""),
        }
        for row in AwsAccount.objects.order_by("account_id")
    ]


def _roles(expected: Expected) -> list[Json]:
    return [{"key": role.key, "account": role.account, "name": role.name} for role in expected.roles]


def _person(binding: IamUserBinding, expected: Expected, sight: Sight, jump: Account, rows: Mapping[str, switching.Row]) -> Json:
    user = jump.user_by_id(binding.user_id)
    cells = {role.key: _cell(user, role, expected, sight, jump, rows) for role in expected.roles}
    return {
        "username": binding.person.username,
        "name": binding.person.name,
        "iam_user": binding.user_name,
        "roles": {key: cell for key, cell in cells.items() if cell is not None},
    }


def _cell(
    user: User | None, role: ExpectedRole, expected: Expected, sight: Sight, jump: Account, rows: Mapping[str, switching.Row]
) -> Json | None:
    said = _evaluated(user, role, expected, sight, jump)
    if said is None:
        return None
    windows = [w for w in expected.windows if user and w.user_id == user.id and w.is_inside and role.key in w.roles]
    latest = max(windows, key=lambda window: window.ends_at, default=None)
    allowing = [name for name, row in rows.items() if role.key in row and row[role.key].aws != DENIED]
    mine = {name.casefold() for name in user.groups} if user else set()
    return {
        "decision": said.decision,
        "by": said.by,
        "gate": said.gate,
        "why": said.why,
        "via": [name for name in allowing if name.casefold() in mine] if said.decision != DENIED else [],
        "until": latest.ends_at if latest and said.decision == ALLOWED else None,
        "elevation": latest.code if latest else "",
    }


def _evaluated(user: User | None, role: ExpectedRole, expected: Expected, sight: Sight, jump: Account) -> RoleEvaluation | None:
    """Return the evaluation, and None of a role that is gone. Only a denial is known where the trust cannot be read."""
    if user is None:
        return RoleEvaluation(role=role.key, decision=DENIED, by=NO_IAM_USER)
    target = sight.targets.get(role.account)
    if target is not None:
        there = target.role(role.name)
        return None if there is None else role_evaluation(role.key, evaluate_switch(jump, user, there, at=expected.at))
    answer = switching.by_policies(jump, user, role, expected)
    decision, why = switching.unreadable(answer, sight.failed.get(role.account))
    return RoleEvaluation(role=role.key, decision=decision, gate=UNKNOWN, why=why)
