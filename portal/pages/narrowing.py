"""What a list is narrowed to, one by one, and how much is left of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.formats import date_format

from portal.pages import moments
from portal.pages.local_times import CLOCK, DAY

# So many are counted; of more, a page says that there are more. What is found one reads, and nobody reads a thousand.
MOST = 1000
PLACES = ("after", "before")
PARTS = ("", DAY, CLOCK)


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One filter. `url` is the list without it."""

    label: str
    said: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Count:
    number: int
    has_more: bool


def count_of(rows: QuerySet[Any, Any]) -> Count:
    """Return how many rows there are, as far as they are counted. One query, which reads no more than MOST."""
    number = rows.order_by().values("pk")[: MOST + 1].count()
    return Count(number=min(number, MOST), has_more=number > MOST)


def chips(form: forms.Form, query: QueryDict) -> Iterator[Chip]:
    """Yield what of the form narrows the list. Nothing of what could not be read: that stands beside its field.

    What is hidden, the page shows in another way.
    """
    for field in form:
        value = form.cleaned_data.get(field.name) if form.is_valid() or hasattr(form, "cleaned_data") else None
        if field.is_hidden or value in (None, "", False, []):
            continue
        other = query.copy()
        for name in (*(field.html_name + part for part in PARTS), *PLACES):
            other.pop(name, None)
        yield Chip(label=str(field.label), said=_said(field, value), url=f"?{other.urlencode()}")


def _said(field: forms.BoundField, value: Any) -> str:
    if value is True:
        return ""
    if isinstance(field.field, forms.ChoiceField):
        return next((str(choice.choice_label) for choice in field.subwidgets if choice.data["value"] == value), str(value))
    if isinstance(value, datetime):
        return moments.dated(value)
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else str(value)
