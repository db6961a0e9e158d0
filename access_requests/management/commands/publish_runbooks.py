from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from access_requests.grants.documents import Published
from access_requests.services.catalogue import documents
from access_requests.services.catalogue.documents import Documented
from portal.aws.errors import BackendBusy, BackendError
from portal.verbs import operators
from portal.verbs.actor import Actor

_ADVICE = {
    "change_manager_unavailable": "This account is no customer of Change Manager, and AWS takes no new ones: let "
    "ssm_automation or iam_group grant the work groups.",
    "template_missing": "Publish it first: publish_runbooks.",
    "runbook_missing": "Publish it first: publish_runbooks.",
    "runbook_changed": "Somebody changed it: publish_runbooks makes it what it was.",
    "template_differs": "It is not what Sekisho renders, as with approval levels of your own: let a person review it in "
    "Change Manager.",
    "template_not_pending": "It waits for no review: send it for review in Change Manager, or publish_runbooks.",
    "DocumentLimitExceeded": "Delete documents that nobody needs, or have AWS raise the quota.",
}


class Command(BaseCommand):
    help = (
        "Publish the runbooks and change templates of the work groups that Systems Manager grants; with --review approve the "
        "templates too, in another role; with --check print what is missing or differs, change nothing, exit 1 if anything does."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument("--review", action="store_true", help="approve the change templates too, in the reviewer's role")
        instead.add_argument("--check", action="store_true", help="print what is missing or differs and change nothing")
        operators.add_argument(parser)

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        owners = documents.owners()
        if not owners:
            self.stdout.write("no work group of the catalogue is granted by Systems Manager")
            return
        role = documents.REVIEWER if options["review"] else documents.PUBLISHER
        if empty := documents.missing_settings(owners, role):
            raise CommandError(f"Set {', '.join(empty)}: docs/runbooks.md says which role each is.")
        try:
            self._act(owners, options)
        except BackendError as error:
            raise CommandError(f"{error}\n{_advice(error)}") from error

    def _act(self, owners: list[Documented], options: dict[str, Any]) -> None:
        if options["check"]:
            self._check(owners)
            return
        actor = operators.actor(options)
        # Whoever may only review has no publisher's role here, and approves what somebody else has published.
        if not options["review"] or not documents.missing_settings(owners, documents.PUBLISHER):
            self._each(owners, documents.publish, actor)
        if options["review"]:
            self._each(owners, documents.review, actor)

    def _each(self, owners: list[Documented], verb: Callable[..., Iterable[Published]], actor: Actor) -> None:
        for owner in owners:
            for done in verb(owner, actor=actor):
                self.stdout.write(f"{done.document}: {done.state}, version {done.version}")

    def _check(self, owners: list[Documented]) -> None:
        complaints = list(documents.complaints(owners))
        for complaint in complaints:
            self.stdout.write(complaint)
        if complaints:
            raise CommandError("publish_runbooks, and a review of change templates, put that right.", returncode=1)
        self.stdout.write("every document is as it must be")


def _advice(error: BackendError) -> str:
    if isinstance(error, BackendBusy):
        return "AWS did not do it now: run it again, it goes on where it stopped."
    if "Denied" in error.problem:
        return "The role may not do it: compare its policy with docs/aws/ways.md."
    return _ADVICE.get(error.problem, "What was done before stays; run it again once this is put right.")
