"""A day and a month of inspections as their pages show them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise

from access_requests.web.inspections import words
from audits.inspections import listing, plan
from audits.inspections.listing import DayState, ShownDay, ShownRow
from audits.models import Inspection
from portal.users.models import User

MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
MONTHS = range(1, 13)
# No page has days beyond these years.
EARLIEST, LATEST = 2000, 2200


@dataclass(frozen=True, kw_only=True)
class Line:
    """A day of the month, with its state in words and how the tag of it looks."""

    day: ShownDay
    state: Promise
    tag: str

    @property
    def url_of(self) -> str:
        return str(self.day.day)

    @property
    def has_page(self) -> bool:
        return bool(self.day.parts) or self.day.state in (DayState.NOT_READ, DayState.OVERDUE)

    @property
    def due_on(self) -> date | None:
        """When the first of what waits is due."""
        return min((part.due_on for part in self.day.parts if part.of_all and part.signed_at is None), default=None)  # type: ignore[attr-defined]

    @property
    def supplements(self) -> int:
        return sum(part.part > 0 for part in self.day.parts)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A part of the day with its rows. `may_sign`: some of them are the viewer's to sign."""

    part: Inspection
    rows: Sequence["Row"]
    is_late: bool

    @property
    def may_sign(self) -> bool:
        return any(row.may_sign for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row, and what was typed for it when it was refused."""

    shown: ShownRow
    is_chosen: bool
    typed: str

    @property
    def may_sign(self) -> bool:
        return not self.shown.is_signed and self.shown.bar is None

    @property
    def bar(self) -> Promise | str:
        """What keeps an inspector from it."""
        return words.BARS.get(self.shown.bar or "", "")

    @property
    def deviations(self) -> Sequence[str]:
        return [words.deviation(word) for word in self.shown.deviations]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A day. `line` is what its month says of it."""

    day: date
    line: Line
    blocks: Sequence[Block]

    @classmethod
    def of(cls, day: date, *, viewer: User, typed: Mapping[str, str], now: datetime) -> "Sheet":
        month = sheet_of(listing.month(day.year, day.month, now=now))
        rows = listing.rows_of(day, viewer=viewer)
        chosen = set(typed.getlist("rows")) if hasattr(typed, "getlist") else set()
        today = plan.day_of(now)
        blocks = [
            Block(
                part=part,
                rows=[_row(one, chosen, typed) for one in rows.get(part.part, ())],
                is_late=part.signed_at is None and part.due_on < today,
            )
            for part in Inspection.objects.filter(day=day).order_by("part")
        ]
        return cls(day=day, line=month[day.day - 1], blocks=blocks)

    @property
    def may_sign(self) -> bool:
        return any(block.may_sign for block in self.blocks)


def sheet_of(days: Sequence[ShownDay]) -> Sequence[Line]:
    return [Line(day=day, state=words.STATES[day.state][0], tag=words.STATES[day.state][1]) for day in days]


def month_of(text: str, *, today: date) -> tuple[int, int]:
    """Return the month that is asked for, and for anything else this one."""
    found = MONTH.fullmatch(text)
    if found and int(found[2]) in MONTHS and EARLIEST <= int(found[1]) <= LATEST:
        return int(found[1]), int(found[2])
    return today.year, today.month


def _row(shown: ShownRow, chosen: set[str], typed: Mapping[str, str]) -> Row:
    return Row(shown=shown, is_chosen=shown.key in chosen, typed=typed.get(f"comment-{shown.key}", ""))
