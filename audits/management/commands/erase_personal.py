from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone

from audits import personal
from audits.management.times import moment
from portal.verbs import operators
from portal.verbs.run import run


class Command(BaseCommand):
    help = (
        "Erase personal texts that the audit trail has commitments for: display names, e-mail and network addresses, accounts in "
        "chats, user agents. Entries and proofs stay as they are. Says how many there are; with --yes they are gone for good."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--person", metavar="USERNAME", default="", help="about this person; by default everybody")
        parser.add_argument("--before", type=moment, metavar="TIME", help="recorded before this time (ISO 8601)")
        parser.add_argument("--reason", default="", help="why, for the audit trail")
        parser.add_argument("--yes", action="store_true", help="erase them")
        operators.add_argument(parser)

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        chosen = {"person": options["person"], "before": options["before"]}
        if not any(chosen.values()):
            raise CommandError("Say whose texts, or until when: --person USERNAME, --before TIME.")
        if not options["yes"]:
            self.stdout.write(f"{personal.count(**chosen)} texts would be erased. Nothing is changed; --yes erases them.")
            return
        if not options["reason"].strip():
            raise CommandError("Say why, for the audit trail: --reason TEXT.")
        actor, reason = operators.actor(options), options["reason"].strip()
        count = run(lambda: personal.erase(**chosen, reason=reason, actor=actor, now=timezone.now()))
        self.stdout.write(f"{count} texts are erased. Exports and backups from before still have them.")
