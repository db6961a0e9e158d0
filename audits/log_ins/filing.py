"""The files of a trail, read in the order in which they were delivered: each once, in bounded memory."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from audits.acts import Act
from audits.cloudtrail import files
from audits.cloudtrail.files import Interrupted, Unreadable
from audits.log_ins import telling
from audits.log_ins.reading import KEPT_BY_AWS, LAG, Round, failed
from audits.log_ins.trails import Source
from audits.models import Reading
from portal.aws.errors import BackendError
from portal.verbs.run import run

BATCH, HOUR = 500, timedelta(hours=1)
# What was delivered until then tells all until so much before: CloudTrail delivers every five minutes or so.
DELIVERED = timedelta(minutes=15)


@dataclass(kw_only=True)
class Read:
    """What was read of the last hour: names of files, and how many events of one that a look had no time for."""

    names: list[str] = field(default_factory=list)
    part: str = ""
    done: int = 0

    @classmethod
    def of(cls, text: str) -> "Read":
        return cls(**json.loads(text)) if text else cls()

    def kept(self, last: datetime | None) -> str:
        recent = [name for name in self.names if last is None or _at(name) > last - HOUR]
        return json.dumps({"names": recent, "part": self.part, "done": self.done})


def look(source: Source, round_: Round) -> None:
    """Read the files that are new. What S3 refuses is written down, and LookupEvents fills what is missing."""
    row = row_of(source, source.trail.arn, round_)
    try:
        read = Read.of(row.token)
        for key in _keys(source, row, round_.now):
            if key.rpartition("/")[2] in read.names:
                continue
            if round_.is_over() or not _read(source, key, row, read, round_):
                return
    except BackendError as error:
        failed(row, error, round_.now)
    else:
        # Where nothing was delivered, nothing was told: a folder may be empty because somebody else's trail is none.
        last = Delivered(key=row.key).at
        until = max(row.until, last - DELIVERED) if last else row.until
        Reading.objects.filter(pk=row.pk).update(until=until, asked_at=round_.now, problem="", failing_since=None)


def _keys(source: Source, row: Reading, now: datetime) -> Iterator[str]:
    """Yield the files from an hour before the last one on: who forges a name that sorts last hides none that comes later."""
    head = f"{source.place.account}_CloudTrail_{source.region}_"
    last = Delivered(key=row.key).at
    for day in days((last or row.until) - HOUR, now):
        folder = source.trail.folder(source.place.account, source.region, day)
        after = f"{folder}{head}{last - HOUR:%Y%m%dT%H%MZ}" if last else ""
        for key in source.files.keys(folder, after=after):
            at = Delivered(key=key).at
            if key.startswith(folder + head) and key.endswith(".json.gz") and at is not None and at <= now:
                yield key


def _at(name: str) -> datetime:
    return Delivered(key=name).at or datetime.min.replace(tzinfo=UTC)


def row_of(source: Source, name: str, round_: Round) -> Reading:
    since = max(min(round_.begins or round_.now, round_.now - LAG), round_.now - KEPT_BY_AWS)
    first = {"since": since, "until": since, "swept_at": round_.now}
    place = {"account": source.place.account, "region": source.region, "source": name}
    return Reading.objects.get_or_create(**place, defaults=first)[0]


def days(since: datetime, until: datetime) -> Iterator[date]:
    day = since.astimezone(UTC).date()
    while day <= until.astimezone(UTC).date():
        yield day
        day += timedelta(days=1)


def _read(source: Source, key: str, row: Reading, read: Read, round_: Round) -> bool:
    """Keep what a file has, and return whether that was all of it: one that takes longer is gone on with by the next look.

    One that cannot be read is told, and is not read again: its digest says whether it is the one.
    """
    name = key.rpartition("/")[2]
    done = read.done if read.part == name else 0
    is_whole, batch = True, list[dict[str, Any]]()
    try:
        for event in islice(files.records(source.files.chunks(key), is_over=round_.is_over), done, None):
            batch.append(event)
            if len(batch) == BATCH:
                run(partial(_keep, batch, key, source, round_))
                done, batch = done + BATCH, []
    except Interrupted:
        is_whole = False
    except Unreadable as error:
        run(partial(_told, source, key, str(error), round_.now))
    run(partial(_keep, batch, key, source, round_))
    if is_whole:
        read.names.append(name)
        row.key, read.part, read.done = max(row.key, key), "", 0
    else:
        read.part, read.done = name, done + len(batch)
    row.token, row.asked_at = read.kept(Delivered(key=row.key).at), round_.now
    row.save()
    return is_whole


def _keep(raws: Sequence[dict[str, Any]], key: str, source: Source, round_: Round) -> None:
    round_.keep(round_.parsed(raws, key, account=source.place.account, region=source.region))


def _told(source: Source, key: str, why: str, now: datetime) -> None:
    remark = f"{key}: {why}"
    account = source.place.account
    telling.tell(
        Act.CLOUDTRAIL_FAULT, account=account, region=source.region, trail_name=source.trail.name, remark=remark, now=now
    )


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What the name of a file says: when it was delivered, which is not when its events happened."""

    key: str

    @property
    def at(self) -> datetime | None:
        parts = self.key.rpartition("/")[2].removesuffix(".json.gz").split("_")
        stamp = next((part for part in parts if part.endswith("Z") and "T" in part), "")
        for form in ("%Y%m%dT%H%MZ", "%Y%m%dT%H%M%SZ"):
            try:
                return datetime.strptime(stamp, form).replace(tzinfo=UTC)
            except ValueError:
                continue
        return None
