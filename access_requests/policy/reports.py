"""Work reports that a person owes, as the rule of asking reads them."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class OverdueReport:
    """One that was not written by its day. `code` is the access's, `url` where it is written."""

    code: str
    due_on: date
    url: str


class HasReports(Protocol):
    @property
    def overdue_reports(self) -> tuple[OverdueReport, ...]: ...
