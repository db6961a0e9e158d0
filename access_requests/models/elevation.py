from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access_requests.lifecycle import IN_AWS, OVER, UNSETTLED, ElevationStatus
from access_requests.models.catalogue import WorkGroup
from access_requests.models.codes import elevation_code
from access_requests.models.request import AccessRequest

# Why access may end by people's own will before it was given: then nothing failed.
ENDED_BY_PEOPLE = frozenset({"returned", "stopped"})
NOT_GRANTED = Q(status__in=sorted(OVER), granted_at=None) & ~Q(stop_reason__in=sorted(ENDED_BY_PEOPLE))


class Elevation(models.Model):
    """What AWS then has: one person in one work group for one window."""

    code = models.CharField(_("number"), max_length=10, unique=True, default=elevation_code, editable=False)
    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="elevations", verbose_name=_("access request"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="elevations", verbose_name=_("person"))
    work_group = models.ForeignKey(WorkGroup, models.PROTECT, related_name="elevations", verbose_name=_("work group"))
    # The IAM user as it was bound when the request was approved; renamed or made again, it is somebody else.
    iam_user_name = models.CharField(_("IAM user name"), max_length=64)
    iam_user_id = models.CharField(_("IAM user ID"), max_length=128)
    # The same of IAM Identity Center, for work groups that are granted there; empty for the others.
    identity_center_user_name = models.CharField(_("Identity Center user name"), max_length=128, blank=True, db_default="")
    identity_center_user_id = models.CharField(_("Identity Center user ID"), max_length=47, blank=True, db_default="")
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    # The code of the request whose approval fixed the end: its own, or that of the latest extension.
    ends_by = models.CharField(_("end approved by"), max_length=10, blank=True, db_default="")
    status = models.CharField(_("state"), max_length=20, default=ElevationStatus.SCHEDULED)
    # When the grant began in AWS: sessions from before are not this elevation's, and the session gate keeps them shut.
    granting_at = models.DateTimeField(_("grant began"), null=True, blank=True)
    granted_at = models.DateTimeField(_("granted"), null=True, blank=True)
    # When somebody or something ended it; before ends_at that is early. The end is a fact in AWS only at ended_at.
    stopped_at = models.DateTimeField(_("end began"), null=True, blank=True)
    stop_reason = models.CharField(_("why it ended"), max_length=40, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # When the entry fence may go: the membership is gone and nobody who could still write it is running.
    fence_due_at = models.DateTimeField(_("entry fence may go"), null=True, blank=True)
    # The end that the tag and the fence in AWS are known to say; behind ends_at after an extension, until a worker caught up.
    written_ends_at = models.DateTimeField(_("end as written in AWS"), null=True, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    try_again_at = models.DateTimeField(_("next try"), null=True, blank=True)
    # What is in the way of the step that is tried: a cause of grants.causes, or a word of the portal's own.
    problem = models.CharField(_("problem"), max_length=120, blank=True)
    # The same as it stood when the end began: why nothing was given, or why an extension was not written.
    problem_at_end = models.CharField(_("problem when the end began"), max_length=120, blank=True, db_default="")
    # What AWS showed when it was last looked at: grants.Seen as JSON.
    seen = models.JSONField(_("what AWS showed"), null=True, blank=True, encoder=DjangoJSONEncoder)
    seen_at = models.DateTimeField(_("read back"), null=True, blank=True)
    # Whether the person can switch, evaluated over the policies as AWS has them: `services.elevations.evaluating` wrote it.
    evaluation = models.JSONField(_("evaluated"), db_column="judged", null=True, blank=True, encoder=DjangoJSONEncoder)
    # When that is to be asked again: after each step in AWS, and while AWS does not show it yet.
    evaluate_at = models.DateTimeField(_("to be evaluated"), db_column="judge_at", null=True, blank=True)

    class Meta:
        verbose_name = _("elevation")
        verbose_name_plural = _("elevations")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=sorted(ElevationStatus)), name="elevation_status_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="elevation_end_after_start"),
            models.CheckConstraint(
                condition=~Q(status=ElevationStatus.ACTIVE) | Q(granted_at__isnull=False),
                name="elevation_active_was_granted",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[ElevationStatus.REVOKING, ElevationStatus.ENDED]) | Q(stopped_at__isnull=False),
                name="elevation_revoking_was_stopped",
            ),
            models.CheckConstraint(
                condition=~Q(status=ElevationStatus.ENDED) | Q(ended_at__isnull=False), name="elevation_ended_has_time"
            ),
            models.UniqueConstraint(
                "person",
                "work_group",
                condition=Q(status__in=sorted(IN_AWS)),
                name="elevation_one_in_aws",
            ),
        ]
        indexes: ClassVar = [
            # The sweeps, every few seconds, and the dashboard: only what something is still to happen to.
            models.Index("status", "ends_at", condition=Q(status__in=sorted(UNSETTLED)), name="elevation_unsettled"),
            models.Index("fence_due_at", condition=Q(fence_due_at__isnull=False), name="elevation_fence_due"),
            models.Index("evaluate_at", condition=Q(evaluate_at__isnull=False), name="elevation_to_judge"),  # The sweep.
            models.Index(fields=["person", "-id"], name="elevation_of_person"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def window(self) -> str:
        """The window's name in AWS, where policies take letters and digits only: the code of the request that fixed its end."""
        return self.ends_by.replace("-", "")

    @property
    def over_at(self) -> datetime:
        """When it was over, as AWS showed it; before that, when it is to be over."""
        return self.ended_at or self.ends_at

    @property
    def was_not_granted(self) -> bool:
        """Whether it was approved and is over without AWS ever having shown it: `NOT_GRANTED` in a query."""
        return self.status in OVER and self.granted_at is None and self.stop_reason not in ENDED_BY_PEOPLE

    @property
    def evaluation_now(self) -> dict[str, Any] | None:
        """The evaluation of it as it is now, if there is one; one from before the latest step says nothing of it any more."""
        return self.evaluation if self.evaluation and self.evaluation.get("of") == self.status else None


class PersonLease(models.Model):
    """Who may write about a person in AWS right now. Longer than one call can last, renewed before each call.

    It serialises all writers for one person, so that a call that hangs cannot land after somebody else's end.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    holder = models.CharField(max_length=64, blank=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person} {self.until}"
