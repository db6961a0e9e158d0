"""The files of a trail, read in the order in which they were delivered: each once, in bounded memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from audits.acts import Act
from audits.cloudtrail import files
from audits.cloudtrail.files import Unreadable
from audits.log_ins import telling
from audits.log_ins.reading import KEPT_BY_AWS, LAG, Round, failed
from audits.log_ins.trails import Source
from audits.models import Reading
from portal.aws.errors import BackendError
from portal.verbs.run import run

BATCH = 500
# What was delivered until then tells all until so much before: CloudTrail delivers every five minutes or so.
DELIVERED = timedelta(minutes=15)


def look(source: Source, round_: Round) -> None:
    """Read the files that are new. What S3 refuses is written down, and LookupEvents fills what is missing."""
    row = row_of(source, source.trail.arn, round_)
    try:
        for day in days(row.until - LAG, round_.now):
            for key in source.files.keys(source.trail.folder(source.place.account, source.region, day), after=row.key):
                if round_.is_over():
                    return
                _read(source, key, row, round_)
    except BackendError as error:
        failed(row, error, round_.now)
    else:
        until = max(row.until, round_.now - DELIVERED)
        Reading.objects.filter(pk=row.pk).update(until=until, asked_at=round_.now, problem="", failing_since=None)


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


def _read(source: Source, key: str, row: Reading, round_: Round) -> None:
    """Keep what a file has. One that cannot be read is told, and is not read again: its digest says whether it is the one."""
    events = files.records(source.files.chunks(key))
    try:
        while batch := list(islice(events, BATCH)):
            run(partial(_keep, batch, key, source, round_))
    except Unreadable as error:
        run(partial(_told, source, key, str(error), round_.now))
    row.key = key
    row.asked_at = round_.now
    row.save()


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
        parts = self.key.rpartition("/")[2].split("_")
        stamp = next((part for part in parts if part.endswith("Z") and "T" in part), "")
        for form in ("%Y%m%dT%H%MZ", "%Y%m%dT%H%M%SZ"):
            try:
                return datetime.strptime(stamp, form).replace(tzinfo=UTC)
            except ValueError:
                continue
        return None
