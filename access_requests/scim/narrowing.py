"""Having the database look where a filter asks for one value, as directories do before each write; the rest is looked at here."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from scim2_models import ScimFilter
from scim2_models.path import CompareOperator, Comparison

from access_requests.selectors import scim


def narrowed(rows: QuerySet[Any], columns: Mapping[str, str], asked: ScimFilter[Any] | None) -> QuerySet[Any]:
    """Return rows among which are all that match: `userName eq "…"` finds one by an index."""
    node = asked.ast if asked is not None else None
    if not isinstance(node, Comparison) or node.op != CompareOperator.eq or not isinstance(node.value, str):
        return rows
    column = columns.get(str(node.attr_path).rpartition(":")[2].lower())
    if column is None:
        return rows
    value = scim.comparable(node.value) if column.endswith("_key") else node.value
    return rows.filter(**{column: value})
