"""What the documentation says of the command line, against the program."""

import re
from pathlib import Path

from portal.cli.exits import MEANING, Exit
from portal.cli.program import BELOW, COMMANDS
from portal.iam.checks.remarks import RULES

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
TEXT, CHECKS = (DOCS / "cli.md").read_text(), (DOCS / "policy-checks.md").read_text()
# What typer shows of it, there.
LONGEST_FIRST_LINE = 45


def test_documentation_has_every_command_in_the_programs_order_and_no_other() -> None:
    below = [f"{name} {each}" for name, several in BELOW.items() for each in several]
    named = re.findall(r"^\| `sekisho ([a-z -]+)` \|", TEXT, re.MULTILINE)
    assert [name for name in named if name not in below] == list(COMMANDS)
    assert [name for name in named if name in below] == below


def test_documentation_has_every_exit_code_with_its_meaning() -> None:
    table = re.findall(r"^\| (\d+) \| (.+) \|$", TEXT, re.MULTILINE)
    assert table == [(str(code.value), means) for code, means in MEANING.items()]
    assert set(MEANING) == set(Exit)


def test_options_that_the_documentation_names_are_the_programs() -> None:
    rows = re.findall(r"^\| `sekisho ([a-z -]+)` \| (.+) \|$", TEXT, re.MULTILINE)
    for name, about in rows:
        options = options_of(name)
        assert set(re.findall(r"`(-[a-z-]+)", about)) <= options, name


def options_of(command: str) -> set[str]:
    import typer.main  # noqa: PLC0415  Of this test alone.

    from portal.cli.program import app  # noqa: PLC0415

    found = typer.main.get_command(app)
    for name in command.split():
        found = found.commands[name]  # type: ignore[attr-defined]
    return {name for option in found.params for name in option.opts}


def test_documentation_has_every_rule_of_the_checks_of_policies() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \| (.+) \| (.+) \|$", CHECKS, re.MULTILINE)
    assert rows == [(name, str(rule.grade), rule.title, rule.advice) for name, rule in RULES.items()]


def test_first_line_of_each_command_fits_the_list_of_commands() -> None:
    lines = {name: (function.__doc__ or "").split(". ")[0].split("\n")[0] for name, function in COMMANDS.items()}
    assert {name: line for name, line in lines.items() if len(line) > LONGEST_FIRST_LINE} == {}
