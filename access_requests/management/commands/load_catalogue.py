import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone

from access_requests.services import catalogue
from access_requests.services.catalogue import CatalogueRefused, Change, Wanted, documents
from portal.aws.errors import BackendError
from portal.verbs import operators
from portal.verbs.actor import Actor
from portal.verbs.run import run


class Command(BaseCommand):
    help = "Bring the catalogue to what a file says, or with --check print what that would change."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--check", action="store_true", help="print the difference and change nothing")
        parser.add_argument("--strict", action="store_true", help="with --check, fail where AWS could not be asked")
        operators.add_argument(parser)

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            if options["check"]:
                self._check(file, strict=options["strict"])
            else:
                self._load(file, actor=operators.actor(options))
        except CatalogueRefused as refused:
            raise CommandError("\n".join(f"{file.name}:{mistake}" for mistake in refused.mistakes)) from refused
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        except BackendError as error:
            raise CommandError(f"AWS could not be asked about its users and roles, nothing was changed: {error}") from error

    def _check(self, file: Path, *, strict: bool) -> None:
        wanted, secrets = _read(file)
        found = catalogue.look_up(wanted=wanted, forgives=True)
        self._print(catalogue.difference(wanted=wanted, found=found, secrets=secrets), catalogue.left_alone(wanted))
        self._warn(wanted)
        self._tell_unasked(list(found.unasked()), strict=strict)

    def _load(self, file: Path, *, actor: Actor) -> None:
        wanted, secrets = _read(file)
        found = catalogue.look_up(wanted=wanted)
        loaded = run(lambda: catalogue.load(wanted=wanted, found=found, secrets=secrets, actor=actor, now=timezone.now()))
        self._print(loaded.changes, catalogue.left_alone(wanted))
        for client, secret in loaded.made_secrets.items():
            self.stdout.write(f"The secret of {client}, shown only now: {secret}")
        self._warn(wanted)

    def _tell_unasked(self, unasked: list[str], *, strict: bool) -> None:
        """Say what AWS was not there to answer: a load would ask again, and change nothing without the answer."""
        for what in unasked:
            self.stdout.write(f"not checked: {what}")
        if unasked and strict:
            raise CommandError("AWS could not be asked about all of it")

    def _warn(self, wanted: Wanted) -> None:
        """Say what keeps work groups from being granted: they must be in the catalogue before it can be put right."""
        warnings = list(documents.warnings(documents.owners_in(wanted.state)))
        for warning in warnings:
            self.stdout.write(f"warning: {warning}")
        if warnings:
            self.stdout.write("warning: run publish_runbooks, and have change templates reviewed, before anybody asks")

    def _print(self, changes: list[Change], left_alone: list[str]) -> None:
        for key in left_alone:
            self.stdout.write(f"= client {key}: kept in the browser, stays as it is")
        for change in changes:
            for line in change.lines():
                self.stdout.write(line)
        self.stdout.write({0: "no changes", 1: "1 change"}.get(len(changes), f"{len(changes)} changes"))


def _read(file: Path) -> tuple[Wanted, Mapping[str, str]]:
    wanted = catalogue.read(file.read_bytes())
    return wanted, catalogue.read_secrets(wanted, environment=os.environ, folder=file.resolve().parent)
