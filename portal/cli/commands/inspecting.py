"""The daily inspection, for inspectors: how a month is, and signing rows of a day."""

import re
from datetime import UTC, datetime
from typing import Annotated

import typer

from portal.cli import speaking, tables
from portal.cli.commands.options import Address, AsJson
from portal.cli.exits import Unusable
from portal.cli.portal import reached
from portal.cli.words import said

MONTH = re.compile(r"20\d{2}-(0[1-9]|1[0-2])", re.ASCII)
# What the portal is told to have been shown of a row that the day does not have: it says so.
NOT_THERE = "0" * 16
DAY = re.compile(r"20\d{2}-\d{2}-\d{2}", re.ASCII)


def inspections(
    month: Annotated[str, typer.Argument(metavar="[MONTH]", help="2026-11; this one, if not given.", show_default=False)] = "",
    *,
    portal: Address = None,
    as_json: AsJson = False,
) -> None:
    """Show how the days of a month are inspected. It takes a log-in with --audit."""
    with reached(portal, as_json=as_json) as found:
        asked = month or f"{datetime.now(UTC).astimezone():%Y-%m}"
        if not MONTH.fullmatch(asked):
            raise Unusable(said("%(typed)s is no month such as 2026-11.", typed=repr(asked)), code="no_month")
        answer = found.get("/inspections", month=asked)
        if as_json:
            speaking.say_json(answer)
        else:
            tables.say_days(answer["items"])


def inspect(
    day: Annotated[str, typer.Argument(metavar="DAY", help="2026-11-05")],
    rows: Annotated[
        list[int] | None, typer.Argument(metavar="[ROW]...", help="Numbers of the rows that you sign; none: show the day.")
    ] = None,
    *,
    supplement: Annotated[int, typer.Option(help="Of what came late: which supplement.", min=0)] = 0,
    message: Annotated[str, typer.Option("--message", "-m", help="How deviations are explained.", show_default=False)] = "",
    portal: Address = None,
    as_json: AsJson = False,
) -> None:
    """Show a day's log-ins, or sign them. A signature stays as it is."""
    with reached(portal, as_json=as_json) as found:
        if not DAY.fullmatch(day):
            raise Unusable(said("%(typed)s is no day such as 2026-11-05.", typed=repr(day)), code="no_day")
        answer = found.get(f"/inspections/{day}")
        if rows:
            seen = {row["number"]: row["seen"] for part in answer["parts"] if part["part"] == supplement for row in part["rows"]}
            marks = [{"part": supplement, "number": row, "comment": message, "seen": seen.get(row, NOT_THERE)} for row in rows]
            answer = found.post(f"/inspections/{day}/sign", {"rows": marks})
        if as_json:
            speaking.say_json(answer)
        else:
            tables.say_inspection(answer)
