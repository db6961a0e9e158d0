"""The hours of a pack's period of which CloudTrail was not read: by how far it was read at the order, and by the trail."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from audits.acts import Act
from audits.evidence import covering
from audits.evidence.covering import Read, Told, Uncovered
from audits.log_ins import extent, knowing
from audits.models import EnabledRegions, Pack, Reading, SeenEvent, TrailEntry

GROUP = "work_group:"
OF_GROUPS = (Act.CATALOGUE_ADDED, Act.CATALOGUE_BASELINE)
WHAT: Mapping[str, str] = {
    Act.CLOUDTRAIL_STOPPED: covering.STOPPED,
    Act.CLOUDTRAIL_STARTED: "started",
    Act.CLOUDTRAIL_GAP: covering.GAP,
}


def how_far() -> dict[str, Any]:
    """Return how far all was read that is to be read, as a pack keeps it from its order on. Some six queries.

    `jump` are the accounts in which memberships are given, `groups` the work groups that there ever were.
    An account whose Regions AWS never told has one more without a name, of which nothing was read.
    """
    known = knowing.known()
    rows = list(Reading.objects.order_by("pk"))
    ranges, problems = extent.ranges(rows), dict[tuple[str, str], str]()
    problems |= {(account, ""): problem for account, problem in EnabledRegions.objects.values_list("account", "problem")}
    for row in rows:
        if row.problem:
            problems.setdefault((row.account, row.region), row.problem)
    places = [
        {
            "account": place.account,
            "key": place.key,
            "region": region,
            "ranges": [list(each) for each in ranges.get((place.account, region), ())],
            "problem": problems.get((place.account, region), "") if place.is_readable else "no_role",
        }
        for place in known.places
        for region in (*place.regions, *(() if place.are_told else ("",)))
    ]
    told = TrailEntry.objects.filter(act__in=OF_GROUPS, subject__startswith=GROUP).values_list("subject", flat=True)
    groups = sorted({subject.removeprefix(GROUP) for subject in told})
    return {"jump": [known.jump] if known.jump else [], "groups": groups, "places": places}


def newest_event() -> int:
    return SeenEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def not_read(pack: Pack, *, until: datetime) -> list[Uncovered]:
    """Return what was not read of the pack's period up to `until`."""
    reads = [_read(place) for place in pack.read["places"]]
    return covering.uncovered(reads, list(_told(pack)), since=pack.since, until=until)


def rows(found: list[Uncovered]) -> Iterator[dict[str, Any]]:
    names = ("account", "key", "region", "since", "until", "hours", "why", "remark")
    return ({name: getattr(one, name) for name in names} for one in found)


def _told(pack: Pack) -> Iterator[Told]:
    of_time = Q(at__lt=pack.until, pk__lte=pack.through)
    entries = TrailEntry.objects.filter(of_time, act__in=WHAT).order_by("pk")
    for act, at, data in entries.values_list("act", "at", "data"):
        names = {"account": data["account"], "region": data["region"], "trail": data["trail"]}
        event = data.get("event") or {}
        yield Told(**names, at=_moment(event.get("at")) or at, what=WHAT[act], remark=data["remark"])


def _read(place: Mapping[str, Any]) -> Read:
    ranges = tuple((_moment(first), _moment(last)) for first, last in place["ranges"])
    return Read(**{**place, "ranges": ranges})


def _moment(text: Any) -> Any:
    return datetime.fromisoformat(text) if isinstance(text, str) else text
