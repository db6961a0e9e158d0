from typing import ClassVar

from django.conf import settings
from django.db import models


class ReceivedSignature(models.Model):
    """A signed message that arrived, so that it has no effect a second time. Forgotten once its time stamp is too old anyway."""

    signature = models.CharField(max_length=80, unique=True)
    received_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index("received_at", name="signature_age")]  # Read by the sweep, which forgets old ones.

    def __str__(self) -> str:
        return self.signature


class LinkCode(models.Model):
    """The one code with which a person's identity in a chat can be linked now. Only its digest is kept."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    # How the person proved who they are when the code was made: the other side of the proof.
    proof = models.JSONField()

    def __str__(self) -> str:
        return f"{self.person} {self.expires_at}"


class WrongCode(models.Model):
    """A code that was typed and is none, so that nobody guesses on."""

    identity = models.CharField(max_length=200)
    typed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index("identity", "typed_at", name="wrong_code_of_identity")]

    def __str__(self) -> str:
        return f"{self.identity} {self.typed_at}"
