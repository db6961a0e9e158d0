"""The rules of asking, and of what a worker may give: pure functions, values in, a value or a Rejection out."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from access_requests import errors
from access_requests.lifecycle import ElevationStatus, RequestStatus
from portal.pages.unseen import BLANK
from portal.verbs import rejections

FARTHEST_AHEAD = timedelta(days=90)
# Between typing a start and sending it, a minute may pass.
PAST_TOLERANCE = timedelta(minutes=2)
TEXT_LIMITS = {"reason": 2000, "change_ticket": 100, "impact": 8000, "plan": 8000, "way_back": 8000, "comment": 2000, "name": 100}
ONE_LINE = frozenset({"change_ticket", "name"})


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
        raise rejections.Missing(field=field)
    limit = TEXT_LIMITS[field]
    if len(value) > limit:
        raise rejections.TooLong(field=field, limit=limit, length=len(value))
    allowed = "" if field in ONE_LINE else "\n\t"
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in allowed for sign in value):
        raise rejections.ControlCharacters(field=field)
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
        raise rejections.NaiveTime(field="ends_at")
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


# What a worker may give: asked at each step of a grant and of an extension, and wherever an end is read for a fence


class Unfounded(StrEnum):
    """Why an elevation gives nothing. Kept as its stop reason."""

    NOT_APPROVED = "not_approved"
    OWN_DECISION = "own_decision"
    NOT_BY_POLICY = "not_by_policy"
    NOT_AS_RECORDED = "not_as_recorded"
    END_NOT_APPROVED = "end_not_approved"


@dataclass(frozen=True, kw_only=True)
class Said:
    """One decision, as the table of decisions and the trail both have it. `seen` is the digest of what was decided on."""

    approver: str
    level: int
    verdict: str
    seen: str


@dataclass(frozen=True, kw_only=True)
class Level:
    number: int
    approvals: int
    approvers: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Of a request, what its row and the trail's entry of its approval must both have."""

    status: str
    requester: str
    digest: str
    starts_at: datetime | None
    ends_at: datetime | None
    decisions: frozenset[Said] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Consent:
    """A request and what the trail has of it: `told` is None unless it was approved there exactly once.

    `by` are the approvals in the trail, each with the levels of the policy as they were frozen with it; the last one's are
    those that had to be satisfied.
    """

    row: Facts
    told: Facts | None = None
    by: tuple[tuple[Said, tuple[Level, ...]], ...] = ()
    work_groups: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Given:
    """To whom an elevation gives what, from when, as its row or the trail's entry of its making has it.

    Users are (name, id) in AWS; both are empty of the one that the work group is not granted to.
    """

    request: str
    person: str
    work_group: str
    iam_user: tuple[str, str]
    identity_center_user: tuple[str, str]
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """What an elevation rests on.

    `states` are those that the trail has of it, in their order. `extensions` are by code: those that moved its end, says the
    trail, and that AWS did not refuse.
    """

    status: str
    row: Given
    told: Given | None
    states: tuple[str, ...]
    ends_at: datetime
    ends_by: str
    consent: Consent
    extensions: Mapping[str, Consent]


# Whoever forges a row of access that is over finds the trail saying so, whatever is appended to it.
_OVER = frozenset({ElevationStatus.REVOKING, ElevationStatus.ENDED, ElevationStatus.CANCELLED})


def unfounded(grounds: Grounds) -> Unfounded | None:
    """Return why nothing may be given by the elevation, or None. A row in the database is a claim; this is its proof."""
    if reason := _no_consent(grounds.consent):
        return reason
    states = grounds.states
    if grounds.told != grounds.row or not states or states[-1] != grounds.status or _OVER.intersection(states):
        return Unfounded.NOT_AS_RECORDED
    approved = grounds.consent.row
    if grounds.row.person != approved.requester or grounds.row.starts_at != approved.starts_at:
        return Unfounded.NOT_AS_RECORDED
    if grounds.row.work_group not in grounds.consent.work_groups:
        return Unfounded.NOT_AS_RECORDED
    return _end_unfounded(grounds)


def _end_unfounded(grounds: Grounds) -> Unfounded | None:
    own = grounds.ends_by in ("", grounds.row.request)
    fixed_by = grounds.consent if own else grounds.extensions.get(grounds.ends_by)
    if fixed_by is None or fixed_by.row.ends_at != grounds.ends_at:
        return Unfounded.END_NOT_APPROVED
    if not own and (fixed_by.row.requester != grounds.row.person or grounds.row.work_group not in fixed_by.work_groups):
        return Unfounded.END_NOT_APPROVED
    return None if own else _no_consent(fixed_by)


def _no_consent(consent: Consent) -> Unfounded | None:
    row = consent.row
    if row.status != RequestStatus.APPROVED:
        return Unfounded.NOT_APPROVED
    if any(said.approver == row.requester for said in row.decisions):
        return Unfounded.OWN_DECISION
    if consent.told != row:
        return Unfounded.NOT_AS_RECORDED
    return None if _satisfies_policy(consent) else Unfounded.NOT_BY_POLICY


def _satisfies_policy(consent: Consent) -> bool:
    """Whether each yes was an approver's of its level when it was said, nobody said two, and each level has its number."""
    people = {said.approver for said, _levels in consent.by}
    if not consent.by or len(people) != len(consent.by):
        return False
    if not all(_is_of_level(said, levels) for said, levels in consent.by):
        return False
    needed = [(level.number, level.approvals) for level in consent.by[-1][1]]
    return bool(needed) and waiting_level(needed, [said.level for said, _levels in consent.by]) is None


def _is_of_level(said: Said, levels: Collection[Level]) -> bool:
    return any(level.number == said.level and said.approver in level.approvers for level in levels)


def _check_form(asked: AskedWindow) -> None:
    if (asked.ends_at is None) == (asked.duration is None):
        raise errors.DurationOrEnd(field="duration_minutes")
    for field, moment in (("starts_at", asked.starts_at), ("ends_at", asked.ends_at)):
        if moment is not None and moment.tzinfo is None:
            raise rejections.NaiveTime(field=field)


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
