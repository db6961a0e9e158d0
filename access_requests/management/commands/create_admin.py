import os
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone

from access_requests.errors import AdministratorExists
from access_requests.management.passwords import given_password
from access_requests.services.people import first_links, people
from access_requests.services.people.people import Profile
from portal.verbs import operators
from portal.verbs.actor import Actor
from portal.verbs.run import run


class Command(BaseCommand):
    help = (
        "Make the first administrator, and print a link, good for an hour and once, by which they set their password; the "
        "catalogue makes the others. Run again before they have logged in, it prints another link. Scripts give a password in "
        "SEKISHO_ADMIN_PASSWORD, or in the file that SEKISHO_ADMIN_PASSWORD_FILE names; then there is no link."
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
        password = given_password(environment=os.environ, variable="SEKISHO_ADMIN_PASSWORD")
        try:
            link = run(lambda: _make(username, profile, password, actor))
        except AdministratorExists as error:
            raise CommandError(error.sentence) from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(f"{username} is the first administrator. Name {username} in the catalogue too, or it disables them.")
        if link:
            self.stdout.write(f"They set their password here, within an hour and once:\n{link}")


def _make(username: str, profile: Profile, password: str | None, actor: Actor) -> str:
    """Return the link, or nothing where a password was given."""
    now = timezone.now()
    person = people.create_first_administrator(username=username, profile=profile, actor=actor, now=now)
    if password is None:
        return first_links.make(person=person, actor=actor, now=now)
    people.set_password(person=person, password=password, actor=actor, now=now)
    return ""
