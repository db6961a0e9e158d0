"""Who owes which report, and what waits for whose answer. Who is disabled owes nothing for as long as they are."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db.models import QuerySet

from audits.models import ReportStatus, WorkReport
from audits.reported import UNWRITTEN
from audits.reports.owing import today
from portal.users.models import User


def owed_by(person: User) -> QuerySet[WorkReport]:
    """Return what the person has to write, what is due first."""
    return WorkReport.objects.filter(status__in=sorted(UNWRITTEN), person=person.username).order_by("due_on", "id")


def overdue(*, now: datetime) -> QuerySet[WorkReport]:
    """Return what somebody who is not disabled has not written by its day, the oldest first."""
    disabled = User.objects.filter(is_active=False).values("username")
    rows = WorkReport.objects.filter(status__in=sorted(UNWRITTEN), due_on__lt=today(now)).exclude(person__in=disabled)
    return rows.order_by("due_on", "id")


def refusing(person: User, *, now: datetime) -> Sequence[tuple[str, date]]:
    """Return the accesses whose reports are overdue, and as long as they are refuse what the person asks for; with their days."""
    late = owed_by(person).filter(overdue_blocks=True, due_on__lt=today(now))
    return list(late.values_list("elevation", "due_on"))


def waiting_for(person: User) -> QuerySet[WorkReport]:
    """Return what the person may confirm or ask back, the oldest first."""
    theirs = WorkReport.objects.filter(status=ReportStatus.WRITTEN, answerers__username=person.username)
    return theirs.order_by("written_at", "id") if person.is_active else theirs.none()


def told_to(person: User) -> QuerySet[WorkReport]:
    """Return all that the person may see: their own, what they may answer, and for who reads everything all of them."""
    if person.reads_everything:
        return WorkReport.objects.all()
    theirs = WorkReport.objects.filter(answerers__username=person.username).values("pk")
    return WorkReport.objects.filter(person=person.username) | WorkReport.objects.filter(pk__in=theirs)


def of(codes: Collection[str]) -> Mapping[str, WorkReport]:
    """Return access -> its report, where there is one. One query."""
    return {row.elevation: row for row in WorkReport.objects.filter(elevation__in=codes)} if codes else {}
