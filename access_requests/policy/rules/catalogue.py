"""What must be so in the catalogue and in AWS before anybody is let in."""

from access_requests import errors
from access_requests.policy import facts
from access_requests.policy.levels import level_without_enough
from portal.verbs.rejections import Rejection


def gates_have_room(known: facts.HasGates) -> Rejection | None:
    full = known.full_role
    return errors.RoleFull(role=full.role, people=full.people) if full else None


def policy_can_be_satisfied(known: facts.HasSeats) -> Rejection | None:
    level = level_without_enough([(seat.level, seat.approvals, seat.people) for seat in known.seats])
    return errors.TooFewApprovers(level=level) if level is not None else None


def roles_are_known(known: facts.HasRoles) -> Rejection | None:
    unread = next(iter(known.unread_roles), None)
    return errors.IdentityUnread(role=unread.role, work_group=unread.work_group) if unread else None
