"""Who runs a command. The trail names them, so that no change of people, rules or documents is nobody's."""

import os
import pwd
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from portal.verbs.actor import Actor, Door, Process

# How the operator is known, as the trail keeps it: they say so themselves, or this machine does.
SAID_SO, LOGGED_IN = "operator-option", "operating-system"
NAME = re.compile(r"[\w.@+-]{1,64}")
ROOT = 0
# Below are the accounts of services; those above that no shell is for, such as the container's, are of services too.
FIRST_PERSON = 1000
NO_SHELLS = frozenset({"nologin", "false", "true", "sync", "git-shell"})


def add_argument(parser: CommandParser) -> None:
    parser.add_argument(
        "--operator",
        metavar="NAME",
        help="who runs this, for the audit trail; by default the operating system's user where that is a person's",
    )


def actor(options: Mapping[str, Any]) -> Actor:
    """Return who runs the command. Raises CommandError where that is nobody, or no name."""
    named, user = options.get("operator"), of_machine()
    name = user if named is None else named
    if not name:
        raise CommandError("Say who runs this, for the audit trail: --operator NAME. The user of this machine is nobody's own.")
    if NAME.fullmatch(name) is None:
        raise CommandError("--operator takes a name of at most 64 letters, digits and . @ + - _.")
    proof = {"method": LOGGED_IN if named is None else SAID_SO, "at": timezone.now().isoformat(), "os_user": user or _account()}
    return Actor(person=None, door=Door.COMMAND, credential=Process(), operator=name, proof=proof)


def of_machine() -> str:
    """Return the person whose account runs this process, or who became root by sudo; nothing where the account is no person's."""
    if os.getuid() == ROOT:
        return _person(os.environ.get("SUDO_UID", ""))
    return _person(str(os.getuid()))


def _person(uid: str) -> str:
    try:
        account = pwd.getpwuid(int(uid))
    except (ValueError, KeyError, OverflowError):
        return ""
    is_somebody = account.pw_uid >= FIRST_PERSON and Path(account.pw_shell).name not in NO_SHELLS
    return account.pw_name if is_somebody else ""


def _account() -> str:
    """Return the account by name, or by number where it has none, as in a container that runs as any user."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
