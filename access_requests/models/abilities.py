from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from access_requests.models.catalogue import TargetRole


class RoleAbilities(models.Model):
    """What a target role can do once somebody is let in, as evaluated over its policies. Pages show it; no rule asks it.

    A comparison with AWS evaluates a role again only when its `fingerprint` is another one. A role whose account the portal does
    not read has no row.
    """

    role = models.OneToOneField(
        TargetRole, models.CASCADE, primary_key=True, related_name="abilities", verbose_name=_("target role")
    )
    # portal.iam.abilities.fingerprint
    fingerprint = models.CharField(max_length=64)
    # portal.iam.abilities.Ability, one for each question that could be evaluated.
    answers = models.JSONField(_("what the role can do"), default=list, encoder=DjangoJSONEncoder)
    # Names of the policies behind the answers, and of the boundary if there is one.
    policies = models.JSONField(_("policies"), default=list)
    boundary = models.CharField(_("boundary"), max_length=300, blank=True)
    # When AWS last showed these policies.
    read_at = models.DateTimeField(_("read in AWS"))

    class Meta:
        verbose_name = _("what a role can do")
        verbose_name_plural = _("what roles can do")

    def __str__(self) -> str:
        return f"{self.role}"
