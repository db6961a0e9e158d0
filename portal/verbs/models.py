from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.storable import AsTyped


class IdempotentAnswer(models.Model):
    """The answer that a client got for an Idempotency-Key, so that the same call again gets the same one.

    A row without an answer is a call that is being handled: it commits together with its answer or not at all.
    """

    client = models.CharField(max_length=100)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True, encoder=AsTyped)
    created_at = models.DateTimeField()

    class Meta:
        # From before the kit was an application of its own.
        db_table = "access_requests_idempotentanswer"
        constraints: ClassVar = [
            models.UniqueConstraint("client", "person", "key", name="idempotency_one_answer_a_key"),
            models.CheckConstraint(condition=~Q(key=""), name="idempotency_key_not_empty"),
        ]
        indexes: ClassVar = [models.Index("created_at", name="idempotency_age")]  # Read by the sweep, which forgets old ones.

    def __str__(self) -> str:
        return f"{self.client} {self.key}"
