"""Statements of policies, as the simulated company writes them. Guard rails are data of `portal.iam.rails`."""

from collections.abc import Sequence
from typing import Any

from portal.simulated_aws.world import Document

Statement = dict[str, Any]


def document(*statements: Statement) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions: str | Sequence[str], resources: str | Sequence[str] = "*", **rest: Any) -> Statement:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **rest}
