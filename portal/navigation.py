"""The entries of the navigation, each with who may see it: whoever adds a page adds its entry here."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access_requests.selectors import requests
from portal.users.models import User


def everybody(_person: User) -> bool:
    return True


def whoever_reads_everything(person: User) -> bool:
    return person.reads_everything


@dataclass(frozen=True, kw_only=True)
class Entry:
    """`page` is the name of its address; a page whose name matches `below` marks it too.

    `counts_waiting`: beside it stands how many requests wait for the reader.
    """

    page: str
    label: Promise
    below: str = r"(?!)"
    may_see: Callable[[User], bool] = everybody
    counts_waiting: bool = False

    @property
    def url(self) -> str:
        return reverse(self.page)

    def mark(self, here: str) -> str:
        """Return what aria-current says on the page of this name: nothing where the entry does not lead there."""
        if here == self.page:
            return "page"
        return "true" if re.fullmatch(self.below, here) else ""


ENTRIES = (
    Entry(page="home", label=_("Home")),
    Entry(page="request-new", label=_("New request")),
    Entry(page="request-list", label=_("Requests"), below=r"request-(?!new).*"),
    Entry(page="queue", label=_("Waiting for you"), counts_waiting=True),
    Entry(page="elevation-list", label=_("Who is in production"), below=r"elevation-.*"),
    Entry(page="catalogue", label=_("Catalogue")),
    Entry(page="matrix", label=_("Matrix"), below=r"matrix-person"),
    Entry(
        page="drift-list",
        label=pgettext_lazy("navigation", "Drift"),
        below=r"drift|drift-(?!list).*",
        may_see=whoever_reads_everything,
    ),
    Entry(page="backends", label=_("Backends"), may_see=whoever_reads_everything),
    Entry(
        page="clients", label=pgettext_lazy("navigation", "Clients"), below=r"client|client-.*", may_see=whoever_reads_everything
    ),
    Entry(
        page="webhook-list",
        label=pgettext_lazy("navigation", "Notices"),
        below=r".*(webhook|delivery).*",
        may_see=whoever_reads_everything,
    ),
    Entry(page="admin:audits_trailentry_changelist", label=_("Audit trail"), may_see=whoever_reads_everything),
    Entry(page="admin:index", label=_("Administration"), may_see=whoever_reads_everything),
)


@dataclass(frozen=True, kw_only=True)
class ShownEntry:
    entry: Entry
    mark: str


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return what the header shows: the reader's entries and, asked for where it is shown, how many requests wait for them."""
    # A call that is refused before anybody was looked for, such as one to another host, has no person at all.
    person = getattr(request, "user", None)
    if not isinstance(person, User):
        return {"navigation": ()}
    here = request.resolver_match.url_name or "" if request.resolver_match else ""
    shown = [ShownEntry(entry=entry, mark=entry.mark(here)) for entry in ENTRIES if entry.may_see(person)]
    waiting = SimpleLazyObject(lambda: requests.waiting_for(person, now=timezone.now()).count())
    return {"navigation": shown, "waiting_count": waiting}
