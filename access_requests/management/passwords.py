"""How commands come by a password: from the environment, a file, a pipe, or a person at a terminal. Never an argument."""

import getpass
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from django.core.management.base import CommandError


def read_password(*, environment: Mapping[str, str], variable: str, stdin: TextIO | None = None) -> str:
    """Return the password from the variable, the file that it names with `_FILE` behind it, or the input. Raises CommandError."""
    given = given_password(environment=environment, variable=variable)
    return _from_input(stdin or sys.stdin) if given is None else given


def given_password(*, environment: Mapping[str, str], variable: str) -> str | None:
    """Return the password from the variable, or the file that it names with `_FILE` behind it; None where there is neither."""
    if variable in environment:
        return environment[variable]
    if f"{variable}_FILE" not in environment:
        return None
    path = environment[f"{variable}_FILE"]
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error


def _from_input(stdin: TextIO) -> str:
    if not stdin.isatty():
        return stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Password again: ") != password:
        raise CommandError("The two passwords differ.")
    return password
