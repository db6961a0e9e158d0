"""What entries of the trail mention, in a table to look things up by: derived from the entries, and made again from them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LONGEST = 200


class MentionKind(models.TextChoices):
    """What is mentioned, the rarest first: several filters are looked up by the first of them, and the others only checked."""

    ABOUT = "about", pgettext_lazy("of the trail", "About")
    TICKET = "ticket", _("Change ticket")
    IAM_USER = "iam_user", _("IAM user")
    PERSON = "person", _("Person")
    GROUP = "group", _("Group")
    ACCOUNT = "account", _("AWS account")


class Mention(models.Model):
    """That an entry mentions a person, a group or else; when it happened is repeated, so that lists come out of the index alone.

    Without a constraint on the entry: that is never deleted, and each row would lock it once more.
    """

    kind = models.CharField(max_length=10, choices=MentionKind)
    value = models.CharField(max_length=LONGEST)
    at = models.DateTimeField()
    entry = models.ForeignKey(
        "audits.TrailEntry", models.DO_NOTHING, related_name="mentions", db_constraint=False, db_index=False
    )

    class Meta:
        # Read by each search, from the newest on.
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "value", "at", "entry"], name="audits_mentioned_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.kind} {self.value}"


class Noted(models.Model):
    """The one row that says up to which entry there is every mention."""

    until = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.until)
