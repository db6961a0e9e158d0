from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class BackendHealth(models.Model):
    """What a worker found when it last asked AWS whether a backend could grant. Pages show it: they ask AWS nothing.

    `results` is {"roles": [grants.health.TakenOn], "missing": [grants.health.Missing], "failing": what fails in AWS right now, as
    the elevations say it, [{"what": code, "problem": word}]}.
    """

    alias = models.CharField(_("backend"), max_length=40, unique=True)
    checked_at = models.DateTimeField(_("checked"))
    # The portal's ARN in the Jump account; empty where AWS was not reached.
    identity = models.CharField(_("identity in AWS"), max_length=2048, blank=True)
    results = models.JSONField(_("results"), default=dict, encoder=DjangoJSONEncoder)
    ok = models.BooleanField(_("in order"), default=False)
    # When a grant, an end or a look of it last succeeded.
    worked_at = models.DateTimeField(_("last worked"), null=True, blank=True)

    class Meta:
        verbose_name = _("health of a backend")
        verbose_name_plural = _("health of backends")
        ordering: ClassVar = ["alias"]

    def __str__(self) -> str:
        return self.alias
