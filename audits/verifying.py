"""What is kept of a check of the whole log in place: who ran it, when, over how much, and what came of it."""

import os
import platform
import pwd
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from audits import stays
from audits.models import Stay, TrailEntry, Verification

BATCH = 1000
Fault = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Verified:
    """The last verification, whatever came of it, and the last that held."""

    last: Verification | None
    held: Verification | None

    @property
    def failed(self) -> Verification | None:
        """The last one, where it found something."""
        return self.last if self.last is not None and self.last.faults else None


def latest() -> Verified:
    """Return how it was last verified. Two queries."""
    rows = Verification.objects.order_by("-pk")
    return Verified(last=rows.first(), held=rows.filter(faults=0).first())


def keep(*, origin: str, size: int, faults: Sequence[Fault], operator: str) -> Verification:
    """Keep what came of a verification in place. Raises DatabaseError for a role that may not."""
    first = f"{faults[0]['place']}: {faults[0]['what']}" if faults else ""
    return Verification.objects.create(by=_by(operator), origin=origin, size=size, faults=len(faults), fault=first)


def faults_of_stays() -> Iterator[Fault]:
    """Yield the accesses whose stay is not what the trail tells, or that have none."""
    begun = TrailEntry.objects.filter(act__in=(stays.BEGIN, stays.SHOWN))
    without = begun.filter(~Exists(Stay.objects.filter(subject=OuterRef("subject"))))
    for subject in without.values_list("subject", flat=True).distinct().order_by("subject").iterator():
        yield {"place": f"stay of {subject}", "what": "it is missing: the page of who was in production leaves this access out"}
    for rows in _batches(Stay.objects.order_by("pk")):
        told = {row.pop("subject"): row for row in stays.told(_entries(rows))}
        for row in rows:
            if told.get(row.subject) != {name: getattr(row, name) for name in stays.TIMES}:
                yield {"place": f"stay of {row.subject}", "what": "its times are not those that the trail tells"}


def _batches(rows: QuerySet[Stay]) -> Iterator[list[Stay]]:
    after = 0
    while found := list(rows.filter(pk__gt=after)[:BATCH]):
        yield found
        after = found[-1].pk


def _entries(rows: Sequence[Stay]) -> QuerySet[TrailEntry]:
    return TrailEntry.objects.filter(subject__in=[row.subject for row in rows])


def _by(operator: str) -> str:
    """Return who runs it, as this machine knows them, behind the name that they give."""
    try:
        account = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        account = str(os.getuid())
    machine = f"{account}@{platform.node()}"
    return (f"{operator} ({machine})" if operator else machine)[:200]
