"""Whether the trust of a work role is as narrow as its session gate needs it, and whether any other role's is wide open. Pure.

The gate goes by the session's name. That name proves somebody only where the trust lets in nobody but users of the Jump account,
each under their own name and with MFA. No other role has a gate, and should let in nobody from elsewhere without MFA.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from portal.iam.principals import Document, partition_of

OWN_NAME = "${aws:username}"
AGES = ("numericlessthan", "numericlessthanequals")
# What AWS shows in place of an ARN once its user or role is gone. It lets in nobody.
DELETED = re.compile(r"A[A-Z]{2}A[A-Z0-9]{12,}")
# They let in who has a certificate, or an entitlement.
OPEN_TO_PEOPLE = frozenset({"account-access.amazonaws.com", "rolesanywhere.amazonaws.com"})
# What else a session may be begun with; none of it changes the name.
BEGIN = frozenset({"sts:assumerole", "sts:setsourceidentity", "sts:tagsession"})


def is_narrow(trust: Document, *, of: str, jump: str) -> bool:
    """Whether every Allow is for users of that account under their own name with MFA. What cannot be read is not.

    `of` is the ARN of the role whose trust it is: both accounts are in its partition.
    """
    statements, users = _listed(trust.get("Statement", [])), f"arn:{partition_of(of)}:iam::{jump}:"
    return all(statement.get("Effect") == "Deny" or _is_narrow(statement, jump, users) for statement in statements)


def is_open(trust: Document, *, own: str, jump: str, closed_to: Collection[str] | None = None) -> bool:
    """Whether it lets in another account than its own and Jump, or whoever is in Jump without MFA. Services are not asked.

    `closed_to` are the ARNs of people, of a role that programs take on: these have no MFA device, and are named one by one.
    """
    return any(_is_open(statement, own, jump, closed_to) for statement in _listed(trust.get("Statement", [])))


def is_of_services(trust: Document) -> bool:
    """Whether every Allow is for services of AWS, and for nobody else, behind one of them too. Who is deleted is nobody."""
    return all(
        statement.get("Effect") == "Deny" or _names_services(statement) for statement in _listed(trust.get("Statement", []))
    )


def _names_services(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    if not isinstance(principal, Mapping) or "NotPrincipal" in statement:
        return False
    named = [(kind, str(name)) for kind, names in principal.items() for name in _listed(names)]
    return all(name not in OPEN_TO_PEOPLE if kind == "Service" else DELETED.fullmatch(name) for kind, name in named)


def _is_open(statement: Mapping[str, Any], own: str, jump: str, closed_to: Collection[str] | None) -> bool:
    if statement.get("Effect") == "Deny":
        return False
    principal = statement.get("Principal")
    if principal == "*" or "NotPrincipal" in statement:
        return True
    names = _listed(principal.get("AWS", [])) if isinstance(principal, Mapping) else []
    proved = _proves_mfa(_conditions(statement))
    return any(not (proved and _account(name) == jump) and _is_stranger(name, own, jump, closed_to) for name in names)


def _is_stranger(name: str, own: str, jump: str, closed_to: Collection[str] | None) -> bool:
    account = _account(name)
    if DELETED.fullmatch(name) or (account == own != jump):
        return False
    if account != jump or closed_to is None:
        return True
    return not name.startswith("arn:") or name.endswith(":root") or name in closed_to


def _proves_mfa(conditions: Mapping[str, Any]) -> bool:
    if str(conditions.get("bool aws:multifactorauthpresent")).lower() == "true":
        return True
    # The age is there only where there was MFA.
    return any(conditions.get(f"{operator} aws:multifactorauthage") is not None for operator in AGES)


def _account(principal: str) -> str:
    """Return the account of a principal: its id, or the fifth part of its ARN; empty of anything else."""
    return principal if principal.isdigit() else (principal.split(":") + [""] * 5)[4]


def _is_narrow(statement: Mapping[str, Any], jump: str, users: str) -> bool:
    actions = {str(action).lower() for action in _listed(statement.get("Action", "*"))}
    principal = statement.get("Principal")
    conditions = _conditions(statement)
    return (
        "NotPrincipal" not in statement
        and actions <= BEGIN
        and isinstance(principal, dict)
        and set(principal) == {"AWS"}
        and all(name in (jump, f"{users}root") or name.startswith(f"{users}user/") for name in _listed(principal["AWS"]))
        and OWN_NAME in (conditions.get("stringlike sts:rolesessionname"), conditions.get("stringequals sts:rolesessionname"))
        and str(conditions.get("bool aws:multifactorauthpresent")).lower() == "true"
    )


def _conditions(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return "operator key" in lower case -> the one value; several values allow any of them and count as none."""
    found = {}
    for operator, keys in statement.get("Condition", {}).items():
        for key, value in keys.items():
            values = _listed(value)
            found[f"{operator} {key}".lower()] = values[0] if len(values) == 1 else None
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
