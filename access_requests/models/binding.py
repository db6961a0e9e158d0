from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class IamUserBinding(models.Model):
    """The one IAM user of the Jump account that a person is, set by administrators and never typed by a requester.

    `user_id` (IAM's UserId, AIDA…) is stored beside the name: a user renamed, or deleted and made again under the same name, is
    not the one that was bound.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="iam_user", verbose_name=_("person"))
    user_name = models.CharField(_("IAM user name"), max_length=64)
    user_id = models.CharField(_("IAM user ID"), max_length=128, unique=True)
    bound_at = models.DateTimeField(_("bound"))
    # Serial numbers of the MFA devices as AWS last listed them; null before it was asked. A passkey's has :u2f/ in it.
    mfa_serials = models.JSONField(_("MFA devices"), null=True, blank=True)
    # Ids of the active access keys as AWS last listed them, and when it was asked for these and the devices.
    access_keys = models.JSONField(_("access keys"), null=True, blank=True)
    credentials_read_at = models.DateTimeField(_("credentials read"), null=True, blank=True)

    class Meta:
        verbose_name = _("IAM user")
        verbose_name_plural = _("IAM users")
        constraints: ClassVar = [models.UniqueConstraint(Lower("user_name"), name="binding_user_name_any_case")]

    def __str__(self) -> str:
        return self.user_name


class IdentityCenterBinding(models.Model):
    """The one user of IAM Identity Center that a person is, for work groups that are granted there.

    `user_id` (the identity store's UserId) tells: a user may be renamed there and stays the same.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="identity_center_user", verbose_name=_("person")
    )
    user_name = models.CharField(_("Identity Center user name"), max_length=128)
    user_id = models.CharField(_("Identity Center user ID"), max_length=47, unique=True)
    bound_at = models.DateTimeField(_("bound"))

    class Meta:
        verbose_name = _("Identity Center user")
        verbose_name_plural = _("Identity Center users")

    def __str__(self) -> str:
        return self.user_name


class BindingKind(models.TextChoices):
    """What a person is in AWS; `grants.contract.Principal` says which of these a work group is granted to."""

    IAM_USER = "iam_user", _("IAM user")
    IDENTITY_CENTER_USER = "identity_center_user", _("Identity Center user")


class Binding(models.Model):
    """The one user of a kind that a person is.

    The table that follows the two above: written with them in this release, and read from the next one on. Until then they are
    the truth, and what is here is copied from them again before it is read (docs/decisions/0018-bindings-in-one-table.md).
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bindings", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=30, choices=BindingKind.choices)
    user_name = models.CharField(_("user name"), max_length=128)
    user_id = models.CharField(_("user ID"), max_length=128)
    bound_at = models.DateTimeField(_("bound"))
    # Of IAM users, as beside IamUserBinding.
    mfa_serials = models.JSONField(_("MFA devices"), null=True, blank=True)
    access_keys = models.JSONField(_("access keys"), null=True, blank=True)
    credentials_read_at = models.DateTimeField(_("credentials read"), null=True, blank=True)

    class Meta:
        verbose_name = _("user in AWS")
        verbose_name_plural = _("users in AWS")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind"], name="binding_one_of_a_kind"),
            models.UniqueConstraint(fields=["kind", "user_id"], name="binding_one_person_a_user"),
            # IAM tells names apart by more than letter case nowhere; Identity Center gives a name anew.
            models.UniqueConstraint(Lower("user_name"), condition=Q(kind="iam_user"), name="binding_iam_user_name_any_case"),
            models.CheckConstraint(condition=Q(kind__in=sorted(BindingKind.values)), name="binding_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind="iam_user")
                | Q(mfa_serials__isnull=True, access_keys__isnull=True, credentials_read_at__isnull=True),
                name="binding_credentials_are_iam_users",
            ),
        ]

    def __str__(self) -> str:
        return self.user_name
