"""Verifications: who had the whole sealed log checked in place, when, and what came of it. Appended only."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

TABLE = "audits_verification"


class Verification(models.Model):
    """`by` is who ran it, as the machine and the database know them. `fault` is the first that was found, with its place."""

    at = models.DateTimeField(db_default=Now())
    by = models.CharField(max_length=200)
    origin = models.CharField(max_length=200)
    size = models.BigIntegerField()
    faults = models.PositiveIntegerField()
    fault = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index("id", name="audits_verified", condition=Q(faults=0))]  # The latest that held.

    def __str__(self) -> str:
        return f"{self.size} of {self.origin}"
