"""The audit trail, for auditors and administrators."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from portal.cli import moments, speaking, tables
from portal.cli.commands.options import Address, AsJson
from portal.cli.exits import Unusable
from portal.cli.portal import reached
from portal.cli.words import said

# As many as the portal gives at once.
MOST = 100
DAY = timedelta(days=1)


def audit(
    context: typer.Context,
    *,
    since: Annotated[str, typer.Option(help="From this time on: 2026-11-26 09:00, or 18:00, the last one.")] = "",
    until: Annotated[str, typer.Option(help="Before this time.")] = "",
    person: Annotated[str, typer.Option(help="Who acted, or was acted for or upon: a username.")] = "",
    iam_user: Annotated[str, typer.Option(help="An IAM user.")] = "",
    group: Annotated[str, typer.Option(help="A work group or a standing group.")] = "",
    account: Annotated[str, typer.Option(help="An AWS account, by its ID or its name in the catalogue.")] = "",
    ticket: Annotated[str, typer.Option(help="A change ticket.")] = "",
    about: Annotated[str, typer.Option(help="A request or an access: R-…, E-….")] = "",
    act: Annotated[str, typer.Option(help="Such as request.approved.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every page, not the first alone.")] = False,
    portal: Address = None,
    as_json: AsJson = False,
) -> None:
    """List the audit trail, oldest first. It takes a log-in with --audit."""
    if context.invoked_subcommand is not None:
        return
    with reached(portal, as_json=as_json) as found:
        named = {"person": person, "iam_user": iam_user, "group": group, "account": account, "ticket": ticket, "about": about}
        period = {"since": _moment(since), "until": _moment(until)}
        if all(period.values()) and period["since"] >= period["until"]:
            raise Unusable(said("--until must be later than --since."), code="period_unusable")
        page = found.items("/audit/entries", every=every, limit=MOST, act=act, **named, **period)
        if as_json:
            speaking.say_json(page)
            return
        tables.say_entries(page["items"])
        if page["next"]:
            speaking.note(said("There are more: --all."))


def _moment(text: str) -> str:
    """Return the time as the API takes it; of a clock alone the last one, of a day alone its beginning. Raises Unusable."""
    if not text.strip():
        return ""
    typed = f"{text.strip()} 00:00" if moments.DAY.fullmatch(text.strip()) else text
    return moments.sent(moments.moment(typed, now=datetime.now(UTC) - DAY))
