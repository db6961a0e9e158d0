"""Files of what somebody found in the trail, made by a worker and kept for a while."""

from typing import ClassVar

from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from portal.codes import ALPHABET


def extract_code() -> str:
    return f"X-{get_random_string(8, ALPHABET)}"


class Format(models.TextChoices):
    CSV = "csv", _("CSV")
    JSON_LINES = "jsonl", _("JSON Lines")


class ExtractState(models.TextChoices):
    WAITING = "waiting", _("waits for a worker")
    RUNNING = "running", _("is being made")
    DONE = "done", _("ready")
    FAILED = "failed", _("failed")
    DELETED = "deleted", _("deleted")


class Extract(models.Model):
    """An export that somebody asked for: of what, how far it is, and until when the file is kept.

    `filters` are those of `searching.Filters.said`; entries after `last` belong to another export. `claim` is of the worker that
    makes it, and `alive_at` when that last wrote.
    """

    code = models.CharField(max_length=10, unique=True, editable=False)
    format = models.CharField(max_length=10, choices=Format)
    filters = models.JSONField()
    last = models.BigIntegerField()
    language = models.CharField(max_length=10)
    zone = models.CharField(max_length=64)
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ExtractState, default=ExtractState.WAITING)
    problem = models.CharField(max_length=40, blank=True)
    claim = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    alive_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    kept_until = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index("state", "id", name="audits_extract_state")]  # Read by each sweep.

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """What the file is called."""
        return f"trail-{self.code}.{self.format}"

    @property
    def percent(self) -> int:
        return 100 * self.rows // self.total if self.total else 0

    @property
    def is_open(self) -> bool:
        return self.state in (ExtractState.WAITING, ExtractState.RUNNING)


class ExtractPart(models.Model):
    """Some rows of a file, in the order of their numbers. In the database, which web and workers share whatever their disks."""

    extract = models.ForeignKey(Extract, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("extract", "number", name="audits_one_part_a_number")]

    def __str__(self) -> str:
        return f"{self.extract_id} {self.number}"
