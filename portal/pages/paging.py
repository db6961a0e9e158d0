"""Pages of a list, by the place of its first or last row: as fast at the end as at the beginning, and nothing is counted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

from portal.keyset import beyond, turned

ROWS = 50
NAME = re.compile(r"[\w.@+-]{1,150}")
# Of rows that are named by the numbers of the database, which has 63 bits for them.
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Page(Generic[M]):
    """`previous_url` and `next_url` are empty where there is no more."""

    rows: Sequence[M]
    previous_url: str
    next_url: str


def page_of(
    rows: QuerySet[M],
    *,
    order: Sequence[str],
    among: QuerySet[M],
    query: QueryDict,
    size: int = ROWS,
    named_by: str = "code",
    spelled: re.Pattern[str] = NAME,
) -> Page[M]:
    """Return the page that the query asks for by `after` or `before`, the public code of a row, or what else it is named by.

    `spelled` is what a name can be: any other is no place in the list. `order` ends in a unique field. A row is looked for in
    `among`: what the viewer may see, since the row at which a page begins may have left the list meanwhile.
    """
    backwards = bool(query.get("before"))
    name = query.get("before") or query.get("after") or ""
    cursor = among.filter(**{named_by: name}).first() if spelled.fullmatch(name) else None
    cut = Cut(query=query, size=size, named_by=named_by)
    if cursor is None:
        return cut.page(list(rows.order_by(*order)[: size + 1]), came_from=False)
    if backwards:
        order = turned(order)
    found = list(rows.filter(beyond(cursor, order)).order_by(*order)[: size + 1])
    return cut.page_before(found) if backwards else cut.page(found, came_from=True)


@dataclass(frozen=True, kw_only=True)
class Cut:
    """How a page is cut out of rows, of which one more was read than it shows."""

    query: QueryDict
    size: int
    named_by: str

    def page(self, found: list[M], *, came_from: bool) -> Page[M]:
        rows = found[: self.size]
        previous_url = self._url("before", rows[0]) if came_from and rows else ""
        return Page(rows=rows, previous_url=previous_url, next_url=self._url("after", rows[-1]) if len(found) > self.size else "")

    def page_before(self, found: list[M]) -> Page[M]:
        rows = found[: self.size][::-1]
        previous_url = self._url("before", rows[0]) if len(found) > self.size else ""
        return Page(rows=rows, previous_url=previous_url, next_url=self._url("after", rows[-1]) if rows else "")

    def _url(self, name: str, row: Any) -> str:
        """Return the list's own filters with this place in it."""
        other = self.query.copy()
        for field in ("before", "after"):
            other.pop(field, None)
        other[name] = getattr(row, self.named_by)
        return f"?{other.urlencode()}"
