"""Who is in production, what was asked for, what one may ask for."""

from enum import StrEnum
from typing import Annotated

import typer

from portal.cli import completing, finding, speaking, tables
from portal.cli.commands.options import Address, AsJson
from portal.cli.exits import Unusable
from portal.cli.portal import Json, Portal, reached
from portal.cli.words import said

Every = Annotated[bool, typer.Option("--all", help="Every page, not the first alone.")]


class State(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


def list_(
    *,
    requests: Annotated[bool, typer.Option("--requests", "-r", help="Requests instead of access.")] = False,
    mine: Annotated[bool, typer.Option("--mine", help="Mine only.")] = False,
    waiting: Annotated[bool, typer.Option("--waiting", help="Requests that wait for my decision.")] = False,
    state: Annotated[State | None, typer.Option(help="Requests in this state.")] = None,
    ended: Annotated[bool, typer.Option("--ended", help="Access that is over, too.")] = False,
    every: Every = False,
    portal: Address = None,
    as_json: AsJson = False,
) -> None:
    """List who is in production. With --requests what was asked for; newest first."""
    with reached(portal, as_json=as_json) as found:
        if requests or waiting or state:
            if ended:
                why = said("--ended is of access: leave out --requests, --waiting and --state.")
                raise Unusable(why, code="options_unusable")
            page = _requests(found, mine=mine, waiting=waiting, state=state, every=every)
            _say_page(page, tables.say_requests, as_json=as_json)
        else:
            _say_page(_access(found, mine=mine, ended=ended, every=every), tables.say_elevations, as_json=as_json)


def status(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]", help="R-… or E-…; what is mine now, if not given.", autocompletion=completing.requests_and_access
        ),
    ] = None,
    *,
    portal: Address = None,
    as_json: AsJson = False,
) -> None:
    """Show a request or an access. Without ID what you wait for and what you have."""
    with reached(portal, as_json=as_json) as found:
        if code is None:
            _say_mine(found, as_json=as_json)
            return
        named = finding.code(code)
        is_request = finding.is_request(named)
        answer = found.get(f"/{'requests' if is_request else 'elevations'}/{named}")
        if as_json:
            speaking.say_json(answer)
        else:
            speaking.say_fields(tables.request_fields(answer) if is_request else tables.elevation_fields(answer))


def work_groups(*, portal: Address = None, as_json: AsJson = False) -> None:
    """List what you may ask for. Work groups with their roles, times and who approves."""
    with reached(portal, as_json=as_json) as found:
        _say_page(found.items("/work-groups", every=True), tables.say_work_groups, as_json=as_json)


def _requests(portal: Portal, *, mine: bool, waiting: bool, state: State | None, every: bool) -> Json:
    me = portal.my_username() if mine else ""
    filters = {"requester": me, "waiting_for_me": "true" if waiting else "", "state": state or ""}
    return portal.items("/requests", every=every, **filters)


def _access(portal: Portal, *, mine: bool, ended: bool, every: bool) -> Json:
    page = portal.items("/elevations", every=every or mine, all="true" if ended else "")
    if not mine:
        return page
    me = portal.my_username()
    return {**page, "items": [each for each in page["items"] if each["person"]["username"] == me]}


def _say_mine(portal: Portal, *, as_json: bool) -> None:
    waiting = portal.items("/requests", every=True, requester=portal.my_username(), state=State.PENDING)["items"]
    access = finding.mine(portal)
    if as_json:
        speaking.say_json({"requests": waiting, "elevations": access})
        return
    if not waiting and not access:
        speaking.note(said("You have no access, and wait for none."))
    if access:
        tables.say_elevations(access)
    if waiting:
        tables.say_requests(waiting)


def _say_page(page: Json, show: tables.Showing, *, as_json: bool) -> None:
    if as_json:
        speaking.say_json(page)
        return
    show(page["items"])
    if page["next"]:
        speaking.note(said("There are more: --all."))
