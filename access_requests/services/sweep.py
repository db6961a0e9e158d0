"""Finding what is due by its state, whoever lost the message about it. Run every few seconds, by any number of workers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db.models import F, Q, QuerySet

from access_requests.lifecycle import STANDING, UNDECIDED, ElevationStatus
from access_requests.messages import Task
from access_requests.models import AccessRequest, Elevation
from access_requests.services.elevations import change_requests, gates, target_roles
from access_requests.services.people import identities, personal_tokens, replays
from access_requests.services.requests import decide
from portal.outbox import sending as outbox
from portal.verbs import run
from portal.verbs.actor import WORKER

Due = Iterator[tuple[str, int]]
BATCH = 1000


def due_grants(*, now: datetime) -> Due:
    """Yield (task, elevation id) of what is to be given or prolonged."""
    ready = _not_put_off(now).filter(ends_at__gt=now)
    waiting = ready.filter(status__in=[ElevationStatus.SCHEDULED, ElevationStatus.GRANTING], starts_at__lte=now)
    yield from _each(Task.GRANT, waiting)
    # The end that AWS says is behind the end that was approved.
    yield from _each(Task.PROLONG, ready.filter(status=ElevationStatus.ACTIVE).exclude(written_ends_at=F("ends_at")))


def due_ends(*, now: datetime) -> Due:
    """Yield (task, id) of what is to be taken out or tidied up, and of gates that are behind.

    A failed grant never puts off an end that is due.
    """
    over = Q(status__in=[ElevationStatus.GRANTING, ElevationStatus.ACTIVE], ends_at__lte=now)
    open_end = Q(status=ElevationStatus.REVOKING) & (Q(try_again_at=None) | Q(try_again_at__lte=now))
    yield from _each(Task.END, Elevation.objects.filter(over | open_end))
    yield from _each(Task.GRANT, Elevation.objects.filter(status=ElevationStatus.SCHEDULED, ends_at__lte=now))
    yield from _each(Task.TIDY, Elevation.objects.filter(fence_due_at__lte=now))
    yield from ((Task.GATE, role_id) for role_id in gates.due(now=now))


def due_changes(*, now: datetime) -> Due:
    """Yield (task, id) of the change requests in AWS that are to be begun, looked at or ended."""
    yield from change_requests.due(now=now)


def due_roles(*, now: datetime) -> Due:
    """Yield (task, role id) of the roles of which nobody knows yet which one in AWS they are."""
    yield from ((Task.READ_ROLE, role_id) for role_id in target_roles.due(now=now))


def due_evaluations(*, now: datetime) -> Due:
    """Yield one message, whose task takes all that is to be evaluated together; its id is any of these."""
    due = Elevation.objects.filter(evaluate_at__lte=now).values_list("pk", flat=True).first()
    yield from [] if due is None else [(Task.EVALUATE, due)]


def lapse_requests(*, now: datetime) -> int:
    """End the requests whose deadline has passed, and extensions of what is over; return how many."""
    nothing_to_extend = Q(extends__isnull=False) & ~Q(extends__status__in=STANDING)
    overdue = AccessRequest.objects.filter(Q(decide_until__lte=now) | nothing_to_extend, status__in=UNDECIDED)
    ids = list(overdue.order_by("decide_until").values_list("pk", flat=True)[:BATCH])
    for request_id in ids:
        run.run(partial(decide.lapse, request_id=request_id, actor=WORKER, now=now))
    return len(ids)


def housekeeping(*, now: datetime) -> None:
    """Send what waits in the outbox, let lapse what has lapsed, forget old answers, tokens, signatures and codes."""
    outbox.send_due(now=now)
    lapse_requests(now=now)
    run.forget_old_answers(now=now)
    personal_tokens.forget_over(now=now)
    replays.forget_old(now=now)
    identities.forget_old(now=now)


def message_life() -> timedelta:
    """Return after what time a message of a sweep is worthless: the next sweeps have sent another."""
    return timedelta(seconds=2 * settings.SWEEP_SECONDS)


def _not_put_off(now: datetime) -> QuerySet[Elevation]:
    return Elevation.objects.filter(Q(try_again_at=None) | Q(try_again_at__lte=now))


def _each(task: str, elevations: QuerySet[Elevation]) -> Due:
    for pk in elevations.order_by("ends_at").values_list("pk", flat=True)[:BATCH]:
        yield task, pk
