"""Which class a log-in has, and whether an elevation was used. Classes are disjoint: the first that holds is the one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from audits.cloudtrail.entering import Entered, Way
from audits.cloudtrail.leave import Exemption, Leave, Window
from audits.cloudtrail.standing import SKEW

# AWS denies it to nobody, whatever a policy says: that it succeeds proves no access.
NEVER_DENIED = ("GetCallerIdentity",)
# CloudTrail says that an event may come so much later.
SETTLED = timedelta(hours=24)


class Class(StrEnum):
    SERVICE = "service"
    PORTAL = "portal"
    REFUSED = "refused"
    DECLARED = "declared"
    STANDING = "standing"
    USED = "used"
    AFTER_END = "after_end"
    NO_LEAVE = "no_leave"
    UNKNOWN = "unknown"


class Use(StrEnum):
    USED = "used"
    NEVER_USED = "never_used"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """A log-in as it is classed. `last_call` is the last of its calls that succeeded, without those that AWS denies to nobody.

    `calls` are others that succeeded, as far as they matter: one outside of all leave is not undone by later leave.
    """

    entered: Entered
    at: datetime
    refused: bool = False
    last_call: datetime | None = None
    calls: Collection[datetime] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`reason` says why a class is unknown. `elevation` is the one by whose leave somebody was in."""

    kind: Class
    reason: str = ""
    elevation: str = ""
    person: str = ""
    exemption: Exemption | None = None


def classed(one: LoggedIn, leave: Leave, *, parent: Verdict | None = None) -> Verdict:
    """Return the class. `parent` is that of the session by which somebody goes on, None where that is not known."""
    entered, person = one.entered, leave.person(one.entered)
    if leave.is_portal(entered):
        return Verdict(kind=Class.PORTAL)
    if one.refused:
        return Verdict(kind=Class.REFUSED, person=person)
    if (exemption := leave.exemption(entered, one.at)) is not None:
        return Verdict(kind=Class.DECLARED, person=person, exemption=exemption)
    if leave.is_standing(entered, one.at):
        return Verdict(kind=Class.STANDING, person=person)
    return _of_parent(one, leave, parent) if entered.parent else _of_windows(one, leave, person)


def _of_windows(one: LoggedIn, leave: Leave, person: str) -> Verdict:
    inside = leave.of(one.entered, one.at)
    if not inside:
        return _without(one, leave, person)
    return _by_leave(one, inside[-1], leave)


def _by_leave(one: LoggedIn, window: Window, leave: Leave | None = None) -> Verdict:
    """Return whether each call was within leave: the log-in's window, or another one that the person had at that time."""
    late = [moment for moment in {*one.calls, one.last_call} if moment is not None and moment > window.ends_at + SKEW]
    is_late = any(leave is None or not leave.of(one.entered, moment) for moment in late)
    kind = Class.AFTER_END if is_late else Class.USED
    return Verdict(kind=kind, elevation=window.elevation, person=window.person)


def _of_parent(one: LoggedIn, leave: Leave, parent: Verdict | None) -> Verdict:
    """Return the class of a session that goes on from another one: its leave is that one's, and ends with it."""
    if parent is None:
        return _without_parent(one, leave)
    window = leave.by_code(parent.elevation)
    if window is not None:
        # Leave for a role is none for whatever other role that one may take on: such a chain is declared.
        if not window.covers(one.at) or not window.leads_to(one.entered):
            return Verdict(kind=Class.NO_LEAVE, person=parent.person)
        return _by_leave(one, window)
    if parent.exemption is not None and parent.exemption.goes_on_to(one.entered, one.at):
        return parent
    if parent.kind == Class.UNKNOWN:
        return Verdict(kind=Class.UNKNOWN, reason="parent_unknown", person=parent.person)
    return Verdict(kind=Class.NO_LEAVE, person=parent.person)


def _without_parent(one: LoggedIn, leave: Leave) -> Verdict:
    """Return the class where the session before it is not known: where none is ever read of its account, nobody has leave."""
    account = one.entered.parent.partition(":")[0]
    if account in leave.targets or not account:
        return Verdict(kind=Class.UNKNOWN, reason="parent_not_seen")
    if leave.may_be_exempt(one.entered, one.at):
        return Verdict(kind=Class.UNKNOWN, reason="caller_not_seen")
    return Verdict(kind=Class.NO_LEAVE)


def _without(one: LoggedIn, leave: Leave, person: str) -> Verdict:
    """Return that there was no leave, or why that cannot be known."""
    entered = one.entered
    if leave.may_be_exempt(entered, one.at):
        return Verdict(kind=Class.UNKNOWN, reason="caller_not_seen", person=person)
    if entered.way == Way.UNSEEN:
        return Verdict(kind=Class.UNKNOWN, reason="entry_not_seen")
    if entered.way == Way.RESERVED_ROLE and leave.at_role(entered, one.at):
        return Verdict(kind=Class.UNKNOWN, reason="not_tied")
    if entered.way == Way.IDENTITY_CENTER and not entered.directory_user:
        return Verdict(kind=Class.UNKNOWN, reason="nobody_named")
    return Verdict(kind=Class.NO_LEAVE, person=person)


def use_of(*, used: bool, ended_at: datetime | None, read_until: datetime | None, gaps: bool) -> tuple[Use, str]:
    """Return whether an elevation was used, and why that is not known.

    `read_until` is up to when all has been read where it could have been used; None where some of it cannot be read.
    """
    if used:
        return Use.USED, ""
    if ended_at is None:
        return Use.UNKNOWN, "not_over"
    if read_until is None:
        return Use.UNKNOWN, "not_read"
    if read_until < ended_at + SETTLED:
        return Use.UNKNOWN, "not_settled"
    return (Use.UNKNOWN, "gap") if gaps else (Use.NEVER_USED, "")
