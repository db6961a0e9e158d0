from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone

from access_requests.services import catalogue
from access_requests.services.catalogue import CatalogueRefused, checking, current
from access_requests.services.catalogue.designing import designed
from access_requests.services.catalogue.state import State
from access_requests.services.drift import designs
from portal.iam.account_design import declared, rendering
from portal.iam.account_design.declared import NotDeclared
from portal.iam.account_design.design import Declared, Design
from portal.iam.account_design.organisation import TooLarge
from portal.iam.rails.packing import DoesNotFit


class Command(BaseCommand):
    help = "Write the account design of the catalogue as CloudFormation: a template for each account, and its parameters."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path)
        parser.add_argument("--check", action="store_true", help="write nothing: say what AWS, and the files, have otherwise")
        before = "a catalogue's file, before it is loaded: a load asks for roles that this deploys"
        parser.add_argument("--catalogue", type=Path, metavar="FILE", help=before)
        parser.add_argument("--account", metavar="KEY", help="this account's files alone")
        without = "what the catalogue does not say (ACCOUNT_DESIGN_FILE)"
        parser.add_argument("--design", type=Path, default=settings.ACCOUNT_DESIGN_FILE, help=without)

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        directory: Path = options["directory"]
        design = designed(_catalogue(options["catalogue"]), _declared(options["design"]), today=timezone.localdate())
        if options["catalogue"] is None:
            design, unread = designs.with_quotas(design)
            if unread:
                self.stdout.write(f"quotas as AWS documents them, since they could not be read: {', '.join(unread)}")
        try:
            files = _files(design, options["account"])
        except (DoesNotFit, TooLarge) as error:
            raise CommandError(f"AWS would not take it: {error}") from error
        if options["check"]:
            self._check(design, files, directory, account=options["account"])
            return
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (directory / name).write_text(text, encoding="utf-8")
            self.stdout.write(f"{name}: {len(text.encode()):,} bytes")
        for exemption in design.declared.exemptions:
            if exemption.until < design.today:
                self.stdout.write(
                    f"warning: the exception of {exemption.who} from {exemption.rail} is over: the rail holds again"
                )

    def _check(self, design: Design, files: Mapping[str, str], directory: Path, *, account: str | None) -> None:
        """Say what differs. Raises CommandError where something does, or where an account could not be read."""
        count = 0
        for name, text in files.items():
            file = directory / name
            if name.endswith(".yaml") and (not file.exists() or file.read_text(encoding="utf-8") != text):
                self.stdout.write(f"{name}: the file is not what the catalogue gives now")
                count += 1
        for compared in designs.compared(design, account=account):
            if compared.problem:
                self.stdout.write(f"{compared.account}: not compared: {compared.problem}")
            for difference, who in compared.differences:
                by = f" ({who})" if who else ""
                self.stdout.write(f"{compared.account}: {difference.thing} {difference.what}{by}")
                count += 1
        if count:
            raise CommandError(f"{count} {'difference' if count == 1 else 'differences'}")
        self.stdout.write("no differences")


def _files(design: Design, key: str | None) -> dict[str, str]:
    if key is None:
        return rendering.rendered(design)
    account = next((account for account in design.accounts if account.key == key), None)
    if account is None:
        raise CommandError(f"the catalogue has no account {key}; it has {', '.join(each.key for each in design.accounts)}")
    return rendering.of_account(design, account)


def _catalogue(file: Path | None) -> State:
    """Return the catalogue of the file, or the one that is loaded."""
    if file is None:
        return current.read()
    try:
        wanted = catalogue.read(file.read_bytes())
        checking.check(wanted)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    except CatalogueRefused as refused:
        raise CommandError("\n".join(f"{file.name}:{mistake}" for mistake in refused.mistakes)) from refused
    return wanted.state


def _declared(file: Path | None) -> Declared:
    if file is None:
        raise CommandError("name the file with what the catalogue does not say: --design FILE, or ACCOUNT_DESIGN_FILE")
    try:
        return declared.read(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    except NotDeclared as error:
        raise CommandError(f"{file}: {error}") from error
