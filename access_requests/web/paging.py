"""Pages of a list, by the place of its first or last row: as fast at the end as at the beginning, and nothing is counted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

ROWS = 50
CODE = re.compile(r"[A-Z0-9-]{1,20}")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Page(Generic[M]):
    """`previous_url` and `next_url` are empty where there is no more."""

    rows: Sequence[M]
    previous_url: str
    next_url: str


def page_of(rows: QuerySet[M], *, order: Sequence[str], among: QuerySet[M], query: QueryDict, size: int = ROWS) -> Page[M]:
    """Return the page that the query asks for by `after` or `before`, the public code of a row.

    `order` ends in a unique field. A row is looked for in `among`: what the viewer may see, since the row at which a page
    begins may have left the list meanwhile.
    """
    backwards = bool(query.get("before"))
    code = query.get("before") or query.get("after") or ""
    cursor = among.filter(code=code).first() if CODE.fullmatch(code) else None
    if cursor is None:
        return _page(list(rows.order_by(*order)[: size + 1]), query, size, came_from=False)
    if backwards:
        order = [_turned(field) for field in order]
    found = list(rows.filter(_beyond(cursor, order)).order_by(*order)[: size + 1])
    return _page_before(found, query, size) if backwards else _page(found, query, size, came_from=True)


def _beyond(cursor: Model, order: Sequence[str]) -> Q:
    """Return the condition of coming after the cursor: greater in the first field, or equal there and greater in the next."""
    beyond, equal = Q(), Q()
    for field in order:
        name = field.removeprefix("-")
        value = getattr(cursor, name)
        beyond |= equal & Q(**{f"{name}__{'lt' if field.startswith('-') else 'gt'}": value})
        equal &= Q(**{name: value})
    return beyond


def _turned(field: str) -> str:
    return field.removeprefix("-") if field.startswith("-") else f"-{field}"


def _page(found: list[M], query: QueryDict, size: int, *, came_from: bool) -> Page[M]:
    rows = found[:size]
    previous_url = _url(query, "before", rows[0]) if came_from and rows else ""
    return Page(rows=rows, previous_url=previous_url, next_url=_url(query, "after", rows[-1]) if len(found) > size else "")


def _page_before(found: list[M], query: QueryDict, size: int) -> Page[M]:
    rows = found[:size][::-1]
    previous_url = _url(query, "before", rows[0]) if len(found) > size else ""
    return Page(rows=rows, previous_url=previous_url, next_url=_url(query, "after", rows[-1]) if rows else "")


def _url(query: QueryDict, name: str, row: Any) -> str:
    """Return the list's own filters with this place in it."""
    other = query.copy()
    for field in ("before", "after"):
        other.pop(field, None)
    other[name] = row.code
    return f"?{other.urlencode()}"
