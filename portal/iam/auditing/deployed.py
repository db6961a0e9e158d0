"""Policies of an account in the form in which the checks of files take them: what is wrong in a file is wrong in AWS."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from portal.iam.principals import Policy
from portal.iam.statements import Kind
from portal.iam.written.nodes import Node, Place
from portal.iam.written.policies import Attached, Carrier, Holder, Written

# What AWS has stands on no line.
HERE = Place(0, 0)
OF_AWS = ":iam::aws:policy/"


def holder(
    name: str,
    carrier: Carrier,
    policies: Sequence[Policy],
    *,
    account: str,
    attached: Sequence[str] = (),
    boundary: Policy | None = None,
    trust: Policy | None = None,
) -> Holder:
    """Return who carries these policies. `attached` are policies of AWS by their ARNs, which nobody here writes."""
    return Holder(
        name=name,
        carrier=carrier,
        place=HERE,
        account=account,
        policies=[written(one, Kind.IDENTITY) for one in policies],
        attached=[Attached(arn=Node(value=arn, place=HERE)) for arn in attached if OF_AWS in arn],
        trust=written(trust, Kind.TRUST) if trust else None,
        boundary=written(boundary, Kind.IDENTITY) if boundary else None,
        has_boundary=boundary is not None,
    )


def written(policy: Policy, kind: Kind) -> Written:
    return Written(kind=kind, name=policy.name, body=_node_of(policy.text or "{}"))


@lru_cache(maxsize=2048)
def _node_of(text: str) -> Node:
    return _node(json.loads(text))


def _node(value: Any) -> Node:
    if isinstance(value, dict):
        return Node(value={key: _node(one) for key, one in value.items()}, place=HERE)
    return Node(value=[_node(one) for one in value] if isinstance(value, list) else value, place=HERE)
