from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access_requests.models.codes import delivery_code
from portal.storable import AsTyped


class NoticeCursor(models.Model):
    """How far the trail is told on, or looked through for what came late. Who does holds the row: each entry is met once."""

    entry_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.entry_id)


class DeliveryStatus(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    GIVEN_UP = "given_up", _("given up")


class Delivery(models.Model):
    """A notice on its way to one recipient, and then what came of it: the promise and the log in one row."""

    # Null for what code of before there were numbers made while this was deployed.
    code = models.CharField(_("number"), max_length=10, unique=True, null=True, default=delivery_code, editable=False)  # noqa: DJ001
    # A key of services.notices.CHANNELS, and the recipient as that channel names it.
    channel = models.CharField(_("channel"), max_length=20)
    target = models.CharField(_("recipient"), max_length=200)
    # The trail entry that is told; null for a test.
    entry_id = models.BigIntegerField(_("trail entry"), null=True, blank=True)
    act = models.CharField(_("act"), max_length=60)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    # What is sent, where the channel decided that when it was told; else it is what holds at the moment of sending.
    body = models.JSONField(_("contents"), default=dict, blank=True, encoder=AsTyped)
    status = models.CharField(_("state"), max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.WAITING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    # Null once it is settled. While it is being sent: when it is taken for lost.
    try_again_at = models.DateTimeField(_("next try"), null=True, blank=True)
    # What the recipient answered, or why there was no answer.
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    redelivers = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("again"))
    created_at = models.DateTimeField(_("made"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=sorted(DeliveryStatus.values)), name="delivery_status_known"),
            models.CheckConstraint(
                condition=Q(status=DeliveryStatus.WAITING, settled_at__isnull=True, try_again_at__isnull=False)
                | (~Q(status=DeliveryStatus.WAITING) & Q(settled_at__isnull=False, try_again_at__isnull=True)),
                name="delivery_settled_has_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index("try_again_at", condition=Q(try_again_at__isnull=False), name="delivery_due"),  # The sweep.
            models.Index(fields=["channel", "target", "-id"], name="delivery_of_recipient"),  # The log.
            models.Index("settled_at", name="delivery_age"),  # The sweep, which forgets old ones.
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.target} {self.act} {self.subject}"
