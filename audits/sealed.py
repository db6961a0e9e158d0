"""What the sealer writes: logs, their keys, tiles, checkpoints, anchors, and how far it is.

All but the sealer's row and anchors are never changed or deleted: triggers see to it (`audits.triggers`). Who may write them:
`audits.database_roles`.
"""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

# How the tables of what is never changed are called, for triggers and roles.
SEALED_TABLES = ("audits_log", "audits_sealkey", "audits_tile", "audits_checkpoint")


class Log(models.Model):
    """A Merkle log of the trail. Its leaves are the trail's entries, leaf `id - 1` the one with this id.

    A second log is begun where the first cannot go on. Its first leaf, which is no entry, names the last checkpoint of the log
    before; the entry with id n is leaf n there.
    """

    number = models.PositiveSmallIntegerField(unique=True)
    # The portal's address when the log began, without scheme; behind it, of another log than the first, a slash and its number.
    origin = models.CharField(max_length=200, unique=True)
    begun_at = models.DateTimeField(db_default=Now())
    first_leaf = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.origin

    @property
    def ahead(self) -> int:
        """How many leaves are before the one of the first entry."""
        return 1 if self.first_leaf else 0


class SealKey(models.Model):
    """A public key of a log, and the size of the first tree that it may sign. It signs until the next one's."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="keys")
    vkey = models.CharField(max_length=300)
    from_size = models.BigIntegerField()

    def __str__(self) -> str:
        return self.vkey


class Tile(models.Model):
    """256 hashes of a log, once all of them are known, and the root over them. The tiles at the edge are computed."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="tiles")
    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()
    root = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("log", "level", "number", name="audits_one_tile_a_place")]

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class Checkpoint(models.Model):
    """A signed head of a log, as the guard has it under the same number."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="checkpoints")
    number = models.BigIntegerField()
    size = models.BigIntegerField()
    note = models.TextField()
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("log", "number", name="audits_one_checkpoint_a_number"),
            # A second head of one size would be a fork.
            models.UniqueConstraint("log", "size", name="audits_one_checkpoint_a_size"),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.size}"


class SealState(models.TextChoices):
    """How sealing is. Each but the first two stops it, and says who goes on."""

    SEALED = "sealed", _("Every entry is sealed.")
    BEHIND = "behind", _("Entries are being sealed.")
    KEY_REFUSED = "key_refused", _("The signing key does not sign. Entries wait; sealing is tried again.")
    KEY_WRONG = (
        "key_wrong",
        _("What holds the signing key gave a signature that does not verify. Nothing was written; somebody finds out why."),
    )
    KEY_UNKNOWN = (
        "key_unknown",
        _("The key that was given is not the log's. An administrator gives the right one, or has it changed."),
    )
    GUARD_UNREACHABLE = "guard_unreachable", _("The guard is not reached, so nothing is signed. Entries wait; it is tried again.")
    GUARD_REFUSED = (
        "guard_refused",
        _("The guard refuses the sealing process. Entries wait until an administrator gives it its rights."),
    )
    GUARD_UNFIT = (
        "guard_unfit",
        _("The guard does not keep what is written there. Nothing is signed until an administrator has set it up."),
    )
    GUARD_LOST = "guard_lost", _("The guard does not have the last checkpoint. An administrator says whether it was exchanged.")
    RESTORED = (
        "restored",
        _("The guard has a checkpoint that these entries do not give: the database was restored, or forged. Nothing is signed."),
    )
    CHANGED = (
        "changed",
        _("An entry that was sealed is not as it was sealed. Nothing is signed until somebody has found out why."),
    )
    HOLE = "hole", _("An entry is missing in the trail. Nothing is signed until somebody has found out why.")


class Sealer(models.Model):
    """The one row of the sealing process: who has the lease, how often they have said so, and how sealing is."""

    holder = models.CharField(max_length=40, blank=True)
    # Counts up while the holder lives. A clock that is set back makes nobody wait.
    beat = models.BigIntegerField(default=0)
    state = models.CharField(max_length=20, choices=SealState, blank=True)
    detail = models.TextField(blank=True)
    # Where the guard is, and the last log that it or the database knows: the web sees neither.
    guard = models.CharField(max_length=300, blank=True)
    # What somebody did there, such as deleting a checkpoint whose first version stays.
    remark = models.TextField(blank=True, default="", db_default="")
    origin = models.CharField(max_length=200, blank=True)
    # Address of a time-stamp service -> how it is: `state` of StampState, `detail`, and times as text.
    stamps = models.JSONField(default=dict, db_default={}, blank=True)
    since = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.state


class StampState(models.TextChoices):
    """How a time-stamp service is. None of them stops sealing."""

    STAMPED = "stamped", _("It stamped the checkpoint.")
    UNREACHABLE = "unreachable", _("The time-stamp service does not answer. It is asked again.")
    REFUSED = "refused", _("The time-stamp service refuses. It is asked again.")
    WRONG = "wrong", _("What the time-stamp service answered does not hold, and was not taken.")


class Anchor(models.Model):
    """That a checkpoint lies outside, beside the guard: where, and what was given for it. Of a time stamp that is its answer."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="anchors")
    place = models.CharField(max_length=300)
    receipt = models.BinaryField()
    anchored_at = models.DateTimeField(db_default=Now())
    # By the clock of whoever stamped.
    stamped_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("checkpoint", "place", name="audits_one_anchor_a_place")]

    def __str__(self) -> str:
        return self.place
