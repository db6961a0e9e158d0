import os
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone

from access_requests.management.passwords import read_password
from access_requests.services.people import people
from portal.users.models import User
from portal.verbs import operators
from portal.verbs.run import run


class Command(BaseCommand):
    help = "Set a person's password from SEKISHO_PASSWORD, from the file that SEKISHO_PASSWORD_FILE names, or from the input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        operators.add_argument(parser)

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        actor = operators.actor(options)
        person = User.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError(f"There is no person called {options['username']}.")
        password = read_password(environment=os.environ, variable="SEKISHO_PASSWORD")
        try:
            run(lambda: people.set_password(person=person, password=password, actor=actor, now=timezone.now()))
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(f"The password of {person.username} is set, and their sessions are over.")
