"""Access reviews as rows, to look them up by: what `review.*` entries say, which can be computed from these again."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.storable import AsTyped

TABLE, ITEM_TABLE = "audits_review", "audits_reviewitem"


class ReviewKind(models.TextChoices):
    STANDING_GROUP = "standing_group", _("standing group")
    PORTAL_ROLE = "portal_role", _("role in the portal")
    APPROVER = "approver", _("place among approvers")
    BINDING = "binding", _("user in AWS")
    ACCESS_KEY = "access_key", _("access key")
    MFA = "mfa", _("MFA device")
    CLIENT = "client", _("API client")


class ItemState(models.TextChoices):
    OPEN = "open", pgettext_lazy("review item", "not decided")
    KEPT = "kept", pgettext_lazy("review item", "kept")
    REMOVING = "removing", pgettext_lazy("review item", "to be removed in AWS")
    REMOVED = "removed", pgettext_lazy("review item", "removed")


UNDONE = (ItemState.OPEN, ItemState.REMOVING)


class Review(models.Model):
    """A campaign: what is looked at until a day, and until when what was kept is kept. Written by `audits.reviews` alone."""

    code = models.CharField(_("number"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    opened_by = models.CharField(_("opened by"), max_length=200)
    opened_at = models.DateTimeField(_("opened"))
    due_on = models.DateField(_("due"))
    kept_until = models.DateField(_("kept until"))
    entry_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("access review")
        verbose_name_plural = _("access reviews")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kept_until__gte=models.F("due_on")), name="review_kept_beyond_due")
        ]

    def __str__(self) -> str:
        return self.code


class ReviewItem(models.Model):
    """Something that somebody has, looked at by somebody else. `thing` names it, `command` is how it is taken in AWS."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="items")
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=20, choices=ReviewKind)
    # Usernames whose it is: of a client its owners, of all else the one person.
    people = models.JSONField(_("people"), encoder=AsTyped)
    thing = models.CharField(_("what"), max_length=400)
    # What else finds it again: names of a group, a user in AWS, a policy.
    facts = models.JSONField(encoder=AsTyped)
    command = models.TextField(_("command"), blank=True)
    reviewer = models.CharField(_("reviewer"), max_length=150)
    state = models.CharField(_("state"), max_length=10, choices=ItemState)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.CharField(_("decided by"), max_length=150, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    removed_at = models.DateTimeField(_("removed"), null=True)
    entry_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("item of an access review")
        verbose_name_plural = _("items of access reviews")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "number"], name="review_item_once"),
            models.CheckConstraint(condition=Q(state__in=sorted(ItemState.values)), name="review_item_state_known"),
            models.CheckConstraint(
                condition=Q(state=ItemState.OPEN, decided_at__isnull=True, decided_by="")
                | (~Q(state=ItemState.OPEN) & Q(decided_at__isnull=False) & ~Q(decided_by="")),
                name="review_item_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=ItemState.REMOVED, removed_at__isnull=False)
                | (~Q(state=ItemState.REMOVED) & Q(removed_at__isnull=True)),
                name="review_item_removed_has_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index("reviewer", "id", condition=Q(state=ItemState.OPEN), name="review_item_waits"),
            models.Index("id", condition=Q(state=ItemState.REMOVING), name="review_item_going"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}/{self.number} {self.kind} {self.state}"
