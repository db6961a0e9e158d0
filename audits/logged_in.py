"""Production log-ins as rows, as far as CloudTrail was read: what `log_in.*` entries say of each, and the events that prove it.

Others read these by `audits.log_ins.selectors`; `audits.log_ins` alone writes them. Addresses and programs are in no row: they
are personal texts of the trail.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.storable import AsTyped

LOG_IN, EVENT, USE, READING = "audits_login", "audits_seenevent", "audits_elevationuse", "audits_reading"
LEFT_OUT, MATCHED, KEY, REGIONS = "audits_leftout", "audits_matched", "audits_trailkey", "audits_enabledregions"
TABLES = (LOG_IN, EVENT, USE, READING, LEFT_OUT, MATCHED, KEY, REGIONS)
LONGEST = 700


class LogInClass(models.TextChoices):
    """Disjoint, in the order in which they are tried."""

    PORTAL = "portal", pgettext_lazy("log-in", "the portal's own")
    REFUSED = "refused", pgettext_lazy("log-in", "refused")
    DECLARED = "declared", pgettext_lazy("log-in", "declared exception")
    STANDING = "standing", pgettext_lazy("log-in", "standing")
    USED = "used", pgettext_lazy("log-in", "within an approved access")
    AFTER_END = "after_end", pgettext_lazy("log-in", "went on after the end")
    NO_LEAVE = "no_leave", pgettext_lazy("log-in", "without approval")
    UNKNOWN = "unknown", pgettext_lazy("log-in", "not known")
    # Told before as a log-in by itself, and since then seen to be part of another one.
    JOINED = "joined", pgettext_lazy("log-in", "part of another log-in")


class LogInWay(models.TextChoices):
    CLI = "cli", _("command line")
    CONSOLE = "console", _("console")
    CHAIN = "chain", _("from another role")
    USER = "user", _("IAM user of the account")
    ROOT = "root", _("root")
    SAML = "saml", _("SAML provider")
    WEB_IDENTITY = "web_identity", _("web identity provider")
    IDENTITY_CENTER = "sso", _("IAM Identity Center")
    RESERVED_ROLE = "reserved_role", _("role of IAM Identity Center")
    SIGN_IN = "sign_in", _("aws login")
    LOCAL_KEY = "local_key", _("key of an IAM user of the account")
    UNSEEN = "unseen", _("not seen how")


class UseState(models.TextChoices):
    USED = "used", pgettext_lazy("access", "used")
    NEVER_USED = "never_used", pgettext_lazy("access", "granted, never used")
    UNKNOWN = "unknown", pgettext_lazy("access", "not known whether used")


class LogIn(models.Model):
    """One log-in: whoever came in, how, from when to when, and by whose leave. `code` never changes.

    `account` is AWS's number, `role` an ARN. `entered` is all that the events say together, and `thread` how they are found.
    `last_call_at` is of calls that succeeded. `entry_id` is the newest entry of the trail that tells of it.
    """

    code = models.CharField(max_length=20, unique=True)
    thread = models.CharField(max_length=LONGEST)
    parent = models.CharField(max_length=LONGEST, blank=True)
    account = models.CharField(_("account"), max_length=12)
    role = models.CharField(_("role"), max_length=LONGEST, blank=True)
    session = models.CharField(max_length=LONGEST, blank=True)
    person = models.CharField(_("person"), max_length=150, blank=True)
    principal = models.CharField(max_length=LONGEST, blank=True)
    way = models.CharField(_("way"), max_length=20, choices=LogInWay)
    mfa = models.BooleanField(_("MFA"), null=True)
    began_at = models.DateTimeField(_("time"))
    until = models.DateTimeField(null=True)
    last_call_at = models.DateTimeField(null=True)
    refused = models.BooleanField(default=False)
    kind = models.CharField(_("class"), max_length=10, choices=LogInClass)
    reason = models.CharField(max_length=40, blank=True)
    elevation = models.CharField(_("access"), max_length=20, blank=True)
    exemption = models.JSONField(null=True, encoder=AsTyped)
    entered = models.JSONField(encoder=AsTyped)
    entry_id = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("production log-in")
        verbose_name_plural = _("production log-ins")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=sorted(LogInClass.values)), name="log_in_class_known"),
            models.CheckConstraint(condition=~Q(kind__in=["after_end", "used"]) | ~Q(elevation=""), name="log_in_used_by_leave"),
            models.CheckConstraint(condition=~Q(kind="unknown") | ~Q(reason=""), name="log_in_unknown_has_reason"),
        ]
        # Grouping, whoever goes on from it, and lists from the newest on: all, and by each filter.
        indexes: ClassVar = [
            models.Index("thread", "began_at", name="log_in_of_thread"),
            models.Index("parent", condition=~Q(parent=""), name="log_in_of_parent"),
            models.Index("began_at", "id", name="log_in_in_time"),
            models.Index("kind", "began_at", "id", name="log_in_of_class"),
            models.Index("person", "began_at", "id", name="log_in_of_person"),
            models.Index("account", "began_at", "id", name="log_in_of_account"),
            models.Index("elevation", "began_at", condition=~Q(elevation=""), name="log_in_of_elevation"),
            models.Index("changed_at", name="log_in_changed"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.kind}"


class SeenEvent(models.Model):
    """An event of CloudTrail of which something is kept: its id, its hash and where it lies, and not the event itself.

    How often a session called what, and what AWS answered, is counted over these rows: an event that comes twice is one.
    """

    account = models.CharField(max_length=12)
    event_id = models.CharField(max_length=64)
    region = models.CharField(max_length=30)
    at = models.DateTimeField()
    name = models.CharField(max_length=200)
    error = models.CharField(max_length=200, blank=True)
    part = models.CharField(max_length=10)
    thread = models.CharField(max_length=LONGEST, blank=True)
    began_at = models.DateTimeField()
    tie = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64)
    place = models.CharField(max_length=1024)
    log_in = models.ForeignKey(LogIn, models.PROTECT, null=True, related_name="events", db_index=False)
    entered = models.JSONField(null=True, encoder=AsTyped)
    change = models.JSONField(null=True, encoder=AsTyped)
    left_kind = models.CharField(max_length=20, blank=True)
    left_name = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event_id", "account"], name="seen_event_once"),
            models.CheckConstraint(condition=Q(part__in=["call", "change", "entry"]), name="seen_event_part_known"),
        ]
        indexes: ClassVar = [
            models.Index("thread", "began_at", name="seen_event_of_thread"),  # Grouping.
            models.Index("log_in", "name", "error", "at", name="seen_event_of_log_in"),  # What was done.
            models.Index("part", "at", condition=Q(part="change"), name="seen_event_changes"),  # Changes of a time.
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.event_id}"


class ElevationUse(models.Model):
    """Whether an elevation was used, as its last `log_in.use_told` entry says; `reason` says why that is not known."""

    elevation = models.CharField(max_length=20, unique=True)
    use = models.CharField(max_length=10, choices=UseState)
    reason = models.CharField(max_length=20, blank=True)
    log_ins = models.PositiveIntegerField(default=0)
    entry_id = models.BigIntegerField()
    told_at = models.DateTimeField()
    # Whether nothing but a late event can change it.
    settled = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(use__in=sorted(UseState.values)), name="use_known"),
            models.CheckConstraint(condition=~Q(use="unknown") | ~Q(reason=""), name="use_unknown_has_reason"),
        ]
        indexes: ClassVar = [models.Index("elevation", condition=Q(settled=False), name="use_unsettled")]

    def __str__(self) -> str:
        return f"{self.elevation} {self.use}"


class Reading(models.Model):
    """How far an account was read in a Region, by `source`: `lookup`, or the ARN of the trail whose files are read.

    All events from `since` to `until` were read, as far as they were there. `slice_…` and `token` are of the piece that is being
    read, `swept_at` says when the last days were begun once more, for what came late. `problem` is what AWS said since
    `failing_since`; `key` is the last file.
    """

    account = models.CharField(max_length=12)
    region = models.CharField(max_length=30)
    source = models.CharField(max_length=300)
    since = models.DateTimeField()
    until = models.DateTimeField()
    slice_since = models.DateTimeField(null=True)
    slice_until = models.DateTimeField(null=True)
    token = models.TextField(blank=True)
    swept_at = models.DateTimeField()
    key = models.CharField(max_length=1024, blank=True)
    asked_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    problem = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "region", "source"], name="reading_once")]

    def __str__(self) -> str:
        return f"{self.account} {self.region} {self.source}"


class LeftOut(models.Model):
    """How many times services of AWS took on a role in an hour, of one source: they are no log-ins."""

    account = models.CharField(max_length=12)
    region = models.CharField(max_length=30)
    source = models.CharField(max_length=300)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "hour", "region", "source"], name="left_out_once")]

    def __str__(self) -> str:
        return f"{self.account} {self.hour} {self.count}"


class Matched(models.Model):
    """The one row that says up to which entry of the trail log-ins were matched anew, and who reads now.

    `trails_at` is when trails and their files were looked at last.
    """

    until = models.BigIntegerField(default=0)
    holder = models.CharField(max_length=40, blank=True)
    held_until = models.DateTimeField(null=True)
    trails_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.until)


class TrailKey(models.Model):
    """A public key of CloudTrail's that a digest was verified by: it is kept, also when AWS gives it out no longer."""

    region = models.CharField(max_length=30)
    fingerprint = models.CharField(max_length=64, unique=True)
    value = models.BinaryField()

    def __str__(self) -> str:
        return self.fingerprint


class EnabledRegions(models.Model):
    """The Regions that an account has switched on, as AWS said last; `problem` is what it said since instead."""

    account = models.CharField(max_length=12, unique=True)
    regions = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    problem = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.account} {len(self.regions)}"
