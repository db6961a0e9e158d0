"""Who could do what at an instant, from the trail alone: the entries that are needed for one person, and what comes of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from audits import personal
from audits.acts import Act
from audits.models import APART, Stay, TrailEntry
from audits.replay import Thing, fold, rights
from audits.replay.rights import Rights
from audits.replay.steps import STEPS
from audits.stays import touching

CATALOGUE = tuple(act for act in STEPS if act.startswith(("catalogue.", "client.")))
DRIFT_BEGUN, DRIFT_OVER = (Act.DRIFT_FOUND, Act.DRIFT_BASELINE), (Act.DRIFT_UNDONE, Act.DRIFT_GONE, Act.DRIFT_ACCEPTED)


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

    Reads the catalogue's entries, the person's own, those of accesses that AWS had about then, and of open drift: how long the
    trail is beside these does not matter.
    """
    until = _until(at, question)
    wanted = Q(act__in=CATALOGUE) | Q(subject=f"person:{person}", act__in=STEPS) | Q(subject__in=_accesses(at), act__in=STEPS)
    found = [*TrailEntry.objects.filter(until, wanted).order_by("pk"), *_drift(until)]
    entries = personal.shown(sorted(found, key=lambda entry: entry.pk), erased="")
    state = fold(entries)
    return Then(
        rights=rights.of(person, state),
        drift=rights.open_drift(state),
        through=entries[-1].pk if entries else 0,
    )


def _until(at: datetime, question: Question) -> Q:
    if question == Question.WAS:
        return Q(at__lte=at)
    # Entries of versions that kept one time.
    return Q(recorded_at__lte=at) | Q(recorded_at=None, at__lte=at)


def _accesses(at: datetime) -> list[str]:
    """Return the codes of accesses that AWS had about then. Clocks of the portal may differ by APART."""
    return list(Stay.objects.filter(touching(at - APART, at + APART)).values_list("subject", flat=True))


def _drift(until: Q) -> QuerySet[TrailEntry]:
    """Return the entries of drift that was found by then, and by then neither undone nor gone nor accepted."""
    over = TrailEntry.objects.filter(until, subject=OuterRef("subject"), act__in=DRIFT_OVER)
    begun = TrailEntry.objects.filter(until, ~Exists(over), act__in=DRIFT_BEGUN).values_list("subject", flat=True)
    return TrailEntry.objects.filter(until, subject__in=list(begun), act__in=STEPS).order_by("pk")
