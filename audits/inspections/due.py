"""What the clock has done: days opened, inspectors reminded, and what is overdue made a finding."""

from datetime import datetime

from audits.inspections import opening, overdue, reminding


def sweep(*, now: datetime) -> None:
    """Do all that is due. Some fifteen queries where nothing is, two where nobody inspects and nothing is left of it."""
    opening.open_due(now=now)
    reminding.remind(now=now)
    overdue.judge(now=now)
