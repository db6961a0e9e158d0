"""Help, and what is wrong with what was typed, in the person's language.

Typer has them in English, and wraps as if every sign were narrow.

The sentences of help stand in the commands, as docstrings and as `help=`; they are said anew in the tree of commands that Typer
makes of these. In English everything is as Typer has it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import typer
from rich.cells import cell_len

from portal.cli import speaking
from portal.cli.words import ENGLISH, language, said, to_say

# Signs that do not begin a line.
NOT_FIRST = "、。」)〜:;?"
WORD = re.compile(r"[\[(「]*(?:[!-~…]+|[ァ-ヶー]+|\S)\s*|\s+")
# Typer's own words, which stand in what it writes behind a help: [env var: …], [default: …].
BEHIND = re.compile(r"\[(.+)\]$")
HELP_OPTIONS = ["-h", "--help"]
HEADINGS = (to_say("Arguments"), to_say("Options"), to_say("Commands"))
NO_SUCH_COMMAND = re.compile(r"No such command '(.*?)'\.(?: Did you mean (.+)\?)?")


class Formatter(typer.Context.formatter_class):  # type: ignore[valid-type, misc]  # Typer names it nowhere else.
    """Writes Japanese: a wide sign takes two columns, and a line may end after almost any of them."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or f"{said('Usage')}: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(said(heading))

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        paragraphs = (lines(paragraph, self.width - self.current_indent) for paragraph in text.split("\n\n"))
        self.write("\n\n".join("\n".join(indent + line for line in paragraph) for paragraph in paragraphs) + "\n")

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        wide = min(max(cell_len(first) for first, _ in rows), col_max) + col_spacing
        for first, second in rows:
            begin = f"{'':{self.current_indent}}{first}"
            about = lines(_behind(second), self.width - wide - self.current_indent)
            if cell_len(first) > wide - col_spacing:
                self.write(f"{begin}\n")
                begin = ""
            for line in about or [""]:
                self.write(f"{begin:{self.current_indent + wide}}{line}".rstrip() + "\n")
                begin = ""


class Context(typer.Context):
    """What a command is run with where help is in Japanese."""

    formatter_class = Formatter


def speak(command: Any) -> None:
    """Put the sentences of a command, and of those below it, into the language of the person."""
    if language() == ENGLISH:
        return
    for each in _all(command):
        each.context_class = Context
        each.short_help = said(first_sentence(each.help)) if each.help else each.short_help
        each.help = "\n\n".join(said(paragraph) for paragraph in paragraphs(each.help))
        for parameter in _parameters(each):
            parameter.help = said(parameter.help) if parameter.help else parameter.help


def sentences(command: Any) -> Iterator[str]:
    """Yield what `speak` says of a command and of those below it."""
    for each in _all(command):
        if each.help:
            yield first_sentence(each.help)
        yield from paragraphs(each.help)
        yield from (parameter.help for parameter in _parameters(each) if parameter.help)


def paragraphs(text: str | None) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in (text or "").split("\n\n") if paragraph.strip()]


def first_sentence(text: str) -> str:
    """Return what the list of commands shows of a help."""
    return re.split(r"(?<=\.)\s", paragraphs(text)[0])[0]


def lines(text: str, width: int) -> list[str]:
    """Return the text in lines of so many columns, which end between words or after a wide sign."""
    made = [""]
    for piece in WORD.findall(" ".join(text.split())):
        if cell_len(made[-1]) + cell_len(piece.rstrip()) > width and piece[0] not in NOT_FIRST:
            made[-1] = made[-1].rstrip()
            made.append("")
        made[-1] += piece if made[-1] or not piece.isspace() else ""
    return [line.rstrip() for line in made if line.strip()]


def show(error: typer.TyperException) -> None:
    """Print why what was typed cannot be used. Of what has no Japanese here the sentence is Typer's own."""
    context = getattr(error, "ctx", None)
    if language() == ENGLISH or type(error).__name__ == "NoArgsIsHelpError":
        error.show()  # type: ignore[attr-defined]  # Of all that Typer raises here.
        return
    if context is not None:
        speaking.note(context.get_usage())
        speaking.note(said("Help: %(command)s", command=f"{context.command_path} --help"))
    speaking.note(said("Error: %(why)s", why=wrong(error)))


def wrong(error: Any) -> str:
    """Return, as a sentence, why what was typed cannot be used; Typer's own where it is not known here."""
    parameter, name = getattr(error, "param", None), getattr(error, "option_name", "")
    option = parameter.get_error_hint(error.ctx) if parameter else name
    match type(error).__name__:
        case "NoSuchOption":
            return said("There is no option %(option)s.", option=option)
        case "MissingParameter" if parameter:
            return said("Give %(option)s.", option=option)
        case "BadParameter" if parameter:
            return said("%(option)s cannot be used: %(why)s", option=option, why=error.message)
        case "BadOptionUsage":
            return said("Give a value for %(option)s, or none where it takes none.", option=option)
    if command := NO_SUCH_COMMAND.match(error.message):
        near = said(" Did you mean %(names)s?", names=command[2]) if command[2] else ""
        return said("There is no command %(name)s.", name=command[1]) + near
    return str(error.format_message())


def _behind(text: str) -> str:
    found = BEHIND.search(text)
    if found is None:
        return text
    parts = [part.partition(": ") for part in found[1].split("; ")]
    told = "; ".join(f"{said(name)}{colon}{value}" for name, colon, value in parts)
    return f"{text[: found.start()]}[{told}]"


def _parameters(command: Any) -> list[Any]:
    """Return arguments and options, --help with them."""
    return list(command.get_params(typer.Context(command, help_option_names=HELP_OPTIONS)))


def _all(command: Any) -> Iterator[Any]:
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from _all(below)
