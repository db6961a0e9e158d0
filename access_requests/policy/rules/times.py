"""When, and for how long."""

from datetime import timedelta

from access_requests import errors
from access_requests.policy import facts
from portal.verbs.rejections import Rejection

FARTHEST_AHEAD = timedelta(days=90)
# Between typing a start and sending it, a minute may pass.
PAST_TOLERANCE = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)


def starts_lie_ahead(known: facts.HasWindow) -> Rejection | None:
    start = known.window.starts_at
    return errors.InThePast(field="starts_at") if start and start < known.now - PAST_TOLERANCE else None


def starts_lie_near(known: facts.HasWindow) -> Rejection | None:
    start = known.window.starts_at
    far = start is not None and start > known.now + FARTHEST_AHEAD
    return errors.TooFarAhead(field="starts_at", days=FARTHEST_AHEAD.days) if far else None


def ends_lie_ahead(known: facts.HasWindow) -> Rejection | None:
    end = known.window.ends_at
    return errors.InThePast(field="ends_at") if end and end <= known.now else None


def ends_follow_starts(known: facts.HasWindow) -> Rejection | None:
    start, end = known.window.starts_at, known.window.ends_at
    return errors.EndBeforeStart(field="ends_at") if start and end and end <= start else None


def more_time_ends_later(known: facts.HasNewEnd) -> Rejection | None:
    return errors.EndBeforeStart(field="ends_at") if known.ends_at <= known.extended.ends_at else None


def shortest_time(known: facts.HasLimits) -> Rejection | None:
    shortest = known.limits.shortest
    return errors.TooShort(field=known.length.field, minutes=shortest // MINUTE) if known.length.time < shortest else None


def longest_time(known: facts.HasLimits) -> Rejection | None:
    """No approval covers more than the longest time. An extension's is reckoned from now, not from the end that it moves."""
    longest = known.limits.longest
    return errors.TooLongAccess(field=known.length.field, minutes=longest // MINUTE) if known.length.time > longest else None


def others_in_aws_agree_first(known: facts.HasChange) -> Rejection | None:
    """Gates and fences say the new end from the approval on: whoever else must agree, in AWS, has to have done so."""
    return None if known.change_waits_for_portal else errors.ChangeNotReady()


def one_waits_at_a_time(known: facts.HasPending) -> Rejection | None:
    other = known.pending
    return errors.AlreadyPending(other=other.code, work_group=other.work_group) if other else None


def windows_do_not_overlap(known: facts.HasOverlap) -> Rejection | None:
    other = known.overlaps
    return errors.WindowsOverlap(other=other.code, work_group=other.work_group) if other else None
