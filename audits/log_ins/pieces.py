"""Events as they are grouped: those that came now, and those that are rows already."""

from dataclasses import dataclass
from datetime import datetime

from audits.cloudtrail.entering import Entered
from audits.cloudtrail.event import Change, Event, Part
from audits.models import LogIn, SeenEvent

# The account whose event it is, and the event's id.
Id = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An event, and where it was found: the key of its file, or `lookup`.

    `instead_of` is the log-in of the event that it takes the place of: a file had another one of its id.
    """

    event: Event
    place: str
    instead_of: int | None = None

    @property
    def key(self) -> Id:
        """What a new log-in's code is made of: another one than that of the event in whose place it is."""
        one = self.event
        return one.account, f"{one.id} {one.sha256}" if self.instead_of else one.id

    @property
    def thread(self) -> str:
        """Whose session it is of; what is of none, such as a refusal, is by itself, with what shares its tie."""
        one = self.event
        return one.thread or (f"{one.account}:alone:{one.tie or one.id}" if one.part == Part.ENTRY else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An event of a thread as it is grouped: one that is a row already, or one that came now."""

    id: Id
    name: str
    began: datetime
    tie: str
    is_entry: bool
    at: datetime
    error: str
    entered: Entered | None
    log_in: int | None
    found: Found | None = None


def kept(one: Found) -> Kept:
    event = one.event
    return Kept(
        id=(event.account, event.id),
        name=event.name,
        began=event.began,
        tie=event.tie,
        is_entry=event.part == Part.ENTRY,
        at=event.at,
        error=event.error,
        entered=event.entered,
        log_in=None,
        found=one,
    )


def of_row(row: SeenEvent) -> Kept:
    return Kept(
        id=(row.account, row.event_id),
        name=row.name,
        began=row.began_at,
        tie=row.tie,
        is_entry=True,
        at=row.at,
        error=row.error,
        entered=Entered.of(row.entered) if row.entered else None,
        log_in=row.log_in_id,
    )


def session(began: datetime, log_in: int | None) -> Kept:
    """Return that some calls of a session that began then are known; which ones does not matter here."""
    key = ("", began.isoformat())
    return Kept(id=key, name="", began=began, tie="", is_entry=False, at=began, error="", entered=None, log_in=log_in)


def row_of(one: Found, log_in: LogIn | None) -> SeenEvent:
    event = one.event
    return SeenEvent(
        account=event.account,
        event_id=event.id,
        region=event.region,
        at=event.at,
        name=event.name,
        error=event.error,
        part=event.part,
        thread=one.thread,
        began_at=event.began,
        tie=event.tie,
        sha256=event.sha256,
        place=one.place,
        log_in=log_in,
        entered=event.entered.kept if event.entered and event.part == Part.ENTRY else None,
        change=_change(event.change) if event.change else None,
        left_kind=event.left.kind if event.left else "",
        left_name=event.left.name if event.left else "",
    )


def _change(change: Change) -> dict[str, str]:
    """Return a change as rows keep it; those of versions before have no request id."""
    return {"thing": change.thing, "name": change.name, "by": change.by, "request_id": change.request_id}
