"""Who could do what at an instant, from the trail alone: the entries that are needed for one person, and what comes of them.

Of the catalogue and of clients that is the last entry which tells the whole of each, and what no such entry tells. The fold of
these gives the rights that the fold of all entries would give.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from audits import personal
from audits.acts import Act
from audits.lasting import BEGINS, DRIFT_BEGUN, DRIFT_OVER, TOKENS, TURNS, WHOLE, WHOLE_SINCE
from audits.models import APART, FARTHEST, OWNER, Stay, TrailEntry
from audits.replay import Thing, fold, rights
from audits.replay.rights import Rights
from audits.replay.steps import STEPS
from audits.stays import touching
from portal.verbs.actor import WORKER

ROLES = "role:"
OF_CLIENTS = (Act.CLIENT_CHANGED, Act.CLIENT_SECRET_ROTATED, Act.CLIENT_REVOKED)


class Question(models.TextChoices):
    WAS = "was", _("as it was, as far as is known today")
    KNOWN = "known", _("as was known then")


@dataclass(frozen=True, kw_only=True)
class Then:
    """`through` is the newest entry that was read for it, or 0."""

    rights: Rights
    drift: Sequence[tuple[str, Thing]]
    through: int


def then(*, person: str, at: datetime, question: Question) -> Then:
    """Return what the person could do at the instant, and the drift that was open.

    Reads what there was of catalogue and clients, the person's own entries, those of accesses that AWS had about then, and of
    open drift: how long the trail is beside these does not matter.
    """
    until = TrailEntry.objects.filter(_until(at, question))
    found = {entry.pk: entry for entries in _needed(person, at, until) for entry in entries}
    entries = personal.shown([found[number] for number in sorted(found)], erased="")
    state = fold(entries)
    return Then(
        rights=rights.of(person, state, at=at),
        drift=rights.open_drift(state),
        through=entries[-1].pk if entries else 0,
    )


def _until(at: datetime, question: Question) -> Q:
    if question == Question.WAS:
        return Q(at__lte=at)
    # Entries of versions that kept one time.
    return Q(recorded_at__lte=at) | Q(recorded_at=None, at__lte=at)


def _needed(person: str, at: datetime, until: QuerySet[TrailEntry]) -> Iterator[QuerySet[TrailEntry]]:
    """Yield what is to be read. Eleven queries beside those for personal texts."""
    yield from _of_things(until, at)
    yield until.filter(subject=f"person:{person}", act__in=STEPS)
    yield until.filter(subject__in=_accesses(at), act__in=STEPS)
    yield from _of_tokens(person, until)
    yield until.filter(subject__in=_open_drift(until), act__in=STEPS)


def _of_things(until: QuerySet[TrailEntry], at: datetime) -> Iterator[QuerySet[TrailEntry]]:
    """Yield the last word on each thing of the catalogue and each client, and what that does not say."""
    whole = until.filter(act__in=WHOLE, schema_version__gte=WHOLE_SINCE).exclude(actor=WORKER.name)
    # Backwards from the newest entry of each, by the index of subjects: what became of it before is not looked at.
    of_thing = whole.filter(subject=OuterRef("subject"), pk__lte=_bound(at))
    newest = of_thing.order_by("-pk").values("pk")[:1]
    last = dict(until.filter(act__in=BEGINS).annotate(last=Subquery(newest)).values_list("subject", "last"))
    yield TrailEntry.objects.filter(pk__in=[number for number in last.values() if number is not None])
    yield until.filter(act__in=TURNS)
    # Of roles a worker tells a part; of versions before, everybody did, while nothing tells the whole yet.
    told_in_parts = [subject for subject, number in last.items() if number is None or subject.startswith(ROLES)]
    yield until.filter(act__in=WHOLE, subject__in=told_in_parts)
    yield until.filter(act__in=WHOLE, pk__in=_recorded_late())


def _bound(at: datetime) -> int:
    """Return an id after which nothing is told of the instant or of before, but what was recorded late.

    An entry is recorded within APART of the time that it tells of: what comes after this one was recorded later than that.
    """
    return TrailEntry.objects.filter(at__gt=at + 2 * APART).order_by("at", "pk").values_list("pk", flat=True).first() or FARTHEST


def _recorded_late() -> list[int]:
    """Return the ids of entries that were recorded at another time than they tell of, as far as that was seen."""
    seen = TrailEntry.objects.filter(act=Act.TRAIL_RECORDED_LATE).values_list("data__entries", flat=True)
    return [one["id"] for entries in seen for one in entries]


def _accesses(at: datetime) -> list[str]:
    """Return the codes of accesses that AWS had about then. Clocks of the portal may differ by APART."""
    return list(Stay.objects.filter(touching(at - APART, at + APART)).values_list("subject", flat=True))


def _of_tokens(person: str, until: QuerySet[TrailEntry]) -> Iterator[QuerySet[TrailEntry]]:
    """Yield what became of the person's own tokens, and what ended them with their clients."""
    own = TrailEntry.objects.filter(act__in=TOKENS).annotate(owner=OWNER).filter(owner=person)
    given = dict(own.order_by("pk").values_list("subject", "data__after__client"))
    if given:
        yield until.filter(subject__in=given, act__in=STEPS)
        clients = {f"client:{client}" for client in given.values()}
        yield until.filter(subject__in=clients, act__in=OF_CLIENTS, data__after__tokens_ended__isnull=False)


def _open_drift(until: QuerySet[TrailEntry]) -> list[str]:
    """Return the codes of drift that was found by then, and by then neither undone nor gone nor accepted."""
    over = until.filter(subject=OuterRef("subject"), act__in=DRIFT_OVER)
    return list(until.filter(~Exists(over), act__in=DRIFT_BEGUN).values_list("subject", flat=True))
