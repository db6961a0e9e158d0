"""What is a deviation, and who may sign what: from facts alone."""

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from audits.logged_in import LogInClass
from audits.reported import UNWRITTEN


class Deviation(StrEnum):
    """What somebody explains when they sign."""

    NO_LEAVE = "no_leave"
    AFTER_END = "after_end"
    UNKNOWN = "unknown"
    # The report is not written, or was asked back; it says "not used"; it says that something was otherwise than planned.
    NO_REPORT = "no_report"
    REPORTED_UNUSED = "reported_unused"
    REPORT_DEVIATES = "report_deviates"
    FINDING = "finding"


class Bar(StrEnum):
    """Why somebody does not sign a row."""

    NOT_INSPECTOR = "not_inspector"
    OWN = "own"
    ASKED = "asked"
    APPROVED = "approved"


BY_CLASS = {
    LogInClass.NO_LEAVE: Deviation.NO_LEAVE,
    LogInClass.AFTER_END: Deviation.AFTER_END,
    LogInClass.UNKNOWN: Deviation.UNKNOWN,
}


@dataclass(frozen=True, kw_only=True)
class Report:
    """A work report, as far as it matters here; `entry` is the last of the trail that says something of it."""

    status: str
    is_unused: bool
    deviates: bool
    entry: int
    done: str = ""
    deviation: str = ""


@dataclass(frozen=True, kw_only=True)
class Leave:
    """What was asked for and approved: what a use is held against by whoever reads it."""

    ticket: str
    reason: str
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Use:
    """An entry to production with what is known of it: by whose leave it was, what was reported, what was found.

    `approvers` are all who approved the request and its extensions, and of a declared exception its owner. `log_in_entry`: the
    entry of the trail that tells of it.
    """

    log_in: str
    log_in_entry: int
    began_at: datetime
    kind: str
    reason: str = ""
    account: str
    role: str
    who: str
    person: str = ""
    elevation: str = ""
    request: str = ""
    requester: str = ""
    approvers: Sequence[str] = ()
    leave: Leave | None = None
    report: Report | None = None
    findings: Sequence[str] = ()

    @property
    def deviations(self) -> Sequence[Deviation]:
        return list(_deviations(self))

    @property
    def digest(self) -> str:
        """Stands for all that an inspector sees of it: a signature names it, and another one is refused."""
        report = self.report and [self.report.entry, self.report.status]
        seen = [self.log_in, self.log_in_entry, self.kind, self.elevation, self.requester, sorted(self.approvers)]
        text = json.dumps([*seen, report, sorted(self.findings)])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def bar(username: str, use: Use, *, inspectors: Collection[str]) -> Bar | None:
    """Return why somebody of this name does not sign it; None for who may."""
    if username not in inspectors:
        return Bar.NOT_INSPECTOR
    if username == use.person:
        return Bar.OWN
    if username == use.requester:
        return Bar.ASKED
    return Bar.APPROVED if username in use.approvers else None


def signers(use: Use, *, inspectors: Collection[str]) -> Sequence[str]:
    """Return the inspectors who may sign it; none where all of them are in it, and another one has to be named."""
    return sorted(name for name in inspectors if bar(name, use, inspectors=inspectors) is None)


def is_due_anew(*, now_kind: str, now_elevation: str, signed_kind: str, signed_elevation: str) -> bool:
    """Whether a log-in is classed otherwise than it was signed: then it is inspected once more."""
    return (now_kind, now_elevation) != (signed_kind, signed_elevation)


def _deviations(use: Use) -> Iterator[Deviation]:
    if use.kind in BY_CLASS:
        yield BY_CLASS[LogInClass(use.kind)]
    if use.report is not None:
        if use.report.status in UNWRITTEN:
            yield Deviation.NO_REPORT
        elif use.report.is_unused:
            yield Deviation.REPORTED_UNUSED
        elif use.report.deviates:
            yield Deviation.REPORT_DEVIATES
    if use.findings:
        yield Deviation.FINDING
