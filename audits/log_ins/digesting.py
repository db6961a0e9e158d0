"""The chain of a trail's digests, followed from where it was left: each digest, and the files that it names."""

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from audits.acts import Act
from audits.cloudtrail import digests
from audits.cloudtrail.digests import Digest, Fault, Link, Named
from audits.cloudtrail.files import MOST_OF_DIGEST, Unreadable, inflated
from audits.log_ins import filing, telling
from audits.log_ins.extent import OF_DIGESTS
from audits.log_ins.filing import Delivered
from audits.log_ins.reading import Round, failed
from audits.log_ins.trails import Source
from audits.models import Reading, TrailKey
from portal.aws.cloudtrail import is_gone, public_keys
from portal.aws.errors import BackendError
from portal.verbs.run import run

HOUR = timedelta(hours=1)
MOST_KEPT = 1000
# A digest that is made later, of what its hour's had to leave out, comes within so much; and so long a file may be named by none.
MADE_LATER, NAMED_LATE = timedelta(days=3), timedelta(days=1)
# A digest comes within some hours of the hour that it is of.
LAG = timedelta(hours=6)


@dataclass(kw_only=True)
class Chain:
    """Where the chain was left: the last digest, and files that none has named yet, with when their hour ended.

    `refused` are digests that were told as wrong, and are not looked at again; `late` those made later that were verified; `done`
    is how many files of `part`, the next digest, were read by a look that had no time for all.
    """

    last: Link | None = None
    waiting: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    part: str = ""
    done: int = 0

    @classmethod
    def of(cls, text: str) -> "Chain":
        kept = json.loads(text) if text else {}
        last, waiting = kept.pop("last", None), kept.pop("waiting", {})
        if isinstance(waiting, list):  # As a release before kept it.
            waiting = dict.fromkeys(waiting, last["ends"] if last else "")
        link = Link(**{**last, "ends": datetime.fromisoformat(last["ends"])}) if last else None
        return cls(last=link, waiting=waiting, **kept)

    @property
    def kept(self) -> str:
        last = {**asdict(self.last), "ends": self.last.ends.isoformat()} if self.last else None
        return json.dumps({**asdict(self), "last": last, "refused": self.refused[-MOST_KEPT:], "late": self.late[-MOST_KEPT:]})

    def named(self, digest: Digest, there: Iterable[str]) -> list[digests.Finding]:
        """Take the names of a digest, with the files `there` are of its hour; return those that none has named for a day."""
        names, ends = {one.key for one in digest.files}, digest.ends.astimezone(UTC).isoformat()
        waiting = {**dict.fromkeys(there, ends), **self.waiting}
        waiting = {key: since for key, since in waiting.items() if key not in names}
        limit = (digest.ends.astimezone(UTC) - NAMED_LATE).isoformat()
        self.waiting = {key: since for key, since in waiting.items() if since >= limit}
        return [digests.Finding(fault=Fault.INSERTED, key=key) for key in sorted(waiting.keys() - self.waiting.keys())]


def look(source: Source, round_: Round) -> None:
    """Verify the digests that are new, and the files that they name; tell what is wrong, and what is not proven."""
    if not source.trail.validates:
        _tell_off(source, round_.now)
        return
    row = filing.row_of(source, OF_DIGESTS + source.trail.arn, round_)
    try:
        for key in itertools.chain(_late(source, row, round_.now), _keys(source, row, round_.now)):
            if round_.is_over():
                return
            if key not in Chain.of(row.token).refused and not _verify(source, key, row, round_):
                return
    except BackendError as error:
        failed(row, error, round_.now)
    else:
        run(partial(_tell_late, source, Chain.of(row.token), round_.now))
        Reading.objects.filter(pk=row.pk).update(asked_at=round_.now, problem="", failing_since=None)


def _tell_late(source: Source, chain: Chain, now: datetime) -> None:
    """Tell that no digest came, of which each hour has one: nothing is proven since."""
    if chain.last is not None and chain.last.ends < now - LAG:
        _tell_once(source, f"{source.trail.name}: {chain.last.ends:%Y-%m-%dT%H:%M:%SZ} –", now)


def _tell_off(source: Source, now: datetime) -> None:
    """Tell that the validation of a trail was switched off: nothing is proven since."""
    before = {"account": source.place.account, "region": source.region, "source": OF_DIGESTS + source.trail.arn}
    row = Reading.objects.filter(**before).first()
    if row is not None:
        run(partial(_tell_once, source, f"{source.trail.name}: validation is off since {row.asked_at:%Y-%m-%dT%H:%M:%SZ}", now))


def _tell_once(source: Source, remark: str, now: datetime) -> None:
    telling.tell_once(Act.CLOUDTRAIL_GAP, remark, account=source.place.account, region=source.region, now=now)


def _keys(source: Source, row: Reading, now: datetime) -> Iterator[str]:
    """Yield the trail's digests behind the last one that was verified."""
    for day in filing.days(row.until - LAG, now):
        yield from _of_day(source, day, after=row.key, now=now)


def _late(source: Source, row: Reading, now: datetime) -> list[str]:
    """Return digests that were made later than the last one that was verified, of hours before it; once an hour."""
    last = Chain.of(row.token).last
    if last is None or (row.asked_at is not None and row.asked_at > now - HOUR and not Chain.of(row.token).waiting):
        return []
    found = [key for day in filing.days(last.ends - MADE_LATER, last.ends) for key in _of_day(source, day, after="", now=now)]
    known = Chain.of(row.token).late
    return [key for key in found if key.endswith(digests.BACKFILL) and key <= row.key and key not in known]


def _of_day(source: Source, day: date, *, after: str, now: datetime) -> Iterator[str]:
    """Yield the trail's digests of a day. Others' lie in the same folder."""
    mine = f"_CloudTrail-Digest_{source.region}_{source.trail.name}_{source.home_region}_"
    folder = source.trail.folder(source.place.account, source.region, day, digests=True)
    for key in source.files.keys(folder, after=after):
        at = Delivered(key=key).at
        if key.startswith(f"{folder}{source.place.account}{mine}") and at is not None and at <= now:
            yield key


def _verify(source: Source, key: str, row: Reading, round_: Round) -> bool:
    """Verify a digest and its files; return whether there was time for all. One that is not signed moves the chain nowhere."""
    chain, now = Chain.of(row.token), round_.now
    digest, found = _read(source, key)
    if digest is None or found:
        chain.refused.append(key)
        run(partial(_settle, source, row, row.key, chain, found, "", now))
        return True
    named = sorted(digest.files, key=lambda one: one.key)
    done = chain.done if chain.part == key else 0
    for one in named[done:]:
        found += _named_wrong(source, [one])
        done += 1
        if round_.is_over() and done < len(named):
            chain.part, chain.done = key, done
            run(partial(_settle, source, row, row.key, chain, found, "", now))
            return False
    around, gap = _in_chain(digest, chain)
    found += [*around, *chain.named(digest, () if digest.is_backfill else _there(source, digest))]
    if digest.is_backfill:
        chain.late.append(key)
    else:
        chain.last = digest.link
        row.until = max(row.until, min(digest.ends, now))
    chain.part, chain.done = "", 0
    run(partial(_settle, source, row, max(row.key, key), chain, found, gap, now))
    return True


def _read(source: Source, key: str) -> tuple[Digest | None, list[digests.Finding]]:
    """Return a digest, and what is wrong with it by itself; None of one that cannot be read."""
    body, signature = source.files.signed(key)
    try:
        whole = b"".join(inflated([body], most=MOST_OF_DIGEST))
        digest = digests.read(whole, bucket=source.files.bucket, key=key, signature=signature)
    except ValueError:
        return None, [digests.Finding(fault=Fault.NOT_READABLE, key=key)]
    return digest, digests.checked(digest, keys=_keys_of(source, digest))


def _in_chain(digest: Digest, chain: Chain) -> tuple[list[digests.Finding], str]:
    """Return what is wrong between a digest and the one before it, with the time of which nothing is proven."""
    if digest.is_backfill:
        return [], ""
    gap = ""
    if digests.is_gap(digest, chain.last) and chain.last is not None:
        gap = f"{chain.last.ends:%Y-%m-%dT%H:%M:%SZ} – {digest.begins:%Y-%m-%dT%H:%M:%SZ}"
    return digests.follows(digest, chain.last), gap


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


def _named_wrong(source: Source, named: Sequence[Named]) -> list[digests.Finding]:
    """Return what is wrong with files that a digest names. One call for each of them."""
    return digests.of_named(named, inflated_sha256=partial(_sha256, source))


def _sha256(source: Source, named: Named) -> str | None:
    """Return the SHA-256 of what a file inflates to; None where there is none, and of one that does not inflate nothing's."""
    hashing = hashlib.sha256()
    try:
        for piece in inflated(source.files.chunks(named.key)):
            hashing.update(piece)
    except Unreadable:
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
