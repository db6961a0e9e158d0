"""What a comparison comes to: differences, and what could not be compared."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from access_requests.models import DriftKind

Key = tuple[str, str, str, str]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing in AWS that is not as it should be; `thing` and `name` as in models.Drift.

    `written_at` is when the portal last wrote what a read that lags behind would show like this; None when it never did.
    """

    kind: DriftKind
    account: str
    thing: str
    name: str = ""
    work_group_id: int | None = None
    elevation_id: int | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    written_at: datetime | None = None

    @property
    def key(self) -> Key:
        return (self.kind, self.account, self.thing, self.name)

    def is_young(self, *, at: datetime, settling: timedelta) -> bool:
        """Whether AWS, looked at then, may merely not have shown yet what the portal wrote."""
        return self.written_at is not None and self.written_at + settling > at


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What could not be read or compared: all of an account where `thing` is empty."""

    account: str
    thing: str = ""
    problem: str

    def covers(self, account: str, thing: str) -> bool:
        return self.account == account and self.thing in ("", thing)


def each(
    account: str, things: Iterable[tuple[str, Callable[[], Iterable["Difference | Problem"]]]]
) -> Iterator[Difference | Problem]:
    """Yield the differences of each thing, compared on its own: odd data about one never hides the others."""
    for thing, compare in things:
        try:
            yield from list(compare())
        except Exception as error:  # noqa: BLE001  Whatever it is, it is told, and the next one is compared.
            yield Problem(account=account, thing=thing, problem=f"{type(error).__name__}: {error}"[:300])
