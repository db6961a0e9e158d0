from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from audits.database_rights import Service
from audits.database_roles import UnfitRole, grant


class Command(BaseCommand):
    help = "Let the database role of each service do what that service needs; of the audit trail they read and append only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for service in Service:
            parser.add_argument(f"--{service}", required=True, metavar="ROLE")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature.
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles.")
        roles = {service: options[service] for service in Service}
        try:
            grant(roles=roles)
        except UnfitRole as unfit:
            raise CommandError(str(unfit)) from unfit
        for service, role in roles.items():
            self.stdout.write(f"{role} does what {service} needs.")
