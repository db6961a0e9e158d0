"""What each account's IAM was read to be, and how the guard rails stand there, as rows: `audits.permissions` alone writes them.

A look that finds the same as the one before makes no row: it moves the row's last time. So the rows are the history, and what is
kept of an account grows with its changes.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.storable import AsTyped

LOOK, INVENTORY, STANDING, EXCESS = "audits_look", "audits_inventory", "audits_railstanding", "audits_excess"
TABLES = (LOOK, INVENTORY, STANDING, EXCESS)
LONGEST = 300


class RailState(models.TextChoices):
    """The worst first."""

    BROKEN = "broken", pgettext_lazy("guard rail", "broken")
    MISSING = "missing", pgettext_lazy("guard rail", "missing")
    UNKNOWN = "unknown", _("not known")
    EXEMPTED = "exempted", pgettext_lazy("guard rail", "declared exception")
    HOLDS = "holds", pgettext_lazy("guard rail", "holds")


class CarrierKind(models.TextChoices):
    GROUP = "group", _("IAM group")
    ROLE = "role", pgettext_lazy("IAM", "role")
    USER = "user", _("IAM user")


class Inventory(models.Model):
    """All that IAM of an account said once, as JSON in zlib, by its SHA-256."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.sha256


class Look(models.Model):
    """What an account was seen to be from `since` to `until`, each look between them included; or why it could not be read.

    `account` is AWS's number, `key` the catalogue's name. `entry_id` is the entry of the trail that tells of it.
    """

    account = models.CharField(_("account"), max_length=12)
    key = models.CharField(max_length=64)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("last read"))
    problem = models.CharField(max_length=120, blank=True)
    # Empty where it could not be read.
    sha256 = models.CharField(max_length=64, blank=True)
    entry_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(problem="") ^ Q(sha256=""), name="look_read_or_not"),
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="look_goes_forward"),
        ]
        # The newest of an account, and its history.
        indexes: ClassVar = [models.Index("account", "since", "id", name="look_of_account")]

    def __str__(self) -> str:
        return f"{self.account} {self.since:%Y-%m-%d %H:%M}"


class RailStanding(models.Model):
    """How one rail stands for one group, role or user, as the last look found that could read the account.

    `policy` and `statement` break it, `call` is the first that is not denied, and `opened_by` lets that call through.
    """

    account = models.CharField(_("account"), max_length=12)
    key = models.CharField(max_length=64)
    carrier = models.CharField(max_length=10, choices=CarrierKind)
    name = models.CharField(_("name"), max_length=128)
    rail = models.CharField(_("guard rail"), max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=RailState)
    call = models.CharField(max_length=128, blank=True)
    resource = models.CharField(max_length=LONGEST, blank=True)
    policy = models.CharField(max_length=LONGEST, blank=True)
    statement = models.CharField(max_length=LONGEST, blank=True)
    opened_by = models.CharField(max_length=LONGEST, blank=True)
    # Words for what is not known; of an exception its owner, reason and last day.
    why = models.JSONField(default=list, encoder=AsTyped)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "carrier", "name", "rail"], name="rail_stands_once"),
            models.CheckConstraint(condition=Q(state__in=sorted(RailState.values)), name="rail_state_known"),
        ]
        # What is not held, over all accounts.
        indexes: ClassVar = [models.Index("state", "account", name="rail_in_state")]

    def __str__(self) -> str:
        return f"{self.account} {self.name} {self.rail}"


class Excess(models.Model):
    """What is too much in an account, as the last audit of all accounts together found it. `code` is its finding's.

    `who` carries the policy whose statement is the cause. `path` has, for each step from `start`, how, by whom, to whom and with
    which call. `hidden_by` is the level of the organisation that alone keeps it from having effect.
    """

    code = models.CharField(_("number"), max_length=20, unique=True)
    account = models.CharField(_("account"), max_length=12)
    key = models.CharField(max_length=64)
    rule = models.CharField(_("what it is"), max_length=40)
    who = models.CharField(_("who"), max_length=LONGEST)
    policy = models.CharField(max_length=LONGEST, blank=True)
    statement = models.CharField(max_length=LONGEST, blank=True)
    what = models.TextField(blank=True)
    start = models.CharField(max_length=LONGEST, blank=True)
    path = models.JSONField(default=list, encoder=AsTyped)
    hidden_by = models.CharField(max_length=LONGEST, blank=True)

    class Meta:
        # What is too much in one account.
        indexes: ClassVar = [models.Index("account", "rule", name="excess_of_account")]

    def __str__(self) -> str:
        return f"{self.account} {self.rule} {self.who}"
