"""What pages show: the newest look at each account, and how the rails stand there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from audits.models import Look, RailStanding, RailState
from audits.permissions.keeping import GONE

# The worst of several is what stands for them.
WORST = tuple(RailState)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One rail in one account: how it stands for how many."""

    rail: str
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def state(self) -> RailState | None:
        """The worst; None where nobody needs the rail."""
        return next((state for state in WORST if self.counts.get(state)), None)

    @property
    def number(self) -> int:
        return self.counts.get(self.state, 0) if self.state else 0

    @property
    def of(self) -> int:
        return sum(self.counts.values())


def newest() -> list[Look]:
    """Return the last look at each account, by the catalogue's names. One query."""
    rows = Look.objects.order_by("account", "since", "id")
    return sorted((row for row in {row.account: row for row in rows}.values() if row.problem != GONE), key=lambda row: row.key)


def matrix(rails: Sequence[str]) -> dict[str, list[Cell]]:
    """Return, for each account by its number, how these rails stand. One query."""
    counts = Counter(RailStanding.objects.values_list("account", "rail", "state"))
    accounts = {account for account, _rail, _state in counts}
    return {
        account: [Cell(rail=rail, counts={state: counts[account, rail, state] for state in WORST}) for rail in rails]
        for account in accounts
    }


def standings(account: str) -> list[RailStanding]:
    """Return how each rail stands for each who acts there, the worst first. One query."""
    rows = RailStanding.objects.filter(account=account)
    return sorted(rows, key=lambda row: (WORST.index(RailState(row.state)), row.carrier, row.name, row.rail))


def history(account: str) -> list[Look]:
    return list(Look.objects.filter(account=account).order_by("-since", "-id"))
