"""What a sweep does about packs: those that nobody makes, those that cannot be made, and those whose time is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q

from audits.models import ExtractState, Pack, PackFile
from audits.packs import making
from audits.packs.words import BROKEN_OFF
from portal.verbs.run import run

MOST_ATTEMPTS = 3
# The message that was sent with the order comes first.
PATIENCE = timedelta(seconds=30)


def due(*, now: datetime) -> Sequence[int]:
    """Return the packs whose message was lost, or whose worker died."""
    lost = Q(state=ExtractState.WAITING, asked_at__lt=now - PATIENCE)
    return list(Pack.objects.filter(lost | _silent(now)).order_by("pk").values_list("pk", flat=True))


def give_up(*, now: datetime) -> None:
    """Say of those that several workers did not finish that they failed."""
    for pack in Pack.objects.filter(_silent(now), attempts__gte=MOST_ATTEMPTS):
        run(partial(making.fail, pack, BROKEN_OFF))


def delete_old(*, now: datetime) -> None:
    """Delete the files whose time is over. What was made, for whom, stays in the list and in the trail."""
    old = list(Pack.objects.filter(state=ExtractState.DONE, kept_until__lte=now).values_list("pk", flat=True))
    if old:
        Pack.objects.filter(pk__in=old).update(state=ExtractState.DELETED)
        PackFile.objects.filter(pack__in=old).delete()


def _silent(now: datetime) -> Q:
    return Q(state=ExtractState.RUNNING, alive_at__lt=now - making.LONGEST_SILENCE)
