"""The commands together, and what each ending of one is to the shell."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from portal.cli import credentials, helping, speaking
from portal.cli.commands import asking, auditing, checking, deciding, holding, inspecting, logging_in, looking, waiting
from portal.cli.exits import MEANING, Exit, Failure
from portal.cli.version import version
from portal.cli.words import said, spoken

NAME = "sekisho"
SETTINGS = {"help_option_names": helping.HELP_OPTIONS}
app = typer.Typer(
    name=NAME,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # What the portal says is no markup, and neither is what we say.
    rich_markup_mode=None,
    context_settings=SETTINGS,
)
COMMANDS: dict[str, Callable[..., None]] = {
    "login": logging_in.login,
    "logout": logging_in.logout,
    "whoami": logging_in.whoami,
    "work-groups": looking.work_groups,
    "request": asking.request,
    "list": looking.list_,
    "status": looking.status,
    "wait": waiting.wait,
    "approve": deciding.approve,
    "reject": deciding.reject,
    "send-back": deciding.send_back,
    "withdraw": asking.withdraw,
    "return": holding.return_,
    "extend": asking.extend,
    "report": holding.report,
    "inspections": inspecting.inspections,
    "inspect": inspecting.inspect,
    "stop": deciding.stop,
    "aws-profile": holding.aws_profile,
    "audit": auditing.audit,
    "version": logging_in.version,
}
# Commands below a command, which does its own work without them.
BELOW: dict[str, dict[str, Callable[..., None]]] = {"audit": {"policy": checking.policy}}


def _add(name: str, function: Callable[..., None]) -> None:
    if name not in BELOW:
        app.command(name)(function)
        return
    group = typer.Typer(rich_markup_mode=None, context_settings=SETTINGS, pretty_exceptions_enable=False)
    group.callback(invoke_without_command=True)(function)
    for below, command in BELOW[name].items():
        group.command(below)(command)
    app.add_typer(group, name=name)


for name, function in COMMANDS.items():
    _add(name, function)


def _show_version(*, asked: bool) -> None:
    if asked:
        speaking.say(f"{NAME} {version()}")
        raise typer.Exit


@app.callback()
def _sekisho(
    *,
    version: Annotated[bool, typer.Option("--version", help="Show the version.", is_eager=True, callback=_show_version)] = False,
) -> None:
    """Time-boxed access to production on AWS: ask, approve, be in, be out again.

    Begin with: sekisho login https://portal.example.com
    """


def spoken_command() -> Any:
    """Return the commands as one, with its help in the language of the person."""
    command = typer.main.get_command(app)
    meanings = "; ".join(f"{code.value} {said(means)}" for code, means in MEANING.items())
    command.epilog = said("Exit codes: %(meanings)s.", meanings=meanings)
    helping.speak(command)
    return command


def run() -> int:
    """Run the command that was typed; what it cannot do is said in a sentence."""
    with spoken(credentials.language()):
        try:
            command = spoken_command()
            ending = command.main(prog_name=NAME, standalone_mode=False)
        except Failure as failure:
            speaking.tell(failure)
            return failure.exit
        except typer.TyperException as error:
            helping.show(error)
            return error.exit_code
        except typer.Abort:
            speaking.note(said("Interrupted."))
            return Exit.INTERRUPTED
        except SystemExit as left:
            return left.code if isinstance(left.code, int) else 0
    return ending if isinstance(ending, int) else 0
