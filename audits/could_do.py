"""Who could do what at an instant, from the trail alone: the entries that are needed for one person, and what comes of them.

Of the catalogue and of clients that is the last entry which tells the whole of each, and what no such entry tells. The fold of
these gives the rights that the fold of all entries would give.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from audits import personal
from audits.acts import Act
from audits.lasting import BEGINS, DRIFT_BEGUN, DRIFT_OVER, TOKENS, TURNS, WHOLE, WHOLE_SINCE
from audits.models import APART, OWNER, Stay, TrailEntry
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
    """Yield what is to be read. Nine queries beside those for personal texts."""
    yield from _of_things(until)
    yield until.filter(subject=f"person:{person}", act__in=STEPS)
    yield until.filter(subject__in=_accesses(at), act__in=STEPS)
    yield from _of_tokens(person, until)
    yield until.filter(subject__in=_open_drift(until), act__in=STEPS)


def _of_things(until: QuerySet[TrailEntry]) -> Iterator[QuerySet[TrailEntry]]:
    """Yield the last word on each thing of the catalogue and each client, and what that does not say."""
    last = _last_words(until)
    yield TrailEntry.objects.filter(pk__in=filter(None, last.values()))
    yield until.filter(act__in=TURNS)
    # Of roles a worker tells a part; of versions before, everybody did, while nothing tells the whole yet.
    told_in_parts = [subject for subject, number in last.items() if number is None or subject.startswith(ROLES)]
    yield until.filter(act__in=WHOLE, subject__in=told_in_parts)


def _last_words(until: QuerySet[TrailEntry]) -> dict[str, int | None]:
    """Return thing -> its last entry that tells the whole of it, or None. One look at an index for each thing.

    The last is the one with the highest id, and the index is in the order of time: two entries of which the second has the
    earlier time are apart by two clocks' error at most, since nothing that is told of things comes late (`audits.triggers`).
    """
    whole = until.filter(act__in=WHOLE, schema_version__gte=WHOLE_SINCE, subject=OuterRef("subject")).exclude(actor=WORKER.name)
    newest = whole.order_by("-at").values("at")[:1]
    near = whole.filter(at__gte=OuterRef("newest") - 2 * APART).order_by().values("subject")
    # A thing may have come more than once.
    begun = until.filter(act__in=BEGINS).order_by().values("subject").annotate(begun=Max("pk")).values("begun")
    things = TrailEntry.objects.filter(pk__in=begun).annotate(newest=Subquery(newest))
    return dict(things.annotate(last=Subquery(near.annotate(last=Max("pk")).values("last"))).values_list("subject", "last"))


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
