"""Options and arguments that several commands have."""

from typing import Annotated

import typer

from portal.cli import completing

Address = Annotated[
    str | None,
    typer.Option(
        "--portal",
        metavar="URL",
        help="Which portal; the one that was logged in to last.",
        envvar="SEKISHO_PORTAL",
        autocompletion=completing.portals,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print what the API answers, errors too.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether to go on.")]
NeededWord = Annotated[str | None, typer.Option("--message", "-m", help="The reason. Required.", show_default=False)]
MineCode = Annotated[
    str | None,
    typer.Argument(
        metavar="[ID]",
        help="E-…, its request R-…, or the name of the work group; not needed for the only one.",
        autocompletion=completing.my_access,
    ),
]
WaitingCode = Annotated[str, typer.Argument(metavar="ID", help="R-…", autocompletion=completing.waiting_for_me)]
