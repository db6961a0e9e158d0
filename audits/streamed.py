"""How far the trail has been handed on, to each place that it is handed to."""

from django.db import models

TABLE = "audits_stream"


class Stream(models.Model):
    """`place` names where to, without what opens it. `position` is the last entry that was taken there.

    `holder` has the lease, and counts `beat` up while it lives. `problem` is what the place said since `failing_since`.
    """

    place = models.CharField(max_length=300, unique=True)
    position = models.BigIntegerField(default=0)
    holder = models.CharField(max_length=40, blank=True)
    beat = models.BigIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.place
