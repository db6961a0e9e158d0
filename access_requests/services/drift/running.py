"""One comparison of AWS with the portal, from the first look to the last row."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from access_requests.lifecycle import DriftStatus
from access_requests.models import ComparisonAsked, Drift, Reconciliation
from access_requests.services.drift import abilities, announcing, baseline, blaming, learning, looking, recording, undoing
from access_requests.services.drift.comparing import Comparison, compare
from access_requests.services.drift.difference import Problem
from access_requests.services.drift.expected import Expected, expect
from access_requests.services.drift.looking import Alive, Sight
from access_requests.services.drift.matrix import Json, matrix
from access_requests.services.elevations import leave
from access_requests.services.people import reviewed
from portal.storable import storable
from portal.verbs.run import run as in_transaction

logger = logging.getLogger(__name__)
# A run that is silent for longer than this has died: it exceeds one call to AWS with its repeats, and one undoing.
LONGEST_SILENCE = timedelta(minutes=3)
KEPT = timedelta(days=7)
DIED = "run_died"
Pause = Callable[[float], object]


def run_as_asked(*, pause: Pause) -> Reconciliation | None:
    """Compare for those who asked in the portal; by the schedule where nobody did, and what may be late is left to the next run.

    Whoever asks is told all of it by this one. Who asks while another run is at it has the next one.
    """
    asked = list(ComparisonAsked.objects.select_related("asked_by").order_by("pk"))
    if not asked:
        return run()
    return run(asked_by=asked[0].asked_by.username, pause=pause, answers=[each.pk for each in asked])


def run(*, asked_by: str = "", pause: Pause | None = None, answers: Iterable[int] = ()) -> Reconciliation | None:
    """Compare, record, stop, undo where so configured, and look up who did it; None where another run is at it.

    With `pause` it waits, at most SETTLING_SECONDS, until what may merely be late must show, and looks again. `answers`: rows of
    those who asked for it.
    """
    row = _begin(asked_by, answers)
    if row is None:
        return None
    problems: list[Problem] = []
    try:
        problems += _run(row, pause)
    except Exception as error:
        problems.append(Problem(account="", problem=f"{type(error).__name__}: {error}"[:300]))
        raise
    finally:
        _end(row, problems)
    return row


def undo_one(drift_id: int) -> None:
    """Undo what an administrator asked for, unless AWS does not show it any more."""
    if not Drift.objects.filter(pk=drift_id, status=DriftStatus.UNDOING).exists():
        return
    before, *_ = _compared(looking.look(_nobody_waits))
    row = Drift.objects.select_related("work_group", "elevation").get(pk=drift_id)
    if _is_shown(row, before):
        undoing.undo([row], _nobody_waits)
        before, *_ = _compared(looking.look(_nobody_waits))
    recording.close(before, [row], now=timezone.now())


def _run(row: Reconciliation, pause: Pause | None) -> Iterable[Problem]:
    alive = partial(_say_alive, row)
    # First, since an elevation without leave explains nothing that AWS shows.
    leave.end_unfounded(now=timezone.now())
    sight = looking.look(alive)
    unread = looking.keep_credentials(sight.jump, alive) if sight.jump else []
    if sight.jump:
        reviewed.close(sight.jump, read_at=sight.at, now=timezone.now())
    comparison, expected, sight = _compared(sight)
    if pause is not None and comparison.again_at is not None:
        pause(max(0.0, (comparison.again_at - timezone.now()).total_seconds()))
        comparison, expected, sight = _compared(looking.look(alive))
    problems = [*unread, *comparison.problems, *recording.keep_rows(comparison, now=timezone.now())]
    # Recorded before anything is undone or looked up in CloudTrail, which may take long.
    announcing.tell_of_new(now=timezone.now())
    looking.keep_sizes(sight)
    abilities.keep(sight, alive)
    learning.learn(baseline.to_learn(expected, sight), now=timezone.now())
    undone = _act(comparison, alive)
    if undone:
        # AWS is read again: the matrix then shows it without what was just undone.
        after, expected, sight = _compared(looking.look(alive))
        problems += recording.close(after, undone, now=timezone.now())
    blaming.blame(now=timezone.now())
    row.matrix, trouble = _matrix(expected, sight)
    return [*problems, *trouble]


def _compared(sight: Sight) -> tuple[Comparison, Expected, Sight]:
    """AWS was looked at first: whatever the database then says and AWS did not show is recent, and told from drift by that."""
    now = timezone.now()
    expected = expect(now=now)
    settling = timedelta(seconds=settings.SETTLING_SECONDS)
    return compare(expected, sight, settling=settling, undone=recording.undone_lately(now=now)), expected, sight


def _act(comparison: Comparison, alive: Alive) -> list[Drift]:
    """End the access of users other than those bound, undo what work groups and administrators want undone; return what was."""
    rows = recording.open_rows()
    real = [rows[difference.key] for difference in comparison.real if difference.key in rows]
    undoing.stop_other_users(real)
    undoing.ask_where_so_configured(real)
    asked = [row for key, row in recording.open_rows().items() if row.status == DriftStatus.UNDOING]
    due = [row for row in asked if any(difference.key == recording.key_of(row) for difference in comparison.real)]
    undoing.undo(due, alive)
    return due


def _is_shown(row: Drift, comparison: Comparison) -> bool:
    return any(one.key == recording.key_of(row) for one in (*comparison.real, *comparison.young))


def _matrix(expected: Expected, sight: Sight) -> tuple[Json | None, list[Problem]]:
    try:
        return matrix(expected, sight), []
    except Exception as error:
        logger.exception("no matrix")
        return None, [Problem(account=expected.jump, problem=f"{type(error).__name__}: {error}"[:300])]


# One run at a time


def _begin(asked_by: str, answers: Iterable[int]) -> Reconciliation | None:
    now = timezone.now()
    died = Reconciliation.objects.filter(running=True, alive_at__lte=now - LONGEST_SILENCE)
    died.update(running=False, problems=[asdict(Problem(account="", problem=DIED))])
    if Reconciliation.objects.filter(running=True).exists():
        return None
    try:
        return in_transaction(partial(_create, asked_by, answers, now))
    except IntegrityError:
        return None  # When two comparisons start together, the one with the lower id runs; this one stops.


def _create(asked_by: str, answers: Iterable[int], now: datetime) -> Reconciliation:
    ComparisonAsked.objects.filter(pk__in=answers).delete()
    return Reconciliation.objects.create(began_at=now, alive_at=now, running=True, asked_by=asked_by)


def _say_alive(row: Reconciliation) -> None:
    Reconciliation.objects.filter(pk=row.pk).update(alive_at=timezone.now())


def _nobody_waits() -> None:
    """Do nothing between calls: the undoing of one drift has no run whose liveness must be shown."""


def _end(row: Reconciliation, problems: Iterable[Problem]) -> None:
    now = timezone.now()
    row.ended_at, row.running = now, False
    row.problems, row.matrix = storable([asdict(problem) for problem in problems]), storable(row.matrix)
    row.save(update_fields=["ended_at", "running", "problems", "matrix"])
    _forget(row, now)


def _forget(row: Reconciliation, now: datetime) -> None:
    """Keep the latest matrix only, and rows for as long as somebody may ask why nothing was found."""
    older = Reconciliation.objects.exclude(pk=row.pk)
    if row.matrix is not None:
        older.filter(matrix__isnull=False).update(matrix=None)
    older.filter(began_at__lt=now - KEPT).delete()
