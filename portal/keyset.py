"""Lists by the place of a row: what comes behind it, as fast at the end as at the beginning, however many came meanwhile."""

from collections.abc import Sequence

from django.db.models import Model, Q


def beyond(row: Model, order: Sequence[str]) -> Q:
    """Return the condition of coming behind the row: greater in the first field, or equal there and greater in the next.

    `order` ends in a unique field; a minus before a field turns it round. The first field is bounded by itself too: of an
    alternative alone PostgreSQL makes no place in an index to begin at, and would read all that comes before.
    """
    behind, equal = Q(), Q()
    for field in order:
        name = field.removeprefix("-")
        value = getattr(row, name)
        behind |= equal & Q(**{f"{name}__{'lt' if field.startswith('-') else 'gt'}": value})
        equal &= Q(**{name: value})
    first = order[0].removeprefix("-")
    bound = Q(**{f"{first}__{'lte' if order[0].startswith('-') else 'gte'}": getattr(row, first)})
    return bound & behind if len(order) > 1 else behind


def turned(order: Sequence[str]) -> list[str]:
    """Return the order from the end to the beginning."""
    return [field.removeprefix("-") if field.startswith("-") else f"-{field}" for field in order]
