"""The site map: areas, their entries, and who may see each. Whoever adds a page that one goes to adds its entry here."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access_requests.selectors import offers, requests
from portal.users.models import User


@dataclass(frozen=True)
class Reader:
    """Who looks at a page. What the catalogue offers them is asked once a page."""

    person: User

    @cached_property
    def offers(self) -> offers.Offers:
        return offers.to(self.person)


def everybody(_reader: Reader) -> bool:
    return True


def whoever_may_ask(reader: Reader) -> bool:
    return reader.offers.may_ask


def whoever_approves(reader: Reader) -> bool:
    return reader.offers.approves


def whoever_only_approves(reader: Reader) -> bool:
    return reader.offers.approves and not reader.person.reads_everything


def whoever_only_inspects(reader: Reader) -> bool:
    return reader.offers.inspects and not reader.person.reads_everything


def whoever_reads_everything(reader: Reader) -> bool:
    return reader.person.reads_everything


@dataclass(frozen=True, kw_only=True)
class Entry:
    """`page` is the name of its address; a page whose name matches `below` marks it too.

    `counts_waiting`: beside it stands how many requests wait for the reader.
    """

    page: str
    label: Promise | str
    below: str = r"(?!)"
    may_see: Callable[[Reader], bool] = everybody
    counts_waiting: bool = False

    @property
    def url(self) -> str:
        return reverse(self.page)

    @property
    def is_there(self) -> bool:
        """Whether what it shows is part of this portal."""
        return _has(self.page)

    def mark(self, here: str) -> str:
        """Return what aria-current says on the page of this name: nothing where the entry does not lead there."""
        if here == self.page:
            return "page"
        return "true" if re.fullmatch(self.below, here) else ""


def _has(page: str) -> bool:
    try:
        return bool(reverse(page))
    except NoReverseMatch:
        return False


@dataclass(frozen=True, kw_only=True)
class Area:
    """One part of the portal. Its label leads to the first of its entries that the reader may see."""

    key: str
    label: Promise | str
    entries: Sequence[Entry]


def _for_readers(page: str, label: Promise | str, below: str = r"(?!)") -> Entry:
    return Entry(page=page, label=label, below=below, may_see=whoever_reads_everything)


ACCESS = Area(
    key="access",
    label=pgettext_lazy("area", "Access"),
    entries=(
        Entry(page="home", label=_("Home")),
        Entry(page="request-new", label=pgettext_lazy("navigation", "Ask"), may_see=whoever_may_ask),
        Entry(page="request-list", label=_("Requests"), below=r"request(?!-new|-list).*"),
        Entry(page="elevation-list", label=pgettext_lazy("navigation", "In production"), below=r"elevation(?!-list|-report).*"),
        Entry(page="report-list", label=pgettext_lazy("navigation", "Reports"), below=r"elevation-report.*"),
        Entry(page="catalogue", label=_("What I may use")),
    ),
)
APPROVALS = Area(
    key="approvals",
    label=pgettext_lazy("area", "Approvals"),
    entries=(
        Entry(page="queue", label=pgettext_lazy("navigation", "Waiting"), may_see=whoever_approves, counts_waiting=True),
        Entry(page="decided", label=_("Decided by me"), may_see=whoever_approves),
        Entry(
            page="review-list",
            label=pgettext_lazy("navigation", "Reviews"),
            below=r"review(-decide)?",
            may_see=whoever_only_approves,
        ),
        Entry(
            page="inspection-month",
            label=pgettext_lazy("navigation", "Inspection"),
            below=r"inspection-.+",
            may_see=whoever_only_inspects,
        ),
    ),
)
AUDIT = Area(
    key="audit",
    label=pgettext_lazy("area", "Audit"),
    entries=(
        _for_readers("audit", pgettext_lazy("navigation", "Overview")),
        _for_readers("audit-in-production", _("Who was in")),
        _for_readers("audit-log-in-list", pgettext_lazy("navigation", "Log-ins"), below=r"audit-log-in(?!-list).*"),
        _for_readers("audit-could-do", _("Who could do what")),
        _for_readers("audit-finding-list", pgettext_lazy("navigation", "Findings"), below=r"audit-finding(?!-list).*"),
        _for_readers("inspection-month", pgettext_lazy("navigation", "Inspection"), below=r"inspection-.+"),
        _for_readers("review-list", pgettext_lazy("navigation", "Reviews"), below=r"review(-new|-decide|-assign)?"),
        _for_readers("audit-permissions", _("Guard rails"), below=r"audit-permissions-.+"),
        _for_readers("audit-approver-quality", pgettext_lazy("navigation", "Approvers")),
        _for_readers("audit-trail", pgettext_lazy("navigation", "Trail"), below=r"audit-(entry|story).*"),
        _for_readers("audit-export-list", pgettext_lazy("navigation", "Exports"), below=r"audit-export-(?!list).+"),
        _for_readers("audit-pack-list", _("Evidence packs"), below=r"audit-pack(?!-list).*"),
        _for_readers("audit-seal", pgettext_lazy("navigation", "Seal"), below=r"audit-(seal|checkpoint).+"),
        _for_readers("drift-list", pgettext_lazy("navigation", "Drift"), below=r"drift(?!-list).*"),
        _for_readers("matrix", _("Matrix"), below=r"matrix-person"),
    ),
)
ADMINISTRATION = Area(
    key="administration",
    label=pgettext_lazy("area", "Administration"),
    entries=(
        _for_readers("people", pgettext_lazy("navigation", "People"), below=r"person(-.+)?"),
        _for_readers("catalogue-whole", _("Catalogue")),
        _for_readers("account-design", _("Account design"), below=r"account-design-.+"),
        _for_readers("backends", _("Backends")),
        _for_readers("log-in-providers", _("Log-in"), below=r"provider-.+"),
        _for_readers("directories", _("Provisioning"), below=r"directory-.+"),
        _for_readers("clients", pgettext_lazy("navigation", "Clients"), below=r"client|client-.*"),
        _for_readers("webhook-list", _("Webhooks"), below=r"webhook(?!-list).*|delivery.*"),
        _for_readers("admin:index", _("Raw records"), below=r"admin:.+"),
    ),
)
AREAS = (ACCESS, APPROVALS, AUDIT, ADMINISTRATION)
# The person's own menu.
OWN = (
    Entry(page="me", label=_("Your settings"), below=r"me-.+"),
    Entry(page="tokens", label=_("Your tokens"), below=r"token-.+"),
    Entry(page="device", label=_("Connect a device")),
    Entry(page="usersessions_list", label=_("Your sessions")),
    Entry(page="account_change_password", label=_("Change password")),
)


@dataclass(frozen=True, kw_only=True)
class ShownEntry:
    entry: Entry
    mark: str


@dataclass(frozen=True, kw_only=True)
class ShownArea:
    """An area with the entries that the reader may see; `is_here` when one of them is marked."""

    area: Area
    entries: Sequence[ShownEntry]

    @property
    def is_here(self) -> bool:
        return any(shown.mark for shown in self.entries)

    @property
    def url(self) -> str:
        return self.entries[0].entry.url

    @property
    def counts_waiting(self) -> bool:
        return any(shown.entry.counts_waiting for shown in self.entries)


@dataclass(frozen=True, kw_only=True)
class Navigation:
    """`here` is the area whose entries stand in the header: the one of the page, else the reader's first."""

    areas: Sequence[ShownArea]
    own: Sequence[ShownEntry]

    @property
    def here(self) -> ShownArea:
        return next((shown for shown in self.areas if shown.is_here), self.areas[0])

    @property
    def has_several(self) -> bool:
        return len(self.areas) > 1

    @property
    def counts_waiting(self) -> bool:
        return any(shown.counts_waiting for shown in self.areas)


def shown_to(reader: Reader, *, here: str) -> Navigation:
    """Return what the reader may go to, marked for the page of this name."""
    areas = [ShownArea(area=area, entries=_shown(area.entries, reader, here)) for area in AREAS]
    return Navigation(areas=[shown for shown in areas if shown.entries], own=_shown(OWN, reader, here))


def _shown(entries: Sequence[Entry], reader: Reader, here: str) -> list[ShownEntry]:
    return [ShownEntry(entry=entry, mark=entry.mark(here)) for entry in entries if entry.is_there and entry.may_see(reader)]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return what the header shows, each asked for where it is shown: the reader's areas, how many requests wait for them.

    `offers` is for pages that lead to what not everybody may do.
    """
    # A call that is refused before anybody was looked for, such as one to another host, has no person at all.
    person = getattr(request, "user", None)
    if not isinstance(person, User):
        return {"navigation": None}
    here = request.resolver_match.view_name or "" if request.resolver_match else ""
    waiting = SimpleLazyObject(lambda: requests.waiting_for(person, now=timezone.now()).count())
    # A part of a page, which htmx asks for, has no header.
    reader = Reader(person)
    shown = SimpleLazyObject(lambda: shown_to(reader, here=here))
    return {"navigation": shown, "offers": SimpleLazyObject(lambda: reader.offers), "waiting_count": waiting}
