"""The rules of asking, as pure functions: values in, a value or a Rejection out."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from access_requests import errors

FARTHEST_AHEAD = timedelta(days=90)
# Between typing a start and sending it, a minute may pass.
PAST_TOLERANCE = timedelta(minutes=2)
TEXT_LIMITS = {"reason": 2000, "change_ticket": 100, "impact": 8000, "plan": 8000, "way_back": 8000, "comment": 2000, "name": 100}
ONE_LINE = frozenset({"change_ticket", "name"})
# Letters and symbols, says Unicode, which look like nothing at all.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


@dataclass(frozen=True, kw_only=True)
class AskedWindow:
    """The window as asked for. `starts_at` None: when the last approval commits. Either a duration or an end."""

    starts_at: datetime | None
    ends_at: datetime | None
    duration: timedelta | None

    def fixed(self, now: datetime) -> tuple[datetime, datetime]:
        """Return (start, end) as they are if the last approval commits now. Whole seconds, which is what AWS compares."""
        now = now.replace(microsecond=0)
        start = self.starts_at or now
        end = self.ends_at if self.ends_at is not None else start + (self.duration or timedelta())
        return max(start, now), end


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What an approval policy allows."""

    shortest: timedelta
    longest: timedelta
    decision: timedelta


def clean_text(field: str, value: str, *, required: bool) -> str:
    """Return the text without space around it. Raises Missing, TooLong, ControlCharacters."""
    value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if required and not any(_is_seen(sign) for sign in value):
        raise errors.Missing(field=field)
    limit = TEXT_LIMITS[field]
    if len(value) > limit:
        raise errors.TooLong(field=field, limit=limit, length=len(value))
    allowed = "" if field in ONE_LINE else "\n\t"
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in allowed for sign in value):
        raise errors.ControlCharacters(field=field)
    return value


def check_window(asked: AskedWindow, limits: Limits, *, now: datetime) -> None:
    """Raise what is wrong with a window, seen at submission."""
    _check_form(asked)
    _check_place(asked, now)
    end_field = "ends_at" if asked.ends_at is not None else "duration_minutes"
    start, end = asked.fixed(now)
    if end - start < limits.shortest:
        raise errors.TooShort(field=end_field, minutes=_minutes(limits.shortest))
    if end - start > limits.longest:
        raise errors.TooLongAccess(field=end_field, minutes=_minutes(limits.longest))


def check_extension(*, old_end: datetime, new_end: datetime, limits: Limits, now: datetime) -> None:
    """Raise what is wrong with a new end. No approval covers more than the longest time from when it is asked for."""
    if new_end.tzinfo is None:
        raise errors.NaiveTime(field="ends_at")
    if new_end <= old_end:
        raise errors.EndBeforeStart(field="ends_at")
    if new_end - now > limits.longest:
        raise errors.TooLongAccess(field="ends_at", minutes=_minutes(limits.longest))


def decision_deadline(asked: AskedWindow, limits: Limits, *, now: datetime) -> datetime:
    """Return until when a decision is good for something: the policy's deadline, or the end where that is fixed and sooner."""
    deadline = now + limits.decision
    if asked.starts_at is None and asked.ends_at is None:
        return deadline
    return min(deadline, asked.fixed(now)[1])


def overlaps(first: tuple[datetime, datetime], second: tuple[datetime, datetime]) -> bool:
    """Whether two windows share a moment; one that begins as the other ends does not."""
    return first[0] < second[1] and second[0] < first[1]


def waiting_level(needed: Collection[tuple[int, int]], given: Collection[int]) -> int | None:
    """Return the number of the level that waits for an approval, or None when all have theirs.

    `needed` are (level, approvals); `given` is the level of each approval so far.
    """
    counts = [level for level, approvals in sorted(needed) if sum(1 for at in given if at == level) < approvals]
    return counts[0] if counts else None


def level_without_enough(levels: Collection[tuple[int, int, Collection[int]]]) -> int | None:
    """Return a level that cannot get its approvals, or None. `levels` are (level, approvals, who may).

    Nobody counts at two levels, so each level takes its approvals out of those who are left: a matching of seats to people.
    """
    seat_of: dict[int, tuple[int, Collection[int]]] = {}

    def seat(seat_people: tuple[int, Collection[int]], tried: set[int]) -> bool:
        for person in seat_people[1]:
            if person in tried:
                continue
            tried.add(person)
            if person not in seat_of or seat(seat_of[person], tried):
                seat_of[person] = seat_people
                return True
        return False

    for number, approvals, people in sorted(levels, key=lambda level: level[0]):
        if not all(seat((number, people), set()) for _ in range(approvals)):
            return number
    return None


def _check_form(asked: AskedWindow) -> None:
    if (asked.ends_at is None) == (asked.duration is None):
        raise errors.DurationOrEnd(field="duration_minutes")
    for field, moment in (("starts_at", asked.starts_at), ("ends_at", asked.ends_at)):
        if moment is not None and moment.tzinfo is None:
            raise errors.NaiveTime(field=field)


def _check_place(asked: AskedWindow, now: datetime) -> None:
    if asked.starts_at is not None and asked.starts_at < now - PAST_TOLERANCE:
        raise errors.InThePast(field="starts_at")
    if asked.starts_at is not None and asked.starts_at > now + FARTHEST_AHEAD:
        raise errors.TooFarAhead(field="starts_at", days=FARTHEST_AHEAD.days)
    if asked.ends_at is not None and asked.ends_at <= now:
        raise errors.InThePast(field="ends_at")
    if asked.ends_at is not None and asked.starts_at is not None and asked.ends_at <= asked.starts_at:
        raise errors.EndBeforeStart(field="ends_at")


def _is_seen(sign: str) -> bool:
    """Whether a character shows by itself: a letter, number, punctuation or symbol, no space and nothing of zero width."""
    return unicodedata.category(sign)[0] in "LNPS" and sign not in BLANK


def _minutes(time: timedelta) -> int:
    return int(time / timedelta(minutes=1))
