"""The account design that the catalogue asks for, with what a company declares besides in a file of its own."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from access_requests.grants import registry
from access_requests.models import AwsAccount, StandingGroup, TargetRole, WorkGroup
from portal.iam.account_design.design import Account, Declared, Design, Group, PortalRole, Role
from portal.iam.principals import account_of

_POLICIES = Path(settings.BASE_DIR) / "portal" / "aws" / "policies"


def designed(declared: Declared, *, today: date) -> Design:
    """Return the design. Roles of Identity Center are its own, and so are the groups that it alone knows."""
    led_to = Prefetch("work_groups", _of_iam().select_related("policy"))
    found = TargetRole.objects.select_related("account").prefetch_related(led_to).order_by("pk")
    roles = [role for role in found if not role.is_reserved]
    return Design(
        accounts=tuple(
            sorted(map(_account, AwsAccount.objects.all()), key=lambda account: (account.kind != "jump", account.key))
        ),
        roles=tuple(_role(role) for role in roles),
        groups=(*_standing_groups(), *_work_groups()),
        declared=declared,
        portal_policy=_policy("portal-jump.json"),
        gate_policy=_policy("portal-gate.json"),
        portal_roles=tuple(
            PortalRole(name=one.role, policy=_policy(one.policy), service=one.service) for one in registry.roles() if one.role
        ),
        today=today,
    )


def _account(account: AwsAccount) -> Account:
    return Account(key=account.key, id=account.account_id, kind=account.kind, gate_role=account.gate_role)


def _role(role: TargetRole) -> Role:
    longest = [group.policy.longest_minutes * 60 for group in role.work_groups.all()]
    return Role(
        account=role.account.key,
        name=role.name,
        level=role.level,
        path=_path(role),
        work_seconds=max(longest, default=None),
    )


def _path(role: TargetRole) -> str:
    """Return the path of a role as AWS showed it; one that is not there yet gets none."""
    if role.arn is None:
        return "/"
    whole = role.arn.partition(f":{account_of(role.arn)}:role")[2]
    return whole.rpartition("/")[0] + "/"


def _standing_groups() -> list[Group]:
    groups = StandingGroup.objects.prefetch_related("target_roles__account").order_by("pk")
    return [Group(name=group.name, roles=_led_to(group)) for group in groups]


def _work_groups() -> list[Group]:
    groups = _of_iam().prefetch_related("target_roles__account").order_by("pk")
    return [Group(name=group.name, roles=_led_to(group), is_work=True) for group in groups]


def _led_to(group: StandingGroup | WorkGroup) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((role.account.key, role.name) for role in group.target_roles.all() if not role.is_reserved))


def _of_iam() -> QuerySet[WorkGroup]:
    """Return the work groups that are groups of IAM, and in use."""
    return WorkGroup.objects.filter(retired_at=None).exclude(backend__in=registry.with_own_members())


def _policy(file: str) -> Any:
    return json.loads((_POLICIES / file).read_text())
