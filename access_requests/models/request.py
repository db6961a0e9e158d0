from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access_requests.lifecycle import UNDECIDED, RequestStatus
from access_requests.models.catalogue import ApprovalLevel, ApprovalPolicy, WorkGroup
from access_requests.models.codes import request_code
from portal.storable import AsTyped


class AccessRequest(models.Model):
    """What people decide on. Its text never changes after submission.

    The window as asked: `asked_starts_at` null means "when the last approval commits"; then either `duration_minutes` or
    `asked_ends_at`. Approval fixes `starts_at` and `ends_at`.
    """

    code = models.CharField(_("number"), max_length=10, unique=True, default=request_code, editable=False)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="access_requests", verbose_name=_("requester")
    )
    policy = models.ForeignKey(ApprovalPolicy, models.PROTECT, related_name="access_requests", verbose_name=_("approval policy"))
    work_groups = models.ManyToManyField(
        WorkGroup, through="RequestedGroup", related_name="access_requests", verbose_name=_("work groups")
    )
    reason = models.TextField(_("reason"))
    change_ticket = models.CharField(_("change ticket"), max_length=100)
    impact = models.TextField(_("impact"), blank=True)
    plan = models.TextField(_("plan"), blank=True)
    way_back = models.TextField(_("way back"), blank=True)
    asked_starts_at = models.DateTimeField(_("asked start"), null=True, blank=True)
    asked_ends_at = models.DateTimeField(_("asked end"), null=True, blank=True)
    duration_minutes = models.PositiveIntegerField(_("duration"), null=True, blank=True)
    # What the approvers decide on, as it was when it was submitted, but for the texts above, and the digest of it with them.
    snapshot = models.JSONField(_("as it was submitted"), encoder=AsTyped)
    digest = models.CharField(_("digest of it"), max_length=64)
    extends = models.ForeignKey(
        "Elevation", models.PROTECT, null=True, blank=True, related_name="extensions", verbose_name=_("extension of")
    )
    revises = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="revisions", verbose_name=_("revision of")
    )
    # The door that carried it in, and the client if that door was one.
    door = models.CharField(_("door"), max_length=20)
    client = models.CharField(_("API client"), max_length=100, blank=True)
    status = models.CharField(_("state"), max_length=20, default=RequestStatus.PENDING)
    submitted_at = models.DateTimeField(_("submitted"))
    decide_until = models.DateTimeField(_("deadline for a decision"))
    settled_at = models.DateTimeField(_("decided"), null=True, blank=True)
    starts_at = models.DateTimeField(_("start"), null=True, blank=True)
    ends_at = models.DateTimeField(_("end"), null=True, blank=True)

    class Meta:
        verbose_name = _("access request")
        verbose_name_plural = _("access requests")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=sorted(RequestStatus)), name="request_status_known"),
            models.CheckConstraint(
                condition=Q(duration_minutes__isnull=True) ^ Q(asked_ends_at__isnull=True),
                name="request_duration_or_end",
            ),
            models.CheckConstraint(
                condition=Q(asked_starts_at__isnull=True)
                | Q(asked_ends_at__isnull=True)
                | Q(asked_ends_at__gt=F("asked_starts_at")),
                name="request_asked_end_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(status=RequestStatus.APPROVED)
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("starts_at")),
                name="request_approved_has_window",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(UNDECIDED), settled_at__isnull=True)
                | (~Q(status__in=sorted(UNDECIDED)) & Q(settled_at__isnull=False)),
                name="request_settled_has_time",
            ),
        ]
        indexes: ClassVar = [
            # Read every few seconds by the sweep, for what has lapsed, and by the queue.
            models.Index("decide_until", condition=Q(status__in=sorted(UNDECIDED)), name="request_undecided"),
            models.Index(fields=["requester", "-id"], name="request_of_person"),  # Home and "my requests".
            models.Index(fields=["status", "-id"], name="request_by_status"),  # The list's filter.
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def was_not_granted(self) -> bool:
        """Whether access that it was approved for was not granted: known where selectors.requests loaded it."""
        return bool(getattr(self, "lacks_access", False))


class RequestedGroup(models.Model):
    request = models.ForeignKey(AccessRequest, models.CASCADE, related_name="requested_groups")
    work_group = models.ForeignKey(WorkGroup, models.PROTECT, related_name="requested")
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # True while a request that starts when approved waits: its window cannot be compared with others yet.
    waits_to_start_now = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("request", "work_group", name="request_names_a_group_once"),
            models.UniqueConstraint(
                "requester",
                "work_group",
                condition=Q(waits_to_start_now=True),
                name="request_one_waits_to_start_now",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.work_group}"


class Verdict(models.TextChoices):
    APPROVE = "approve", _("approved")
    REJECT = "reject", _("rejected")
    SEND_BACK = "send_back", _("sent back")


class Decision(models.Model):
    """One approver's yes or no."""

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="decisions", verbose_name=_("access request"))
    # Repeated from the request, so that the database itself can refuse a decision on one's own.
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("requester"))
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions", verbose_name=_("approver"))
    level = models.ForeignKey(ApprovalLevel, models.SET_NULL, null=True, related_name="+", verbose_name=_("approval level"))
    level_number = models.PositiveSmallIntegerField(_("level"))
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict.choices)
    comment = models.TextField(_("comment"), blank=True)
    # How they proved who they are, by which door, and the digest of what they saw.
    proof = models.JSONField(_("proof of identity"))
    door = models.CharField(_("door"), max_length=20)
    client = models.CharField(_("API client"), max_length=100, blank=True)
    seen = models.CharField(_("digest of what was seen"), max_length=64)
    # Of what a passkey signed, which the trail has whole: taken once.
    nonce = models.CharField(_("nonce"), max_length=43, null=True, editable=False)  # noqa: DJ001  Those that have none are not one another's.
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints: ClassVar = [
            models.UniqueConstraint("request", "approver", name="decision_one_of_each_approver"),
            models.UniqueConstraint("nonce", name="decision_nonce_taken_once"),
            models.CheckConstraint(condition=~Q(approver=F("requester")), name="decision_not_on_own_request"),
            models.CheckConstraint(condition=Q(verdict__in=sorted(Verdict.values)), name="decision_verdict_known"),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.verdict}"
