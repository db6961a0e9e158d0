from typing import ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access_requests.models.catalogue import WorkGroup
from access_requests.models.codes import webhook_code


def place_of(url: str) -> str:
    """Return where it is, without what some receivers take for a password: https://chat.example.com/…"""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/…"


class DisabledBecause(models.TextChoices):
    BY_HAND = "by_hand", _("an administrator disabled it")
    GONE = "gone", _("it answered 410 Gone, which says that nothing should be sent there any more")
    FAILING = "failing", _("for days nothing that was sent to it arrived")


class WebhookEndpoint(models.Model):
    """Where a program of somebody else's takes notices, which of them, and by which secret it knows them as ours."""

    code = models.CharField(_("number"), max_length=10, unique=True, default=webhook_code, editable=False)
    name = models.CharField(_("name"), max_length=100, unique=True)
    url = models.CharField(_("address"), max_length=500)
    # Sealed by services.notices.webhooks.sealing: whoever reads the database alone can sign nothing.
    secret = models.TextField(_("secret"))
    # Good for a day after a rotation, so that the receiver can change over in its own time.
    previous_secret = models.TextField(_("secret before"), blank=True)
    previous_until = models.DateTimeField(_("good until"), null=True, blank=True)
    # Empty means all, as with the work groups.
    acts = models.JSONField(_("events"), default=list, blank=True, encoder=DjangoJSONEncoder)
    work_groups = models.ManyToManyField(WorkGroup, related_name="+", blank=True, verbose_name=_("work groups"))
    language = models.CharField(_("language of the text"), max_length=8, choices=settings.LANGUAGES)
    # Whether it gets what the portal itself shows to requester, approvers, administrators and auditors only.
    with_details = models.BooleanField(_("with reason and change ticket"), default=False)
    enabled = models.BooleanField(_("enabled"), default=True)
    disabled_because = models.CharField(_("disabled because"), max_length=10, choices=DisabledBecause.choices, blank=True)
    # The first failure after which nothing arrived.
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    made_by = models.CharField(_("made by"), max_length=200)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(enabled=True, disabled_because="")
                | Q(enabled=False, disabled_because__in=sorted(DisabledBecause.values)),
                name="webhook_disabled_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(previous_secret="", previous_until__isnull=True)
                | (~Q(previous_secret="") & Q(previous_until__isnull=False)),
                name="webhook_previous_secret_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def place(self) -> str:
        return place_of(self.url)
