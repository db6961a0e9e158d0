"""The policies that AWS manages, as moto ships them: real documents of every form."""

import json
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from portal.iam.principals import Policy


@cache
def managed_policies() -> tuple[Policy, ...]:
    found: dict[str, Any] = json.loads(aws_managed_policies_data)
    return tuple(Policy(name=name, document=body["Document"]) for name, body in sorted(found.items()))


def managed(name: str) -> Policy:
    return next(policy for policy in managed_policies() if policy.name == name)
