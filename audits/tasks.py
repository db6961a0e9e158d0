"""The workers' doors. A task carries an id and reads everything again: a forged message can only make due work run early."""

from celery import current_app, shared_task
from django.utils import timezone

from audits import mentions
from audits.extracts import keeping, making
from audits.findings import due as findings
from audits.inspections import due as inspections
from audits.log_ins import rounds
from audits.messages import Task
from audits.packs import keeping as kept_packs
from audits.packs import making as packs
from audits.packs import scheduling
from audits.permissions import rounds as permissions
from audits.reviews import reminding as reviews

# So many thousands of entries are noted in one sweep; more wait for the next.
BATCHES = 10


@shared_task(name=Task.MAKE_EXTRACT)
def make_extract(extract_id: int) -> None:
    making.make(extract_id)


@shared_task(name=Task.MAKE_PACK)
def make_pack(pack_id: int) -> None:
    packs.make(pack_id)


@shared_task(name=Task.SWEEP, ignore_result=True)
def sweep() -> None:
    now = timezone.now()
    keeping.give_up(now=now)
    keeping.delete_old(now=now)
    for extract_id in keeping.due(now=now):
        current_app.send_task(Task.MAKE_EXTRACT, args=[extract_id])
    scheduling.order_due(now=now)
    kept_packs.give_up(now=now)
    kept_packs.delete_old(now=now)
    for pack_id in kept_packs.due(now=now):
        current_app.send_task(Task.MAKE_PACK, args=[pack_id])
    for _batch in range(BATCHES):
        if not mentions.catch_up():
            break
    findings.sweep(now=now)
    reviews.remind(now=now)


@shared_task(name=Task.READ_LOG_INS, ignore_result=True)
def read_log_ins() -> None:
    now = timezone.now()
    try:
        rounds.read(now=now)
    finally:
        # What is due is told also of what cannot be read.
        inspections.sweep(now=now)


@shared_task(name=Task.LOOK_AT_PERMISSIONS, ignore_result=True)
def look_at_permissions() -> None:
    permissions.look(now=timezone.now())
