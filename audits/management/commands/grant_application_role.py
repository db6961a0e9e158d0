from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from audits import application_role


class Command(BaseCommand):
    help = "Let a database role do what the application needs; of the audit trail it may read and append only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role")

    def handle(self, *args: Any, role: str, **options: Any) -> None:  # noqa: ARG002  Django's signature.
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles.")
        try:
            application_role.grant(role=role)
        except application_role.UnfitRole as unfit:
            raise CommandError(str(unfit)) from unfit
        self.stdout.write(f"{role} works with every table; of the audit trail it reads and appends only.")
