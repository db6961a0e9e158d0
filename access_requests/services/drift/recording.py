"""The rows of drift and their entries in the trail: one for each change of state, in the same transaction."""

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings

from access_requests.lifecycle import DRIFT_OPEN, DRIFT_TRANSITIONS, DriftAction, DriftStatus, ElevationStatus
from access_requests.models import DRIFT_OF_ELEVATION, DRIFT_OF_SWITCH, Drift
from access_requests.services.drift.comparing import Comparison
from access_requests.services.drift.difference import Difference, Key, Problem
from audits import trail
from audits.acts import Act
from audits.findings import raising as findings
from audits.kinds import FindingKind
from audits.merkle import values
from portal.storable import storable
from portal.verbs.actor import WORKER, Actor
from portal.verbs.rejections import TransitionNotAllowed
from portal.verbs.run import run

logger = logging.getLogger(__name__)
Data = Mapping[str, object]
# The trail's act for each state that a drift comes to.
ACTS: Mapping[DriftStatus, Act] = {
    DriftStatus.UNDOING: Act.DRIFT_UNDOING,
    DriftStatus.UNDONE: Act.DRIFT_UNDONE,
    DriftStatus.GONE: Act.DRIFT_GONE,
    DriftStatus.ACCEPTED: Act.DRIFT_ACCEPTED,
}
# From so many times on, the same undone again within a day is said to be another tool's work.
ANOTHER_TOOL = 3
THING = ("account", "thing", "name")


def key_of(drift: Drift) -> Key:
    return (drift.kind, drift.account, drift.thing, drift.name)


def another_tool(drift: Drift) -> bool:
    """Whether one principal repeated the change so often, though it was undone each time, that a program must be doing it."""
    return bool(drift.principal) and drift.undone_before >= ANOTHER_TOOL


def undone_lately(*, now: datetime) -> dict[Key, datetime]:
    """Return what was undone so recently that a read may still show it as it was."""
    since = now - timedelta(seconds=settings.SETTLING_SECONDS)
    rows = Drift.objects.filter(status=DriftStatus.UNDONE, settled_at__gt=since).order_by("settled_at")
    return {key_of(row): row.settled_at for row in rows if row.settled_at is not None}


def open_rows() -> dict[Key, Drift]:
    rows = Drift.objects.filter(status__in=DRIFT_OPEN).select_related("work_group", "elevation").order_by("pk")
    return {key_of(row): row for row in rows}


def keep_rows(comparison: Comparison, *, now: datetime) -> list[Problem]:
    """Write what is new, what is there still, and what is there no longer. What may merely be late changes nothing.

    Return what could not be written down: one odd difference hides no other.
    """
    known, problems = open_rows(), []
    for difference in comparison.real:
        row = known.get(difference.key)
        if row is None:
            problems += _written(difference, partial(_find, difference, now))
        elif row.detail != storable(difference.detail):
            problems += _written(difference, partial(_change, row.pk, difference, now))
    seen = {difference.key for difference in comparison.real}
    there = [row for key, row in known.items() if key in seen]
    Drift.objects.filter(pk__in=[row.pk for row in there]).update(seen_at=now)
    _see_again(there, now)
    return problems + close(comparison, [row for key, row in known.items() if key not in seen], now=now)


def _see_again(rows: Collection[Drift], now: datetime) -> None:
    """Have the findings of what is there still say so, once a day. Raises nothing: the next comparison does it."""
    found = [(FindingKind.DRIFT, {"difference": row.kind, **{name: getattr(row, name) for name in THING}}) for row in rows]
    try:
        run(partial(findings.see_again, found, now=now))
    except Exception:
        logger.exception("findings of drift do not say yet that it was seen again")


def close(comparison: Comparison, rows: Collection[Drift], *, now: datetime) -> list[Problem]:
    """Settle those of the rows that AWS was looked at for and does not show any more; return what could not be written down."""
    shown = {difference.key for difference in (*comparison.real, *comparison.young)}
    problems: list[Problem] = []
    for row in rows:
        if key_of(row) not in shown and _is_compared(row, comparison):
            problems += _written(row, partial(_settle, row.pk, now))
    return problems


def _written(about: Difference | Drift, verb: Callable[[], None]) -> list[Problem]:
    try:
        run(verb)
    except Exception as error:
        logger.exception("not written down: %s, %s %s %s", about.kind, about.account, about.thing, about.name)
        return [Problem(account=about.account, thing=about.thing, problem=f"{type(error).__name__}: {error}"[:300])]
    return []


def lock(drift_id: int) -> Drift:
    """Return the drift, locked until the transaction ends."""
    rows = Drift.objects.select_for_update(of=("self",), no_key=True).select_related("work_group", "elevation")
    return rows.get(pk=drift_id)


def apply(drift: Drift, action: DriftAction, *, actor: Actor, now: datetime, data: Data | None = None) -> None:
    """Change a locked drift's status, with whatever else the caller has set. Raises TransitionNotAllowed."""
    before = DriftStatus(drift.status)
    after = DRIFT_TRANSITIONS.get((before, action))
    if after is None:
        raise TransitionNotAllowed(state=before)
    drift.status = after
    if after not in DRIFT_OPEN:
        drift.settled_at, drift.problem = now, ""
    drift.save()
    tell(drift, ACTS[after], actor=actor, now=now, data={"from": before, "to": after, **(data or {})})


def tell(drift: Drift, act: Act, *, actor: Actor, now: datetime, data: Data | None = None) -> None:
    """Append to the trail what happened to a drift, with all of it."""
    whole = {"drift": _described(drift), **(data or {})}
    trail.record_act(now=now, act=act, actor=actor, subject=drift.code, data=whole)


def _find(difference: Difference, now: datetime) -> None:
    drift = Drift.objects.create(
        kind=difference.kind,
        account=difference.account,
        thing=difference.thing,
        name=difference.name,
        work_group_id=difference.work_group_id,
        elevation_id=difference.elevation_id,
        detail=storable(difference.detail),
        found_at=now,
        seen_at=now,
    )
    logger.warning("drift %s: %s, %s %s %s", drift.code, drift.kind, drift.account, drift.thing, drift.name)
    tell(drift, Act.DRIFT_FOUND, actor=WORKER, now=now, data={"to": drift.status})


def _change(drift_id: int, difference: Difference, now: datetime) -> None:
    drift = lock(drift_id)
    drift.detail = storable(difference.detail)
    drift.save(update_fields=["detail"])
    tell(drift, Act.DRIFT_CHANGED, actor=WORKER, now=now)


def _settle(drift_id: int, now: datetime) -> None:
    """Settle a drift that AWS no longer shows: undone, or gone by itself where nobody asked or its elevation has ended."""
    drift = lock(drift_id)
    if drift.status not in DRIFT_OPEN:
        return
    active = drift.elevation is not None and drift.elevation.status == ElevationStatus.ACTIVE
    is_undone = drift.status == DriftStatus.UNDOING and (drift.kind not in DRIFT_OF_ELEVATION or active)
    action = DriftAction.CONFIRM_UNDO if is_undone else DriftAction.SEE_GONE
    logger.warning("drift %s: %s", drift.code, action)
    apply(drift, action, actor=WORKER, now=now)


def _is_compared(row: Drift, comparison: Comparison) -> bool:
    accounts = {row.account, row.name.split("/")[0]} if row.kind in DRIFT_OF_SWITCH else {row.account}
    return all(comparison.is_compared(account, row.thing) for account in accounts)


def _described(drift: Drift) -> Data:
    return {
        "code": drift.code,
        "status": drift.status,
        "kind": drift.kind,
        "account": drift.account,
        "thing": drift.thing,
        "name": drift.name,
        "work_group": drift.work_group.name if drift.work_group else None,
        "elevation": drift.elevation.code if drift.elevation else None,
        # What others wrote in AWS may have numbers that the trail does not take.
        "detail": values.in_words(drift.detail),
        "found_at": drift.found_at,
        "seen_at": drift.seen_at,
        "principal": drift.principal,
        "event": values.in_words(drift.event),
        "undone_before": drift.undone_before,
        "another_tool": another_tool(drift),
        "undo_asked_by": drift.undo_asked_by,
        "problem": drift.problem,
    }
