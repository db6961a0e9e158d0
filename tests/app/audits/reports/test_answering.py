"""Work reports: what an end has its person owe, who writes, who confirms, and what is refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, UniqueConstraint

from access_requests import errors
from access_requests.models import ApprovalPolicy
from audits.acts import Act
from audits.models import ReportStatus, TrailEntry, WorkReport, WorkReportAnswerer
from audits.reports import folding, listing, report_errors
from portal.users.models import User
from portal.verbs import rejections
from portal.verbs.actor import Door
from tests.stand_ins.bots import make_client
from tests.worlds.cast import Cast, actor_of, add_person
from tests.worlds.factors import take_factors
from tests.worlds.reports import asked_back, confirmed, never_given, over, owed, wants_reports, written
from tests.worlds.story import elevated, extension_asked, refused, submitted, taken_for_given

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def report_of(code: str) -> WorkReport:
    return WorkReport.objects.get(elevation=code)


def test_end_has_its_person_owe_what_the_policy_wants(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now, plan="REINDEX CONCURRENTLY")
    report, entry = report_of(elevation.code), TrailEntry.objects.get(act=Act.ELEVATION_ENDED)
    assert (report.status, report.person, report.plan) == (ReportStatus.OWED, "member01", "REINDEX CONCURRENTLY")
    assert (report.approvers, report.last_level) == (["leader01"], ["leader01", "leader02"])
    assert entry.data["report"] | {"days": 3, "overdue_blocks": False} == entry.data["report"]
    assert report.entry_id == entry.pk
    assert report.roles == [role.shown for role in cast.prod_member.target_roles.all()]
    assert not list(folding.faults())


def test_policy_that_wants_no_report_has_nobody_owe_one(cast: Cast, now: datetime) -> None:
    over(elevated(cast.member01, cast.leader01, now=now), now=now)
    assert TrailEntry.objects.get(act=Act.ELEVATION_ENDED).data["report"] is None
    assert not WorkReport.objects.exists()
    assert not list(folding.faults())


def test_report_is_due_by_the_days_of_the_portals_zone(cast: Cast, settings: Any) -> None:
    settings.DEFAULT_PERSON_TIME_ZONE = "Asia/Tokyo"
    # In Tokyo it is the next day already.
    evening = datetime.fromisoformat("2026-11-23T16:00:00+00:00")
    assert report_of(owed(cast, now=evening).code).due_on.isoformat() == "2026-11-27"


def test_person_reports_and_an_approver_confirms(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    row = written(elevation, cast.member01, now=now, deviation="twice, since the first was slow")
    assert (row.status, row.done, row.deviation) == (ReportStatus.WRITTEN, "rebuilt the index", "twice, since the first was slow")
    row = confirmed(elevation, cast.leader01, now=now, seen=row.entry_id, comment="thanks")
    assert (row.status, row.answered_by, row.answer) == (ReportStatus.CONFIRMED, "leader01", "thanks")
    told = TrailEntry.objects.filter(subject=elevation.code, act__in=folding.ACTS).order_by("pk")
    assert [entry.act for entry in told] == [Act.WORK_REPORT_WRITTEN, Act.WORK_REPORT_CONFIRMED]
    assert not list(folding.faults())


def test_access_that_was_never_given_owes_one_word(cast: Cast, now: datetime) -> None:
    elevation = never_given(cast, now=now)
    assert report_of(elevation.code).granted_at is None
    row = written(elevation, cast.member01, now=now, done="", is_unused=True)
    assert (row.status, row.is_unused, row.done) == (ReportStatus.WRITTEN, True, "")


def test_report_that_says_nothing_is_refused(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    with refused(rejections.Missing):
        written(elevation, cast.member01, now=now, done=" \n ")
    with refused(rejections.TooLong):
        written(elevation, cast.member01, now=now, done="x" * 4001)


@pytest.mark.parametrize("who", ["member02", "leader01", "admin01", "auditor01"])
def test_nobody_reports_on_somebody_elses_access(cast: Cast, now: datetime, who: str) -> None:
    elevation = owed(cast, now=now)
    with refused(report_errors.ReportNotYours):
        written(elevation, getattr(cast, who), now=now)


def test_nobody_confirms_their_own_report_though_they_are_of_the_last_level(cast: Cast, now: datetime) -> None:
    wants_reports()
    elevation = over(elevated(cast.leader02, cast.leader01, now=now), now=now)
    written(elevation, cast.leader02, now=now)
    assert set(WorkReportAnswerer.objects.values_list("username", flat=True)) == {"leader01"}
    with refused(report_errors.OwnReport):
        confirmed(elevation, cast.leader02, now=now)
    with refused(report_errors.OwnReport):
        asked_back(elevation, cast.leader02, now=now)


@pytest.mark.parametrize("who", ["member02", "admin01", "auditor01"])
def test_who_has_no_part_in_the_request_confirms_no_report_of_it(cast: Cast, now: datetime, who: str) -> None:
    elevation = owed(cast, now=now)
    written(elevation, cast.member01, now=now)
    with refused(report_errors.MayNotAnswerReport):
        confirmed(elevation, getattr(cast, who), now=now)


def test_somebody_else_of_the_last_level_confirms_when_who_approved_is_gone(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    written(elevation, cast.member01, now=now)
    cast.leader01.is_active = False
    cast.leader01.save()
    assert confirmed(elevation, cast.leader02, now=now).answered_by == "leader02"


def test_report_is_written_once_and_confirmed_once(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    with refused(rejections.TransitionNotAllowed):
        confirmed(elevation, cast.leader01, now=now)
    written(elevation, cast.member01, now=now)
    with refused(rejections.TransitionNotAllowed):
        written(elevation, cast.member01, now=now)
    confirmed(elevation, cast.leader01, now=now)
    with refused(rejections.TransitionNotAllowed):
        confirmed(elevation, cast.leader02, now=now)


def test_access_that_goes_on_has_no_report(cast: Cast, now: datetime) -> None:
    wants_reports()
    elevation = elevated(cast.member01, cast.leader01, now=now)
    with refused(report_errors.NoReportOwed):
        written(elevation, cast.member01, now=now)


def test_asked_back_it_is_written_again_with_as_much_time(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    first = written(elevation, cast.member01, now=now)
    with refused(rejections.Missing):
        asked_back(elevation, cast.leader01, now=now, comment="")
    row = asked_back(elevation, cast.leader01, now=now + 2 * DAY)
    assert (row.status, row.answer, row.due_on) == (ReportStatus.ASKED_BACK, "which table?", first.due_on + 2 * DAY)
    again = written(elevation, cast.member01, now=now + 3 * DAY, done="rebuilt the index of orders")
    assert (again.status, again.answered_by) == (ReportStatus.WRITTEN, "")
    with refused(report_errors.ReportChanged):
        confirmed(elevation, cast.leader01, now=now + 3 * DAY, seen=first.entry_id)
    assert not list(folding.faults())


def test_overdue_report_refuses_what_is_asked_anew_and_no_extension(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    running = taken_for_given_anew(cast, now)
    WorkReport.objects.filter(elevation=elevation.code).update(overdue_blocks=True)
    late = now + 4 * DAY
    with refused(errors.WorkReportOverdue) as caught:
        submitted(cast.member01, now=late, starts_at=late + 2 * DAY)
    assert caught.value.data["elevation"] == elevation.code
    assert str(caught.value.data["url"]).endswith(f"/elevations/{elevation.code}/report/")
    assert extension_asked(running, cast.member01, ends_at=running.ends_at + HOUR, now=late).extends == running
    written(elevation, cast.member01, now=late)
    assert submitted(cast.member01, now=late, starts_at=late + 2 * DAY).code


def taken_for_given_anew(cast: Cast, now: datetime) -> Any:
    """Return access that is given just before the report of another one is overdue."""
    begins = now + 4 * DAY - HOUR / 2
    return taken_for_given(elevated(cast.member01, cast.leader01, now=now, starts_at=begins, duration_minutes=60), now=begins)


def test_overdue_report_refuses_nothing_unless_the_policy_says_so_nor_before_its_day_is_over(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    assert submitted(cast.member01, now=now + 4 * DAY, starts_at=now + 5 * DAY).code
    WorkReport.objects.filter(elevation=elevation.code).update(overdue_blocks=True)
    assert submitted(cast.member01, now=now + 3 * DAY - HOUR, starts_at=now + 6 * DAY).code


def test_who_is_disabled_owes_nothing(cast: Cast, now: datetime) -> None:
    owed(cast, now=now)
    late = now + 5 * DAY
    assert [row.person for row in listing.overdue(now=late)] == ["member01"]
    User.objects.filter(username="member01").update(is_active=False)
    assert not listing.overdue(now=late)


def test_end_carries_the_policy_of_that_moment(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    ApprovalPolicy.objects.update(report_days=7, overdue_report_blocks=True)
    over(elevation, now=now)
    row = report_of(elevation.code)
    assert (row.days, row.overdue_blocks) == (7, True)


def test_program_confirms_no_report_that_it_carried_or_that_is_of_an_owner(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    written(elevation, actor_of(cast.member01, door=Door.CLIENT, client="chatbot"), now=now)
    make_client("owned", cast).owners.set([cast.member01])
    for client in ("chatbot", "owned"):
        with refused(report_errors.OwnReport):
            confirmed(elevation, actor_of(cast.leader01, door=Door.CLIENT, client=client), now=now)
    assert confirmed(elevation, actor_of(cast.leader01, door=Door.CLIENT, client="another"), now=now).answered_by == "leader01"


def test_report_is_confirmed_by_the_doors_of_the_policy_and_by_who_has_a_factor(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    written(elevation, cast.member01, now=now)
    ApprovalPolicy.objects.update(decide_by=["browser"])
    with refused(errors.DecideInBrowser):
        confirmed(elevation, actor_of(cast.leader01, door=Door.CLIENT, client="chatbot"), now=now)
    take_factors(cast.leader01)
    with refused(rejections.FactorMissing):
        confirmed(elevation, cast.leader01, now=now)


def test_row_that_somebody_changed_is_found(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    add_person("member03", name="somebody")
    WorkReport.objects.update(overdue_blocks=True)
    assert [fault["what"] for fault in folding.faults()] == ["it is not as the trail tells it"]
    WorkReport.objects.update(overdue_blocks=False)
    WorkReportAnswerer.objects.create(report=report_of(elevation.code), username="member03")
    assert [fault["what"] for fault in folding.faults()] == ["others may answer it than the trail tells"]
    WorkReport.objects.all().delete()
    assert [fault["place"] for fault in folding.faults()] == [f"work report of {elevation.code}"]


BROKEN: dict[str, dict[str, Any]] = {
    "report_status_known": {"status": "lost"},
    "report_written_has_time": {"status": "written", "written_at": None},
    "report_answered_by_somebody": {"status": "confirmed", "answered_by": "", "answered_at": None},
    "report_answered_by_another": {"answered_by": "member01"},
}


@pytest.mark.parametrize("name", BROKEN)
def test_database_refuses_a_report_that_cannot_be(cast: Cast, now: datetime, name: str) -> None:
    elevation = owed(cast, now=now)
    if name != "report_written_has_time":
        written(elevation, cast.member01, now=now)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        WorkReport.objects.update(**BROKEN[name])


def test_each_constraint_is_broken_once(cast: Cast, now: datetime) -> None:
    checks = {one.name for one in WorkReport._meta.constraints if isinstance(one, CheckConstraint)}
    assert checks == set(BROKEN)
    elevation = owed(cast, now=now)
    (once,) = [one.name for one in WorkReportAnswerer._meta.constraints if isinstance(one, UniqueConstraint)]
    assert once == "report_answerer_once"
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkReportAnswerer.objects.create(report=report_of(elevation.code), username="leader01")
