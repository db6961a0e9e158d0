"""One drift, as list and page show it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from access_requests import problems
from access_requests.lifecycle import DRIFT_OPEN, DriftStatus
from access_requests.models import DRIFT_OF_SWITCH, Drift, DriftAnswer, Elevation
from access_requests.selectors import drift as selectors
from access_requests.services.drift import answering, learning, recording, undoing
from access_requests.services.drift.drift_errors import CausedByAcceptor
from access_requests.web.drift import drift_undoing as undos
from access_requests.web.timeline import drift_words as words
from audits.acts import Act
from portal.users.models import User
from portal.verbs import phrases
from portal.verbs.actor import WORKER


@dataclass(frozen=True, kw_only=True)
class Fact:
    """`is_document`: a policy as JSON, shown as it is."""

    label: str
    value: str
    is_document: bool = False


@dataclass(frozen=True, kw_only=True)
class ShownDrift:
    """`is_theirs`: the viewer may have caused it."""

    drift: Drift
    viewer: User
    is_theirs: bool

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
    def is_moving(self) -> bool:
        return self.drift.status == DriftStatus.UNDOING

    @property
    def may_undo(self) -> bool:
        """Whether the viewer may have it undone."""
        return self.viewer.is_administrator and self._is_undoable

    @property
    def may_accept(self) -> bool:
        """Whether the viewer may say that it is right as it is now."""
        return self._is_acceptable and not self.is_theirs

    @property
    def refused(self) -> str:
        """Why an administrator may not, who could otherwise."""
        return str(CausedByAcceptor.sentence) if self._is_acceptable and self.is_theirs else ""

    @property
    def seen(self) -> str:
        """The digest of what is shown, which an act names."""
        return answering.digest(self.drift)

    @property
    def has_author(self) -> bool:
        """Whether the portal asks who did it: what a switch comes to is no event, and members elsewhere are not looked up."""
        return self.drift.kind not in DRIFT_OF_SWITCH and not undos.is_of_own_members(self.drift)

    @property
    def event(self) -> str:
        """Which call did it, when and from where, as CloudTrail has it."""
        return words.event(self.drift.event or {})

    @property
    def asked_by(self) -> str:
        """Who had it undone; the portal itself where the work group says so."""
        asked = self.drift.undo_asked_by
        return gettext("the portal, as the work group is configured") if asked == WORKER.name else asked

    @property
    def asked_at(self) -> datetime | None:
        """When that was, which the trail knows."""
        asked = selectors.history(self.drift).filter(act=Act.DRIFT_UNDOING).first()
        return asked.at if asked is not None else None

    @property
    def undoes_itself(self) -> bool:
        """Whether the next comparison undoes it unasked."""
        group = self.drift.work_group
        return self._is_undoable and group is not None and group.drift == DriftAnswer.UNDO

    @property
    def steps(self) -> list[tuple[str, str]]:
        return undos.steps(self.drift)

    @property
    def touches(self) -> str:
        return undos.touches(self.drift)

    @property
    def touches_many(self) -> bool:
        return self.drift.kind in undos.TOUCHES_MANY

    @property
    def inside(self) -> Iterable[Elevation]:
        """Whose access is in force there right now."""
        return selectors.inside(self.drift)

    @property
    def by_hand(self) -> str:
        """What to do where the portal cannot undo it."""
        return undos.by_hand(self.drift) if self.drift.status == DriftStatus.OPEN and not self._is_undoable else ""

    @property
    def problem(self) -> str:
        """Why it could not be undone, and when that is tried again."""
        if not (self.drift.problem and self.is_moving):
            return ""
        return gettext("It could not be undone: %(why)s Next attempt within %(time)s.") % {
            "why": problems.sentence(self.drift.problem),
            "time": phrases.every(settings.RECONCILE_SECONDS),
        }

    @property
    def another_tool(self) -> str:
        return words.another_tool(self.drift) if self.is_open and recording.another_tool(self.drift) else ""

    @property
    def facts(self) -> Sequence[Fact]:
        return [_fact(key, value) for key, value in self.drift.detail.items() if value not in (None, "", [], {})]

    @property
    def _is_acceptable(self) -> bool:
        return self.viewer.is_administrator and self.drift.status == DriftStatus.OPEN and learning.acceptable(self.drift)

    @property
    def _is_undoable(self) -> bool:
        return self.drift.status == DriftStatus.OPEN and undoing.undoable(self.drift)


def of(drift: Drift, viewer: User) -> ShownDrift:
    """Return one drift as its own pages show it."""
    return ShownDrift(drift=drift, viewer=viewer, is_theirs=selectors.may_have_caused(viewer, drift))


def listed(rows: Sequence[Drift], viewer: User) -> list[ShownDrift]:
    """Return drift as a list shows it. One query more."""
    theirs = selectors.caused_by(viewer, rows)
    return [ShownDrift(drift=row, viewer=viewer, is_theirs=row.code in theirs) for row in rows]


def _fact(key: str, value: Any) -> Fact:
    label = str(words.DETAILS.get(key, key))
    if isinstance(value, dict):
        return Fact(label=label, value=json.dumps(value, indent=2, ensure_ascii=False), is_document=True)
    if isinstance(value, list):
        return Fact(label=label, value="\n".join(map(str, value)))
    return Fact(label=label, value=str(value))
