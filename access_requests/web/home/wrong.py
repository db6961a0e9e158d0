"""What went wrong, as the home pages of those say it who can do something about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access_requests import problems
from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation
from access_requests.not_granted import NotGranted
from access_requests.selectors import drift, notices, people, troubles
from audits import selectors, verifying
from audits.models import TrailEntry, Verification
from audits.sealing import status
from portal.users.models import User

MOST, LATELY = 5, timedelta(days=7)
UNDONE: Mapping[str, Promise] = {
    ElevationStatus.GRANTING: _("The grant is not done yet"),
    ElevationStatus.ACTIVE: _("The new end is not written yet"),
    ElevationStatus.REVOKING: _("The end is not done yet"),
}


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """Access with which AWS does not do what it is asked for."""

    elevation: Elevation

    @property
    def title(self) -> str:
        return str(UNDONE[self.elevation.status])

    @property
    def cause(self) -> str:
        return problems.of(self.elevation) or str(_("No worker has done it. Workers may be standing still."))


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """`drifts` are open; `undelivered` reached nobody of late, for administrators. `unadministered`: none of these is left.

    For who reads everything: `seal`, how sealing is, `unverified`, the last check of the trail where that does not hold,
    and `late`, the entry that says of others that they were recorded late.
    """

    failures: Sequence[NotGranted]
    stuck: Sequence[Stuck]
    drifts: int
    undelivered: int
    unadministered: bool
    seal: status.Status | None
    unverified: Verification | None
    late: TrailEntry | None

    def __bool__(self) -> bool:
        is_late = self.seal is not None and self.seal.is_late
        of_access = self.failures or self.stuck or self.drifts or self.undelivered
        return bool(of_access or self.unadministered or is_late or self.unverified or self.late)


def of_others(person: User, *, now: datetime) -> Wrong | None:
    """Return it for administrators, auditors and approvers; None for everybody else."""
    if not drift.may_see_any(person):
        return None
    return Wrong(
        failures=not_granted(troubles.not_granted_to_others(person, now=now)[:MOST]),
        stuck=[Stuck(elevation=row) for row in troubles.stuck(person, now=now)[:MOST]],
        drifts=drift.visible_to(person).filter(pk__in=drift.still_open()).count(),
        undelivered=notices.given_up_lately(now=now) if person.is_administrator else 0,
        unadministered=not (person.is_administrator or people.administrators().exists()),
        seal=status.current(now=now) if person.reads_everything else None,
        unverified=verifying.latest().failed if person.reads_everything else None,
        late=selectors.late_since(now - LATELY) if person.reads_everything else None,
    )


def not_granted(elevations: Iterable[Elevation]) -> list[NotGranted]:
    return [NotGranted(elevation=row) for row in elevations]
