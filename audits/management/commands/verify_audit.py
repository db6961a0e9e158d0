import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from audits import verify
from audits.exporting import reading
from audits.exporting.reading import NothingSealed
from audits.models import Anchor
from audits.sealing import configured, stamps
from audits.sealing.growing import Hole
from audits.sealing.stamps import StampTrouble


class Command(BaseCommand):
    help = (
        "Verify every entry, tile and checkpoint of the sealed audit trail, in the database or in an export. Exit 0 only if all "
        "hold; else what does not is named, with its place."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from-export", type=Path, metavar="DIR", help="an export instead of the database")
        parser.add_argument("--keys", type=Path, metavar="FILE", help="the keys to trust, as verify.py takes them")

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            pinned = verify.keys_of(options["keys"].read_text()) if options["keys"] else None
            source = verify.Folder(options["from_export"]) if options["from_export"] else reading.newest()
            report = verify.Export(source, pinned)
        except NothingSealed as nothing:
            raise CommandError("Nothing is sealed yet.") from nothing
        except Hole as hole:
            raise CommandError(str(hole)) from hole
        except (verify.Unusable, KeyError, TypeError, ValueError, OSError) as error:
            raise CommandError(f"It cannot be verified: {error}", returncode=2) from error
        self.stdout.write(verify.told(report))
        if not self._stamps_hold(options) or report.faults:
            sys.exit(1)

    def _stamps_hold(self, options: dict[str, Any]) -> bool:
        """Look at the time stamps in the database, where their roots are named. Those of an export openssl verifies."""
        if options["from_export"] or not (roots := _stamp_roots()):
            return True
        anchors, wrong = Anchor.objects.select_related("checkpoint").order_by("pk"), 0
        for anchor in anchors.iterator():
            try:
                stamps.verify(bytes(anchor.receipt), anchor.checkpoint.note, roots)
            except StampTrouble as trouble:
                wrong += 1
                self.stdout.write(f"time stamp of {anchor.place} over {anchor.checkpoint.size}: {trouble.detail}")
        held = anchors.count() - wrong
        self.stdout.write(f"{held} time stamp{'' if held == 1 else 's'} hold{'s' if held == 1 else ''}.")
        return not wrong


def _stamp_roots() -> Sequence[Certificate]:
    try:
        return configured.stamp_roots()
    except ValueError as error:
        raise CommandError(str(error), returncode=2) from error
