"""The policy on a work role that lets in the sessions of those who were approved, and nobody else's, and only in their time.

It is rendered whole and read back whole: what does not render to the same document again was edited by somebody.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.iam.fences import VERSION, Document, iso

SESSION_GATE_NAME = "sekisho-session-gate"
# No session of a role lives longer. Source: STS AssumeRole, DurationSeconds.
LONGEST_SESSION = timedelta(hours=12)
# What IAM user names are made of: no colon, no wildcard and no variable can come into a pattern by a name.
_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
# Names begin behind the colon of AROA…:name. No session is called this: a name has at least two characters.
_NOBODY = "*:-"
_EVERYTHING = {"Effect": "Deny", "Action": "*", "Resource": "*"}


@dataclass(frozen=True, kw_only=True, order=True)
class Line:
    """Whose sessions may act: those named `user_name`, with a token issued at `since` or later, up to and with `until`.

    Times are aware; AWS compares whole seconds, so both are cut to the second.
    """

    user_name: str
    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.user_name):
            raise ValueError(f"not the name of an IAM user: {self.user_name!r}")


def session_gate(lines: Iterable[Line] = ()) -> Document:
    """Return the gate for these people, at most one line each; without any it shuts out everybody.

    Sessions with any other name are denied everything. A date condition does not match where its key is missing, so times of
    sessions and of tokens are statements of their own. Who has a time in common shares a statement.
    """
    ordered = sorted(lines)
    names = [f"*:{line.user_name}" for line in ordered]
    if len(set(names)) < len(names):
        raise ValueError("one line a person")
    named = {**_EVERYTHING, "Condition": {"StringNotLike": {"aws:userid": names or [_NOBODY]}}}
    untils = _statements(ordered, lambda line: iso(line.until), "DateGreaterThan", "aws:CurrentTime")
    sinces = _statements(ordered, lambda line: iso(line.since), "DateLessThan", "aws:TokenIssueTime")
    return {"Version": VERSION, "Statement": [named, *untils, *sinces]}


def lines_of(document: Any) -> tuple[Line, ...] | None:
    """Return the lines of a gate as it was read from AWS; None for what the portal would not have written."""
    try:
        named, *timed = document["Statement"]
        names = [name.removeprefix("*:") for name in named["Condition"]["StringNotLike"]["aws:userid"]]
        untils, sinces = _times(timed, "DateGreaterThan"), _times(timed, "DateLessThan")
        lines = tuple(Line(user_name=name, since=sinces[name], until=untils[name]) for name in names if name != "-")
        ours = session_gate(lines)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return lines if ours == document else None


def _statements(lines: Sequence[Line], time: Callable[[Line], str], operator: str, key: str) -> list[Mapping[str, object]]:
    together: dict[str, list[str]] = {}
    for line in lines:
        together.setdefault(time(line), []).append(f"*:{line.user_name}")
    return [
        {**_EVERYTHING, "Condition": {"StringLike": {"aws:userid": names}, operator: {key: moment}}}
        for moment, names in sorted(together.items())
    ]


def _times(statements: Sequence[Any], operator: str) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for statement in statements:
        condition = statement["Condition"]
        if operator in condition:
            (moment,) = condition[operator].values()
            at = datetime.fromisoformat(moment).astimezone(UTC)
            found |= {name.removeprefix("*:"): at for name in condition["StringLike"]["aws:userid"]}
    return found
