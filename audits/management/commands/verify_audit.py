import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.db import DatabaseError

from audits import verify, verifying
from audits.exporting import reading
from audits.exporting.reading import NothingSealed, Sealed
from audits.findings import folding
from audits.inspections import folding as inspected
from audits.models import Anchor
from audits.reports import folding as reported
from audits.reviews import folding as reviewed
from audits.sealing import configured, stamps
from audits.sealing.growing import Hole
from audits.sealing.stamps import StampTrouble
from audits.verifying import Fault


class Command(BaseCommand):
    help = (
        "Verify every entry, tile and checkpoint of the sealed audit trail, in the database or in an export. Exit 0 only if all "
        "hold; else what does not is named, with its place. What came of the database is kept for the page of the seal."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from-export", type=Path, metavar="DIR", help="an export instead of the database")
        parser.add_argument("--keys", type=Path, metavar="FILE", help="the keys to trust, as verify.py takes them")
        parser.add_argument("--operator", metavar="NAME", default="", help="who verifies, for the page of the seal")

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            pinned = verify.keys_of(options["keys"].read_text()) if options["keys"] else None
            if options["from_export"]:
                report = verify.Export(verify.Folder(options["from_export"]), pinned)
            else:
                report = self._in_place(reading.newest(), pinned, options["operator"])
        except NothingSealed as nothing:
            raise CommandError("Nothing is sealed yet.") from nothing
        except (verify.Unusable, KeyError, TypeError, ValueError, OSError) as error:
            raise CommandError(f"It cannot be verified: {error}", returncode=2) from error
        self.stdout.write(verify.told(report))
        if report.faults:
            sys.exit(1)

    def _in_place(self, sealed: Sealed, pinned: list[verify.Key] | None, operator: str) -> verify.Export:
        try:
            report = verify.Export(sealed, pinned)
        except Hole as hole:
            self._keep(sealed, [{"place": "the trail", "what": str(hole)}], operator)
            raise CommandError(str(hole)) from hole
        report.faults += [
            *verifying.faults_of_stays(),
            *folding.faults(),
            *reported.faults(),
            *reviewed.faults(),
            *inspected.faults(),
            *self._faults_of_stamps(),
        ]
        self._keep(sealed, report.faults, operator)
        return report

    def _keep(self, sealed: Sealed, faults: list[Fault], operator: str) -> None:
        """A role that only reads verifies as well; then nobody reads of it on the page."""
        try:
            verifying.keep(origin=sealed.log.origin, size=sealed.size, faults=faults, operator=operator)
        except DatabaseError as refused:
            self.stderr.write(f"It is not kept for the page of the seal: {refused}".strip())

    def _faults_of_stamps(self) -> list[Fault]:
        """Look at the time stamps in the database, where their roots are named. Those of an export openssl verifies."""
        if not (roots := _stamp_roots()):
            return []
        anchors, faults = Anchor.objects.select_related("checkpoint").order_by("pk"), list[Fault]()
        for anchor in anchors.iterator():
            try:
                stamps.verify(bytes(anchor.receipt), anchor.checkpoint.note, roots)
            except StampTrouble as trouble:
                faults.append({"place": f"time stamp of {anchor.place} over {anchor.checkpoint.size}", "what": trouble.detail})
        held = anchors.count() - len(faults)
        self.stdout.write(f"{held} time stamp{'' if held == 1 else 's'} hold{'s' if held == 1 else ''}.")
        return faults


def _stamp_roots() -> Sequence[Certificate]:
    try:
        return configured.stamp_roots()
    except ValueError as error:
        raise CommandError(str(error), returncode=2) from error
