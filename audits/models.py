from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Now
from django.utils.translation import gettext_lazy as _

from audits.extracted import Extract, ExtractPart, ExtractState, Format
from audits.found import Finding, FindingName, FindingStatus, Followed, Severity
from audits.inspected import Inspection, InspectionRow
from audits.lasting import LASTING, TOKENS, WHOLE
from audits.logged_in import (
    ElevationUse,
    EnabledRegions,
    LeftOut,
    LogIn,
    LogInClass,
    LogInWay,
    Matched,
    Reading,
    SeenEvent,
    TrailKey,
    UseState,
)
from audits.mentioned import Mention, MentionKind, Noted
from audits.packed import Pack, PackFile, PackPart
from audits.permitted import CarrierKind, Excess, Inventory, Look, RailStanding, RailState
from audits.reported import ReportStatus, WorkReport, WorkReportAnswerer
from audits.reviewed import ItemState, Review, ReviewItem, ReviewKind
from audits.sealed import Anchor, Checkpoint, Log, Sealer, SealKey, SealState, StampState, Tile
from audits.stays import Stay
from audits.streamed import Stream
from audits.verified import Verification
from portal.storable import AsTyped

__all__ = [
    "APART",
    "EARLIEST",
    "FARTHEST",
    "OWNER",
    "Anchor",
    "CarrierKind",
    "Checkpoint",
    "ElevationUse",
    "EnabledRegions",
    "Excess",
    "Extract",
    "ExtractPart",
    "ExtractState",
    "Finding",
    "FindingName",
    "FindingStatus",
    "Followed",
    "Format",
    "Inspection",
    "InspectionRow",
    "Inventory",
    "ItemState",
    "Late",
    "LeftOut",
    "Log",
    "LogIn",
    "LogInClass",
    "LogInWay",
    "Look",
    "Matched",
    "Mention",
    "MentionKind",
    "Noted",
    "Pack",
    "PackFile",
    "PackPart",
    "Personal",
    "RailStanding",
    "RailState",
    "Reading",
    "ReportStatus",
    "Review",
    "ReviewItem",
    "ReviewKind",
    "SealKey",
    "SealState",
    "Sealer",
    "SeenEvent",
    "Severity",
    "StampState",
    "Stay",
    "Stream",
    "Tile",
    "TrailEntry",
    "TrailKey",
    "UseState",
    "Verification",
    "WorkReport",
    "WorkReportAnswerer",
]

# No id reaches it by counting. What is there beyond it was made up, before the database gave ids, and nothing goes on from it.
FARTHEST = 2**62
# Before this nothing happened, however late it is told: Python cannot even read a time before its first year.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# How far a service's clock may be from the database's, and how long its transaction may take.
APART = timedelta(minutes=5)
# Whose an own token is, as its entries say. As a text: what is compared with a value of JSON is read as JSON.
OWNER = Cast(KT("data__after__person"), models.TextField())


class Late(models.TextChoices):
    """Why an entry was recorded long after what it tells of."""

    SPOOLED = "spooled", _("the trail could not be written when it happened")


class TrailEntry(models.Model):
    """One thing that happened, in words that need no other table. Never changed, never deleted: triggers see to it.

    The database gives `id` and `recorded_at` itself, whatever an INSERT says (`audits.triggers`).
    """

    at = models.DateTimeField(_("time"))
    # Null in entries from before the trail kept two times.
    recorded_at = models.DateTimeField(_("recorded"), null=True, db_default=Now(), editable=False)
    # A column, because a trigger and policies of rows judge it; `data` has a shape for each act.
    late = models.CharField(_("why it was recorded late"), max_length=20, blank=True, choices=Late, default="", db_default="")
    act = models.CharField(_("act"), max_length=60)
    actor = models.CharField(_("actor"), max_length=200)
    on_behalf_of = models.CharField(_("on behalf of"), max_length=200, blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    # `audits.acts` says what each is; the trail's writer gives the latest, and a row that is made without it claims no shape.
    schema_version = models.PositiveSmallIntegerField(_("schema version"), default=2)
    data = models.JSONField(_("data"), encoder=AsTyped)

    class Meta:
        verbose_name = _("trail entry")
        verbose_name_plural = _("audit trail")
        default_permissions = ("view",)
        indexes: ClassVar = [
            models.Index("subject", "id", name="audits_trail_of_subject"),  # Timelines.
            models.Index("at", "id", name="audits_trail_in_time"),  # Lists, and evidence of a period.
            models.Index("act", "at", "id", name="audits_trail_of_act"),  # Lists of one act.
            # What there was at an instant, whatever became of it since: read from the index alone, but for the last of each.
            models.Index(
                *("act", "subject", "at", "recorded_at", "schema_version", "actor", "id"),
                name="audits_trail_of_lasting",
                condition=models.Q(act__in=LASTING),
            ),
            # The last word on a thing at an instant.
            models.Index(
                *("subject", "at"),
                include=("act", "recorded_at", "schema_version", "actor", "id"),
                name="audits_trail_of_things",
                condition=models.Q(act__in=sorted(act.value for act in WHOLE)),
            ),
            models.Index(OWNER, name="audits_trail_of_own_tokens", condition=models.Q(act__in=TOKENS)),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.act} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            self._refuse()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002  Django's signature.
        self._refuse()

    @property
    def is_recorded_apart(self) -> bool:
        """Whether the time at which it was recorded tells more than the time at which it happened."""
        return self.recorded_at is not None and abs(self.recorded_at - self.at) > APART

    @property
    def is_recorded_late(self) -> bool:
        """Whether it was recorded at another time than it tells of, and does not say why."""
        return not self.late and self.is_recorded_apart

    def _refuse(self) -> NoReturn:
        raise TypeError("The trail is append-only.")


class Personal(models.Model):
    """A text about a person that an entry has a commitment for; erasing it deletes the row. `salt` is hexadecimal.

    No foreign key: an entry names nothing that could go.
    """

    commitment = models.CharField(max_length=64, primary_key=True)
    salt = models.CharField(max_length=64)
    text = models.TextField()
    entry_id = models.BigIntegerField(db_index=True)  # An export's order, and erasing by age.
    person = models.CharField(max_length=200, db_index=True)  # Erasing by person; empty where it is nobody of the portal.

    class Meta:
        db_table = "audits_personal"

    def __str__(self) -> str:
        return self.commitment
