from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access_requests.models.catalogue import TargetRole


class RoleGate(models.Model):
    """The session gate of a work role: who may write it now, and what AWS showed of it when it was last read back.

    IAM has no conditional put, so that one worker at a time renders the whole gate and writes it. `asked` counts what has to get
    into it, `written` up to which of these it was rendered when AWS last showed it: who finds its own count covered has
    nothing left to write.
    """

    role = models.OneToOneField(TargetRole, models.CASCADE, primary_key=True, related_name="gate", verbose_name=_("target role"))
    asked = models.PositiveBigIntegerField(default=0)
    written = models.PositiveBigIntegerField(default=0)
    holder = models.CharField(max_length=64, blank=True)
    until = models.DateTimeField(null=True)
    # Lines of the gate as read back, [{"user_name", "since", "until"}], and when it was rendered and read.
    lines = models.JSONField(_("who is let in"), default=list, encoder=DjangoJSONEncoder)
    rendered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(_("read back"), null=True)
    # Characters that the role's other inline policies take of what AWS allows a role; null before they were read.
    others_size = models.PositiveIntegerField(_("taken by other policies"), null=True)
    # When it is to be written again: a call that nobody knows the outcome of may have landed late.
    again_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("session gate")
        verbose_name_plural = _("session gates")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(written__lte=F("asked")), name="gate_written_was_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.role}"
