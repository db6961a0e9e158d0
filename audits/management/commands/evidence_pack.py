from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone

from audits.evidence.periods import NoPeriod
from audits.evidence.sampling import PRESET
from audits.models import ExtractState
from audits.packs import asking, making, periods, storing, words
from portal.verbs import operators
from portal.verbs.rejections import Rejection
from portal.verbs.run import run


class Command(BaseCommand):
    help = "Order an evidence pack of a period, make it here and now, and write it into a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", metavar="PERIOD", help="FY2026, FY2026-H1, FY2026-Q3 or the month 2026-11")
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--seed", default="", help="the auditor's own; without it the root of the checkpoint is the seed")
        parser.add_argument("--count", type=int, default=PRESET, help="how many are drawn")
        parser.add_argument("--language", choices=["ja", "en"], default="ja", help="of the sheets; reports are in both")
        operators.add_argument(parser)

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        file: Path = options["file"]
        if file.exists():
            raise CommandError(f"{file} is there already.")
        said = {name: options[name] for name in ("seed", "count", "language")}
        actor = operators.actor(options)
        try:
            period = periods.named(options["period"])
            pack = run(lambda: asking.ask(period=period, **said, actor=actor, now=timezone.now()))
        except NoPeriod as error:
            raise CommandError(str(error)) from error
        except Rejection as rejection:
            raise CommandError(str(rejection.sentence % rejection.data)) from rejection
        making.make(pack.pk)
        pack.refresh_from_db()
        if pack.state != ExtractState.DONE:
            raise CommandError(f"{pack.code} was not made: {words.problem(pack.problem) or pack.state}")
        run(lambda: asking.download(code=pack.code, actor=actor, now=timezone.now()))
        with file.open("xb") as written:
            for part in storing.parts(pack.files.get()):
                written.write(part)
        self.stdout.write(
            f"{pack.code}: {pack.said['population']} accesses, {len(pack.said['sample'])} drawn, SHA-256 {pack.sha256}"
        )
