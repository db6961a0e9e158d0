"""Statements made into as few policies as hold them."""

import json
from collections.abc import Iterable
from typing import Any

from portal.iam.fences import VERSION, Document
from portal.iam.rails.rail import Statement

MANAGED_SIZE = 6_144
MOST_POLICIES = 2


class DoesNotFit(ValueError):
    """The rails of one place need more policies than are kept free for them."""


def packed(statements: Iterable[Statement], *, size: int = MANAGED_SIZE, most: int = MOST_POLICIES) -> tuple[Document, ...]:
    """Return the policies, statements in their order. `size` and `most` are the account's own. Raises DoesNotFit."""
    policies: list[list[Statement]] = [[]]
    for statement in statements:
        if policies[-1] and measured(document(*policies[-1], statement)) > size:
            policies.append([])
        policies[-1].append(statement)
    found = tuple(document(*each) for each in policies if each)
    too_large = next((each for each in found if measured(each) > size), None)
    if len(found) > most or too_large is not None:
        raise DoesNotFit(
            f"{len(found)} policies of {[measured(each) for each in found]} characters; {most} of {size} are kept free"
        )
    return found


def document(*statements: Statement) -> Document:
    return {"Version": VERSION, "Statement": list(statements)}


def measured(policy: Any) -> int:
    """Return the size of a policy as AWS counts it: without white space between its parts."""
    return len(json.dumps(policy, separators=(",", ":"), ensure_ascii=False))
