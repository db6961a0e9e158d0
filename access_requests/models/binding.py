from typing import ClassVar

from django.conf import settings
from django.db import models
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

    class Meta:
        verbose_name = _("IAM user")
        verbose_name_plural = _("IAM users")
        constraints: ClassVar = [models.UniqueConstraint(Lower("user_name"), name="binding_user_name_any_case")]

    def __str__(self) -> str:
        return self.user_name
