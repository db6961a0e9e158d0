"""Which acts need a proof of who acts, how strong and how fresh: one table. Settings change its figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from portal.verbs.proving import Strength


class Guarded(StrEnum):
    """What somebody must have proven themselves for."""

    DECISION = "decision"
    # Asking for more time; that is decided on like all else.
    EXTENSION = "extension"
    # Of somebody else's access.
    STOP = "stop"
    # Confirming somebody's work report, or asking it back.
    REPORT = "report"
    # An API client, or a directory's token.
    CLIENT = "client"
    # A token of one's own.
    TOKEN = "token"  # noqa: S105  An act.
    # Linking oneself with a chat account.
    CHAT = "chat"
    # Undoing drift, or knowing it as right.
    DRIFT = "drift"
    # Seeing to what was found: who owns it and until when, accepting, closing.
    FINDING = "finding"
    # Opening an access review, and deciding on its items.
    REVIEW = "review"
    # Signing rows of a daily inspection.
    INSPECTION = "inspection"
    # Disabling or enabling somebody, ending their log-ins, or taking their second factors.
    PEOPLE = "people"
    # Setting up a second factor of one's own, or taking one away.
    FACTOR = "factor"


@dataclass(frozen=True, kw_only=True)
class Need:
    """`strength` is the least; whoever has a second factor proves themselves by one in any case.

    `of_everybody`: also engineers, who need not have a second factor as long as they neither decide nor administer.
    """

    strength: Strength
    max_age: timedelta
    of_everybody: bool = False
    # Also of whoever must have a second factor and has none yet; and whoever lost theirs proves themselves by a recovery code.
    enrols: bool = False


def _need(minutes: int, strength: Strength = Strength.SECOND_FACTOR, *, of_everybody: bool = False) -> Need:
    return Need(strength=strength, max_age=timedelta(minutes=minutes), of_everybody=of_everybody)


NEEDS: Mapping[Guarded, Need] = {
    Guarded.DECISION: _need(5),
    # An engineer at work is not held up: the decision on it is proven.
    Guarded.EXTENSION: _need(240, Strength.LOG_IN, of_everybody=True),
    # Whoever has to end somebody's access is in a hurry.
    Guarded.STOP: _need(60),
    # Access is over, and nothing is given by it.
    Guarded.REPORT: _need(60),
    Guarded.CLIENT: _need(5),
    Guarded.TOKEN: _need(15, Strength.LOG_IN, of_everybody=True),
    Guarded.CHAT: _need(15, Strength.LOG_IN, of_everybody=True),
    Guarded.DRIFT: _need(5),
    Guarded.FINDING: _need(5),
    # Many items are decided on in a row.
    Guarded.REVIEW: _need(60),
    # So are the rows of some days.
    Guarded.INSPECTION: _need(60),
    Guarded.PEOPLE: _need(5),
    Guarded.FACTOR: Need(strength=Strength.LOG_IN, max_age=timedelta(minutes=5), of_everybody=True, enrols=True),
}
