"""One drift, as list and page show it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from access_requests.lifecycle import DRIFT_OPEN, DriftStatus
from access_requests.models import Drift
from access_requests.web import drift_words as words

# How often the same must have been undone before it is no accident.
OFTEN = 2


@dataclass(frozen=True, kw_only=True)
class Fact:
    """`is_document`: a policy as JSON, shown as it is."""

    label: str
    value: str
    is_document: bool = False


@dataclass(frozen=True, kw_only=True)
class Shown:
    """`may_undo`: the viewer may have it undone."""

    drift: Drift
    may_undo: bool

    @property
    def sentence(self) -> str:
        return words.found(self.drift)

    @property
    def state(self) -> str:
        return str(words.STATES.get(self.drift.status, self.drift.status))

    @property
    def is_open(self) -> bool:
        return self.drift.status in DRIFT_OPEN

    @property
    def undoes(self) -> str:
        return words.undoes(self.drift)

    @property
    def by_hand(self) -> str:
        """What to do where the portal cannot undo it."""
        return "" if self.undoes or self.drift.status != DriftStatus.OPEN else str(words.BY_HAND)

    @property
    def another_tool(self) -> str:
        often = self.is_open and self.drift.undone_before >= OFTEN
        return words.another_tool(self.drift) if often else ""

    @property
    def facts(self) -> Sequence[Fact]:
        return [_fact(key, value) for key, value in self.drift.detail.items() if value not in (None, "", [], {})]


def shown(drift: Drift, *, may_undo: bool) -> Shown:
    return Shown(drift=drift, may_undo=may_undo and drift.status == DriftStatus.OPEN and bool(words.undoes(drift)))


def _fact(key: str, value: Any) -> Fact:
    label = str(words.DETAILS.get(key, key))
    if isinstance(value, dict):
        return Fact(label=label, value=json.dumps(value, indent=2, ensure_ascii=False), is_document=True)
    if isinstance(value, list):
        return Fact(label=label, value="\n".join(map(str, value)))
    return Fact(label=label, value=str(value))
