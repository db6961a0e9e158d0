"""Evidence packs: of which period, as of which checkpoint, how far each is made, and its files while they are kept."""

from typing import ClassVar

from django.db import models
from django.utils.crypto import get_random_string

from audits.extracted import ExtractState
from portal.codes import ALPHABET
from portal.storable import AsTyped

PACK, FILE, PART = "audits_pack", "audits_packfile", "audits_packpart"


def pack_code() -> str:
    return f"P-{get_random_string(8, ALPHABET)}"


class Pack(models.Model):
    """What somebody ordered, and all that its content depends on: the same again gives the same files, but for the stamp.

    `size`, `root` and `sealed_at` are of the checkpoint, `through` is the last entry that it covers. `follows` is that of the
    pack before, whose period was another one: what came later of its time is listed here. `read` is how far CloudTrail was read,
    and `events_to` the last of its events, when the first pack of this checkpoint was ordered. `own_seed`: whoever ordered it
    gave the seed, before the population was shown. `step` is the last that is done.
    """

    code = models.CharField(max_length=10, unique=True, editable=False)
    period = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField()
    zone = models.CharField(max_length=64)
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    through = models.BigIntegerField()
    follows = models.BigIntegerField(default=0)
    events_to = models.BigIntegerField(default=0)
    read = models.JSONField(encoder=AsTyped)
    seed = models.CharField(max_length=200)
    own_seed = models.BooleanField(default=False)
    count = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=10)
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ExtractState, default=ExtractState.WAITING)
    problem = models.CharField(max_length=40, blank=True)
    claim = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    alive_at = models.DateTimeField(null=True)
    step = models.CharField(max_length=20, blank=True)
    rows = models.BigIntegerField(default=0)
    # What its page says of it: counts by kind of difference, and of the sample.
    said = models.JSONField(default=dict, encoder=AsTyped)
    bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    kept_until = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index("state", "id", name="audits_pack_state")]  # Read by each sweep.

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """What its file is called."""
        return f"sekisho-{self.period}-{self.code}.zip"

    @property
    def is_open(self) -> bool:
        return self.state in (ExtractState.WAITING, ExtractState.RUNNING)


class PackFile(models.Model):
    """A file that a step of a pack has made: who takes over from a worker that died goes on behind it. The last is the pack."""

    pack = models.ForeignKey(Pack, models.CASCADE, related_name="files")
    step = models.CharField(max_length=20)
    name = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("pack", "name", name="audits_pack_file_once")]

    def __str__(self) -> str:
        return self.name


class PackPart(models.Model):
    """A part of a file, in the order of their numbers. In the database, which web and workers share whatever their disks."""

    file = models.ForeignKey(PackFile, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("file", "number", name="audits_pack_part_once")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"
