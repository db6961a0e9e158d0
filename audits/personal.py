"""Personal texts of the trail: kept beside it, shown with it, and erased without a proof losing its hold.

An entry, and so its leaf, has a commitment in the place of each (`audits.commitments`). Which texts are personal is said where
an act's data has its shape (`audits.acts.shape.PersonalText`).
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from django.db.models import Q, QuerySet

from audits import commitments, trail
from audits.acts import Act
from audits.models import Personal, TrailEntry
from portal.verbs.actor import Actor

SUBJECT = "personal"
# SQLite takes some thousand values in one statement.
AT_ONCE = 500


def shown(entries: Iterable[TrailEntry], *, erased: str | None = None) -> list[TrailEntry]:
    """Return the entries with personal texts in place of their commitments; `erased`, or the commitment, where a text is no more.

    One query more for each 500 texts. For showing only: a leaf is made of an entry as it was read.
    """
    read = list(entries)
    texts = _texts({each for entry in read for each in commitments.in_data(entry.data)})
    for entry in read:
        entry.data = commitments.put_back(entry.data, texts, erased)
    return read


def lines(*, through: int) -> Iterator[bytes]:
    """Yield an export's `personal.jsonl`: a line for each text that was not erased, of entries up to this id, in their order."""
    rows = Personal.objects.filter(entry_id__lte=through).order_by("entry_id", "pk")
    for row in rows.values("commitment", "salt", "text").iterator():
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"


def count(*, person: str, before: datetime | None) -> int:
    """Return how many texts `erase` would delete."""
    return _about(person, before).count()


def erase(*, person: str, before: datetime | None, reason: str, actor: Actor, now: datetime) -> int:
    """Delete the texts about a person; about everybody where that is empty; those recorded before a time. Return how many.

    Recorded in the same transaction. The database lets only the owner of the tables delete them, and no service.
    """
    erased, _by_table = _about(person, before).delete()
    data = {"person": person, "recorded_before": before, "reason": reason, "count": erased}
    trail.record_act(now=now, act=Act.PERSONAL_ERASED, actor=actor, subject=SUBJECT, data=data)
    return erased


def _about(person: str, before: datetime | None) -> QuerySet[Personal]:
    of_person = Q(person=person) if person else Q()
    # Entries of versions that kept one time have no time of recording.
    by_then = Q(recorded_at__lt=before) | Q(recorded_at=None, at__lt=before)
    in_time = Q(entry_id__in=TrailEntry.objects.filter(by_then).values("pk")) if before else Q()
    return Personal.objects.filter(of_person & in_time)


def _texts(wanted: Collection[str]) -> Mapping[str, str]:
    found, ordered = dict[str, str](), sorted(wanted)
    for first in range(0, len(ordered), AT_ONCE):
        some = Personal.objects.filter(commitment__in=ordered[first : first + AT_ONCE])
        found.update(some.values_list("commitment", "text"))
    return found
