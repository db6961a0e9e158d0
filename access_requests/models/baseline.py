from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class BaselineKind(models.TextChoices):
    ROLE_POLICY = "role_policy", _("declared policy of a role")
    MANAGED_POLICY = "managed_policy", _("managed policy")
    RAIL = "rail", _("guard rail of a group")
    BOUNDARY = "boundary", _("boundary of a person")
    # Stands for the first look at somebody's credentials: what was there then is theirs.
    CREDENTIALS = "credentials", _("credentials of a person")
    ACCESS_KEY = "access_key", _("access key of a person")
    MFA_DEVICE = "mfa_device", _("MFA device of a person")


class Baseline(models.Model):
    """One thing that stood in AWS when the portal first looked, or that an administrator has accepted since.

    The catalogue does not say what it is to be: what differs from this is drift. `thing` and `name` as in Drift, but of people
    the IAM UserId, which is nobody else's.
    """

    kind = models.CharField(_("kind"), max_length=30, choices=BaselineKind.choices)
    account = models.CharField(_("AWS account"), max_length=50)
    thing = models.CharField(_("where"), max_length=700)
    name = models.CharField(_("what"), max_length=700, blank=True)
    # The document of a policy; null of what is only there or not.
    document = models.JSONField(_("document"), null=True, encoder=DjangoJSONEncoder)
    known_at = models.DateTimeField(_("known since"))
    # Empty where the portal's first look took it for granted.
    accepted_by = models.CharField(_("accepted by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("known state of AWS")
        verbose_name_plural = _("known state of AWS")
        constraints: ClassVar = [
            models.UniqueConstraint("kind", "account", "thing", "name", name="baseline_one_of_a_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.account} {self.thing} {self.name}".strip()
