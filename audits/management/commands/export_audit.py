from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from audits.exporting import writing
from audits.exporting.reading import NothingSealed
from audits.exporting.writing import Taken
from audits.management.times import moment
from audits.sealing.growing import Hole


class Command(BaseCommand):
    help = "Write the sealed audit trail into a folder, with verify.py, which checks it without the portal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--since", type=moment, help="lines of what was recorded from this time on (ISO 8601) alone")
        parser.add_argument("--until", type=moment, help="up to the first checkpoint that has what was recorded before this time")

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            sealed = writing.export(folder, since=options["since"], until=options["until"])
        except NothingSealed as nothing:
            raise CommandError("Nothing is sealed yet.") from nothing
        except Hole as hole:
            raise CommandError(str(hole)) from hole
        except (Taken, OSError) as error:
            raise CommandError(f"{folder} is not an empty folder that can be written: {error}".rstrip(": ")) from error
        self.stdout.write(f"{sealed.log.origin}, {sealed.size} leaves. Check it: python {folder}/verify.py {folder}")
