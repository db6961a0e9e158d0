"""How far each account was read in each Region. What files tell counts as far as their digests were verified."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from audits.log_ins.knowing import Known
from audits.models import Reading

LOOKUP, OF_TRAIL, OF_DIGESTS = "lookup", "arn:", "digests of "
Range = tuple[datetime, datetime]


def ranges(rows: Iterable[Reading]) -> Mapping[tuple[str, str], list[Range]]:
    """Return account and Region -> from when to when it was read, in each way that proves it.

    A trail's files alone prove nothing: whoever may write to its bucket may leave out what they like.
    """
    found: dict[tuple[str, str], list[Range]] = defaultdict(list)
    by_source = {(row.account, row.region, row.source): row for row in rows}
    for (account, region, source), row in by_source.items():
        digests = by_source.get((account, region, OF_DIGESTS + source))
        if source == LOOKUP:
            found[account, region].append((row.since, row.until))
        elif source.startswith(OF_TRAIL) and digests is not None:
            found[account, region].append((max(row.since, digests.since), min(row.until, digests.until)))
    return found


def proved(account: str, region: str) -> Sequence[Range]:
    """Return how far the files of an account's trails were read and verified in a Region. One query."""
    rows = Reading.objects.filter(account=account, region=region).exclude(source=LOOKUP)
    return ranges(rows).get((account, region), [])


def how_far(known: Known) -> Mapping[str, Range]:
    """Return account -> from when to when all of it was read, in every Region that is to be read. One query.

    Of an account and Region that is read in two ways the better one counts. An account of which a Region was never read is none;
    nor is one whose Regions AWS never told, since it may have others.
    """
    read, found = ranges(Reading.objects.all()), dict[str, Range]()
    for place in known.places:
        whole = [read[place.account, region] for region in place.regions if (place.account, region) in read]
        if place.are_told and whole and len(whole) == len(place.regions):
            since = max(min(since for since, _until in each) for each in whole)
            found[place.account] = since, min(max(until for _since, until in each) for each in whole)
    return found
