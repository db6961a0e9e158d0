"""Work reports as rows, to look them up by: what ends of access and `work_report.*` entries say, which can be computed again."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.storable import AsTyped

TABLE, NAMED_TABLE = "audits_workreport", "audits_workreportanswerer"


class ReportStatus(models.TextChoices):
    OWED = "owed", pgettext_lazy("work report", "not written yet")
    WRITTEN = "written", pgettext_lazy("work report", "waits for confirmation")
    ASKED_BACK = "asked_back", pgettext_lazy("work report", "asked back")
    CONFIRMED = "confirmed", pgettext_lazy("work report", "confirmed")


# The person has to write it, or to write more.
UNWRITTEN = (ReportStatus.OWED, ReportStatus.ASKED_BACK)
ANSWERED = (ReportStatus.ASKED_BACK, ReportStatus.CONFIRMED)


class WorkReport(models.Model):
    """What somebody says after their access that they did. Made in the transaction of its end, by `audits.reports` alone."""

    elevation = models.CharField(_("access"), max_length=20, unique=True)
    request = models.CharField(_("request"), max_length=20)
    person = models.CharField(_("person"), max_length=150)
    work_group = models.CharField(_("work group"), max_length=128)
    status = models.CharField(_("state"), max_length=20, choices=ReportStatus)
    # Null: it was never granted, and so was not used.
    granted_at = models.DateTimeField(_("granted"), null=True)
    over_at = models.DateTimeField(_("ended"))
    days = models.PositiveSmallIntegerField(_("reported within"))
    due_on = models.DateField(_("due"))
    overdue_blocks = models.BooleanField(_("overdue, it refuses new requests"))
    # Usernames: who approved the request, and who is of its last level.
    approvers = models.JSONField(_("approvers"), encoder=AsTyped)
    last_level = models.JSONField(_("last level"), encoder=AsTyped)
    plan = models.TextField(_("plan"), blank=True)
    roles = models.JSONField(_("target roles"), encoder=AsTyped)
    is_unused = models.BooleanField(_("not used"), default=False)
    done = models.TextField(_("what was done"), blank=True)
    deviation = models.TextField(_("what was otherwise than planned"), blank=True)
    written_at = models.DateTimeField(_("reported"), null=True)
    # The key of the API client that carried it.
    client = models.CharField(_("client"), max_length=50, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=150, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answer = models.TextField(_("answer"), blank=True)
    # The last entry of the trail that says something of it.
    entry_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("work report")
        verbose_name_plural = _("work reports")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=sorted(ReportStatus.values)), name="report_status_known"),
            models.CheckConstraint(
                condition=Q(status=ReportStatus.OWED, written_at__isnull=True)
                | (~Q(status=ReportStatus.OWED) & Q(written_at__isnull=False)),
                name="report_written_has_time",
            ),
            models.CheckConstraint(
                condition=(Q(status__in=sorted(ANSWERED)) & Q(answered_at__isnull=False) & ~Q(answered_by=""))
                | ~Q(status__in=sorted(ANSWERED)),
                name="report_answered_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(answered_by=F("person")), name="report_answered_by_another"),
        ]
        indexes: ClassVar = [
            # What somebody owes, at asking and at home; whose day is over; lists; a day's inspection.
            models.Index("person", "due_on", condition=Q(status__in=sorted(UNWRITTEN)), name="report_owed"),
            models.Index("due_on", "id", condition=Q(status__in=sorted(UNWRITTEN)), name="report_due"),
            models.Index("status", "id", name="report_in_state"),
            models.Index("over_at", "id", name="report_in_time"),
        ]

    def __str__(self) -> str:
        return f"{self.elevation} {self.status}"

    @property
    def is_unwritten(self) -> bool:
        return self.status in UNWRITTEN


class WorkReportAnswerer(models.Model):
    """Somebody who may confirm it, or ask it back: who approved the request, or is of its last level; never the reporter."""

    report = models.ForeignKey(WorkReport, models.CASCADE, related_name="answerers", db_index=False)
    username = models.CharField(max_length=150)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["username", "report"], name="report_answerer_once")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.username}"
