"""What channels tell of drift: all that one comparison found, in one message, each with its page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from access_requests.models import DriftKind
from audits.models import TrailEntry

# So many are named in a message; of the others it says how many there are.
MOST = 10


@dataclass(frozen=True, kw_only=True)
class Found:
    """One of the differences, as the comparison's entry in the trail names it."""

    code: str
    kind: str
    account: str
    thing: str
    name: str
    work_group: str | None

    @property
    def url(self) -> str:
        return f"{settings.PORTAL_URL}{reverse('drift', args=[self.code])}"

    @property
    def undo_url(self) -> str:
        return f"{settings.PORTAL_URL}{reverse('drift-undo', args=[self.code])}"

    @property
    def sentence(self) -> str:
        """What it is and where, in AWS's own names, in the language that is active."""
        known: Mapping[str, Any] = dict(DriftKind.choices)
        words = {"kind": known.get(self.kind, self.kind), "where": f"{self.account} {self.thing} {self.name}".strip()}
        return gettext("%(kind)s: %(where)s") % words


def found(entry: TrailEntry) -> list[Found]:
    return [Found(**one) for one in entry.data["found"]]


def more(count: int, named: int) -> str:
    """Return how many there are that are not named, in words; nothing where all are."""
    rest = count - named
    words = ngettext("%(n)s more difference is on the page", "%(n)s more differences are on the page", rest)
    return words % {"n": rest} if rest > 0 else ""


def list_url() -> str:
    return f"{settings.PORTAL_URL}{reverse('drift-list')}"
