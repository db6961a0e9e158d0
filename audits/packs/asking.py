"""What people do with packs: order one, and download it."""

import re
from datetime import datetime

from audits import trail
from audits.acts import Act
from audits.evidence.periods import Period
from audits.evidence.sampling import LONGEST_SEED
from audits.exporting import reading
from audits.exporting.reading import NothingSealed
from audits.messages import Task
from audits.models import ExtractState, Pack
from audits.packed import pack_code
from audits.packs.gathering import covering
from portal.outbox import sending as outbox
from portal.verbs.actor import Actor, Door
from portal.verbs.rejections import Conflict, NotAnAuditor, NotFound

# What is waiting or being made, of everybody: each takes a worker for minutes.
MOST_OPEN = 3
# Of a signed checkpoint.
ROOT_LINE = 2
# Signs that mean the same to every shell and to every encoding.
SEED = re.compile(rf"[A-Za-z0-9+/=._:-]{{1,{LONGEST_SEED}}}", re.ASCII)


def _(sentence: str) -> str:
    """Mark a sentence for translation; the doors translate it."""
    return sentence


class TooManyPacks(Conflict):
    code = "too_many_packs"
    sentence = _("%(most)s packs are still being made. Wait until one of them is ready.")


class NotSealedYet(Conflict):
    code = "nothing_sealed"
    sentence = _("Nothing of the trail is sealed yet. A pack is as of a checkpoint: order it when there is one.")


class NotBegunYet(Conflict):
    code = "period_not_begun"
    sentence = _("This period has not begun, as far as the trail is sealed.")


class NoPack(Conflict):
    code = "no_pack"
    sentence = _("There is no file: it is not made yet, or its time is over. Look at the list of packs.")


def ask(*, period: Period, seed: str, count: int, language: str, actor: Actor, now: datetime) -> Pack:
    """Have a pack made of a period, as of the newest checkpoint; with a `seed`, else by the checkpoint's root.

    The seed is in the trail before anybody sees the population. Raises NotAnAuditor, TooManyPacks, NotSealedYet, NotBegunYet.
    """
    check_may_read(actor)
    if Pack.objects.filter(state__in=[ExtractState.WAITING, ExtractState.RUNNING]).count() >= MOST_OPEN:
        raise TooManyPacks(most=MOST_OPEN)
    try:
        sealed = reading.newest()
    except NothingSealed as nothing:
        raise NotSealedYet from nothing
    if sealed.checkpoint.sealed_at <= period.since:
        raise NotBegunYet
    root = sealed.checkpoint.note.split("\n")[ROOT_LINE]
    pack = Pack.objects.create(
        code=pack_code(),
        period=period.key,
        since=period.since,
        until=period.until,
        zone=period.zone,
        size=sealed.size,
        root=root,
        sealed_at=sealed.checkpoint.sealed_at,
        through=sealed.size - sealed.log.ahead,
        follows=_before(period),
        seed=seed or root,
        own_seed=bool(seed),
        count=count,
        language=language,
        asked_by=actor.name,
        asked_at=now,
        **_read(sealed.size),
    )
    outbox.put(Task.MAKE_PACK, object_id=pack.pk, now=now)
    names = ("period", "zone", "size", "root", "through", "seed", "own_seed", "count")
    data = {**{name: getattr(pack, name) for name in names}, "begins": pack.since, "ends": pack.until}
    trail.record_act(now=now, act=Act.PACK_ASKED, actor=actor, subject=pack.code, data=data)
    return pack


def download(*, code: str, actor: Actor, now: datetime) -> Pack:
    """Record that somebody takes the pack home. Raises NotAnAuditor, NotFound, NoPack."""
    check_may_read(actor)
    pack = Pack.objects.filter(code=code).first()
    if pack is None:
        raise NotFound
    if pack.state != ExtractState.DONE:
        raise NoPack
    trail.record_act(now=now, act=Act.PACK_DOWNLOADED, actor=actor, subject=code, data={"sha256": pack.sha256})
    return pack


def check_may_read(actor: Actor) -> None:
    """Raise NotAnAuditor for people who may not read everything; the portal's own workers and commands have the database."""
    if actor.person is None and actor.door in (Door.COMMAND, Door.WORKER):
        return
    if not (actor.who.is_active and actor.who.reads_everything):
        raise NotAnAuditor


def _before(period: Period) -> int:
    """Return the last entry of the newest pack of a period before: what is behind it and older than this period, is late."""
    before = Pack.objects.filter(until__lte=period.since, state__in=[ExtractState.DONE, ExtractState.DELETED])
    return before.order_by("-through").values_list("through", flat=True).first() or 0


def _read(size: int) -> dict[str, object]:
    """Return how far CloudTrail was read, as the first pack of this checkpoint has it: the next one is to be the same."""
    first = Pack.objects.filter(size=size).order_by("pk").first()
    if first is not None:
        return {"read": first.read, "events_to": first.events_to}
    return {"read": covering.how_far(), "events_to": covering.newest_event()}
