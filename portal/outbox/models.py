from typing import ClassVar

from django.db import models


class Message(models.Model):
    """A task to be sent once the transaction that wrote this row has committed. Gone once the broker has it.

    The row is the promise, the message only speed: whoever loses the message leaves work that the sweep finds by its state.
    """

    task = models.CharField(max_length=100)
    object_id = models.BigIntegerField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index("due_at", name="outbox_due")]  # Read every few seconds by send_due.

    def __str__(self) -> str:
        return f"{self.task}({self.object_id})"
