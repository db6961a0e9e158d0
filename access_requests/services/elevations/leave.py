"""Whether an elevation has leave: what its row claims is what was approved, by whom it had to be, and what the trail says.

Asked by the workers at each step of a grant and of an extension, and wherever an end is read for a gate or a fence. It is never
asked before an end: nothing that is missing here keeps anybody in. The rules are policy.leave's; this gathers what they
weigh, in two queries for any number of elevations.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from access_requests.lifecycle import INSIDE
from access_requests.models import AccessRequest, Elevation
from access_requests.policy.leave import Approval, Consent, Facts, Given, Grounds, Level, Policy, Said, Unfounded, unfounded
from access_requests.policy.signatures import BY_PASSKEY
from access_requests.services.elevations import declared, stop
from access_requests.services.record import locking, signed_entries
from access_requests.services.record.states import OF_ELEVATION
from audits import selectors
from audits.acts import Act
from audits.models import TrailEntry
from portal.verbs.actor import WORKER
from portal.verbs.run import run

T = TypeVar("T")
# Subject -> its entries, oldest first.
Trail = Mapping[str, Sequence[TrailEntry]]
logger = logging.getLogger(__name__)
EXTENDED, EXTENSION_REFUSED = Act.ELEVATION_EXTENDED, Act.ELEVATION_EXTENSION_REFUSED
APPROVALS = (Act.REQUEST_APPROVAL_GIVEN, Act.REQUEST_APPROVED)
STATES = {str(act): str(status) for status, act in OF_ELEVATION.items()}
ACTS = (*APPROVALS, EXTENDED, EXTENSION_REFUSED, *STATES, *signed_entries.ACTS, *declared.ACTS)
# The columns of requests and decisions that the rules compare: one row a decision, one for a request without any.
COLUMNS = ("pk", "code", "extends_id", "policy__key", "status", "requester__username", "digest", "starts_at", "ends_at")
OF_DECISION = ("decisions__approver__username", "decisions__level_number", "decisions__verdict", "decisions__seen")


def founded(elevations: QuerySet[Elevation]) -> list[Elevation]:
    """Return those of the elevations that have leave; about each of the others there is an alarm in the log.

    No row is locked. A step that somebody settles between the reading of the rows and that of the trail makes the two differ, and
    would shut out a person who has leave: whoever has moved meanwhile is read and looked at again.
    """
    rows = {row.pk: row for row in _in_full(elevations)}
    refused = dict(_refused(list(rows.values())))
    while refused:
        fresh = {row.pk: row for row in _in_full(elevations.filter(pk__in=refused))}
        moved = [pk for pk in refused if pk not in fresh or _claim(fresh[pk]) != _claim(rows[pk])]
        if not moved:
            break
        for pk in moved:
            del refused[pk], rows[pk]
        again = [fresh[pk] for pk in moved if pk in fresh]
        rows |= {row.pk: row for row in again}
        refused |= _refused(again)
    for pk, reason in refused.items():
        alarm(rows[pk], reason)
    return [rows[pk] for pk in sorted(rows) if pk not in refused]


def end_unfounded(*, now: datetime) -> None:
    """End whatever is in AWS, or about to be, and has no leave: a row that was forged as given has no step of its own to do."""
    rows = _in_full(Elevation.objects.filter(status__in=INSIDE).order_by("pk"))
    for elevation_id in _refused(rows):
        run(partial(_end, elevation_id, now))


def _in_full(elevations: QuerySet[Elevation]) -> list[Elevation]:
    return list(elevations.select_related("person", "work_group", "request"))


def _claim(row: Elevation) -> tuple[str, datetime, str]:
    """Return the columns of the row that steps change; each such change has its entry in the trail."""
    return row.status, row.ends_at, row.ends_by


def alarm(row: Elevation, reason: str) -> None:
    logger.critical("%s is refused, and nothing is given by it: %s. Find out who wrote it.", row.code, reason)


def _end(elevation_id: int, now: datetime) -> None:
    elevation = locking.lock_elevation(elevation_id)
    reason = _refused([elevation]).get(elevation.pk) if elevation.status in INSIDE else None
    if reason:
        alarm(elevation, reason)
        stop.end_now(elevation, reason=str(reason), actor=WORKER, now=now)


def _refused(elevations: Sequence[Elevation]) -> Mapping[int, Unfounded]:
    """Return primary key -> why, of those that have no leave."""
    reasons = {key: unfounded(found) for key, found in grounds(elevations).items()}
    return {key: reason for key, reason in reasons.items() if reason}


def grounds(elevations: Sequence[Elevation]) -> Mapping[int, Grounds]:
    """Return primary key -> what each of the elevations rests on, as its row and the trail have it."""
    if not elevations:
        return {}
    asked = _Asked.read(elevations)
    told = selectors.of_subjects(_subjects(elevations, asked), acts=ACTS)
    found = {}
    for elevation in elevations:
        group = elevation.work_group.name
        own = next(one for one in asked if one.code == elevation.request.code)
        extensions = {one.code: _consent(one, group, told) for one in asked if one.extends_id == elevation.pk}
        found[elevation.pk] = _grounds(elevation, told.get(elevation.code, ()), _consent(own, group, told), extensions)
    return found


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A request that an elevation names, or that names an elevation."""

    code: str
    extends_id: int | None
    policy: str
    row: Facts

    @classmethod
    def read(cls, elevations: Iterable[Elevation]) -> Sequence["_Asked"]:
        mine = Q(pk__in={row.request_id for row in elevations}) | Q(extends__in={row.pk for row in elevations})
        found: dict[int, _Asked] = {}
        for row in AccessRequest.objects.filter(mine).order_by("pk").values(*COLUMNS, *OF_DECISION):
            one = found.get(row["pk"]) or cls(
                code=row["code"], extends_id=row["extends_id"], policy=row["policy__key"], row=_facts(row)
            )
            found[row["pk"]] = replace(one, row=replace(one.row, decisions=one.row.decisions | _said(row)))
        return list(found.values())


def _subjects(elevations: Iterable[Elevation], asked: Iterable[_Asked]) -> set[str]:
    """Return all that the trail is asked about: what people decided, who they are, and under which policy."""
    rows = {row.code for row in elevations} | {one.code for one in asked}
    people = {signed_entries.subject(said.approver) for one in asked for said in one.row.decisions}
    groups = {row.work_group.name for row in elevations}
    return rows.union(people, *(declared.subjects(group, one.policy) for group in groups for one in asked))


def _facts(row: Mapping[str, Any]) -> Facts:
    return Facts(
        status=row["status"],
        requester=row["requester__username"],
        digest=row["digest"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
    )


def _said(row: Mapping[str, Any]) -> frozenset[Said]:
    approver, level, verdict, seen = (row[column] for column in OF_DECISION)
    return frozenset() if approver is None else frozenset({Said(approver=approver, level=level, verdict=verdict, seen=seen)})


# What the trail says of it


def _consent(asked: _Asked, work_group: str, trail: Trail) -> Consent:
    approved = [entry for entry in trail.get(asked.code, ()) if entry.act == Act.REQUEST_APPROVED]
    told = _readable(lambda: _told(asked, work_group, approved[0], trail)) if len(approved) == 1 else None
    return told or Consent(row=asked.row)


def _told(asked: _Asked, work_group: str, approved: TrailEntry, trail: Trail) -> Consent:
    by = tuple(approval(entry, work_group, trail) for entry in trail[asked.code] if entry.act in APPROVALS)
    said = approved.data["request"]
    told = Facts(
        status=said["status"],
        requester=said["requester"],
        digest=said["digest"],
        starts_at=datetime.fromisoformat(said["starts_at"]),
        ends_at=datetime.fromisoformat(said["ends_at"]),
        decisions=frozenset(yes.said for yes in by),
    )
    return Consent(row=asked.row, told=told, by=by, work_groups=frozenset(group["name"] for group in said["work_groups"]))


def approval(entry: TrailEntry, work_group: str, trail: Trail) -> Approval:
    """Return what a decision's entry says, with what the trail has of its approver and of the work group's policy.

    Raises KeyError, TypeError and the like for an entry of another shape.
    """
    decision, request = entry.data["decision"], entry.data["request"]
    said, signature = _said_in(decision), None
    if decision.get("assertion") is not None:
        enrolments = [one for one in trail.get(signed_entries.subject(said.approver), ()) if one.pk < entry.pk]
        signature = signed_entries.found_in(decision, request, at=entry.at, enrolments=enrolments)
    return Approval(
        said=said,
        policy=_policy(request["policy"]),
        way=BY_PASSKEY if signature else decision["door"],
        signature=signature,
        declared=declared.policies(trail, work_group, request["policy"]["key"], entry),
    )


def _said_in(decision: Mapping[str, Any]) -> Said:
    return Said(**{name: decision[name] for name in ("approver", "level", "verdict", "seen")})


def _policy(said: Mapping[str, Any]) -> Policy:
    levels = (
        Level(number=level["number"], approvals=level["approvals"], approvers=frozenset(level["approvers"]))
        for level in said["levels"]
    )
    # Of before there were passkeys it says nothing of their age.
    factor_age = timedelta(minutes=said.get("factor_age_minutes", 0))
    return Policy(levels=tuple(levels), ways=frozenset(said["decide_by"]), factor_age=factor_age)


def _grounds(elevation: Elevation, entries: Sequence[TrailEntry], consent: Consent, extensions: Mapping[str, Consent]) -> Grounds:
    made = [entry for entry in entries if entry.act == Act.ELEVATION_SCHEDULED]
    moved = _named_by(entries, EXTENDED) - _named_by(entries, EXTENSION_REFUSED)
    return Grounds(
        status=elevation.status,
        row=Given(
            request=elevation.request.code,
            person=elevation.person.username,
            work_group=elevation.work_group.name,
            iam_user=(elevation.iam_user_name, elevation.iam_user_id),
            identity_center_user=(elevation.identity_center_user_name, elevation.identity_center_user_id),
            starts_at=elevation.starts_at,
        ),
        told=_readable(lambda: _given(made[0])) if len(made) == 1 else None,
        states=tuple(STATES[entry.act] for entry in entries if entry.act in STATES),
        ends_at=elevation.ends_at,
        ends_by=elevation.ends_by,
        consent=consent,
        extensions={code: one for code, one in extensions.items() if code in moved},
    )


def _given(made: TrailEntry) -> Given:
    said = made.data["elevation"]
    return Given(
        request=said["request"],
        person=said["person"],
        work_group=said["work_group"],
        iam_user=(said["iam_user_name"], said["iam_user_id"]),
        # Entries from before there was Identity Center have none.
        identity_center_user=(said.get("identity_center_user_name", ""), said.get("identity_center_user_id", "")),
        starts_at=datetime.fromisoformat(said["starts_at"]),
    )


def _named_by(entries: Sequence[TrailEntry], act: Act) -> set[str]:
    """Return the codes of the extensions that entries of this act name."""
    said = (entry.data for entry in entries if entry.act == act)
    return {str(data.get("by")) for data in said if isinstance(data, Mapping)}


def _readable(read: Callable[[], T]) -> T | None:
    """Return the parts of an entry that rules compare. None for one of another shape: it holds up nobody else's gate."""
    try:
        return read()
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
