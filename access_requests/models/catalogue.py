"""What may be asked for, and who decides. Written by services.catalogue only.

What left the catalogue is kept with `retired_at` set, since requests and elevations point to it.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# The doors, and `passkey`: in the browser, signed by a passkey of the approver's.
DECIDE_BY = ("browser", "passkey", "chat", "client")
# What IAM Identity Center calls the roles that it makes in the accounts. IAM lets nobody else change them.
RESERVED = "AWSReservedSSO_"
# A path has up to 512 characters, and a role's name 64.
LONGEST_ARN = 700
# How AWS Organizations calls the administrators' role that it makes in a new account.
MADE_BY_ORGANIZATIONS = ["OrganizationAccountAccessRole"]
# A session in Identity Center lasts an hour unless the permission set says more, and 12 at the most.
LONGEST_SESSION_MINUTES = 12 * 60


class DriftAnswer(models.TextChoices):
    """What the portal does about what somebody else changed in AWS."""

    REPORT = "report", _("report")
    UNDO = "undo", _("undo")


class AccountKind(models.TextChoices):
    JUMP = "jump", _("Jump account")
    DEVELOPMENT = "development", _("development")
    STAGING = "staging", _("staging")
    PRODUCTION = "production", _("production")
    BILLING = "billing", _("billing")
    LOG_ARCHIVE = "log_archive", _("log archive")
    AUDIT = "audit", _("audit")


class RoleLevel(models.TextChoices):
    LEADER = "leader", _("leader")
    MEMBER = "member", _("member")
    READ_ONLY = "read_only", _("read-only")


def made_by_organizations() -> list[str]:
    return [*MADE_BY_ORGANIZATIONS]


class AwsAccount(models.Model):
    key = models.SlugField(_("key"), unique=True)
    account_id = models.CharField(_("account ID"), max_length=12, unique=True, validators=[RegexValidator(r"^\d{12}$")])
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=AccountKind.choices)
    # Path and name of the role that the workers assume there, to write the session gates; without it there are none.
    gate_role = models.CharField(_("role of the portal"), max_length=576, blank=True, db_default="")
    # Its ARN as AWS showed it to whoever is in it; empty until the portal has been in it.
    gate_role_arn = models.CharField(_("ARN of the role of the portal"), max_length=LONGEST_ARN, blank=True, db_default="")
    # Where Session Manager sessions are looked for at an end; none means the Region of the settings.
    regions = models.JSONField(_("Regions"), default=list, db_default=Value([], models.JSONField()))
    # Roles that no group leads to and that others than people with MFA may take on, on purpose.
    other_roles = models.JSONField(
        _("other roles"), default=made_by_organizations, db_default=Value(MADE_BY_ORGANIZATIONS, models.JSONField())
    )

    class Meta:
        verbose_name = _("AWS account")
        verbose_name_plural = _("AWS accounts")
        constraints: ClassVar = [
            models.UniqueConstraint("kind", condition=Q(kind="jump"), name="catalogue_one_jump_account"),
        ]

    def __str__(self) -> str:
        return self.name


class TargetRole(models.Model):
    account = models.ForeignKey(AwsAccount, models.PROTECT, related_name="roles", verbose_name=_("AWS account"))
    name = models.CharField(_("name"), max_length=64)
    level = models.CharField(_("level"), max_length=20, choices=RoleLevel.choices)
    # Names of inline and ARNs of managed policies that the role is to have; null where nobody declared them.
    policies = models.JSONField(_("declared policies"), null=True, blank=True)
    # As AWS showed them, or the ARN as the catalogue declares it where the portal has no role to ask by; null until then. Never
    # put together from names: path, letter case and partition are AWS's own, and a Deny on another ARN denies nobody.
    arn = models.CharField(_("ARN of the role"), max_length=LONGEST_ARN, null=True, blank=True)  # noqa: DJ001  Null: nobody has read it.
    role_id = models.CharField(_("role ID"), max_length=128, null=True, blank=True)  # noqa: DJ001
    read_at = models.DateTimeField(_("read in AWS"), null=True, blank=True)
    # When a worker that could not read it tries again.
    read_again_at = models.DateTimeField(_("to be read again"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("target role")
        verbose_name_plural = _("target roles")
        constraints: ClassVar = [
            models.UniqueConstraint("account", Lower("name"), name="catalogue_role_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.account.key}/{self.name}"

    @property
    def is_reserved(self) -> bool:
        """Whether IAM Identity Center made it: people get into it by Identity Center only."""
        return self.name.startswith(RESERVED)

    @property
    def has_gate(self) -> bool:
        """Whether the portal keeps a session gate on it while a work group leads there."""
        return bool(self.account.gate_role_arn) and not self.is_reserved

    @property
    def is_known(self) -> bool:
        """Whether it is known which role it is: read where the portal has a role to ask by, else declared whole."""
        is_read = self.role_id is not None and bool(self.account.gate_role_arn)
        return self.arn is not None and (is_read or not self.account.gate_role)

    @property
    def shown(self) -> str:
        """Its ARN, and until that is known how the catalogue refers to it."""
        return self.arn or str(self)


class _Described:
    description: str
    description_ja: str

    @property
    def purpose(self) -> str:
        """What the group is for, in the reader's language where the catalogue says it so."""
        is_japanese = (get_language() or "").startswith("ja")
        return self.description_ja if is_japanese and self.description_ja else self.description


class StandingGroup(_Described, models.Model):
    """An IAM group whose members may always switch to its roles. The portal never writes to it."""

    name = models.CharField(_("name"), max_length=128)
    target_roles = models.ManyToManyField(TargetRole, related_name="standing_groups", verbose_name=_("target roles"))
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="standing_groups", verbose_name=_("people"))
    description = models.CharField(_("description"), max_length=500, blank=True)
    # Empty: the description is in one language, for everybody.
    description_ja = models.CharField(_("description in Japanese"), max_length=500, blank=True, db_default="")

    class Meta:
        verbose_name = _("standing group")
        verbose_name_plural = _("standing groups")
        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="catalogue_standing_group_any_case")]

    def __str__(self) -> str:
        return self.name


class ApprovalPolicy(models.Model):
    # What is no rule: a request keeps all the rest, as it was when it was asked for.
    BESIDE_RULES: ClassVar = frozenset({"id", "key", "slack_channel", "report_days", "overdue_report_blocks", "retired_at"})
    # Times that pages and sentences say each under its name; the shortest and the longest are said together.
    TIMES: ClassVar = ("decision_minutes", "factor_age_minutes")

    key = models.SlugField(_("key"), unique=True)
    shortest_minutes = models.PositiveIntegerField(_("shortest time"))
    longest_minutes = models.PositiveIntegerField(_("longest time"))
    decision_minutes = models.PositiveIntegerField(_("decided within"))
    decide_by = models.JSONField(_("decided on by"), default=list)
    # Of a decision that a passkey signs.
    factor_age_minutes = models.PositiveIntegerField(_("by passkeys enrolled for at least"), default=0, db_default=0)
    same_client_may_decide = models.BooleanField(_("the client that asked may carry the decision"), default=False)
    # Where in Slack its requests are shown: a channel's id or #name.
    slack_channel = models.CharField(_("Slack channel"), max_length=81, blank=True, db_default="")
    # Until how many days after its end somebody says what they did with an access; 0: nobody has to. The end's entry has both.
    report_days = models.PositiveSmallIntegerField(_("work report within days"), default=0, db_default=0)
    overdue_report_blocks = models.BooleanField(_("an overdue report refuses new requests"), default=False, db_default=False)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("approval policy")
        verbose_name_plural = _("approval policies")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(shortest_minutes__gte=1) & Q(longest_minutes__gte=F("shortest_minutes")),
                name="catalogue_policy_times_in_order",
            ),
            models.CheckConstraint(condition=Q(decision_minutes__gte=1), name="catalogue_policy_has_deadline"),
        ]

    def __str__(self) -> str:
        return self.key

    def rules(self) -> dict[str, Any]:
        """Return column -> value of all that rules a request; levels are rows of their own."""
        columns = [field for field in self._meta.concrete_fields if field.name not in self.BESIDE_RULES]
        return {field.name: field.value_from_object(self) for field in columns}

    def times(self) -> Iterator[tuple[str, int]]:
        """Yield name and minutes of each time that is said by itself, where there is one."""
        for field in self._meta.concrete_fields:
            minutes = field.value_from_object(self) if field.name in self.TIMES else None
            if minutes:
                yield str(field.verbose_name), minutes


class ApprovalLevel(models.Model):
    """`approvals` of the `approvers` must say yes, one level after the other; nobody counts at two."""

    policy = models.ForeignKey(ApprovalPolicy, models.CASCADE, related_name="levels", verbose_name=_("approval policy"))
    number = models.PositiveSmallIntegerField(_("level"))
    approvals = models.PositiveSmallIntegerField(_("approvals needed"))
    approvers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="approval_levels", verbose_name=_("approvers"))
    # As the file names them, roles such as @lead among them; null: all approvers are named themselves.
    named = models.JSONField(_("named"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("approval level")
        verbose_name_plural = _("approval levels")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint("policy", "number", name="catalogue_level_of_policy"),
            models.CheckConstraint(condition=Q(approvals__gte=1), name="catalogue_level_needs_an_approval"),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.number}"


class WorkGroup(_Described, models.Model):
    """A group of IAM, or of IAM Identity Center, that gives production. Empty at rest, filled by the portal alone."""

    # 116, so that the key of the TTL tag fits its 128.
    name = models.CharField(_("name"), max_length=116)
    description = models.CharField(_("description"), max_length=500, blank=True)
    # Empty: the description is in one language, for everybody.
    description_ja = models.CharField(_("description in Japanese"), max_length=500, blank=True, db_default="")
    backend = models.CharField(_("granted by"), max_length=40, default="iam_group")
    policy = models.ForeignKey(ApprovalPolicy, models.PROTECT, related_name="work_groups", verbose_name=_("approval policy"))
    target_roles = models.ManyToManyField(TargetRole, related_name="work_groups", verbose_name=_("target roles"))
    everyone_may_request = models.BooleanField(_("everyone may ask"), default=False)
    requesters = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="requestable_work_groups", blank=True, verbose_name=_("who may ask")
    )
    # As the file names them, roles such as @engineer among them; null: all requesters are named themselves.
    named = models.JSONField(_("named"), null=True, blank=True, editable=False)
    # How long a session may live on after the end, where AWS does not end it: the permission set's session duration.
    session_minutes = models.PositiveIntegerField(
        _("session duration"), default=LONGEST_SESSION_MINUTES, db_default=LONGEST_SESSION_MINUTES
    )
    drift = models.CharField(
        _("drift"), max_length=10, choices=DriftAnswer.choices, default=DriftAnswer.REPORT, db_default=DriftAnswer.REPORT
    )
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("work group")
        verbose_name_plural = _("work groups")
        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="catalogue_work_group_any_case")]

    def __str__(self) -> str:
        return self.name


class InspectionPlan(models.Model):
    """Who signs daily inspections, and by when. `audits.inspections` reads what the trail tells of it; days are as written."""

    key = models.SlugField(_("key"), unique=True)
    # Usernames.
    inspectors = models.JSONField(_("inspectors"), default=list)
    since = models.CharField(_("from day"), max_length=10)
    signed_within = models.PositiveSmallIntegerField(_("signed within working days"))
    # ISO 3166: whose public holidays are no working days.
    country = models.CharField(_("country"), max_length=2)
    days_off = models.JSONField(_("days off"), default=list)

    class Meta:
        verbose_name = _("plan of daily inspections")
        verbose_name_plural = _("plans of daily inspections")

    def __str__(self) -> str:
        return self.key
