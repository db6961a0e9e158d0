"""What a comparison keeps of who can switch where, as `services.drift.matrix` writes it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from access_requests.models import AwsAccount, Reconciliation, StandingGroup, TargetRole, WorkGroup
from portal.users.models import User

Json = dict[str, Any]


def compared(
    now: datetime, *, but: Mapping[str, Json] | None = None, without: str = "", unread: Mapping[str, str] | None = None
) -> Reconciliation:
    """Have a comparison find AWS as the catalogue says, but for what `but` has of "group role" and "username role".

    `without` is a role that AWS does not have, `unread` says which accounts could not be read, and why.
    """
    roles = [role for role in TargetRole.objects.select_related("account") if str(role) != without]
    unread, but = unread or {}, but or {}
    groups: list[StandingGroup | WorkGroup] = [*StandingGroup.objects.all(), *WorkGroup.objects.all()]
    matrix = {
        "at": now,
        "accounts": [_account(row, unread) for row in AwsAccount.objects.order_by("account_id")],
        "roles": [_role(role) for role in TargetRole.objects.select_related("account")],
        "groups": [_group(group, roles, unread, but) for group in groups],
        "people": [_person(person, roles, but) for person in User.objects.exclude(iam_user=None).order_by("username")],
    }
    return Reconciliation.objects.create(began_at=now, ended_at=now, matrix=matrix)


def _account(row: AwsAccount, unread: Mapping[str, str]) -> Json:
    names = ("key", "account_id", "name", "kind")
    return {name: getattr(row, name) for name in names} | {"read": row.key not in unread, "problem": unread.get(row.key, "")}


def _role(role: TargetRole) -> Json:
    return {"key": str(role), "account": role.account.key, "name": role.name}


def _group(group: StandingGroup | WorkGroup, roles: list[TargetRole], unread: Mapping[str, str], but: Mapping[str, Json]) -> Json:
    reached = set(group.target_roles.all())
    kind = "work" if isinstance(group, WorkGroup) else "standing"
    return {
        "name": group.name,
        "kind": kind,
        "roles": {
            str(role): _cell(group, role, unread, is_reached=role in reached) | but.get(f"{group} {role}", {}) for role in roles
        },
    }


def _cell(group: object, role: TargetRole, unread: Mapping[str, str], *, is_reached: bool) -> Json:
    if role.account.key in unread:
        return {"catalogue": is_reached, "aws": "unknown", "by": "", "why": [unread[role.account.key] or "no_gate_role"]}
    aws, by = ("allowed", f"group {group}: SwitchRole (#1)") if is_reached else ("denied", "")
    return {"catalogue": is_reached, "aws": aws, "by": by, "why": []}


def _person(person: User, roles: list[TargetRole], but: Mapping[str, Json]) -> Json:
    always = {role.pk: group.name for group in person.standing_groups.all() for role in group.target_roles.all()}
    cells = {str(role): _reach(always.get(role.pk, "")) | but.get(f"{person} {role}", {}) for role in roles}
    return {"username": person.username, "name": person.name, "iam_user": person.username, "roles": cells}


def _reach(group: str) -> Json:
    said: Json = {"decision": "denied", "by": "", "gate": "shut", "why": [], "via": [], "until": None, "elevation": ""}
    return (
        said | {"decision": "allowed", "by": f"group {group}: SwitchRole (#1)", "gate": "none", "via": [group]} if group else said
    )
