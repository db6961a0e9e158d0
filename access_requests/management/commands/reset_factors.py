from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone

from access_requests.services.people.factors import resetting
from access_requests.services.people.factors.factor_errors import SecondAdministratorNeeded
from portal.users.models import User
from portal.verbs import operators
from portal.verbs.actor import Actor
from portal.verbs.rejections import Rejection
from portal.verbs.run import run


class Command(BaseCommand):
    help = (
        "Propose to take all second factors from somebody who has lost theirs; an administrator does it on the person's page, "
        "within a day. Where no other administrator with a second factor is left, it is done at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="how you know that it is them who ask; the audit trail keeps it")
        operators.add_argument(parser)

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        person, actor = User.objects.filter(username=options["username"]).first(), operators.actor(options)
        if person is None:
            raise CommandError(f"There is nobody called {options['username']}.")
        try:
            self.stdout.write(run(lambda: _done(person, options["reason"], actor)))
        except Rejection as refusal:
            raise CommandError(refusal.sentence) from refusal


def _done(person: User, reason: str, actor: Actor) -> str:
    now = timezone.now()
    try:
        resetting.reset_alone(person=person, reason=reason, actor=actor, now=now)
    except SecondAdministratorNeeded:
        resetting.propose(person=person, reason=reason, actor=actor, now=now)
        return f"Proposed. An administrator has to do it within a day: the page of {person.username}, Second factors."
    return f"The second factors of {person.username} are taken, and their log-ins have ended."
