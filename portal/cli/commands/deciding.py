"""Decisions, on what was shown."""

import sys
from typing import Annotated

import typer

from portal.cli import asking_back, completing, finding, speaking, tables
from portal.cli.commands.options import Address, AsJson, NeededWord, WaitingCode, Yes
from portal.cli.portal import reached
from portal.cli.words import said, to_say

Seen = Annotated[
    str | None,
    typer.Option(help="Decide on what was shown before: `seen` of status --json. Refused if it has changed.", show_default=False),
]

QUESTIONS = {
    "approve": to_say("Approve this request?"),
    "reject": to_say("Reject this request?"),
    "send-back": to_say("Send this request back?"),
}


def approve(
    code: WaitingCode,
    *,
    message: Annotated[str, typer.Option("--message", "-m", help="A comment.")] = "",
    seen: Seen = None,
    yes: Yes = False,
    portal: Address = None,
    as_json: AsJson = False,
) -> None:
    """Approve a request. Shows what is decided on, and asks."""
    _decide(code, "approve", message=message, seen=seen, yes=yes, portal=portal, as_json=as_json)


def reject(
    code: WaitingCode,
    *,
    message: NeededWord = None,
    seen: Seen = None,
    yes: Yes = False,
    portal: Address = None,
    as_json: AsJson = False,
) -> None:
    """Reject a request, with a reason."""
    _decide(code, "reject", message=message, seen=seen, yes=yes, portal=portal, as_json=as_json)


def send_back(
    code: WaitingCode,
    *,
    message: NeededWord = None,
    seen: Seen = None,
    yes: Yes = False,
    portal: Address = None,
    as_json: AsJson = False,
) -> None:
    """Send a request back. It ends, and the requester may ask anew, with what you say is missing."""
    _decide(code, "send-back", message=message, seen=seen, yes=yes, portal=portal, as_json=as_json)


def stop(
    code: Annotated[str, typer.Argument(metavar="ID", help="E-…", autocompletion=completing.access)],
    *,
    message: NeededWord = None,
    yes: Yes = False,
    portal: Address = None,
    as_json: AsJson = False,
) -> None:
    """End somebody's access now, with a reason."""
    with reached(portal, as_json=as_json) as found:
        elevation = finding.access_code(code)
        why = asking_back.given_or_asked(message, said("Why"), option="--message")
        if not yes:
            speaking.say_fields(tables.elevation_fields(found.get(f"/elevations/{elevation}")), to=sys.stderr)
        asking_back.confirm(said("Stop this access now?"), yes=yes)
        answer = found.post(f"/elevations/{elevation}/stop", {"comment": why})
        if as_json:
            speaking.say_json(answer)
        else:
            speaking.say(answer["id"], tables.state(answer["state"]))


def _decide(
    typed: str, verb: str, *, message: str | None, seen: str | None, yes: bool, portal: str | None, as_json: bool
) -> None:
    """Show, ask, and decide on exactly what was shown: what changed meanwhile is refused by the portal."""
    with reached(portal, as_json=as_json) as found:
        code = finding.request_code(typed)
        comment = asking_back.given_or_asked(message, said("Why"), option="--message")
        request = found.get(f"/requests/{code}")
        speaking.say_fields(tables.request_fields(request), to=sys.stderr)
        asking_back.confirm(said(QUESTIONS[verb]), yes=yes)
        answer = found.post(f"/requests/{code}/{verb}", {"comment": comment, "seen": seen or request["seen"]})
        if as_json:
            speaking.say_json(answer)
        else:
            speaking.say(answer["id"], tables.state(answer["state"]))
