"""Entries of the trail as the lines of a timeline."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from audits import showing
from audits.acts import Act, terms
from audits.models import TrailEntry
from audits.showing import Shown
from portal.pages import moments


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of components/_timeline.html. `sealed_until` is the last entry that is sealed."""

    shown: Shown
    sealed_until: int

    @property
    def at(self) -> datetime:
        return self.shown.entry.at

    @property
    def kind(self) -> str:
        return self.shown.mark

    @property
    def sentence(self) -> str:
        return self.shown.sentence

    @property
    def entry(self) -> int:
        return self.shown.entry.pk

    @property
    def meta(self) -> str:
        return " · ".join(part for part in (self.shown.entry.subject, self._proof) if part)

    @property
    def quote(self) -> str:
        """What somebody gave as their reason."""
        data, is_asked = self.shown.data, self.shown.entry.act == Act.REQUEST_SUBMITTED
        asked = _object(data, "request").get("reason") if is_asked else ""
        return str(_object(data, "decision").get("comment") or data.get("comment") or asked or _reported(data) or "")

    @property
    def notes(self) -> list[str]:
        entry = self.shown.entry
        return [*recorded_late(entry), *([gettext("not sealed yet")] if entry.pk > self.sealed_until else [])]

    @property
    def _proof(self) -> str:
        decision = _object(self.shown.data, "decision")
        door, client = str(decision.get("door", "")), str(decision.get("client", ""))
        return terms.proof(door, client, _object(decision, "proof")) if decision else ""


def items(entries: Iterable[TrailEntry], *, sealed_until: int) -> list[Item]:
    return [Item(shown=each, sealed_until=sealed_until) for each in showing.shown(entries)]


def _reported(data: Mapping[str, Any]) -> str:
    """Return what a work report says by its last entry: the answer to it, or what was done."""
    report = _object(data, "report")
    return str(report.get("answer") or report.get("done") or "")


def recorded_late(entry: TrailEntry) -> list[str]:
    """Return when an entry was recorded that was not recorded when it happened, and why where that is known."""
    if entry.recorded_at is None or not entry.is_recorded_apart:
        return []
    at = moments.said(entry.recorded_at, seconds=True)
    if entry.late:
        return [gettext("recorded late, %(at)s: %(why)s") % {"at": at, "why": entry.get_late_display()}]
    return [gettext("recorded late, %(at)s, and it does not say why") % {"at": at}]


def _object(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}
