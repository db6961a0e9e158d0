from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from access_requests.models.catalogue import WorkGroup
from access_requests.models.codes import token_code


class ClientKind(models.TextChoices):
    """A service has a secret and names whom it acts for; a personal client has none, and people allow it to act for them."""

    SERVICE = "service", _("service")
    PERSONAL = "personal", _("people's own scripts")


class KeptIn(models.TextChoices):
    """Who says what a client may: the catalogue file, whose loads write it, or the browser, whose clients loads leave alone."""

    FILE = "file", _("catalogue file")
    BROWSER = "browser", _("browser")


class ApiClient(models.Model):
    """What a program may do for whom: a header names a person and does not prove one, so each client is fenced by lists."""

    key = models.SlugField(_("key"), unique=True)
    kind = models.CharField(
        _("kind"), max_length=10, choices=ClientKind.choices, default=ClientKind.SERVICE, db_default=ClientKind.SERVICE
    )
    kept_in = models.CharField(_("kept in"), max_length=10, choices=KeptIn.choices, default=KeptIn.FILE, db_default=KeptIn.FILE)
    oauth_client = models.OneToOneField(Client, models.CASCADE, related_name="api_client", verbose_name=_("OAuth client"))
    everyone = models.BooleanField(_("may act for everyone"), default=False)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("people"))
    work_groups = models.ManyToManyField(WorkGroup, related_name="+", blank=True, verbose_name=_("work groups"))
    # Who knows a service's secret, and so can act by it in other people's names.
    owners = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("owners"))
    # Networks in CIDR notation; none means none.
    source_addresses = models.JSONField(_("source addresses"), default=list)
    may_name_by_email = models.BooleanField(_("may name people by e-mail address"), default=False)
    # Written at most once a minute, so that calls stay cheap.
    last_used_at = models.DateTimeField(_("last used"), null=True)
    # Revoked, or left the file: refused, and kept since requests and the trail speak of it.
    retired_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")

    def __str__(self) -> str:
        return self.key

    @property
    def is_personal(self) -> bool:
        return self.kind == ClientKind.PERSONAL


class PersonalToken(models.Model):
    """What a person allowed a program to do for them. The program collects the token once; the row ends with the token."""

    code = models.CharField(max_length=20, unique=True, default=token_code)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="personal_tokens")
    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="personal_tokens")
    # Not collected yet: null.
    token = models.OneToOneField(Token, models.CASCADE, related_name="personal", null=True)
    device_code_digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    # How the person had logged in when they allowed it.
    proof = models.JSONField()
    asked_from = models.CharField(max_length=45, blank=True)
    allowed_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.code
