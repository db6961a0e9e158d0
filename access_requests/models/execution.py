from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access_requests.models.catalogue import WorkGroup
from access_requests.models.request import AccessRequest


class AutomationExecution(models.Model):
    """What Systems Manager does by itself for a request and a work group: a runbook, or a change request that ends in one.

    The row of the first is written before AWS is asked to start it, and that of another attempt after; whoever dies in between
    comes to the same number again, and starts the same under the token that it makes. Its status is AWS's own word, as last seen.
    """

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="executions", verbose_name=_("access request"))
    work_group = models.ForeignKey(WorkGroup, models.PROTECT, related_name="+", verbose_name=_("work group"))
    purpose = models.CharField(_("purpose"), max_length=10)
    number = models.PositiveSmallIntegerField(_("number"))
    execution_id = models.CharField(_("execution ID"), max_length=36, blank=True)
    status = models.CharField(_("status in AWS"), max_length=60, blank=True)
    # The rest of grants.Execution as JSON.
    shown = models.JSONField(_("what AWS showed"), default=dict, encoder=DjangoJSONEncoder)
    seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    # When it is to be looked at next, while nobody's grant or end does; null once that is not needed.
    follow_at = models.DateTimeField(_("next look"), null=True, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    problem = models.CharField(_("problem"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("execution in AWS")
        verbose_name_plural = _("executions in AWS")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint("request", "work_group", "number", name="execution_number_of_request"),
        ]
        indexes: ClassVar = [
            models.Index("follow_at", condition=Q(follow_at__isnull=False), name="execution_to_follow"),  # The sweep.
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.purpose} {self.number}"
