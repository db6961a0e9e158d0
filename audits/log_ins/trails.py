"""The trails of an account: which there are, whether they write, which Regions none records; and where their files are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from audits.acts import Act
from audits.cloudtrail.files import Trail
from audits.kinds import FindingKind
from audits.log_ins import telling
from audits.log_ins.knowing import Known, Place
from portal.aws.cloudtrail import LogFiles, SeenTrail, trails_of
from portal.aws.errors import BackendError, BackendRefused
from portal.aws.sessions import home_region
from portal.verbs.run import run

ARCHIVE = "log_archive"


@dataclass(frozen=True, kw_only=True)
class Source:
    """The files of one account in one Region by one trail, and who may read them."""

    place: Place
    region: str
    trail: Trail
    files: LogFiles
    home_region: str


def look(known: Known, *, now: datetime) -> list[Source]:
    """Tell what is otherwise with the trails, and return where there are files. A call for each Region and each trail.

    What an account refuses to show is told: whoever stops a trail could refuse that first. An outage is over by the next look.
    """
    sources = list[Source]()
    for place in known.places:
        if not place.is_readable:
            continue
        try:
            trails = trails_of(place.role_arn, place.regions)
        except BackendError as error:
            if isinstance(error, BackendRefused):
                refused = partial(telling.tell_refused, "DescribeTrails", error, account=place.account, region=home_region())
                run(partial(refused, now=now))
            continue
        run(partial(_tell, place, trails, now))
        sources += _sources(place, trails, known, now)
    return sources


def _sources(place: Place, trails: Sequence[SeenTrail], known: Known, now: datetime) -> list[Source]:
    found = list[Source]()
    for seen in trails:
        role = _reader(place, seen, known)
        trail = Trail(
            name=seen.name,
            arn=seen.arn,
            bucket=seen.bucket,
            region=seen.home_region,
            prefix=seen.prefix,
            organisation=_organisation(seen, place, role, now),
            validates=seen.validates,
        )
        files = LogFiles(bucket=seen.bucket, region=seen.home_region, role_arn=role)
        found += [
            Source(place=place, region=region, trail=trail, files=files, home_region=seen.home_region)
            for region in place.regions
            if seen.records(region) and seen.bucket and (trail.organisation or not seen.is_organization)
        ]
    return found


def _reader(place: Place, seen: SeenTrail, known: Known) -> str:
    """Return the role by which a bucket is read: the archive's where it is named for that, or an organisation's trail writes."""
    archive = next((one for one in known.places if one.kind == ARCHIVE and one.role_arn), None)
    is_there = archive is not None and archive.account in seen.bucket.split("-")
    return archive.role_arn if archive is not None and (is_there or seen.is_organization) else place.role_arn


def _organisation(seen: SeenTrail, place: Place, role: str, now: datetime) -> str:
    """Return the organisation's id, which is part of the keys: by the folders that the bucket has; else empty."""
    if not seen.is_organization:
        return ""
    files = LogFiles(bucket=seen.bucket, region=seen.home_region, role_arn=role)
    head = f"{seen.prefix.strip('/')}/AWSLogs/" if seen.prefix else "AWSLogs/"
    try:
        folders = files.folders(head)
    except BackendError as error:
        if isinstance(error, BackendRefused):
            refused = partial(telling.tell_refused, f"ListObjectsV2 {seen.bucket}", error)
            run(partial(refused, account=place.account, region=seen.home_region, now=now))
        return ""
    return next((name for name in folders if name.startswith("o-")), "")


def _tell(place: Place, trails: Sequence[SeenTrail], now: datetime) -> None:
    """Tell of trails that do not write, and of Regions that no trail records, where that is news."""
    tell = partial(telling.tell, account=place.account, now=now)
    for seen in trails:
        key = {"account": place.account, "trail": seen.arn}
        if not seen.writes and not telling.is_open(FindingKind.CLOUDTRAIL_STOPPED, key):
            tell(Act.CLOUDTRAIL_STOPPED, region=seen.home_region, trail_name=seen.arn, remark="GetTrailStatus")
        elif seen.writes and telling.is_open(FindingKind.CLOUDTRAIL_STOPPED, key):
            tell(Act.CLOUDTRAIL_STARTED, region=seen.home_region, trail_name=seen.arn, remark="GetTrailStatus")
    for region in place.regions:
        is_recorded = any(seen.records(region) for seen in trails)
        is_open = telling.is_open(FindingKind.CLOUDTRAIL_MISSING, {"account": place.account, "region": region})
        if is_recorded == is_open:
            tell(Act.CLOUDTRAIL_THERE if is_recorded else Act.CLOUDTRAIL_MISSING, region=region)
