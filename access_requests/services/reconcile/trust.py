"""Whether the trust of a work role is as narrow as its session gate needs it. Pure.

The gate goes by the session's name. That name proves somebody only where the trust lets in nobody but users of the Jump account,
each under their own name and with MFA.
"""

from collections.abc import Mapping
from typing import Any

from portal.iam.principals import Document, partition_of

OWN_NAME = "${aws:username}"
# What else a session may be begun with; none of it changes the name.
BEGIN = frozenset({"sts:assumerole", "sts:setsourceidentity", "sts:tagsession"})


def is_narrow(trust: Document, *, of: str, jump: str) -> bool:
    """Whether every Allow is for users of that account under their own name with MFA. What cannot be read is not.

    `of` is the ARN of the role whose trust it is: both accounts are in its partition.
    """
    statements, users = _listed(trust.get("Statement", [])), f"arn:{partition_of(of)}:iam::{jump}:"
    return all(statement.get("Effect") == "Deny" or _is_narrow(statement, jump, users) for statement in statements)


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
