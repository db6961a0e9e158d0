"""What every template adds to Django's own filters: a builtin library, loaded in all of them."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import template
from django.forms import Form
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from portal.listed import comma, listed
from portal.pages import moments, narrowing
from portal.pages.unseen import hides_nothing, named
from portal.pages.visible import visible
from portal.users.models import User
from portal.verbs import phrases

MINUTE = 60
register = template.Library()
register.filter("visible", visible)
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々]{1,8}")
CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# For attributes and titles, where no element can be.
register.filter("named", named)
register.filter("listing", listed)
register.simple_tag(comma)


@register.filter
def called(person: User) -> str:
    """Return how a person is called: 高橋 直子(leader01)."""
    return person.called


@register.filter
def stamped(person: User) -> str:
    """Return what a person's seal bears: the family name, where it is one that comes first; else the user name."""
    first = person.name.split()[0] if person.name.strip() else ""
    return first if CJK.fullmatch(first) else person.username


@register.filter
def breaking(name: object) -> SafeString:
    """Show a name such as ProdMemberWorkGroup so that in a narrow place a line ends before a capital."""
    plain = str(name)
    if not hides_nothing(plain):
        return visible(plain)
    return format_html_join(mark_safe("<wbr>"), "{}", ((word,) for word in CAPITAL.split(plain)))


@register.simple_tag(takes_context=True)
def chips(context: Mapping[str, Any], form: Form) -> list[narrowing.Chip]:
    """Return what a list is narrowed to, each with the list without it."""
    return list(narrowing.chips(form, context["request"].GET))


@register.filter
def names(rows: Iterable[object]) -> SafeString:
    """Show the names of rows, one after the other, in the order of the alphabet."""
    return format_html_join(comma(), "{}", ((visible(name),) for name in sorted(map(str, rows))))


@register.filter
def people(rows: Iterable[User]) -> SafeString:
    """Show how people are called, in the order of their user names."""
    called = (person.called for person in sorted(rows, key=lambda person: person.username))
    return format_html_join(comma(), "{}", ((visible(name),) for name in called))


@register.filter
def when(moment: datetime) -> SafeString:
    """Show a time with its day in a <time>."""
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), moments.said(moment))


@register.filter
def soon(moment: datetime) -> SafeString:
    """Show a time that one watches come: the clock alone today."""
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), moments.soon(moment))


@register.filter
def after(moment: datetime, before: datetime) -> SafeString:
    """Show a time behind another one: the clock alone on the same day."""
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), moments.said(moment, beside=before))


@register.filter
def second(moment: datetime, beside: datetime | None = None) -> SafeString:
    """Show a time to the second, which is what AWS compares; the clock alone beside another time of that day."""
    said = moments.said(moment, seconds=True, beside=beside)
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), said)


@register.filter
def dated(start: datetime, end: datetime | None = None) -> SafeString:
    """Show a time, or a period, with the day. A line may end before another day, and nowhere else."""
    first, *rest = moments.ends(start, end)
    if rest and " " in rest[0]:
        return format_html('<span class="nowrap">{}{}</span><wbr><span class="nowrap">{}</span>', first, moments.sign(), rest[0])
    return format_html('<span class="nowrap">{}</span>', moments.sign().join([first, *rest]))


@register.filter
def minutes(count: int) -> str:
    return phrases.duration(count)
