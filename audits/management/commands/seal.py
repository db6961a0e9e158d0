import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from audits.models import SealState
from audits.sealing import configured, lease
from audits.sealing.rounds import Means
from audits.sealing.sealer import Sealing, base_origin
from audits.sealing.stamping import Stamping
from portal import stopping


class Command(BaseCommand):
    help = (
        "Seal the audit trail into a signed log, every SEAL_SECONDS until told to stop; of several that run, one seals. With "
        "--once, seal what there is now: exit 0 when all of it is sealed, else 1 with the reason."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="seal what there is now, and end")
        parser.add_argument(
            "--new-key", action="store_true", help="the key before is lost: let the one that is given sign from now on"
        )
        parser.add_argument(
            "--new-guard", action="store_true", help="the guard was exchanged: write all checkpoints into this one"
        )

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        sealing = _sealing(options)
        if options["once"]:
            self._seal_all(sealing)
            return
        with stopping.told(signal.SIGTERM, signal.SIGINT) as told:
            sealing.run(told.wait, _show_alive)

    def _seal_all(self, sealing: Sealing) -> None:
        try:
            state = sealing.step()
            while state == SealState.BEHIND:
                state = sealing.step()
        finally:
            sealing.lease.release()
        if state is None:
            raise CommandError("Another sealer is at it.")
        if state != SealState.SEALED:
            raise CommandError(f"{SealState(state).label} {lease.row().detail}")
        self.stdout.write("Every entry is sealed.")


def _sealing(options: dict[str, Any]) -> Sealing:
    try:
        services = configured.stamp_services()
        means = Means(
            guard=configured.guard(),
            signer=configured.signer(),
            before=configured.before(),
            base=base_origin(),
            adopts_key=options["new_key"],
            fills_guard=options["new_guard"],
        )
    except ValueError as error:
        raise CommandError(str(error)) from error
    return Sealing(means=means, stamping=Stamping(services=services) if services else None)


def _show_alive() -> None:
    if settings.HEARTBEAT_FILE is not None:
        settings.HEARTBEAT_FILE.touch()
