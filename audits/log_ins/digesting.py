"""The chain of a trail's digests, followed from where it was left: each digest, and the files that it names."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from audits.acts import Act
from audits.cloudtrail import digests
from audits.cloudtrail.digests import Digest, Fault, Link, Named
from audits.cloudtrail.files import GZIP
from audits.log_ins import filing, telling
from audits.log_ins.filing import Delivered
from audits.log_ins.reading import Round, failed
from audits.log_ins.trails import Source
from audits.models import Reading, TrailKey
from portal.aws.cloudtrail import is_gone, public_keys
from portal.aws.errors import BackendError
from portal.verbs.run import run

SOURCE = "digests of "
HOUR = timedelta(hours=1)
# A digest comes within some hours of the hour that it is of.
LAG = timedelta(hours=6)


@dataclass(kw_only=True)
class Chain:
    """Where the chain was left: the last digest, and files of its hour that none has named yet."""

    last: Link | None = None
    waiting: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> "Chain":
        kept = json.loads(text) if text else {}
        last = kept.get("last")
        link = Link(**{**last, "ends": datetime.fromisoformat(last["ends"])}) if last else None
        return cls(last=link, waiting=list(kept.get("waiting", ())))

    @property
    def kept(self) -> str:
        last = {**asdict(self.last), "ends": self.last.ends.isoformat()} if self.last else None
        return json.dumps({"last": last, "waiting": self.waiting})


def look(source: Source, round_: Round) -> None:
    """Verify the digests that are new, and the files that they name; tell what is wrong, and what is not proven."""
    if not source.trail.validates:
        return
    row = filing.row_of(source, SOURCE + source.trail.arn, round_)
    try:
        for key in _keys(source, row, round_.now):
            if round_.is_over():
                return
            _verify(source, key, row, round_.now)
    except BackendError as error:
        failed(row, error, round_.now)
    else:
        Reading.objects.filter(pk=row.pk).update(asked_at=round_.now, problem="", failing_since=None)


def _keys(source: Source, row: Reading, now: datetime) -> Iterator[str]:
    """Yield the trail's digests behind the last one. Others' lie in the same folder."""
    mine = f"_CloudTrail-Digest_{source.region}_{source.trail.name}_{source.home_region}_"
    for day in filing.days(row.until - LAG, now):
        folder = source.trail.folder(source.place.account, source.region, day, digests=True)
        yield from (key for key in source.files.keys(folder, after=row.key) if mine in key)


def _verify(source: Source, key: str, row: Reading, now: datetime) -> None:
    chain = Chain.of(row.token)
    body, signature = source.files.signed(key)
    try:
        digest = digests.read(zlib.decompress(body, GZIP), bucket=source.files.bucket, key=key, signature=signature)
    except (ValueError, zlib.error):
        run(partial(_settle, source, row, key, chain, [digests.Finding(fault=Fault.NOT_READABLE, key=key)], "", now))
        return
    found = [*digests.checked(digest, keys=_keys_of(source, digest)), *_named_wrong(source, digest)]
    gap = ""
    if not digest.is_backfill:
        found += digests.follows(digest, chain.last)
        if digests.is_gap(digest, chain.last) and chain.last is not None:
            gap = f"{chain.last.ends:%Y-%m-%dT%H:%M:%SZ} – {digest.begins:%Y-%m-%dT%H:%M:%SZ}"
    named = {one.key for one in digest.files}
    inserted = [one for one in chain.waiting if one not in named] if not digest.is_backfill else []
    found += [digests.Finding(fault=Fault.INSERTED, key=one) for one in inserted]
    if not digest.is_backfill:
        chain = Chain(last=digest.link, waiting=sorted(_there(source, digest) - named))
        row.until = max(row.until, digest.ends)
    run(partial(_settle, source, row, key, chain, found, gap, now))


def _settle(
    source: Source, row: Reading, key: str, chain: Chain, found: Iterable[digests.Finding], gap: str, now: datetime
) -> None:
    """Write down how far the chain is, and tell what was found of this digest."""
    tell = partial(telling.tell, account=source.place.account, region=source.region, trail_name=source.trail.name, now=now)
    for one in found:
        tell(Act.CLOUDTRAIL_FAULT, remark=f"{one.fault}: {one.key}"[:900])
    if gap:
        tell(Act.CLOUDTRAIL_GAP, remark=gap)
    row.key, row.token, row.asked_at = key, chain.kept, now
    row.save()


def _named_wrong(source: Source, digest: Digest) -> list[digests.Finding]:
    """Return what is wrong with the files that a digest names. One call for each of them."""
    return digests.of_files([digest], there=(), inflated_sha256=partial(_sha256, source))


def _sha256(source: Source, named: Named) -> str | None:
    """Return the SHA-256 of what a file inflates to; None where there is none, and of one that does not inflate nothing's."""
    hashing, inflating = hashlib.sha256(), zlib.decompressobj(GZIP)
    try:
        for chunk in source.files.chunks(named.key):
            waiting = chunk
            while waiting:
                hashing.update(inflating.decompress(waiting, len(chunk) * 16))
                waiting = inflating.unconsumed_tail
    except zlib.error:
        return ""
    except BackendError as error:
        if is_gone(error):
            return None
        raise
    return hashing.hexdigest()


def _there(source: Source, digest: Digest) -> set[str]:
    """Return the files that were delivered in a digest's hour, as their names say."""
    found = set[str]()
    for day in filing.days(digest.begins, digest.ends):
        keys = source.files.keys(source.trail.folder(source.place.account, source.region, day))
        found |= {key for key in keys if (at := Delivered(key=key).at) and digest.begins <= at < digest.ends}
    return found


def _keys_of(source: Source, digest: Digest) -> Mapping[str, bytes]:
    """Return the public key that a digest names: as it was kept, or as AWS gives it now, which is kept then."""
    kept = TrailKey.objects.filter(fingerprint=digest.fingerprint).first()
    if kept is not None:
        return {digest.fingerprint: bytes(kept.value)}
    given = public_keys(source.place.role_arn, source.region, since=digest.begins, until=digest.ends + HOUR)
    value: Any = given.get(digest.fingerprint)
    if value is not None:
        row = {"region": source.region, "value": value}
        TrailKey.objects.get_or_create(fingerprint=digest.fingerprint, defaults=row)
    return given
