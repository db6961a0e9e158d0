"""What somebody does with the access that they have: give it back, switch to its roles."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from portal import profile_names
from portal.cli import asking_back, aws_config, completing, finding, speaking, tables
from portal.cli.aws_profiles import Profile, Wishes, profiles
from portal.cli.commands.options import Address, AsJson, MineCode
from portal.cli.exits import Unusable
from portal.cli.portal import reached
from portal.cli.words import said

SOURCE = "jump"


def return_(target: MineCode = None, *, portal: Address = None, as_json: AsJson = False) -> None:
    """Give your access back, before its end."""
    with reached(portal, as_json=as_json) as found:
        answer = found.post(f"/elevations/{finding.elevation_code(found, target)}/return")
        if as_json:
            speaking.say_json(answer)
        else:
            speaking.say(answer["id"], answer["work_group"], tables.state(answer["state"]))


def report(
    code: Annotated[str, typer.Argument(metavar="ID", help="E-…", autocompletion=completing.access)],
    *,
    message: Annotated[str | None, typer.Option("--message", "-m", help="What you did. Required.", show_default=False)] = None,
    deviation: Annotated[str, typer.Option(help="What was otherwise than planned.", show_default=False)] = "",
    unused: Annotated[bool, typer.Option("--unused", help="You did not use it; then nothing else is needed.")] = False,
    portal: Address = None,
    as_json: AsJson = False,
) -> None:
    """Report what you did with access that is over."""
    with reached(portal, as_json=as_json) as found:
        elevation = finding.access_code(code)
        done = (message or "") if unused else asking_back.given_or_asked(message, said("What was done"), option="--message")
        answer = found.post(f"/elevations/{elevation}/report", {"done": done, "deviation": deviation, "unused": unused})
        if as_json:
            speaking.say_json(answer)
        else:
            speaking.say(answer["id"], tables.state(answer["details"]["report"]["state"]))


def aws_profile(
    groups: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[GROUP]...",
            help="Work groups; those that are open to me now, if not given.",
            autocompletion=completing.work_groups,
        ),
    ] = None,
    *,
    write: Annotated[bool, typer.Option("--write", help="Write into the config file instead of printing.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what --write would change.")] = False,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="~/.aws/config.", envvar="AWS_CONFIG_FILE")
    ] = None,
    source_profile: Annotated[str, typer.Option(metavar="NAME", help="Your profile with your IAM user's key.")] = SOURCE,
    mfa_serial: Annotated[
        str, typer.Option("--mfa-serial", "--mfa", metavar="ARN", help="Another MFA device than the portal knows.")
    ] = "",
    region: Annotated[str, typer.Option(help="Another region than the portal's.")] = "",
    portal: Address = None,
    as_json: AsJson = False,
) -> None:
    """Print or write profiles for the aws command. There is one for each role that is open to you.

    They hold no secret. Of the config file only profiles that this command wrote are replaced.
    """
    with reached(portal, as_json=as_json) as found:
        wishes = Wishes(source_profile=source_profile, mfa_serial=mfa_serial, region=region)
        made = profiles(found, groups or [], wishes)
        if write or dry_run:
            _edit(config or aws_config.usual_path(), made, write=not dry_run, silent=as_json)
        if as_json:
            speaking.say_json({"profiles": [asdict(each) for each in made]})
        elif not (write or dry_run):
            speaking.say("\n\n".join(each.text() for each in made))
            for each in made:
                speaking.note(said("Try it: %(command)s", command=profile_names.trial(each.name)))
    _note_missing_source(config or aws_config.usual_path(), source_profile)


def _edit(path: Path, made: list[Profile], *, write: bool, silent: bool) -> None:
    edit = aws_config.planned(path, made)
    say = speaking.note if silent else speaking.say
    if not edit.changes:
        speaking.note(said("%(file)s is up to date.", file=path))
    elif write:
        edit.write()
        for each in made:
            say(profile_names.trial(each.name))
    else:
        say(edit.difference())


def _note_missing_source(path: Path, name: str) -> None:
    try:
        found = aws_config.has_profile(name, path, aws_config.usual_credentials_path())
    except (OSError, Unusable):
        return
    if not found:
        speaking.note(
            said("There is no profile %(name)s yet, which these start from. Make it: aws configure --profile %(name)s", name=name)
        )
