"""What channels tell of findings: all that was opened, in one message, and what becomes of an acceptance."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import ngettext

from audits import kinds
from audits.acts import Act
from audits.acts.words import NEWS
from audits.models import TrailEntry

OF_ONE = frozenset(
    {Act.FINDING_ACCEPTANCE_ASKED, Act.FINDING_ACCEPTANCE_REFUSED, Act.FINDING_ACCEPTED, Act.FINDING_ACCEPTANCE_ENDED}
)
ACTS = OF_ONE | {Act.FINDINGS_TOLD}
# So many are named in a message; of the others it says how many there are.
MOST = 10
OF_FINDING = ("code", "kind", "key", "severity")


def found(entry: TrailEntry) -> list[Mapping[str, Any]]:
    """Return the findings that an entry tells of, as far as it names them: code, kind, key, severity."""
    if entry.act == Act.FINDINGS_TOLD:
        return list(entry.data["found"][:MOST])
    return [{name: entry.data["finding"][name] for name in OF_FINDING}]


def said(entry: TrailEntry) -> str:
    """Return the sentence, in the language that is active."""
    if entry.act == Act.FINDINGS_TOLD:
        count, named = entry.data["count"], [line(one) for one in found(entry)]
        more = _more(count - len(named))
        return str(NEWS[entry.act].sentence) % {"count": count, "found": "; ".join([*named, more] if more else named)}
    finding = entry.data["finding"]
    words = {name: finding[name] for name in ("code", "asked_until", "accepted_until")}
    return str(NEWS[entry.act].sentence) % {**words, "who": entry.actor, "finding": kinds.said(finding["kind"], finding["key"])}


def line(one: Mapping[str, Any]) -> str:
    return f"{one['code']} {kinds.said(one['kind'], one['key'])}"


def url(entry: TrailEntry) -> str:
    """Return the page of the one finding, or of all that are open."""
    codes = [one["code"] for one in found(entry)]
    return url_of(codes[0]) if len(codes) == 1 else f"{settings.PORTAL_URL}{reverse('audit-finding-list')}"


def url_of(code: str) -> str:
    return f"{settings.PORTAL_URL}{reverse('audit-finding', args=[code])}"


def _more(rest: int) -> str:
    words = ngettext("%(n)s more finding is on the page", "%(n)s more findings are on the page", rest)
    return words % {"n": rest} if rest > 0 else ""


def title(entry: TrailEntry) -> str:
    """Return how a message begins that names findings line by line."""
    count = entry.data["count"]
    return ngettext("Audit: %(n)s finding was opened", "Audit: %(n)s findings were opened", count) % {"n": count}
