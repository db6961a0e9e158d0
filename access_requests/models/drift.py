from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access_requests.lifecycle import DRIFT_OPEN, DriftStatus
from access_requests.models.catalogue import WorkGroup
from access_requests.models.codes import drift_code
from access_requests.models.elevation import Elevation
from portal.users.models import User


class DriftKind(models.TextChoices):
    """In which way AWS is not as the portal left it, or not as the catalogue says."""

    UNEXPLAINED_MEMBER = "unexplained_member", _("member that no elevation explains")
    MEMBER_MISSING = "member_missing", _("membership missing")
    TAG_MISSING = "tag_missing", _("TTL tag missing")
    TAG_EDITED = "tag_edited", _("TTL tag edited")
    TAG_UNEXPLAINED = "tag_unexplained", _("TTL tag that no elevation explains")
    FENCE_MISSING = "fence_missing", _("entry fence missing")
    FENCE_EDITED = "fence_edited", _("entry fence edited")
    GATE_MISSING = "gate_missing", _("session gate missing")
    GATE_EDITED = "gate_edited", _("session gate edited")
    USER_RENAMED = "user_renamed", _("IAM user renamed")
    USER_REMADE = "user_remade", _("IAM user made again")
    USER_GONE = "user_gone", _("IAM user gone")
    GROUP_GONE = "group_gone", _("group gone")
    ROLE_GONE = "role_gone", _("role gone")
    ROLE_REMADE = "role_remade", _("role made again")
    GROUP_POLICY = "group_policy", _("policy on a work group that nobody declared")
    ROLE_POLICY = "role_policy", _("policy on a work role that nobody declared")
    ROLE_POLICY_MISSING = "role_policy_missing", _("declared policy missing")
    TRUST_OPEN = "trust_open", _("trust of a work role too wide")
    ROLE_BOUNDARY = "role_boundary", _("boundary of a work role missing")
    ROLE_POLICY_EDITED = "role_policy_edited", _("declared policy of a role rewritten")
    ROLE_OPEN = "role_open", _("role that lets others in than people with MFA")
    APP_ROLE_UNBOUNDED = "app_role_unbounded", _("role of an application without its boundary")
    APP_ROLE_OPEN = "app_role_open", _("role of an application that lets in others than services")
    MANAGED_POLICY_EDITED = "managed_policy_edited", _("managed policy rewritten")
    RAIL_MISSING = "rail_missing", _("guard rail taken off a group")
    USER_BOUNDARY = "user_boundary", _("boundary of a person missing")
    NEW_ACCESS_KEY = "new_access_key", _("new access key of a person")
    NEW_MFA_DEVICE = "new_mfa_device", _("new MFA device of a person")
    SWITCH_ALLOWED = "switch_allowed", _("switch allowed that the catalogue does not have")
    SWITCH_DENIED = "switch_denied", _("switch denied that the catalogue has")


# Who is in a group, and whether there is one.
DRIFT_OF_MEMBERS = frozenset({DriftKind.UNEXPLAINED_MEMBER, DriftKind.MEMBER_MISSING, DriftKind.GROUP_GONE})
# What belongs to an elevation is put right for as long as that is active.
DRIFT_OF_ELEVATION = frozenset(
    {
        DriftKind.MEMBER_MISSING,
        DriftKind.TAG_MISSING,
        DriftKind.TAG_EDITED,
        DriftKind.FENCE_MISSING,
        DriftKind.FENCE_EDITED,
    }
)
# Not the user that was bound: access ends, whatever the work group says about drift.
DRIFT_OF_ANOTHER_USER = frozenset({DriftKind.USER_RENAMED, DriftKind.USER_REMADE, DriftKind.USER_GONE})
# The catalogue does not say how it is to be: an administrator may say that it is right as it is now.
DRIFT_FROM_BASELINE = frozenset(
    {
        DriftKind.ROLE_POLICY_EDITED,
        DriftKind.MANAGED_POLICY_EDITED,
        DriftKind.RAIL_MISSING,
        DriftKind.USER_BOUNDARY,
        DriftKind.NEW_ACCESS_KEY,
        DriftKind.NEW_MFA_DEVICE,
    }
)
# What a switch comes to follows from policies: it is nobody's own act, and no event of CloudTrail.
DRIFT_OF_SWITCH = frozenset({DriftKind.SWITCH_ALLOWED, DriftKind.SWITCH_DENIED})


class Drift(models.Model):
    """One difference between AWS and what the portal left there, from when it was found until it is gone or undone.

    `thing` and `name` say in AWS's own names what it is about, such as group ProdMemberWorkGroup and member02.
    """

    code = models.CharField(_("number"), max_length=10, unique=True, default=drift_code, editable=False)
    kind = models.CharField(_("kind"), max_length=30, choices=DriftKind.choices)
    account = models.CharField(_("AWS account"), max_length=50)
    # An ARN of a policy has up to some 700 characters: IAM allows a path of 512.
    thing = models.CharField(_("where"), max_length=2048)
    name = models.CharField(_("what"), max_length=2048, blank=True)
    work_group = models.ForeignKey(
        WorkGroup, models.PROTECT, null=True, blank=True, related_name="drifts", verbose_name=_("work group")
    )
    elevation = models.ForeignKey(
        Elevation, models.PROTECT, null=True, blank=True, related_name="drifts", verbose_name=_("elevation")
    )
    detail = models.JSONField(_("detail"), default=dict, encoder=DjangoJSONEncoder)
    status = models.CharField(_("state"), max_length=20, default=DriftStatus.OPEN)
    found_at = models.DateTimeField(_("found"))
    seen_at = models.DateTimeField(_("last seen"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    # Who did it, as CloudTrail says; empty where it does not.
    principal = models.CharField(_("done by"), max_length=2048, blank=True)
    event = models.JSONField(_("CloudTrail event"), null=True, blank=True, encoder=DjangoJSONEncoder)
    # How often the same by the same principal was undone before.
    undone_before = models.PositiveIntegerField(_("undone before"), default=0)
    undo_asked_by = models.CharField(_("undo asked by"), max_length=200, blank=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("drift")
        verbose_name_plural = _("drift")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=sorted(DriftStatus)), name="drift_status_known"),
            models.UniqueConstraint(
                "kind",
                "account",
                "thing",
                "name",
                condition=Q(status__in=sorted(DRIFT_OPEN)),
                name="drift_one_open_of_a_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "-id"], name="drift_list"),  # The page.
        ]

    def __str__(self) -> str:
        return self.code


class ComparisonAsked(models.Model):
    """That somebody asked for a comparison with AWS. Gone once one has begun.

    Who asked is read here and nowhere else: whoever sends a worker a message can have AWS compared early, and in nobody's name.
    """

    asked_by = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("comparison with AWS that was asked for")
        verbose_name_plural = _("comparisons with AWS that were asked for")

    def __str__(self) -> str:
        return f"{self.asked_at}"


class Reconciliation(models.Model):
    """One comparison of AWS with the portal: when, which accounts could not be read, and who could switch where.

    `matrix` is `services.drift.matrix` as JSON; null while it runs, or when the Jump account could not be read.
    """

    began_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # One at a time: the row is the lock. A run that died is found by its silence and gives way to the next.
    running = models.BooleanField(_("running"), default=False)
    alive_at = models.DateTimeField(_("last sign of life"), default=timezone.now)
    asked_by = models.CharField(_("asked by"), max_length=200, blank=True)
    # [{"account": key, "thing": what could not be compared, "" for all of the account, "problem": a word for it}]
    problems = models.JSONField(_("problems"), default=list, encoder=DjangoJSONEncoder)
    matrix = models.JSONField(_("who can switch where"), null=True, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("comparison with AWS")
        verbose_name_plural = _("comparisons with AWS")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["running"], condition=Q(running=True), name="reconciliation_one_runs"),
        ]
        indexes: ClassVar = [models.Index(fields=["-began_at"], name="reconciliation_latest")]

    def __str__(self) -> str:
        return f"{self.began_at}"
