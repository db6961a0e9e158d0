"""Lists in pages: `next` is the address of the next page, which begins behind the last item however many came meanwhile."""

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from pydantic import BaseModel, Field, WithJsonSchema

from portal.keyset import beyond
from portal.rest.refusals import CursorUnusable, UnknownParameter

M = TypeVar("M", bound=Model)
T = TypeVar("T", bound=BaseModel)


Cursor = Annotated[str | None, WithJsonSchema({"type": "string"})]


class PageQuery(BaseModel):
    limit: int = Field(50, ge=1, le=100, description="Items of a page.")
    cursor: Cursor = Field(None, max_length=400, description="Where the page begins; taken from `next`.")


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: str | None = Field(None, description="Path and query of the next page; null on the last.")


def page(
    request: HttpRequest,
    rows: QuerySet[M],
    query: PageQuery,
    show: Callable[[Sequence[M]], list[T]],
    *,
    order: Sequence[str] = ("-id",),
    named_by: str = "code",
) -> Page[T]:
    """Return one page of the rows. A cursor names the last item by what may be shown of it, signed for this list alone.

    `order` ends in a unique field.
    """
    _check_parameters(request, type(query))
    rows = rows.order_by(*order)
    if query.cursor is not None:
        rows = _behind(rows, _signer(request).unsign_or_none(query.cursor), order, named_by)
    found = list(rows[: query.limit + 1])
    items = found[: query.limit]
    more = _address(request, getattr(items[-1], named_by)) if len(found) > query.limit else None
    return Page(items=show(items), next=more)


class _Signer(signing.Signer):
    def unsign_or_none(self, cursor: str) -> str | None:
        try:
            return self.unsign(cursor)
        except signing.BadSignature:
            return None


def _signer(request: HttpRequest) -> _Signer:
    return _Signer(salt=f"cursor of {request.path}")


def _behind(rows: QuerySet[M], last: str | None, order: Sequence[str], named_by: str) -> QuerySet[M]:
    """Return the rows behind the one of this name; none where that is gone. Raises CursorUnusable for a cursor that is none."""
    if last is None:
        raise CursorUnusable(field="cursor")
    row = rows.model._default_manager.filter(**{named_by: last}).first()  # noqa: SLF001  Django's documented name.
    return rows.filter(beyond(row, order)) if row is not None else rows.none()


def _address(request: HttpRequest, last: object) -> str:
    parameters = {name: value for name, value in request.GET.items() if name != "cursor"}
    return f"{request.path}?{urlencode({**parameters, 'cursor': _signer(request).sign(str(last))})}"


def _check_parameters(request: HttpRequest, query: type[PageQuery]) -> None:
    """Refuse a parameter that would be ignored: a mistyped filter would show more than was asked for."""
    for name, values in request.GET.lists():
        if name not in query.model_fields or len(values) > 1:
            raise UnknownParameter(field=name)
