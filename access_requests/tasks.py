"""The workers' doors. A task carries an id and reads everything again: a forged message can only make due work run early."""

import time

from celery import current_app, shared_task
from celery.signals import worker_ready
from django.utils import timezone

from access_requests.messages import Task
from access_requests.services import sweep
from access_requests.services.comparison import recording
from access_requests.services.drift import running
from access_requests.services.elevations import change_requests, evaluating, gates, health, provision, revoke, target_roles
from access_requests.services.notices import delivering, lateness, sending, telling
from access_requests.services.record import deciding_settings
from access_requests.services.record.deciding_settings import Process
from audits.sealing import watching


@worker_ready.connect
def starts(**_signal: object) -> None:
    deciding_settings.begins(Process.WORKER)


@shared_task(name=Task.GRANT)
def grant(elevation_id: int) -> None:
    provision.grant(elevation_id)


@shared_task(name=Task.PROLONG)
def prolong(elevation_id: int) -> None:
    provision.prolong(elevation_id)


@shared_task(name=Task.END)
def end(elevation_id: int) -> None:
    revoke.end(elevation_id)


@shared_task(name=Task.TIDY)
def tidy(elevation_id: int) -> None:
    revoke.tidy(elevation_id)


@shared_task(name=Task.GATE)
def gate(role_id: int) -> None:
    gates.refresh(role_id)


@shared_task(name=Task.READ_ROLE)
def read_role(role_id: int) -> None:
    target_roles.read(role_id)


@shared_task(name=Task.FOLLOW_CHANGE)
def follow_change(execution_id: int) -> None:
    change_requests.follow(execution_id)


@shared_task(name=Task.EVALUATE)
def evaluate(elevation_id: int) -> None:  # noqa: ARG001  Whatever is due is evaluated together.
    evaluating.evaluate_due()


@shared_task(name=Task.RECONCILE)
def reconcile_now(_asked: int = 0) -> None:
    """Who asked is in rows: a message says nothing of anybody."""
    running.run_as_asked(pause=time.sleep)


@shared_task(name=Task.PROBE_BACKENDS, ignore_result=True)
def probe_backends(_asked: int = 0) -> None:
    """Whoever asks, and the schedule, have the same asked of AWS."""
    health.probe_all()


@shared_task(name=Task.UNDO_DRIFT)
def undo_drift(drift_id: int) -> None:
    running.undo_one(drift_id)


@shared_task(name=Task.TELL)
def tell() -> None:
    telling.tell(now=timezone.now())


@shared_task(name=Task.WATCH_SEAL, ignore_result=True)
def watch_seal(_asked: int = 0) -> None:
    watching.watch(now=timezone.now())


@shared_task(name=Task.COMPARE_TRAIL, ignore_result=True)
def compare_trail() -> None:
    recording.compare_and_record(now=timezone.now())


@shared_task(name=Task.SEND_NOTICE)
def send_notice(delivery_id: int) -> None:
    sending.deliver(delivery_id, now=timezone.now())


@shared_task(name=Task.SWEEP_NOTICES, ignore_result=True)
def sweep_notices() -> None:
    now = timezone.now()
    lateness.look(now=now)
    telling.tell(now=now)
    _send(delivering.due(now=now))
    delivering.forget_old(now=now)


@shared_task(name=Task.SWEEP, ignore_result=True)
def sweep_grants() -> None:
    now = timezone.now()
    # First, so that nothing which housekeeping meets holds up a grant.
    _send(sweep.due_grants(now=now))
    _send(sweep.due_roles(now=now))
    _send(sweep.due_changes(now=now))
    _send(sweep.due_evaluations(now=now))
    sweep.housekeeping(now=now)
    deciding_settings.tell_begun()


@shared_task(name=Task.SWEEP_ENDS, ignore_result=True)
def sweep_ends() -> None:
    _send(sweep.due_ends(now=timezone.now()))


def _send(due: sweep.Due) -> None:
    expires = sweep.message_life().total_seconds()
    for task, row_id in due:
        current_app.send_task(task, args=[row_id], expires=expires)
