"""What is printed. Answers go to standard output, everything else to standard error.

Names and reasons are whatever somebody typed: no control character of theirs reaches the terminal, and what hides is named.
"""

import json
import os
import re
import sys
import unicodedata
from collections.abc import Collection, Sequence
from io import StringIO
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from portal.cli.exits import Exit, Failure
from portal.cli.words import said, to_say

# Colour sequences and the like, whole: without their first character the rest would be left as litter.
ANSI = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)|\x1b[@-_]")
# Controls and format characters, such as U+202E and U+200B; separators that break a line unseen; private ones; half ones.
HIDING = frozenset({"Cc", "Cf", "Zl", "Zp", "Co", "Cs"})
# JSON escapes those below U+0020 itself.
RAW_IN_JSON = re.compile("[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
# What the portal cannot know: that it is this program that asks.
HELP = {
    "wrong_scope": to_say("What a log-in may do is asked for when it begins. Run: sekisho login --may-decide, or --audit"),
    "token_unusable": to_say("Run: sekisho login"),
    # Of a log-in that this program keeps, it asks by itself.
    "step_up_needed": to_say("Log in anew, and use that token. With sekisho login, you are asked when it is needed."),
}
# Wider than any line: what is not a terminal is not wrapped.
UNWRAPPED = 100_000


def clean(text: object) -> str:
    """Return the text as it may go to a terminal: newlines stay, sequences go, and what else hides is named."""
    plain = ANSI.sub("", str(text).replace("\r\n", "\n"))
    return "".join(f"⟦U+{ord(sign):04X}⟧" if _hides(sign) else sign for sign in plain.replace("\t", " "))


def one_line(text: object) -> str:
    return " ".join(clean(text).split())


def say(*parts: str | Text) -> None:
    """Print an answer."""
    _print(sys.stdout, *parts)


def note(*parts: str | Text) -> None:
    """Print what is no answer: what happens, what is waited for, what is asked."""
    _print(sys.stderr, *parts)


def say_json(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    _put(sys.stdout, RAW_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def say_table(columns: Sequence[str], rows: Sequence[Sequence[str | Text]], *, wrapped: Collection[str] = ()) -> None:
    """Print rows under their headings. On a narrow terminal the `wrapped` columns give way; to a file or a pipe none does."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in columns:
        table.add_column(name, overflow="fold", no_wrap=name not in wrapped)
    for row in rows:
        table.add_row(*(_text(cell, to_one_line=True) for cell in row))
    _write(sys.stdout, table)


def say_fields(fields: Sequence[tuple[str, str | Text]], *, to: Any = None) -> None:
    """Print names and values, one below the other, without those that have none."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in fields:
        if str(value):
            grid.add_row(Text(name), _text(value))
    _write(to or sys.stdout, grid)


def tell(failure: Failure) -> None:
    """Print why a command failed: as JSON where that was asked for, else the sentence and its code."""
    if failure.as_json:
        say_json(failure.problem)
        return
    note(f"sekisho: {clean(failure.detail)} ({clean(failure.code)})")
    for each in failure.problem.get("errors") or ():
        if isinstance(each, dict) and each.get("detail") != failure.detail:
            note(f"  {one_line(each.get('field', ''))}: {one_line(each.get('detail', ''))}")
    if failure.code in HELP:
        note(f"  {said(HELP[failure.code])}")


def _hides(sign: str) -> bool:
    return sign != "\n" and unicodedata.category(sign) in HIDING


def _text(value: str | Text, *, to_one_line: bool = False) -> Text:
    """Return the value without markup of its own. A Text was made here, from clean parts."""
    if isinstance(value, Text):
        return value
    return Text(one_line(value) if to_one_line else clean(value))


def _print(stream: Any, *parts: str | Text) -> None:
    _write(stream, Text(" ").join(_text(part) for part in parts))


def _write(stream: Any, shown: Text | Table) -> None:
    made = StringIO()
    if stream.isatty():
        Console(file=made, force_terminal=True, highlight=False, soft_wrap=isinstance(shown, Text)).print(shown)
        _put(stream, made.getvalue())
        return
    Console(file=made, width=UNWRAPPED, color_system=None, highlight=False).print(shown)
    _put(stream, "".join(f"{line.rstrip()}\n" for line in made.getvalue().split("\n")[:-1]))


def _put(stream: Any, text: str) -> None:
    """Write it out now. When nobody reads answers any more the command ends; what is only said may be lost."""
    try:
        # A half character, or a terminal that is not of UTF-8.
        stream.write(text.encode(stream.encoding or "utf-8", errors="replace").decode(stream.encoding or "utf-8"))
        stream.flush()
    except BrokenPipeError:
        # Nothing is left to be flushed into a pipe that is gone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if stream is sys.stdout:
            raise SystemExit(Exit.READER_GONE) from None
