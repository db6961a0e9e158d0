from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from access_requests.actor import COMMAND
from access_requests.grants.documents import CHANGE_MANAGER, Owner, Published
from access_requests.grants.errors import BackendError
from access_requests.services import documents

SETTINGS = ("AWS_RUNBOOK_ROLE_ARN", "AWS_CHANGE_PUBLISHER_ROLE_ARN", "AWS_CHANGE_STARTER_ROLE_ARN")
OF_CHANGES = ("AWS_CHANGE_APPROVER_ROLE_ARN", "AWS_CHANGE_REVIEWER_ROLE_ARN")


class Command(BaseCommand):
    help = "Create or update the runbooks and change templates of the work groups that are granted through Systems Manager."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--review", action="store_true", help="approve the change templates too, with the reviewer's role")
        parser.add_argument("--check", action="store_true", help="say what cannot be used, and change nothing")

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        owners = list(documents.owners())
        if not owners:
            self.stdout.write("No work group of the catalogue is granted by change_manager or ssm_automation.")
            return
        _check_settings(owners)
        try:
            if options["check"]:
                self._check(owners)
            else:
                self._publish(owners, review=options["review"])
        except BackendError as error:
            raise CommandError(
                f"{error}. Nothing that was printed above is undone; once it is put right, run this again."
            ) from error

    def _publish(self, owners: Iterable[Owner], *, review: bool) -> None:
        for owner in owners:
            self._print(documents.publish(owner, actor=COMMAND))
            if review:
                self._print(documents.review(owner, actor=COMMAND))
        if not review and any(owner.by == CHANGE_MANAGER for owner in owners):
            self.stdout.write("Change templates can be used once somebody has reviewed them: in AWS, or by --review.")

    def _check(self, owners: Iterable[Owner]) -> None:
        found = [problem for owner in owners for problem in documents.problems(owner)]
        for name, problem in found:
            self.stdout.write(f"{name}: {problem}")
        if found:
            raise CommandError("Run publish_runbooks, and have change templates reviewed.")
        self.stdout.write("All documents can be used.")

    def _print(self, done: Iterable[Published]) -> None:
        for one in done:
            self.stdout.write(f"{one.name} version {one.version}: {one.outcome}")


def _check_settings(owners: Iterable[Owner]) -> None:
    wanted = (*SETTINGS, *(OF_CHANGES if any(owner.by == CHANGE_MANAGER for owner in owners) else ()))
    missing = [name for name in wanted if not getattr(settings, name)]
    if missing:
        raise CommandError(f"Set {', '.join(missing)} first: docs/runbooks.md says to what.")
