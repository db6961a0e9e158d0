"""Files and digests put into buckets, as of when somebody looks: until then nobody can tell whether they are there.

A bucket is looked at by its keys' beginning, and only what begins so is made: a digest costs a millisecond, and eight weeks of an
account have a thousand for each Region.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, islice

from moto.s3.models import s3_backends

from portal.simulated_aws import trail
from portal.simulated_aws.credentials import PARTITION
from portal.simulated_aws.faults import FILE_MISSING, FILE_UNLISTED, STOPPED
from portal.simulated_aws.trail import SLOT
from portal.simulated_aws.trails import configured, digests, log_files, signing
from portal.simulated_aws.trails.configured import Period, Trail
from portal.simulated_aws.trails.digests import Digest, Hour
from portal.simulated_aws.trails.log_files import Chain, LogFile

HOUR = timedelta(hours=1)
# How long after its hour what a digest had to leave out is listed.
_BACKFILLED_AFTER = timedelta(hours=2)
_NO_NUMBER = 2**62


@dataclass(slots=True, kw_only=True)
class _Progress:
    """How far a chain has been delivered. `files` are not in a digest yet."""

    until: datetime
    digested: datetime
    number: int = _NO_NUMBER
    files: list[LogFile] = field(default_factory=list)
    latest: Digest | None = None
    owed: list[Hour] = field(default_factory=list)


_progress: dict[tuple[str, int, str, str], _Progress] = {}


def bring_up(bucket: str, beginning: str, *, now: datetime, most: int | None = None) -> bool:
    """Have everything be there whose key begins so, or as long a part of it as there is; return whether it is.

    `most` is how many digests are made before the others' turn comes.
    """
    left = most
    for of, number, chain in _chains(bucket):
        logs, proofs = (_fits(chain.folder(kind), beginning) for kind in ("CloudTrail", "CloudTrail-Digest"))
        if logs or proofs:
            made = _deliver(of, number, chain, now=now, most=left if proofs else 0)
            left = None if left is None else left - made
        if left is not None and left <= 0:
            return False
    return True


def last_delivery(of: Trail, *, now: datetime) -> datetime | None:
    """Return the end of the last digest that is due by now, None where there is none yet."""
    if not of.periods or not of.periods[-1].settings.validates:
        return None
    *_, last = (None, *_hours(of.periods[-1], of.periods[-1].started_at, now))
    return last[1] if last else None


def forget_all() -> None:
    _progress.clear()


def _chains(bucket: str) -> Iterator[tuple[Trail, int, Chain]]:
    for of in configured.ever():
        for number, period in enumerate(of.periods):
            if period.settings.bucket == bucket:
                for account, region in configured.covered(of, period.settings):
                    yield of, number, Chain(settings=period.settings, account_id=account, region=region)


def _fits(folder: str, beginning: str) -> bool:
    return folder.startswith(beginning) or beginning.startswith(folder)


def _deliver(of: Trail, number: int, chain: Chain, *, now: datetime, most: int | None) -> int:
    """Deliver files, and so many digests; return how many those were."""
    period = of.periods[number]
    place = (of.arn, number, chain.account_id, chain.region)
    fresh = _Progress(until=period.started_at, digested=period.started_at)
    done = _progress.setdefault(place, fresh)
    for file in _files(chain, period, done, now=now):
        if file.fate != FILE_MISSING:
            _put(chain, file.key, file.body, at=file.delivered_at)
        done.files.append(file)
    if not period.settings.validates:
        return 0
    made = 0
    for digest, at in islice(_digests(of, chain, period, done, now=now), most):
        _put(chain, digest.key, digest.body, at=at, metadata=digest.metadata)
        made += 1
    return made


def _files(chain: Chain, period: Period, done: _Progress, *, now: datetime) -> Iterator[LogFile]:
    """Yield the files that have come since, in their order."""
    until = min(now, _end(period, now))
    found = trail.delivered(chain.account_id, chain.region, after=done.until, until=until, above=done.number)
    within = [
        (at, event)
        for at, event in found
        if period.started_at <= event.at <= (period.stopped_at or now) and event.fate != STOPPED
    ]
    done.until, done.number = max(until, done.until), trail.newest_number()
    for (at, fate), group in groupby(
        sorted(within, key=lambda each: (each[0], each[1].fate)), key=lambda each: (each[0], each[1].fate)
    ):
        yield log_files.of(chain, [event for _, event in group], delivered_at=at, fate=fate)


def _end(period: Period, now: datetime) -> datetime:
    """Return when the last of a period is delivered: some minutes after it was stopped."""
    return trail.slot_after(period.stopped_at) + SLOT if period.stopped_at else now


def _hours(period: Period, since: datetime, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the begin and the end of each digest that is due; the last of a period may be shorter than an hour."""
    begins, last = since, _end(period, now).replace(microsecond=0) if period.stopped_at else None
    while last is None or begins < last:
        ends = min(begins + HOUR, last) if last else begins + HOUR
        if ends > now:
            return
        yield begins, ends
        begins = ends


def _digests(of: Trail, chain: Chain, period: Period, done: _Progress, *, now: datetime) -> Iterator[tuple[Digest, datetime]]:
    common: Mapping[str, str] = {"trail_name": of.name, "home_region": of.home_region}
    for begins, ends in _hours(period, done.digested, now):
        files = [file for file in done.files if file.delivered_at <= ends]
        done.files, done.digested = [file for file in done.files if file.delivered_at > ends], ends
        if late := [file for file in files if file.fate == FILE_UNLISTED]:
            done.owed.append(Hour(begins=begins, ends=ends, files=late, backfilled_at=ends + _BACKFILLED_AFTER))
        hour = Hour(begins=begins, ends=ends, files=[file for file in files if file.fate != FILE_UNLISTED])
        signer = signing.key_of(chain.region, ends)
        done.latest = digests.of(chain, **common, hour=hour, previous=done.latest, signer=signer)
        # Whoever takes them may stop here: nothing is left to be noted then.
        yield done.latest, ends
    for hour in [hour for hour in done.owed if hour.backfilled_at and hour.backfilled_at <= now]:
        done.owed.remove(hour)
        at = hour.backfilled_at or hour.ends
        yield digests.of(chain, **common, hour=hour, previous=None, signer=signing.key_of(chain.region, at)), at


def _put(chain: Chain, key: str, body: bytes, *, at: datetime, metadata: Mapping[str, str] | None = None) -> None:
    owner = s3_backends.bucket_accounts.get(chain.settings.bucket, ("", ""))[1]
    if not owner:
        return  # Whoever deleted the bucket gets no files.
    backend = s3_backends[owner][PARTITION]
    bucket = backend.get_bucket(chain.settings.bucket)
    lock = (bucket.default_lock_mode, bucket.default_retention()) if bucket.has_default_lock else (None, None)
    made = backend.put_object(chain.settings.bucket, key, body, lock_mode=lock[0], lock_until=lock[1])
    made.last_modified = at.replace(tzinfo=None)
    made.set_metadata({f"x-amz-meta-{name}": value for name, value in (metadata or {}).items()})
