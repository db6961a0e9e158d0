"""What people do about a work report: its person writes it, somebody who approved confirms it or asks it back.

What is typed was cleaned before. Each raises NoReportOwed and TransitionNotAllowed.
"""

import json
from datetime import datetime

from audits import trail
from audits.acts import Act
from audits.models import ReportStatus, WorkReport
from audits.reported import UNWRITTEN
from audits.reports import folding, owing, report_errors, seen_use
from portal.storable import AsTyped
from portal.verbs.actor import Actor
from portal.verbs.rejections import Missing, TransitionNotAllowed


def write(*, elevation: str, done: str, deviation: str, is_unused: bool, actor: Actor, now: datetime) -> WorkReport:
    """Say what was done with one's access, and what was otherwise than planned; or, of unused access, that it was not used.

    Raises ReportNotYours, Missing, AccessWasUsed, UseNotKnown.
    """
    report = _locked(elevation)
    if report.person != actor.who.username:
        raise report_errors.ReportNotYours
    if report.status not in UNWRITTEN:
        raise TransitionNotAllowed(state=report.status)
    if not (done or is_unused):
        raise Missing(field="done")
    if is_unused:
        _check_unused(elevation)
    report.status, report.is_unused, report.done, report.deviation = ReportStatus.WRITTEN, is_unused, done, deviation
    report.written_at, report.client = now, actor.client
    report.answered_by, report.answered_at, report.answer = "", None, ""
    return _record(report, Act.WORK_REPORT_WRITTEN, actor, now)


def confirm(*, elevation: str, comment: str, seen: int | None, actor: Actor, now: datetime) -> WorkReport:
    """Say that it is what one knows of. `seen`: the last entry of the report as it was shown; None stands for what there is.

    Raises OwnReport, MayNotAnswerReport, ReportChanged; AccessWasUsed or UseNotKnown by what AWS has shown since.
    """
    report = _to_answer(elevation, seen, actor)
    if report.is_unused:
        _check_unused(elevation)
    report.status = ReportStatus.CONFIRMED
    return _answer(report, Act.WORK_REPORT_CONFIRMED, comment, actor, now)


def _check_unused(elevation: str) -> None:
    """Raise AccessWasUsed for what AWS saw used, and UseNotKnown where nobody knows whose a log-in to its role was."""
    if seen_use.was_used(elevation):
        raise report_errors.AccessWasUsed
    if seen_use.may_be_used(elevation):
        raise report_errors.UseNotKnown


def ask_back(*, elevation: str, comment: str, seen: int | None, actor: Actor, now: datetime) -> WorkReport:
    """Ask for more than it says. There is as much time for the answer as there was for the report.

    Raises OwnReport, MayNotAnswerReport, ReportChanged, Missing.
    """
    report = _to_answer(elevation, seen, actor)
    if not comment:
        raise Missing(field="comment")
    report.status = ReportStatus.ASKED_BACK
    report.due_on = max(report.due_on, owing.due_on(report.days, now=now))
    return _answer(report, Act.WORK_REPORT_ASKED_BACK, comment, actor, now)


def may_answer(report: WorkReport, username: str) -> bool:
    """Whether somebody of this name may, whatever state it is in."""
    return username in {*report.approvers, *report.last_level} - {report.person}


def _locked(elevation: str) -> WorkReport:
    report = WorkReport.objects.select_for_update().filter(elevation=elevation).first()
    if report is None:
        raise report_errors.NoReportOwed(elevation=elevation)
    return report


def _to_answer(elevation: str, seen: int | None, actor: Actor) -> WorkReport:
    report, username = _locked(elevation), actor.who.username
    if report.person == username:
        raise report_errors.OwnReport
    if not (actor.who.is_active and may_answer(report, username)):
        raise report_errors.MayNotAnswerReport
    if report.status != ReportStatus.WRITTEN:
        raise TransitionNotAllowed(state=report.status)
    if seen is not None and seen != report.entry_id:
        raise report_errors.ReportChanged
    return report


def _answer(report: WorkReport, act: Act, comment: str, actor: Actor, now: datetime) -> WorkReport:
    report.answered_by, report.answered_at, report.answer = actor.who.username, now, comment
    return _record(report, act, actor, now)


def _record(report: WorkReport, act: Act, actor: Actor, now: datetime) -> WorkReport:
    """Append what happened to the report, with all of it, and save the row as the entry has it."""
    names = (*folding.OF_ACCESS, *folding.TEXTS, *folding.TIMES, "is_unused", "due_on")
    # Times as JSON has them are shorter than the database's.
    said = json.loads(json.dumps({"report": {name: getattr(report, name) for name in names}}, cls=AsTyped))
    entry = trail.record_act(now=now, act=act, actor=actor, subject=report.elevation, data=said)
    for name, value in folding.moved(entry).items():
        setattr(report, name, value)
    report.save()
    return report
