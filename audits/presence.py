"""Who was in production between two times, from the trail alone: each access with its leave, its times and its end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from audits import selectors
from audits.acts import Act
from audits.models import Stay, TrailEntry
from audits.stays import touching

# Of an access: from the grant to the end. Its window is in each of them.
STEPS = (
    *(Act.ELEVATION_GRANTING, Act.ELEVATION_ACTIVE, Act.ELEVATION_EXTENDED, Act.ELEVATION_EXTENSION_REFUSED),
    *(Act.ELEVATION_REVOKING, Act.ELEVATION_ENDED),
)
# Of a request: what was asked, and who said yes.
LEAVE = (Act.REQUEST_SUBMITTED, Act.REQUEST_APPROVAL_GIVEN, Act.REQUEST_APPROVED)
EXPIRED = "expired"


def been(since: datetime, until: datetime) -> QuerySet[Stay]:
    """Return whose access AWS had between the two times, from when it was shown until it was shown gone."""
    return Stay.objects.filter(touching(since, until), active_at__lt=until)


def maybe_been(since: datetime, until: datetime) -> QuerySet[Stay]:
    """Return whose grant had begun, and was not shown by AWS before `until`: nobody knows whether AWS had it in between."""
    return Stay.objects.filter(touching(since, until)).filter(Q(active_at__isnull=True) | Q(active_at__gte=until))


@dataclass(frozen=True, kw_only=True)
class Approval:
    """One approver's yes: to the request, or to an extension, whose code is `of` then."""

    entry: TrailEntry
    of: str = ""

    @property
    def decision(self) -> Mapping[str, Any]:
        said: Mapping[str, Any] = self.entry.data["decision"]
        return said


@dataclass(frozen=True, kw_only=True)
class Access:
    """An access in full. `steps` are its entries, oldest first; `leave` those of its request and its extensions."""

    stay: Stay
    steps: Sequence[TrailEntry]
    leave: Sequence[TrailEntry]

    @property
    def code(self) -> str:
        return self.stay.subject

    @cached_property
    def said(self) -> Mapping[str, Any]:
        """What the last of its entries says of it."""
        return _elevation(self.steps[-1]) if self.steps else {}

    @property
    def request_code(self) -> str:
        return str(self.said.get("request", ""))

    @property
    def starts_at(self) -> datetime | None:
        return _moment(self.said.get("starts_at"))

    @property
    def ends_at(self) -> datetime | None:
        """The end that was approved, extensions included."""
        return _moment(self.said.get("ends_at"))

    @cached_property
    def asked(self) -> Mapping[str, Any]:
        """The request as it was submitted, with its texts."""
        return next((entry.data["request"] for entry in self.leave if _asks(entry, self.request_code)), {})

    @property
    def roles(self) -> Sequence[str]:
        """Return the roles that the work group leads to, each as account/name."""
        groups = self.asked.get("work_groups", ())
        return [role for group in groups if group["name"] == self.said.get("work_group") for role in group["target_roles"]]

    @property
    def approvals(self) -> Sequence[Approval]:
        given = (entry for entry in self.leave if entry.data.get("decision"))
        return [Approval(entry=entry, of="" if entry.subject == self.request_code else entry.subject) for entry in given]

    @property
    def end(self) -> TrailEntry | None:
        """The entry with which the end began: who ended it, and why."""
        return next((entry for entry in self.steps if entry.act == Act.ELEVATION_REVOKING), None)

    @property
    def last_entry(self) -> int:
        """The newest entry of all that is said here."""
        return max((entry.pk for entry in (*self.steps, *self.leave)), default=0)


def in_full(stays: Iterable[Stay]) -> list[Access]:
    """Return the accesses with what the trail says of them. Two queries, however many there are."""
    rows = list(stays)
    steps = selectors.of_subjects([row.subject for row in rows], acts=STEPS)
    codes = {code for entries in steps.values() for entry in entries for code in _requests(entry)}
    leave = selectors.of_subjects(codes, acts=LEAVE)
    return [Access(stay=row, steps=steps[row.subject], leave=_leave(steps[row.subject], leave)) for row in rows]


def _requests(entry: TrailEntry) -> list[str]:
    """Return the request that an access comes from, and the one that extends it."""
    codes = [str(_elevation(entry).get("request", ""))]
    return [*codes, str(entry.data.get("by", ""))] if entry.act == Act.ELEVATION_EXTENDED else codes


def _elevation(entry: TrailEntry) -> Mapping[str, Any]:
    """Return what the entry says of the access; nothing, where it is of a version that said it otherwise."""
    said: Mapping[str, Any] = entry.data.get("elevation") or {}
    return said


def _leave(steps: Iterable[TrailEntry], leave: Mapping[str, list[TrailEntry]]) -> list[TrailEntry]:
    codes = dict.fromkeys(code for entry in steps for code in _requests(entry))
    return [entry for code in codes for entry in leave[code]]


def _asks(entry: TrailEntry, code: str) -> bool:
    return entry.act == Act.REQUEST_SUBMITTED and entry.subject == code


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
