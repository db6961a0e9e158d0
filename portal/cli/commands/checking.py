"""Policies in files, checked before they are deployed."""

import re
from typing import Annotated

import typer

from portal.cli import policies, speaking
from portal.cli.exits import Exit, Unusable
from portal.cli.words import counted, listed, said

ACCOUNT = re.compile(r"\d{12}")
# Of this command: something was found. Nobody refused anything.
FOUND = 1


def policy(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="A policy, a template, terraform show -json; - for standard input.")
    ],
    *,
    parameter: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A parameter of the template.")] = None,
    account: Annotated[str, typer.Option(metavar="ID", help="Where it is deployed: AWS::AccountId.")] = "",
    own: Annotated[list[str] | None, typer.Option(metavar="ID", help="Another account of yours, which may be trusted.")] = None,
    rails: Annotated[
        str, typer.Option(metavar="KIND", help="The guard rails of this kind of account must hold: staging, …")
    ] = "",
    spare: Annotated[list[str] | None, typer.Option(metavar="RAIL[:NAME]", help="But for this rail, for all or for one.")] = None,
    accept: Annotated[
        list[str] | None, typer.Option(metavar="RULE[:NAME]", help="Pass over this rule, for all or for one.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Notes are findings too.")] = False,
    sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF 2.1.0.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check policies in files. Nothing is sent anywhere.

    Exit codes: 0 nothing found; 1 something found; 2 a file or an option cannot be used.
    """
    accounts = [one for one in (account, *(own or [])) if one]
    if strange := next((one for one in accounts if not ACCOUNT.fullmatch(one)), None):
        raise Unusable(said("%(typed)s is no ID of an account. Type its twelve digits.", typed=strange), code="account_unusable")
    options = policies.options_of(
        accounts=accounts,
        account=account,
        rails=_known("--rails", [rails])[0][0] if rails else "",
        spared=_known("--spare", spare or []),
        accepted=_known("--accept", accept or []),
    )
    found = policies.check(files, parameters=_parameters(parameter or []), options=options)
    if sarif:
        speaking.say_json(policies.as_sarif(found))
    elif as_json:
        speaking.say_json(policies.as_json(found))
    else:
        _say(found)
    raise typer.Exit(_exit(found, strict=strict))


def _exit(found: list[policies.Checked], *, strict: bool) -> int:
    if any(each.unusable for each in found):
        return Exit.USAGE
    return FOUND if any(each.has_findings or (strict and each.remarks) for each in found) else Exit.DONE


def _say(found: list[policies.Checked]) -> None:
    for each in found:
        for line in policies.lines(each):
            (speaking.note if each.unusable else speaking.say)(speaking.one_line(line))
    count = sum(one.grade != "note" for each in found for one in each.remarks)
    findings = counted(count, "%(number)s finding", "%(number)s findings")
    files = counted(len(found), "%(number)s file", "%(number)s files")
    speaking.note(said("%(findings)s in %(files)s.", findings=findings, files=files))


def _parameters(given: list[str]) -> dict[str, str]:
    if strange := next((one for one in given if "=" not in one), None):
        raise Unusable(said("--parameter takes NAME=VALUE, and not %(typed)s.", typed=strange), code="parameter_unusable")
    return {name: value for name, _equals, value in (one.partition("=") for one in given)}


def _known(option: str, given: list[str]) -> list[tuple[str, str]]:
    """Return what was typed, and of whom: RULE:NAME. Raises Unusable for what the option does not know."""
    read = [(name, of) for name, _colon, of in (one.partition(":") for one in given)]
    names = policies.known()[option] if given else []
    if strange := next((name for name, _of in read if name not in names), None):
        why = said(
            "%(option)s does not know %(typed)s. Type one of: %(names)s.", option=option, typed=strange, names=listed(names)
        )
        raise Unusable(why, code="name_unknown")
    return read
