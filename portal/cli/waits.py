"""Waiting for a request or an access to reach a state: asked again with its entity tag, and less often while nothing happens."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.cli import moments, states
from portal.cli.exits import NotReached, OtherState, TimedOut
from portal.cli.finding import is_request
from portal.cli.portal import Json, Portal, Tagged
from portal.cli.words import listed, said

FIRST_SECONDS, SLOWER, LONGEST_SECONDS = 1.0, 1.5, 15.0
# A portal that is being deployed is away for less.
PATIENCE_SECONDS = 120.0
# What cannot become active any more.
LEAVING = frozenset({"revoking", "ended", "cancelled"})
OVER = frozenset({"ended", "cancelled"})


class Goal(StrEnum):
    APPROVED = "approved"
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(kw_only=True)
class Watch:
    """A wait. `changed` is told each state once, the first one too; `seconds` is how long to wait at the longest."""

    portal: Portal
    goal: Goal
    seconds: float | None
    changed: Callable[[str], None]

    @staticmethod
    def clock() -> float:
        return time.monotonic()

    def until_reached(self, code: str) -> Json:
        """Return the request or access once the goal is reached. Raises OtherState, TimedOut, NotReached when that stays so."""
        deadline = None if self.seconds is None else self.clock() + self.seconds
        told, found, tag, pause = "", None, "", FIRST_SECONDS
        while True:
            answer = self._asked(code, tag)
            tag, found = answer.tag, answer.body or found
            if found is not None and (said := describe(found)) != told:
                self.changed(said)
                told, pause = said, FIRST_SECONDS
            if found is not None and (followed := self._elevation_that_is_extended(found)):
                code, tag, found = followed, "", None
                continue
            if found is not None and self._is_reached(found):
                return found
            pause = self._rest(pause, deadline, told)

    def _elevation_that_is_extended(self, found: Json) -> str:
        """Return the access whose end an approved extension moved; such a request makes none of its own."""
        approved = is_request(found["id"]) and found["state"] == "approved" and self.goal != Goal.APPROVED
        return str(found["extends"] or "") if approved else ""

    def _is_reached(self, found: Json) -> bool:
        reached = judged(found, self.goal)
        if reached is False:
            why = said("%(now)s: it will not be %(goal)s.", now=describe(found), goal=states.word(self.goal))
            raise OtherState(why, code="other_state")
        return bool(reached)

    def _asked(self, code: str, tag: str) -> Tagged:
        path = f"/{'requests' if is_request(code) else 'elevations'}/{code}"
        giving_up = self.clock() + PATIENCE_SECONDS
        while True:
            try:
                return self.portal.get_tagged(path, tag=tag)
            except NotReached:
                if self.clock() >= giving_up:
                    raise
            self.portal.transport.pause(LONGEST_SECONDS)

    def _rest(self, pause: float, deadline: float | None, told: str) -> float:
        """Sleep, and return for how long next time. Raises TimedOut."""
        left = LONGEST_SECONDS if deadline is None else deadline - self.clock()
        if left <= 0:
            lasts = moments.length(self.seconds or 0)
            why = said("%(now)s: not %(goal)s within %(lasts)s.", now=told, goal=states.word(self.goal), lasts=lasts)
            raise TimedOut(why, code="timed_out")
        self.portal.transport.pause(min(pause, left))
        return min(pause * SLOWER, LONGEST_SECONDS)


def judged(found: Json, goal: Goal) -> bool | None:
    """Whether the goal is reached; None while it may still be."""
    if not is_request(found["id"]):
        return _of_access([found["state"]], goal)
    if found["state"] == "pending":
        return None
    if found["state"] != "approved":
        return False
    return goal == Goal.APPROVED or _of_access((each["state"] for each in found["elevations"]), goal)


def describe(found: Json) -> str:
    """Return the states of a request and of its accesses, or of an access."""
    found_states = [(found["id"], found["state"]), *((each["id"], each["state"]) for each in found.get("elevations", ()))]
    return listed(f"{code} {states.word(state)}" for code, state in found_states)


def _of_access(states: Iterable[str], goal: Goal) -> bool | None:
    found = set(states)
    if goal == Goal.APPROVED:
        return True
    if goal == Goal.ENDED:
        return True if found <= OVER else None
    if found & LEAVING:
        return False
    return True if found == {"active"} else None
