"""Questions, which go to people at a terminal only: a script is told what it left out."""

import sys

import typer

from portal.cli.exits import Interrupted, Unusable
from portal.cli.words import said


def somebody_is_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def given_or_asked(given: str | None, question: str, *, option: str, usual: str | None = None) -> str:
    """Return what was given, else what the person answers. Raises Unusable where there is nobody to ask."""
    if given is not None:
        return given
    if not somebody_is_there():
        raise Unusable(said("Give %(option)s.", option=option), code="missing")
    try:
        return str(typer.prompt(question, default=usual, err=True)).strip()
    except typer.Abort as abort:
        raise _interrupted() from abort


def confirm(question: str, *, yes: bool) -> None:
    """Go on if the person agrees, or did so beforehand. Raises Interrupted where not, Unusable where there is nobody to ask."""
    if yes:
        return
    if not somebody_is_there():
        raise Unusable(said("Nobody is here to be asked. To go on without, type --yes."), code="not_confirmed")
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort as abort:
        raise _interrupted() from abort
    if not agreed:
        raise _interrupted()


def _interrupted() -> Interrupted:
    return Interrupted(said("Nothing was done."), code="interrupted")
