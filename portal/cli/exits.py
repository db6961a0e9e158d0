"""How a command can end. docs/cli.md has the table of exit codes; tests compare it.

Failure
├── Refused          the portal said no
├── Unusable         what was typed, or a file, cannot be used
├── NotLoggedIn      no token, or none that the portal takes
├── NotReached       no answer, or none of a portal
├── OtherState       `wait` saw another end than was waited for
├── TimedOut         `wait` saw none in time
└── Interrupted      Ctrl-C
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, ClassVar

from portal.cli.words import to_say


class Exit(IntEnum):
    DONE = 0
    REFUSED = 1
    USAGE = 2
    NOT_LOGGED_IN = 3
    NOT_REACHED = 4
    OTHER_STATE = 5
    TIMED_OUT = 6
    INTERRUPTED = 130
    READER_GONE = 141


MEANING: Mapping[Exit, str] = {
    Exit.DONE: to_say("done"),
    Exit.REFUSED: to_say("refused by the portal"),
    Exit.USAGE: to_say("cannot be used as typed"),
    Exit.NOT_LOGGED_IN: to_say("not logged in"),
    Exit.NOT_REACHED: to_say("portal not reached, or broken"),
    Exit.OTHER_STATE: to_say("wait: it ended in another state"),
    Exit.TIMED_OUT: to_say("wait: not in time"),
    Exit.INTERRUPTED: to_say("interrupted"),
    Exit.READER_GONE: to_say("whoever read the answer went away"),
}


class Failure(Exception):
    """Why a command did not do what it was to do: a sentence, and a stable code for programs.

    `problem` is the portal's own where it gave one. `as_json` is set by the command that was asked for JSON.
    """

    exit: ClassVar[Exit]
    as_json = False

    def __init__(self, detail: str, *, code: str, problem: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.problem: Mapping[str, Any] = problem or {"code": code, "detail": detail}


class Refused(Failure):
    exit = Exit.REFUSED


class Unusable(Failure):
    exit = Exit.USAGE


class NotLoggedIn(Failure):
    exit = Exit.NOT_LOGGED_IN


class NotReached(Failure):
    exit = Exit.NOT_REACHED


class OtherState(Failure):
    exit = Exit.OTHER_STATE


class TimedOut(Failure):
    exit = Exit.TIMED_OUT


class Interrupted(Failure):
    exit = Exit.INTERRUPTED
