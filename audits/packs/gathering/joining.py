"""T against M and L, page by page: the extracts of the population, and every difference with its number."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from audits.acts import Act
from audits.evidence.covering import Uncovered, is_covered
from audits.evidence.population import DEFICIENCIES, NEAR, Difference, Joined, Membership, Wanted, joined, without_removal
from audits.evidence.sampling import Stratum
from audits.models import Pack, TrailEntry, UseState
from audits.packs.gathering import accesses, memberships
from audits.packs.gathering.accesses import GIVING, TAKING, Access
from audits.packs.gathering.explaining import Explaining
from audits.packs.gathering.lines import Lines

OF_USE = {UseState.NEVER_USED: Difference.T_WITHOUT_L, UseState.UNKNOWN: Difference.T_NOT_KNOWN}
# Entries of other than a beginning or an end that tell of calls to AWS which change members.
OTHER_CALLS = (
    *(Act.ELEVATION_ACTIVE, Act.ELEVATION_ENDED, Act.ELEVATION_GRANT_ATTEMPT_FAILED, Act.ELEVATION_END_ATTEMPT_FAILED),
    *(Act.ELEVATION_OVERTAKEN, Act.ELEVATION_EXTENSION_WRITTEN, Act.ELEVATION_EXTENSION_ATTEMPT_FAILED),
    *(Act.ELEVATION_LOOKED_AFTER, Act.ELEVATION_END_RECORDED_LATE, Act.DRIFT_UNDO_WRITTEN, Act.DRIFT_UNDO_ATTEMPT_FAILED),
)
# A grant that is tried again made its calls before.
BEFORE = 4 * NEAR
DAY = timedelta(days=1)


@dataclass(kw_only=True)
class Population:
    """What one pass over the period finds. In memory are the strata, and the ids of events that prove something."""

    pack: Pack
    until: datetime
    not_read: Sequence[Uncovered]
    explaining: Explaining
    differences: Lines
    counts: Counter[str] = field(default_factory=Counter)
    strata: list[tuple[str, Stratum]] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)

    def differ(self, kind: Difference, code: str, at: datetime | None, what: str, *names: str) -> None:
        """Tell a difference; `names` are those by which a finding may be about it."""
        finding, who = self.explaining.of(kind, *(names or (code,)))
        self.counts[kind] += 1
        is_deficiency = kind in DEFICIENCIES
        self.counts["deficiencies"] += is_deficiency and not who
        said = {"kind": kind, "id": code, "at": at, "what": what, "deficiency": is_deficiency}
        self.differences.add({**said, "finding": finding, "explained_by": who})

    def was_read(self, at: datetime) -> bool:
        return all(is_covered(account, at, self.not_read) for account in self.pack.read["jump"])


def write(population: Population, folder: Path) -> None:
    """Write the accesses of the period and the memberships that prove them, and tell every difference of these."""
    pack = population.pack
    names = ("04-population", "05-memberships-given", "06-memberships-taken")
    lines, given, taken = (Lines(folder, name) for name in names)
    with lines, given, taken:
        for page in accesses.began_in(pack, pack.since, population.until):
            gives = _joined(population, [one.wanted(GIVING, one.active_at) for one in page], memberships.GIVES, population.given)
            takes = _joined(population, _ends(page), memberships.TAKES, population.taken)
            for one in page:
                events = gives.by_access.get(one.code), takes.by_access.get(one.code)
                lines.add(_row(one, *events))
                _differences(population, one, *events)
            _add(given, gives)
            _add(taken, takes)
        for page in accesses.began_before(pack, population.until):
            _add(taken, _joined(population, _ends(page), memberships.TAKES, population.taken))
        _left(population, given, taken)
    population.counts["t"], population.counts["m"] = lines.count, given.count


def _ends(page: Sequence[Access]) -> list[Wanted]:
    return [one.wanted(TAKING, one.end.at) for one in page if one.end]


def _joined(population: Population, wanted: Sequence[Wanted], names: Sequence[str], done: set[str]) -> Joined:
    """Join a page of accesses with the events about it; `done` are those that prove others already."""
    if not wanted:
        return Joined()
    moments = [one.at for one in wanted]
    events = memberships.of_time(population.pack, names, min(moments) - BEFORE, max(moments) + NEAR)
    events = memberships.on_work_groups(population.pack, events, {group for one in wanted for group in one.groups})
    found = joined(wanted, (event for event in events if event.id not in done))
    done.update(event.id for event in found.by_access.values())
    return found


def _differences(population: Population, one: Access, given: Membership | None, taken: Membership | None) -> None:
    population.strata.append((one.code, one.stratum))
    population.counts[f"use_{one.use}"] += 1
    said = f"{one.said.get('person', '')}, {one.said.get('work_group', '')}"
    if given is None:
        kind = Difference.T_WITHOUT_M if population.was_read(one.active_at) else Difference.T_NOT_KNOWN
        population.differ(kind, one.code, one.active_at, said)
    elif (of_use := OF_USE.get(UseState(one.use))) is not None:
        population.differ(of_use, one.code, one.active_at, said)
    if taken is None and one.end is not None and population.was_read(one.end.at):
        population.differ(Difference.M_WITHOUT_REMOVAL, one.code, one.end.at, said)


def _left(population: Population, given: Lines, taken: Lines) -> None:
    """Tell of the events that no access of the period explains, but for those that other entries of the trail tell of."""
    pack, until = population.pack, population.until
    in_, out = (
        [event for event in _on_work_groups(pack, names, until) if event.id not in done]
        for names, done in ((memberships.GIVES, population.given), (memberships.TAKES, population.taken))
    )
    known = _told_of(pack, until, {event.request_id for event in (*in_, *out) if event.request_id})
    for lines, events in ((given, in_), (taken, out)):
        for event in events:
            lines.add({**_event(event), "access": known.get(event.request_id, "")})
    strangers = [event for event in in_ if event.request_id not in known]
    for event in strangers:
        population.differ(Difference.M_WITHOUT_T, event.id, event.at, _said(event), event.group, event.user)
    later = _on_work_groups(pack, memberships.TAKES, until) if strangers else ()
    for event in without_removal(strangers, later):
        population.differ(Difference.M_WITHOUT_REMOVAL, event.id, event.at, _said(event), event.group, event.user)
    for event in out:
        if event.request_id not in known:
            population.differ(Difference.REMOVAL_WITHOUT_END, event.id, event.at, _said(event), event.group, event.user)


def _on_work_groups(pack: Pack, names: Sequence[str], until: datetime) -> Iterator[Membership]:
    return memberships.on_work_groups(pack, memberships.of_time(pack, names, pack.since, until))


def _told_of(pack: Pack, until: datetime, requests: Collection[str]) -> dict[str, str]:
    """Return request id -> the subject of the entry that tells of it, of accesses that never began, and of drift undone."""
    if not requests:
        return {}
    near = {"at__gte": pack.since - DAY, "at__lt": until + DAY, "pk__lte": pack.through}
    rows = TrailEntry.objects.filter(act__in=OTHER_CALLS, **near).order_by("pk").values_list("subject", "data")
    told: dict[str, str] = {}
    for subject, data in rows.iterator(chunk_size=500):
        for call in data.get("calls") or ():
            if call["request_id"] in requests:
                told[call["request_id"]] = subject
    return told


def _row(one: Access, given: Membership | None, taken: Membership | None) -> dict[str, Any]:
    said, end, begun = one.said, one.end, one.begun_to_end
    return {
        "id": one.code,
        "stratum": one.stratum,
        "person": said.get("person", ""),
        "iam_user": said.get("iam_user_name") or said.get("identity_center_user_name", ""),
        "group": said.get("work_group", ""),
        "backend": said.get("backend", ""),
        "request": said.get("request", ""),
        "ticket": one.ticket,
        "approvers": one.approvers,
        "starts_at": said.get("starts_at"),
        "ends_at": one.ends_at,
        "active_at": one.active_at,
        "ended_at": end.at if end else None,
        "end_reason": begun.data.get("reason", "") if begun else "",
        "use": one.use,
        "given": given.id if given else "",
        "taken": taken.id if taken else "",
        "entry": one.entry,
    }


def _add(lines: Lines, found: Joined) -> None:
    for code, event in found.by_access.items():
        lines.add({**_event(event), "access": code})


def _event(event: Membership) -> dict[str, Any]:
    return {name: getattr(event, name) for name in ("id", "at", "group", "user", "by", "request_id")}


def _said(event: Membership) -> str:
    return f"{event.user or '?'}, {event.group or '?'}, {event.by}"
