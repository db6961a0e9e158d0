"""Findings as rows, to look them up by: what `finding.*` entries say of each, which can be computed from these again."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.storable import AsTyped

TABLE, NAMED_TABLE, FOLLOWED_TABLE = "audits_finding", "audits_findingname", "audits_followed"
LONGEST = 200


class Severity(models.IntegerChoices):
    LOW = 1, pgettext_lazy("severity", "low")
    MEDIUM = 2, pgettext_lazy("severity", "medium")
    HIGH = 3, pgettext_lazy("severity", "high")
    CRITICAL = 4, pgettext_lazy("severity", "critical")

    @property
    def word(self) -> str:
        """What the trail and programs call it."""
        return self.name.lower()


class FindingStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("finding", "open")
    ACCEPTED = "accepted", pgettext_lazy("finding", "accepted")
    CLOSED = "closed", pgettext_lazy("finding", "closed")


class Finding(models.Model):
    """What was found wrong, once for each cause: its code is made of its kind and of what its kind's key names.

    Written with its entry of the trail, by `audits.findings` alone, which holds the trail's lock for it; never deleted.
    """

    code = models.CharField(_("number"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    key = models.JSONField(_("what it is about"), encoder=AsTyped)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity)
    status = models.CharField(_("state"), max_length=10, choices=FindingStatus)
    # Usernames: who caused it cannot accept it.
    caused_by = models.JSONField(_("caused by"), default=list, encoder=AsTyped)
    first_seen_at = models.DateTimeField(_("first seen"))
    last_seen_at = models.DateTimeField(_("last seen"))
    opened_at = models.DateTimeField(_("opened"))
    times_opened = models.PositiveIntegerField(_("times opened"), default=1)
    # The newest entry of the trail that is evidence of it: what lies behind is new.
    evidence_to = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(_("closed"), null=True)
    owner = models.CharField(_("owner"), max_length=150, blank=True)
    due_on = models.DateField(_("due"), null=True)
    accepted_until = models.DateField(_("accepted until"), null=True)
    accepted_by = models.CharField(_("accepted by"), max_length=150, blank=True)
    asked_by = models.CharField(_("acceptance asked for by"), max_length=150, blank=True)
    asked_until = models.DateField(null=True)
    asked_because = models.TextField(_("reason"), blank=True)
    # The last entry of the trail that says something of it.
    entry_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=sorted(FindingStatus.values)), name="finding_status_known"),
            models.CheckConstraint(
                condition=Q(status=FindingStatus.ACCEPTED, accepted_until__isnull=False)
                | (~Q(status=FindingStatus.ACCEPTED) & Q(accepted_until__isnull=True, accepted_by="")),
                name="finding_accepted_has_end",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by="") | (~Q(accepted_by=models.F("asked_by")) & ~Q(accepted_by=models.F("owner"))),
                name="finding_accepted_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status=FindingStatus.CLOSED, closed_at__isnull=False)
                | (~Q(status=FindingStatus.CLOSED) & Q(closed_at__isnull=True)),
                name="finding_closed_has_time",
            ),
        ]
        # Lists, the worst first, by each filter, of one state and of all; then what waits for its day, or for somebody.
        indexes: ClassVar = [
            models.Index("severity", "id", name="finding_worst"),
            models.Index("kind", "severity", "id", name="finding_of_kind"),
            models.Index("owner", "severity", "id", name="finding_of_owner"),
            models.Index("status", "severity", "id", name="finding_in_state"),
            models.Index("status", "kind", "severity", "id", name="finding_of_kind_in_state"),
            models.Index("status", "owner", "severity", "id", name="finding_of_owner_in_state"),
            models.Index("accepted_until", condition=Q(accepted_until__isnull=False), name="finding_acceptance_ends"),
            models.Index("due_on", condition=Q(due_on__isnull=False, status=FindingStatus.OPEN), name="finding_due"),
            models.Index("severity", "id", condition=~Q(asked_by="") & Q(status=FindingStatus.OPEN), name="finding_waits"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.kind}"


class FindingName(models.Model):
    """What a finding names, as it is compared: a person, a group, an account, a code."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="names", db_index=False)
    value = models.CharField(max_length=LONGEST)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["value", "finding"], name="finding_named_once")]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.value}"


class Followed(models.Model):
    """The one row that says up to which entry of the trail it is looked through for what makes findings."""

    until = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.until)
