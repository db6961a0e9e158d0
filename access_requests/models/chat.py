from typing import ClassVar

from django.db import models


class ReceivedSignature(models.Model):
    """A signed message that arrived, so that it has no effect a second time. Forgotten once its time stamp is too old anyway."""

    signature = models.CharField(max_length=80, unique=True)
    received_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index("received_at", name="signature_age")]  # Read by the sweep, which forgets old ones.

    def __str__(self) -> str:
        return self.signature
