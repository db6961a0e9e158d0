import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser, no_translations

from access_requests.lifecycle import DriftStatus
from access_requests.models import Drift, Reconciliation
from access_requests.selectors import drift as selector
from access_requests.services.drift import recording, running
from portal.verbs import operators
from portal.verbs.actor import COMMAND, Actor

# Longer than a comparison takes that waits for what may merely be late.
PATIENCE_SECONDS = 120


class Command(BaseCommand):
    help = (
        "Compare AWS with the portal, record drift, undo it where the work group says so, and print what there is: every "
        "RECONCILE_SECONDS until interrupted, or once. With --once, exit 0 when there is no open drift and no problem, else 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="compare once; wait for another comparison, and for what may merely be late"
        )
        operators.add_argument(parser)

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        actor = _actor(options)
        if options["once"]:
            sys.exit(0 if self._compare(actor, patience=PATIENCE_SECONDS) else 1)
        try:
            while True:
                self._compare(actor)
                time.sleep(settings.RECONCILE_SECONDS)
        except KeyboardInterrupt:
            self.stdout.write("interrupted")

    def _compare(self, actor: Actor, *, patience: int = 0) -> bool:
        """Print one comparison, after another one if that ends in time; return whether all is as it should be."""
        row = running.run(asked_by=actor.name, pause=time.sleep)
        while row is None and patience > 0:
            time.sleep(1)
            patience -= 1
            row = running.run(asked_by=actor.name, pause=time.sleep)
        if row is None:
            self.stdout.write("another comparison is running")
            return False
        drifts = list(selector.in_full(Drift.objects.filter(seen_at__gte=row.began_at) | selector.still_open()).order_by("pk"))
        for drift in drifts:
            self.stdout.write(_line(drift))
        for problem in row.problems:
            self.stdout.write(f"problem: {' '.join(word for word in problem.values() if word)}")
        self.stdout.write(_summary(row, drifts))
        return not row.problems and not selector.still_open().exists()


def _actor(options: dict[str, Any]) -> Actor:
    """Return who runs it, where that is somebody: it changes nothing that the workers would not, so a timer may run it, too."""
    return operators.actor(options) if options["operator"] is not None or operators.of_machine() else COMMAND


def _line(drift: Drift) -> str:
    what = f"{drift.account} {drift.thing} {drift.name}".strip()
    said = [drift.code, drift.get_kind_display(), what, f"by {drift.principal or 'unknown'}", drift.status]
    if recording.another_tool(drift):
        said.append("another tool manages it")
    if drift.problem:
        said.append(drift.problem)
    return ": ".join((said[0], ", ".join(said[1:])))


def _summary(row: Reconciliation, drifts: list[Drift]) -> str:
    still = sum(drift.status in (DriftStatus.OPEN, DriftStatus.UNDOING) for drift in drifts)
    undone = sum(drift.status == DriftStatus.UNDONE for drift in drifts)
    return f"{row.began_at:%Y-%m-%dT%H:%M:%SZ}: {still} open, {undone} undone, {len(row.problems)} problems"
