import os
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone

from access_requests.errors import AdministratorExists
from access_requests.management.passwords import read_password
from access_requests.services.people import people
from access_requests.services.people.people import Profile
from portal.verbs import operators
from portal.verbs.run import run


class Command(BaseCommand):
    help = (
        "Make the first administrator; the catalogue makes the others. The password comes from SEKISHO_ADMIN_PASSWORD, from the "
        "file that SEKISHO_ADMIN_PASSWORD_FILE names, or from the input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="")
        operators.add_argument(parser)

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **options: Any) -> None:
        username, actor = options["username"], operators.actor(options)
        profile = Profile(name=options["name"] or username, email=options["email"], administrator=True)
        password = read_password(environment=os.environ, variable="SEKISHO_ADMIN_PASSWORD")
        try:
            run(
                lambda: people.create_first_administrator(
                    username=username, profile=profile, password=password, actor=actor, now=timezone.now()
                )
            )
        except AdministratorExists as error:
            raise CommandError(error.sentence) from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(f"{username} is the first administrator. Name {username} in the catalogue too, or it disables them.")
