from typing import ClassVar

from allauth.idp.oidc.models import Client
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access_requests.models.catalogue import WorkGroup


class ApiClient(models.Model):
    """What a program may do for whom: a header names a person and does not prove one, so each client is fenced by lists."""

    key = models.SlugField(_("key"), unique=True)
    oauth_client = models.OneToOneField(Client, models.CASCADE, related_name="api_client", verbose_name=_("OAuth client"))
    everyone = models.BooleanField(_("may act for everyone"), default=False)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("people"))
    work_groups = models.ManyToManyField(WorkGroup, related_name="+", blank=True, verbose_name=_("work groups"))
    # Networks in CIDR notation; none means none.
    source_addresses = models.JSONField(_("source addresses"), default=list)
    may_name_by_email = models.BooleanField(_("may name people by e-mail address"), default=False)

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")

    def __str__(self) -> str:
        return self.key


class IdempotentAnswer(models.Model):
    """The answer that a client got for an Idempotency-Key, so that the same call again gets the same one.

    A row without an answer is a call that is being handled: it commits together with its answer or not at all.
    """

    client = models.CharField(max_length=100)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("client", "person", "key", name="idempotency_one_answer_a_key"),
            models.CheckConstraint(condition=~Q(key=""), name="idempotency_key_not_empty"),
        ]
        indexes: ClassVar = [models.Index("created_at", name="idempotency_age")]  # Read by the sweep, which forgets old ones.

    def __str__(self) -> str:
        return f"{self.client} {self.key}"
