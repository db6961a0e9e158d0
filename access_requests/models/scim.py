"""What directories say by SCIM: tokens that they carry, people, groups. Each row is one provider's, and no other sees it."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access_requests.models.codes import resource_id, token_code


class ScimToken(models.Model):
    """What lets a provider's directory in. It is shown once; kept is what tells it from another."""

    code = models.CharField(_("code"), max_length=20, unique=True, default=token_code)
    # The key of a provider of log-in.
    provider = models.CharField(_("provider"), max_length=30)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(_("made by"), max_length=150)
    made_at = models.DateTimeField(_("made"))
    # Written at most once a minute, so that calls stay cheap.
    last_used_at = models.DateTimeField(_("last used"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("SCIM token")
        verbose_name_plural = _("SCIM tokens")

    def __str__(self) -> str:
        return self.code


class Provided(models.Model):
    """One resource of a provider's directory, by the id that the portal gave it there."""

    resource_id = models.CharField(max_length=36, unique=True, default=resource_id)
    provider = models.CharField(_("provider"), max_length=30)
    external_id = models.CharField(_("identity there"), max_length=255, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        abstract = True

    def touch(self, now: datetime) -> None:
        """Make it another version; whoever calls this saves it."""
        self.version += 1
        self.modified_at = now


class ScimUser(Provided):
    """A person as a directory says them. One that was deleted there stays for the record, and no directory finds it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="scim_users", verbose_name=_("person"))
    user_name = models.CharField(_("name there"), max_length=255)
    # The name as two are compared.
    user_name_key = models.CharField(max_length=255)
    # Names and addresses, as SCIM writes them.
    attributes = models.JSONField(default=dict)
    active = models.BooleanField(_("active there"), default=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True)

    class Meta:
        verbose_name = _("person of a directory")
        verbose_name_plural = _("people of directories")
        constraints: ClassVar = [
            models.UniqueConstraint("provider", "user_name_key", condition=Q(deleted_at=None), name="scim_user_name_once"),
            models.UniqueConstraint(
                "provider", "external_id", condition=Q(deleted_at=None) & ~Q(external_id=""), name="scim_user_external_id_once"
            ),
            models.UniqueConstraint("provider", "person", condition=Q(deleted_at=None), name="scim_user_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.user_name}"


class ScimGroup(Provided):
    """A group of a directory. What its members are by it, the provider's configuration says."""

    display_name = models.CharField(_("name there"), max_length=255)
    # The name as two are compared.
    name_key = models.CharField(max_length=255)
    members = models.ManyToManyField(ScimUser, related_name="scim_groups", blank=True, verbose_name=_("members"))

    class Meta:
        verbose_name = _("group of a directory")
        verbose_name_plural = _("groups of directories")
        constraints: ClassVar = [
            # Two of one name would both make somebody what only one is meant to.
            models.UniqueConstraint("provider", "name_key", name="scim_group_name_once"),
            models.UniqueConstraint("provider", "external_id", condition=~Q(external_id=""), name="scim_group_external_id_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.display_name}"
