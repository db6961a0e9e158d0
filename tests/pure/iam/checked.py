"""Policies as files, and what the checks say of them: rule and line."""

import json
from datetime import UTC, datetime
from typing import Any

from portal.iam.checks.checking import Options, remarks
from portal.iam.checks.railing import Wanted
from portal.iam.checks.remarks import Remark
from portal.iam.written.files import policies_of

NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
OWN = "111111111111"


def checked(text: str, *, rails: str = "", spared: tuple[tuple[str, str], ...] = (), **given: Any) -> list[Remark]:
    wanted = Wanted(kind=rails, spared=spared, account=given.pop("account", "000000000000"))
    accepted = given.pop("accepted", ())
    file = policies_of(text, account=wanted.account, **given)
    return remarks(file, Options(now=NOW, accounts=(OWN,), rails=wanted, accepted=accepted))


def said(text: str, **given: Any) -> list[tuple[str, int]]:
    """Return rules with their lines, without notes."""
    return [(each.rule, each.place.line) for each in checked(text, **given) if each.grade != "note"]


def policy(*statements: dict[str, Any]) -> str:
    """Return a policy of which each statement has a line of its own, the first the second line."""
    lines = ",\n".join(json.dumps(each) for each in statements)
    return f'{{"Version": "2012-10-17", "Statement": [\n{lines}\n]}}'


def allow(action: Any, resource: Any = "arn:aws:s3:::logs/*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(condition: dict[str, Any] | None = None, action: Any = "s3:GetObject", resource: Any = "*") -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **({"Condition": condition} if condition else {})}


def trust(principal: Any, condition: dict[str, Any] | None = None, action: Any = "sts:AssumeRole") -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action, **({"Condition": condition} if condition else {})}


def on_thing(principal: Any, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    return {**trust(principal, condition, "s3:GetObject"), "Resource": "arn:aws:s3:::logs/*"}
