"""Following the trail: entries that make findings, and entries that say that the cause is gone.

A worker comes after: nobody who writes the trail waits for it, and no end of an access is ever held up by a finding. It starts
where the trail is; of what was before it takes what the portal would close by itself, since that may still be so.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection

from audits import selectors
from audits.acts import Act, reasons
from audits.findings import culprits, of_log_ins, of_permissions, raising
from audits.kinds import FindingKind
from audits.models import Finding, FindingStatus, Followed, TrailEntry
from portal.verbs.run import run

logger = logging.getLogger(__name__)
BATCH = 200
# What others wrote under such an act tells nobody's state.
WORKERS = ("sekisho:worker", "sekisho:notices", "sekisho:auditor")
DRIFT_SEEN = (Act.DRIFT_FOUND, Act.DRIFT_CHANGED, Act.DRIFT_ATTRIBUTED)
DRIFT_OVER = (Act.DRIFT_UNDONE, Act.DRIFT_GONE, Act.DRIFT_ACCEPTED)
# By its own word, which the entry of who did it has: that is often learned when it was undone already.
DRIFT_SETTLED = ("undone", "gone", "accepted")
UNSEALED = (Act.SEAL_STOPPED, Act.SEAL_OVERDUE)
ENDS = (Act.ELEVATION_REVOKING, Act.ELEVATION_CANCELLED)
# Somebody's own will, and no trouble.
BY_PEOPLE = ("returned", "stopped")
# What may still be so of what was found before there were findings, and is closed by the portal where it is not.
MAY_STAND = (*DRIFT_SEEN, *DRIFT_OVER, *UNSEALED, Act.SEAL_CAUGHT_UP)
ACTS = (
    *(*MAY_STAND, Act.SEAL_GUARD_TOUCHED),
    *of_log_ins.ACTS,
    *(Act.PERMISSIONS_LOOKED, Act.PERMISSIONS_JUDGED),
    *(Act.TRAIL_RECORDED_LATE, *ENDS, Act.ELEVATION_ACTIVE, Act.ELEVATION_ENDED, Act.FACTOR_CLONED, Act.COMPARISON_DONE),
)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What an entry says of a finding: that it is there, or is there no longer; `says_more`, otherwise than the entry before."""

    kind: FindingKind
    key: Mapping[str, str]
    entry: TrailEntry
    is_gone: bool = False
    says_more: bool = False
    evidence: Sequence[int] = ()
    caused_by: frozenset[str] = field(default_factory=frozenset)


def follow(*, now: datetime) -> int:
    """Make and close the findings of what is new in the trail, up to a batch; return how many entries were looked at."""
    last = selectors.last_id()
    if Followed.objects.filter(pk=1, until=last).exists():
        return 0  # On SQLite a transaction is the write lock: none is opened for nothing.
    return run(partial(_follow, last, now))


def said(entry: TrailEntry) -> Iterator[Said]:
    """Yield what an entry says of findings. Entries of older versions say what they can."""
    data = entry.data if isinstance(entry.data, dict) else {}
    if entry.act in (*DRIFT_SEEN, *DRIFT_OVER):
        yield from _of_drift(entry, data.get("drift") or {})
    elif entry.act in (*UNSEALED, Act.SEAL_CAUGHT_UP):
        yield Said(kind=FindingKind.TRAIL_UNSEALED, key=_portal(), entry=entry, is_gone=entry.act == Act.SEAL_CAUGHT_UP)
    elif entry.act in of_log_ins.ACTS:
        yield from _of_cloudtrail(entry)
    elif entry.act in (Act.PERMISSIONS_LOOKED, Act.PERMISSIONS_JUDGED):
        told = of_permissions.said(entry) if entry.act == Act.PERMISSIONS_LOOKED else of_permissions.judged(entry)
        yield from (Said(kind=kind, key=key, entry=entry, is_gone=gone) for kind, key, gone in told)
    elif entry.act in (Act.FACTOR_CLONED, Act.SEAL_GUARD_TOUCHED):
        yield from _of_factor(entry, data.get("factor") or {}) if entry.act == Act.FACTOR_CLONED else _of_guard(entry, data)
    elif entry.act in (*ENDS, Act.ELEVATION_ACTIVE, Act.ELEVATION_ENDED):
        yield from _of_elevation(entry, data)
    elif entry.act == Act.COMPARISON_DONE:
        yield from _of_comparison(entry, data)


def _readable(entry: TrailEntry) -> list[Said]:
    """Return what an entry says. One of another shape is passed over, and holds up none behind it."""
    try:
        return list(said(entry))
    except (AttributeError, KeyError, TypeError, ValueError):
        logger.exception("the trail entry %s makes no finding, since it cannot be read", entry.pk)
        return []


def _follow(last: int, now: datetime) -> int:
    followed = _cursor()
    if followed is None:
        return 0  # Somebody else follows.
    if not followed.until:
        return _begin(followed, last, now)
    entries = list(selectors.after(followed.until).filter(pk__lte=last, act__in=ACTS)[:BATCH])
    told = [one for entry in entries if _is_believed(entry) for one in _readable(entry)]
    late = [entry for entry in entries if entry.act == Act.TRAIL_RECORDED_LATE and _is_believed(entry)]
    for one in [*told, *_of_late(late)]:
        _carry_out(one, now)
    followed.until = last if len(entries) < BATCH else entries[-1].pk
    followed.save()
    return len(entries)


def _begin(followed: Followed, last: int, now: datetime) -> int:
    """Take what may still be so of the trail's past, however long that is: of each finding no more is kept than the last word."""
    looked_at, standing = 0, dict[tuple[object, ...], Said]()
    for entry in TrailEntry.objects.filter(pk__lte=last, act__in=MAY_STAND).order_by("pk").iterator(BATCH):
        looked_at += 1
        if _is_believed(entry):
            standing |= {(one.kind, *sorted(one.key.items())): one for one in _readable(entry)}
    for one in standing.values():
        _carry_out(one, now)
    followed.until = last
    followed.save()
    return looked_at


def _cursor() -> Followed | None:
    """Return the cursor, locked; None while somebody else holds it."""
    Followed.objects.get_or_create(pk=1)
    rows = Followed.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    return rows.filter(pk=1).first()


def _carry_out(one: Said, now: datetime) -> None:
    if one.is_gone:
        raising.gone(kind=one.kind, key=one.key, evidence=[one.entry.pk], now=now)
        return
    caused_by = one.caused_by | (culprits.of_drift(one.entry) if one.kind == FindingKind.DRIFT else frozenset())
    evidence = [one.entry.pk, *one.evidence]
    raising.raise_finding(kind=one.kind, key=one.key, evidence=evidence, now=now, caused_by=caused_by, says_more=one.says_more)


def _is_believed(entry: TrailEntry) -> bool:
    return entry.actor in WORKERS or entry.act in (*ENDS, Act.DRIFT_ACCEPTED, Act.FACTOR_CLONED)


def _of_drift(entry: TrailEntry, drift: Mapping[str, str]) -> Iterator[Said]:
    key = {"difference": drift.get("kind"), **{name: drift.get(name) for name in ("account", "thing", "name")}}
    if all(isinstance(value, str) for value in key.values()):
        whole = {name: str(value) for name, value in key.items()}
        learned_late = entry.act == Act.DRIFT_ATTRIBUTED and drift.get("status") in DRIFT_SETTLED
        yield Said(kind=FindingKind.DRIFT, key=whole, entry=entry, is_gone=entry.act in DRIFT_OVER or learned_late)


def _of_guard(entry: TrailEntry, data: Mapping[str, object]) -> Iterator[Said]:
    yield Said(kind=FindingKind.GUARD_TOUCHED, key={**_portal(), "remark": str(data.get("remark", ""))}, entry=entry)


def _of_cloudtrail(entry: TrailEntry) -> Iterator[Said]:
    for (kind, key), is_gone, caused_by in of_log_ins.said(entry):
        yield Said(kind=kind, key=key, entry=entry, is_gone=is_gone, caused_by=caused_by)


def _of_factor(entry: TrailEntry, factor: Mapping[str, str]) -> Iterator[Said]:
    key = {"person": entry.subject.partition(":")[2], "factor": str(factor.get("id", ""))}
    yield Said(kind=FindingKind.COUNTER_GONE_BACK, key=key, entry=entry, caused_by=frozenset({key["person"]}))


def _of_elevation(entry: TrailEntry, data: Mapping[str, object]) -> Iterator[Said]:
    elevation, reason = data.get("elevation"), str(data.get("reason", ""))
    if not isinstance(elevation, dict):
        return
    person, group = str(elevation.get("person", "")), str(elevation.get("work_group", ""))
    said_of = partial(Said, entry=entry, caused_by=frozenset({person}))
    if entry.act == Act.ELEVATION_ENDED:
        yield Said(kind=FindingKind.END_OVERDUE, key={"elevation": entry.subject}, entry=entry, is_gone=True)
    elif entry.act == Act.ELEVATION_ACTIVE:
        yield from _granted(entry, person, group)
    elif reason in reasons.UNFOUNDED:
        yield said_of(kind=FindingKind.ROW_FORGED, key={"elevation": entry.subject, "reason": reason})
    elif elevation.get("granted_at") is None and reason not in BY_PEOPLE:
        yield said_of(kind=FindingKind.NOT_GRANTED, key={"person": person, "work_group": group, "reason": reason})


def _granted(entry: TrailEntry, person: str, group: str) -> Iterator[Said]:
    """Yield that the person is given what they were not given before. One query."""
    refused = Finding.objects.filter(kind=FindingKind.NOT_GRANTED, key__person=person, key__work_group=group)
    for finding in refused.exclude(status=FindingStatus.CLOSED):
        yield Said(kind=FindingKind.NOT_GRANTED, key=finding.key, entry=entry, is_gone=True)


def _of_comparison(entry: TrailEntry, data: Mapping[str, Any]) -> Iterator[Said]:
    """Yield what of the tables is not as the trail tells, and, where all of that is named, what is again. Two queries."""
    earlier = TrailEntry.objects.filter(act=entry.act, actor=entry.actor, pk__lt=entry.pk).order_by("-pk").first()
    known = earlier.data.get("apart", ()) if earlier is not None else ()
    keys = []
    for one in data.get("apart", ()):
        keys.append({"table": str(one["kind"]), "subject": str(one["key"])})
        yield Said(kind=FindingKind.TABLES_APART, key=keys[-1], entry=entry, says_more=one not in known)
    if data.get("differences") == len(keys):
        for finding in Finding.objects.filter(kind=FindingKind.TABLES_APART).exclude(status=FindingStatus.CLOSED):
            if finding.key not in keys:
                yield Said(kind=FindingKind.TABLES_APART, key=finding.key, entry=entry, is_gone=True)


def _of_late(entries: Sequence[TrailEntry]) -> Iterator[Said]:
    """Yield by whom entries were recorded late: the same clock, or the same hand, is the same finding. One query."""
    named = {one["id"]: entry for entry in entries for one in entry.data["entries"]}
    late: dict[str, list[int]] = defaultdict(list)
    for number, actor in TrailEntry.objects.filter(pk__in=named).order_by("pk").values_list("pk", "actor"):
        late[actor].append(number)
    for actor, numbers in late.items():
        yield Said(
            kind=FindingKind.RECORDED_LATE, key={"actor": actor}, entry=named[numbers[-1]], says_more=True, evidence=numbers
        )


def _portal() -> dict[str, str]:
    return {"portal": settings.PORTAL_URL.partition("://")[2]}
