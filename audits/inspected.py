"""Daily inspections as rows, to look them up by: what `inspection.*` entries say, which can be computed from these again."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.storable import AsTyped

LONGEST = 700
TABLE, ROW_TABLE = "audits_inspection", "audits_inspectionrow"


class Inspection(models.Model):
    """What is inspected of a day, in the company's zone: part 0 is all that was read of it, each later one what came late.

    Written by `audits.inspections` alone: opened by a worker once the day is read, signed with the last of its rows, and never
    changed after that. One without a row has nothing to be signed.
    """

    day = models.DateField(_("day"))
    part = models.PositiveSmallIntegerField(_("part"), default=0)
    due_on = models.DateField(_("due"))
    opened_at = models.DateTimeField(_("opened"))
    # Until when CloudTrail was read of all accounts that can be read; and the keys of those that cannot.
    read_until = models.DateTimeField(_("log-ins read until"))
    unread = models.JSONField(_("not read"), encoder=AsTyped)
    # How often somebody was refused that day, which let nobody in.
    refused = models.PositiveIntegerField(_("refused"), default=0)
    signed_at = models.DateTimeField(_("signed"), null=True)
    # The newest checkpoint of the trail at the signature: {"log", "size", "root"}; null where nothing was sealed yet.
    checkpoint = models.JSONField(_("checkpoint"), null=True, encoder=AsTyped)
    entry_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("daily inspection")
        verbose_name_plural = _("daily inspections")
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "part"], name="inspection_part_once")]
        indexes: ClassVar = [models.Index("due_on", condition=Q(signed_at__isnull=True), name="inspection_due")]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """How the trail calls it: `2026-11-05`, and of what came late `2026-11-05/1`."""
        return f"{self.day}/{self.part}" if self.part else str(self.day)


class InspectionRow(models.Model):
    """An entry to production, beside its leave, its work report and what was found: as it was opened, or as it was signed."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField(_("number"))
    log_in = models.CharField(_("log-in"), max_length=20, db_index=True)
    began_at = models.DateTimeField(_("time"))
    kind = models.CharField(_("class"), max_length=10)
    reason = models.CharField(max_length=40, blank=True)
    account = models.CharField(_("account"), max_length=64)
    role = models.CharField(_("role"), max_length=LONGEST, blank=True)
    # Whose it is; of a stranger the name that AWS has.
    who = models.CharField(_("who"), max_length=LONGEST)
    person = models.CharField(_("person"), max_length=150, blank=True)
    elevation = models.CharField(_("access"), max_length=20, blank=True)
    request = models.CharField(_("request"), max_length=20, blank=True)
    requester = models.CharField(_("requester"), max_length=150, blank=True)
    # Usernames: who approved it, of a declared exception its owner. None of them signs it.
    approvers = models.JSONField(_("approvers"), encoder=AsTyped)
    report = models.CharField(_("work report"), max_length=20, blank=True)
    findings = models.JSONField(_("findings"), encoder=AsTyped)
    deviations = models.JSONField(_("deviations"), encoder=AsTyped)
    comment = models.TextField(_("comment"), blank=True)
    signed_by = models.CharField(_("signed by"), max_length=150, blank=True)
    signed_at = models.DateTimeField(_("signed"), null=True)
    entry_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("row of a daily inspection")
        verbose_name_plural = _("rows of daily inspections")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspection", "number"], name="inspection_row_once"),
            models.UniqueConstraint(fields=["inspection", "log_in"], name="inspection_of_log_in_once"),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by="", comment="") | (Q(signed_at__isnull=False) & ~Q(signed_by="")),
                name="inspection_row_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(signed_by="") | (~Q(signed_by=F("person")) & ~Q(signed_by=F("requester"))),
                name="inspection_row_signed_by_another",
            ),
            # A deviation is explained.
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | Q(deviations=[]) | ~Q(comment=""), name="inspection_deviation_explained"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.log_in} {self.kind}"
