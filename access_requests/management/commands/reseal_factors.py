from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import transaction

SECRETS = ("secret", "seed")


class Command(BaseCommand):
    help = "Seal all secrets of second factors by FACTOR_KEY. Afterwards FACTOR_KEY_BEFORE is needed no more."

    @no_translations  # Commands speak English, whatever the pages do.
    def handle(self, *_args: Any, **_options: Any) -> None:
        lost = [row for row in Authenticator.objects.order_by("pk").values_list("pk", flat=True) if not _sealed_anew(row)]
        if lost:
            raise CommandError(f"{len(lost)} were sealed by a key that is not given: their people need a reset.")
        self.stdout.write("All are sealed by FACTOR_KEY.")


def _sealed_anew(number: int) -> bool:
    """Seal what a row keeps in its own transaction, so that a code that is used meanwhile is not used twice."""
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=number)
        try:
            row.data |= {name: encrypt(decrypt(row.data[name])) for name in SECRETS if name in row.data}
        except InvalidToken:
            return False
        row.save(update_fields=["data"])
    return True
