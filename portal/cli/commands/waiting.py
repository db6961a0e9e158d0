"""Waiting until a request or an access is in a state."""

from typing import Annotated

import typer

from portal.cli import completing, finding, moments, speaking
from portal.cli.commands.options import Address, AsJson
from portal.cli.portal import Portal, reached
from portal.cli.waits import Goal, Watch

SECONDS_OF_MINUTE = 60


def wait(
    code: Annotated[str, typer.Argument(metavar="ID", help="R-… or E-…", autocompletion=completing.requests_and_access)],
    *,
    until: Annotated[Goal, typer.Option(help="What to wait for.")] = Goal.ACTIVE,
    timeout: Annotated[
        str | None, typer.Option(metavar="10m", help="How long at the longest: 10m, 2h. A request lapses by itself.")
    ] = None,
    portal: Address = None,
    as_json: AsJson = False,
) -> None:
    """Wait for a state. Prints each change until a request is approved, or access is active or ended.

    Ends with 5 when it came to another state, with 6 when it took longer than --timeout.
    """
    with reached(portal, as_json=as_json) as found:
        seconds = moments.minutes(timeout) * SECONDS_OF_MINUTE if timeout else None
        wait_for(found, finding.code(code), until, seconds=seconds, as_json=as_json)


def wait_for(portal: Portal, code: str, goal: Goal, *, seconds: float | None, as_json: bool) -> None:
    def changed(said: str) -> None:
        (speaking.note if as_json else speaking.say)(said)

    reached_state = Watch(portal=portal, goal=goal, seconds=seconds, changed=changed).until_reached(code)
    if as_json:
        speaking.say_json(reached_state)
