"""The account design that a catalogue asks for, with what a company declares besides in a file of its own."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from access_requests.grants import registry
from access_requests.models import AccountKind
from access_requests.models.catalogue import RESERVED
from access_requests.services.catalogue.kinds.role import Role as CatalogueRole
from access_requests.services.catalogue.state import State
from portal.iam.account_design.design import Account, Declared, Design, Group, PortalRole, Role
from portal.iam.principals import account_of

_POLICIES = Path(settings.BASE_DIR) / "portal" / "aws" / "policies"


def designed(catalogue: State, declared: Declared, *, today: date) -> Design:
    """Return the design of a catalogue, loaded or not. Roles of Identity Center are its own, and so are groups outside of IAM.

    Everything is in the order of its name, so that a template says the same whoever made which row first.
    """
    accounts = [
        Account(key=key, id=each.id, kind=each.kind, gate_role=each.gate_role) for key, each in catalogue.accounts.items()
    ]
    return Design(
        accounts=tuple(sorted(accounts, key=lambda account: (account.kind != AccountKind.JUMP, account.key))),
        roles=tuple(_role(catalogue, key, role) for key, role in sorted(catalogue.roles.items()) if not _is_reserved(key)),
        groups=(*_standing_groups(catalogue), *_work_groups(catalogue)),
        declared=declared,
        portal_policy=_policy("portal-jump.json"),
        gate_policy=_policy("portal-gate.json"),
        portal_roles=tuple(
            PortalRole(name=one.role, policy=_policy(one.policy), service=one.service, source=one.source)
            for one in registry.roles()
            if one.role
        ),
        today=today,
    )


def _role(catalogue: State, key: str, role: CatalogueRole) -> Role:
    """Return the role. Whatever grants the way into it, a role that work groups lead to has its gate, and their longest time."""
    account, name = key.split("/")
    groups = [group for group in catalogue.work_groups.values() if key in group.target_roles]
    longest = [catalogue.policies[group.policy].longest * 60 for group in groups]
    return Role(account=account, name=name, level=role.level, path=_path(role.arn), work_seconds=max(longest, default=None))


def _path(arn: str | None) -> str:
    """Return the path of a role as AWS showed it; one that is not there yet gets none."""
    if arn is None:
        return "/"
    whole = arn.partition(f":{account_of(arn)}:role")[2]
    return whole.rpartition("/")[0] + "/"


def _standing_groups(catalogue: State) -> Iterator[Group]:
    for name, group in sorted(catalogue.standing_groups.items()):
        yield Group(name=name, roles=_led_to(group.target_roles))


def _work_groups(catalogue: State) -> Iterator[Group]:
    """Yield the work groups that are groups of IAM."""
    elsewhere = registry.with_own_members()
    for name, group in sorted(catalogue.work_groups.items()):
        if group.backend not in elsewhere:
            yield Group(name=name, roles=_led_to(group.target_roles), is_work=True)


def _led_to(roles: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple((account, name) for account, _, name in (key.partition("/") for key in sorted(roles)) if not _is_reserved(name))


def _is_reserved(role: str) -> bool:
    return role.rpartition("/")[2].startswith(RESERVED)


def _policy(file: str) -> Any:
    return json.loads((_POLICIES / file).read_text())
