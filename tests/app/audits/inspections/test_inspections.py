"""Daily inspections: what is opened, who signs what, and what a signature says."""

import base64
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from access_requests.models import Elevation
from access_requests.services.record import changes
from audits.acts import Act
from audits.findings import raising
from audits.inspections import due, folding, inspection_errors, listing, opening, overdue, population, reminding
from audits.inspections.listing import DayState
from audits.kinds import FindingKind
from audits.models import (
    Checkpoint,
    Finding,
    FindingStatus,
    Inspection,
    InspectionRow,
    Log,
    LogIn,
    Reading,
    TrailEntry,
)
from portal.users.models import User
from portal.verbs import rejections
from portal.verbs.actor import COMMAND, Door
from portal.verbs.run import run
from tests.worlds import cloudtrail, story
from tests.worlds.browsers import logged_in
from tests.worlds.cast import Cast, actor_of, add_person
from tests.worlds.inspections import came_in, given_up, opened, planned, read_whole, signed
from tests.worlds.reports import confirmed, over, wants_reports, written
from tests.worlds.story import refused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# The first working day that is inspected, in Tokyo, and a moment in it.
TODAY = date(2026, 11, 23)
ROOT = base64.b64encode(bytes(32)).decode()


@pytest.fixture
def later(company: Cast, now: datetime) -> datetime:
    """Return when the day of `now` has been read whole; nobody has come in by the portal's leave yet."""
    planned("leader01", "leader02", now=now, since=str(TODAY))
    later = now + 3 * DAY
    read_whole(since=now - 60 * DAY, until=later)
    return later


def access(cast: Cast, now: datetime, *, person: User | None = None, approver: User | None = None, **more: Any) -> Elevation:
    wants_reports(days=more.pop("days", 0))
    return over(story.elevated(person or cast.member01, approver or cast.leader01, now=now, **more), now=now)


def used(elevation: Elevation, at: datetime, **more: Any) -> LogIn:
    return came_in(at, elevation.person, kind="used", elevation=elevation.code, **more)


def sealed(*, size: int) -> None:
    log = Log.objects.create(number=1, origin="portal.example.com")
    note = f"portal.example.com\n{size}\n{ROOT}\n\n— portal.example.com AAAAAAAA\n"
    Checkpoint.objects.create(log=log, number=1, size=size, note=note)


def the_day() -> Inspection:
    return Inspection.objects.get(day=TODAY, part=0)


def test_day_is_opened_once_it_is_read_with_every_entry_to_production(company: Cast, now: datetime, later: datetime) -> None:
    elevation = access(company, now)
    used(elevation, now)
    stranger = came_in(now + timedelta(minutes=1))
    came_in(now, kind="refused")
    came_in(now, kind="portal")
    came_in(now + DAY)
    assert opened(now=later) == 2  # The day, and the next one.
    day = the_day()
    assert [(row.number, row.kind, row.who) for row in day.rows.order_by("number")] == [
        (1, "used", "member01"),
        (2, "no_leave", stranger.principal),
    ]
    row = day.rows.get(number=1)
    assert (row.elevation, row.request, row.requester, row.approvers) == (
        elevation.code,
        elevation.request.code,
        "member01",
        ["leader01"],
    )
    assert (day.refused, day.read_until, day.due_on) == (1, later, date(2026, 11, 30))
    assert opened(now=later) == 0
    assert list(folding.faults()) == []


def test_day_begins_in_the_companys_zone(company: Cast, now: datetime, later: datetime) -> None:
    before = came_in(datetime.fromisoformat("2026-11-22T14:59:59Z"))
    first = came_in(datetime.fromisoformat("2026-11-22T15:00:00Z"))
    last = came_in(datetime.fromisoformat("2026-11-23T14:59:59Z"))
    opened(now=later)
    assert [row.log_in for row in the_day().rows.order_by("number")] == [first.code, last.code]
    assert not InspectionRow.objects.filter(log_in=before.code).exists()


def test_who_may_always_go_to_staging_is_not_inspected_and_others_there_are(
    company: Cast, now: datetime, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(population, "NOT_PRODUCTION", ("production",))
    came_in(now, company.member01, kind="standing")
    inside = came_in(now, kind="no_leave")
    assert [row.code for row in population.entries(now, now + DAY)] == [inside.code]
    monkeypatch.undo()
    assert population.entries(now, now + DAY).count() == 2


@pytest.mark.parametrize("missing", [{"until": timedelta(hours=-1)}, {"since": timedelta(hours=12)}])
def test_day_that_is_not_read_whole_is_not_opened_and_nothing_of_it_signed(
    company: Cast, now: datetime, later: datetime, missing: dict[str, timedelta]
) -> None:
    came_in(now)
    # A day is read a day after its end, 24 hours past midnight in Tokyo.
    end = datetime.fromisoformat("2026-11-24T15:00:00Z")
    begin = datetime.fromisoformat("2026-11-22T15:00:00Z")
    read_whole(since=begin + missing.get("since", timedelta()), until=end + missing.get("until", timedelta()))
    assert opened(now=later) == 0
    with refused(inspection_errors.DayNotRead):
        signed(Inspection(day=TODAY, part=0), company.leader02, 1, now=later)
    read_whole(since=begin, until=end)
    assert opened(now=later) == 1


def test_region_that_was_never_read_holds_the_day_up(company: Cast, now: datetime, later: datetime) -> None:
    Reading.objects.filter(account=cloudtrail.PRODUCTION).first().delete()  # type: ignore[union-attr]
    assert opened(now=later) == 0


def test_account_without_a_role_is_named_and_holds_nothing_up(company: Cast, now: datetime, later: datetime) -> None:
    said = {"id": "555555555555", "name": "Billing", "kind": "billing", "gate_role": "", "gate_role_arn": ""}
    after = {**said, "regions": [], "other_roles": []}
    added: dict[str, Any] = {"act": Act.CATALOGUE_ADDED, "subject": "account:billing", "before": None, "after": after}
    run(lambda: changes.record(**added, actor=COMMAND, now=now))
    opened(now=later)
    assert the_day().unread == ["billing"]


def test_two_leads_cover_each_other_and_the_last_signature_signs_the_day(company: Cast, now: datetime, later: datetime) -> None:
    sealed(size=7)
    used(access(company, now), now)
    used(access(company, now, person=company.member02, approver=company.leader02), now + timedelta(minutes=1))
    opened(now=later)
    day = the_day()
    (day,) = signed(day, company.leader02, 1, now=later)
    assert day.signed_at is None
    (day,) = signed(day, company.leader01, 2, now=later)
    assert day.signed_at == later
    assert day.checkpoint == {"log": "portal.example.com", "size": 7, "root": ROOT}
    entry = TrailEntry.objects.get(act=Act.INSPECTION_SIGNED)
    assert entry.subject == "inspection:2026-11-23"
    assert entry.data["inspection"]["checkpoint"] == day.checkpoint
    assert datetime.fromisoformat(entry.data["inspection"]["read_until"]) == later
    assert [row.signed_by for row in day.rows.order_by("number")] == ["leader02", "leader01"]
    assert list(folding.faults()) == []


def test_own_use_and_own_leave_are_refused(company: Cast, now: datetime, later: datetime) -> None:
    used(access(company, now), now)  # By leader01's leave.
    used(access(company, now, person=company.leader02), now + timedelta(minutes=1))
    came_in(now + timedelta(minutes=2), company.leader02)
    opened(now=later)
    day = the_day()
    with refused(inspection_errors.OwnLeave):
        signed(day, company.leader01, 1, now=later)
    with refused(inspection_errors.OwnUse):
        signed(day, company.leader02, 2, now=later)
    with refused(inspection_errors.OwnUse):
        signed(day, company.leader02, 3, now=later, comment="it was me")
    # What one asked for and the other approved takes a third.
    with refused(inspection_errors.OwnLeave):
        signed(day, company.leader01, 2, now=later)
    # All or none.
    with refused(inspection_errors.OwnUse):
        signed(day, company.leader02, 1, 2, now=later)
    assert not day.rows.filter(signed_at__isnull=False).exists()


def test_nobody_but_an_inspector_signs(company: Cast, now: datetime, later: datetime) -> None:
    used(access(company, now), now)
    opened(now=later)
    day = the_day()
    for person in (company.member02, company.admin01, company.auditor01):
        with refused(inspection_errors.NotAnInspector):
            signed(day, person, 1, now=later)
    company.leader02.is_active = False
    with refused(inspection_errors.NotAnInspector):
        signed(day, company.leader02, 1, now=later)
    company.leader02.is_active = True
    with refused(inspection_errors.InspectionNotProven):
        signed(day, actor_of(company.leader02, door=Door.CLIENT, client="bot"), 1, now=later)
    given_up(now=later)
    with refused(inspection_errors.NotAnInspector):
        signed(day, company.leader02, 1, now=later)
    planned("leader02", now=later)
    signed(day, company.leader02, 1, now=later)


def test_signature_stays_and_is_asked_for_each_row(company: Cast, now: datetime, later: datetime) -> None:
    used(access(company, now), now)
    opened(now=later)
    day = the_day()
    with refused(inspection_errors.NothingToSign):
        signed(day, company.leader02, now=later)
    with refused(rejections.NotFound):
        signed(day, company.leader02, 2, now=later)
    signed(day, company.leader02, 1, now=later)
    with refused(inspection_errors.RowSigned):
        signed(day, company.leader02, 1, now=later)


def test_inspector_proves_themselves(company: Cast, now: datetime, later: datetime) -> None:
    used(access(company, now), now)
    opened(now=later)
    someone = add_person("inspector01")
    planned("inspector01", now=later)
    with refused(rejections.FactorMissing):
        signed(the_day(), someone, 1, now=later)


def test_deviation_is_explained(company: Cast, now: datetime, later: datetime) -> None:
    came_in(now)
    opened(now=later)
    day = the_day()
    with refused(inspection_errors.DeviationUnexplained):
        signed(day, company.leader01, 1, now=later)
    with refused(inspection_errors.DeviationUnexplained):
        signed(day, company.leader01, 1, now=later, comment="  ")
    signed(day, company.leader01, 1, now=later, comment="drill of the emergency road, agreed with the auditor")
    row = day.rows.get()
    assert (row.deviations, row.comment) == (["no_leave"], "drill of the emergency road, agreed with the auditor")


def test_report_and_findings_stand_beside_and_are_kept_as_they_were_seen(company: Cast, now: datetime, later: datetime) -> None:
    elevation = access(company, now, days=3)
    log_in = used(elevation, now)
    opened(now=later)
    (shown,) = listing.rows_of(TODAY, viewer=company.leader02)[0]
    assert (shown.deviations, shown.bar, shown.signers) == (["no_report"], None, ["leader02"])
    seen = shown.use.digest
    written(elevation, company.member01, now=later, deviation="restarted twice")
    with refused(inspection_errors.RowChanged):
        signed(the_day(), company.leader02, 1, now=later, comment="?", seen=seen)
    key = {"log_in": log_in.code, "elevation": elevation.code, "who": "member01"}
    finding = run(lambda: raising.raise_finding(kind=FindingKind.LOG_IN_AFTER_END, key=key, evidence=[], now=later))
    (shown,) = listing.rows_of(TODAY, viewer=company.leader02)[0]
    assert list(shown.deviations) == ["report_deviates", "finding"]
    signed(the_day(), company.leader02, 1, now=later, comment="as the ticket says", seen=shown.use.digest)
    row = the_day().rows.get()
    assert (row.report, row.findings, row.deviations) == ("written", [finding.code], ["report_deviates", "finding"])
    confirmed(elevation, company.leader01, now=later)
    (shown,) = listing.rows_of(TODAY, viewer=company.leader02)[0]
    assert list(shown.deviations) == ["report_deviates", "finding"]


def test_what_comes_late_is_a_supplement_and_no_signature_is_reopened(company: Cast, now: datetime, later: datetime) -> None:
    used(access(company, now), now)
    opened(now=later)
    signed(the_day(), company.leader02, 1, now=later)
    before = TrailEntry.objects.get(act=Act.INSPECTION_SIGNED)
    late = came_in(now + timedelta(hours=1), changed_at=later + timedelta(hours=1))
    assert opened(now=later + timedelta(hours=2)) == 1
    part = Inspection.objects.get(day=TODAY, part=1)
    assert (part.code, [row.log_in for row in part.rows.all()], part.due_on) == ("2026-11-23/1", [late.code], date(2026, 12, 3))
    assert the_day().signed_at == later
    signed(part, company.leader01, 1, now=later + timedelta(hours=3), comment="the vendor's visit")
    assert TrailEntry.objects.filter(act=Act.INSPECTION_SIGNED).order_by("pk").first() == before
    assert opened(now=later + timedelta(hours=4)) == 0
    assert list(folding.faults()) == []


def test_log_in_that_is_classed_otherwise_is_inspected_once_more(company: Cast, now: datetime, later: datetime) -> None:
    elevation = access(company, now)
    log_in = came_in(now, company.member01, kind="unknown", reason="not_judged")
    opened(now=later)
    LogIn.objects.filter(pk=log_in.pk).update(kind="no_leave", reason="", changed_at=later)
    assert opened(now=later) == 0  # Nobody has signed it: it is signed as it is now.
    signed(the_day(), company.leader02, 1, now=later, comment="asked them")
    assert the_day().rows.get().kind == "no_leave"
    LogIn.objects.filter(pk=log_in.pk).update(kind="used", elevation=elevation.code, changed_at=later)
    assert opened(now=later) == 1
    assert Inspection.objects.get(day=TODAY, part=1).rows.get().kind == "used"


def test_day_without_use_needs_no_signature(company: Cast, now: datetime, later: datetime) -> None:
    opened(now=later)
    due.sweep(now=later + 30 * DAY)
    shown = listing.month(2026, 11, now=later)
    assert shown[TODAY.day - 1].state == DayState.NO_USE
    assert not Finding.objects.filter(kind=FindingKind.INSPECTION_OVERDUE, key={"inspection": str(TODAY)}).exists()


def test_unsigned_day_is_a_finding_until_it_is_signed(company: Cast, now: datetime, later: datetime) -> None:
    used(access(company, now), now)
    opened(now=later)
    day = the_day()
    on_the_day = datetime.fromisoformat("2026-11-30T03:00:00Z")
    overdue.judge(now=on_the_day)
    assert not Finding.objects.filter(key={"inspection": day.code}).exists()
    overdue.judge(now=on_the_day + DAY)
    finding = Finding.objects.get(key={"inspection": day.code})
    assert (finding.kind, finding.status) == (FindingKind.INSPECTION_OVERDUE, FindingStatus.OPEN)
    signed(day, company.leader02, 1, now=on_the_day + DAY)
    overdue.judge(now=on_the_day + DAY)
    finding.refresh_from_db()
    assert finding.status == FindingStatus.CLOSED


def test_day_that_cannot_be_read_is_a_finding_too_and_one_before_reading_began_is_none(company: Cast, now: datetime) -> None:
    read_whole(since=now, until=now)
    overdue.judge(now=now + 14 * DAY)
    found = {finding.key["inspection"] for finding in Finding.objects.filter(kind=FindingKind.INSPECTION_OVERDUE)}
    assert found == {"2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29"}
    read_whole(since=now, until=now + 14 * DAY)
    opened(now=now + 14 * DAY)
    overdue.judge(now=now + 14 * DAY)
    unclosed = Finding.objects.filter(kind=FindingKind.INSPECTION_OVERDUE).exclude(status=FindingStatus.CLOSED)
    assert not unclosed.exists()


def test_inspectors_are_reminded_once_on_the_day_on_which_it_is_due(company: Cast, now: datetime, later: datetime) -> None:
    used(access(company, now), now)
    opened(now=later)
    assert reminding.remind(now=later) == 0
    on_the_day = datetime.fromisoformat("2026-11-30T03:00:00Z")
    assert (reminding.remind(now=on_the_day), reminding.remind(now=on_the_day)) == (1, 0)
    entry = TrailEntry.objects.get(act=Act.INSPECTION_REMINDED)
    assert (entry.subject, entry.data["waiting"]) == ("inspection:2026-11-23", 1)


def test_month_says_of_each_day_how_it_is(company: Cast, now: datetime, later: datetime) -> None:
    planned("leader01", "leader02", now=now, since="2026-11-18", days_off=["2026-11-24"])
    read_whole(since=now - 4 * DAY, until=later)
    came_in(now)
    came_in(now - DAY)
    opened(now=later)
    signed(the_day(), company.leader01, 1, now=later, comment="?")
    by_day = {one.day.day: one for one in listing.month(2026, 11, now=later, language="ja")}
    assert {number: by_day[number].state for number in (17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27)} == {
        17: DayState.OUTSIDE,
        18: DayState.NEVER_READ,
        19: DayState.NEVER_READ,
        20: DayState.NO_USE,
        21: DayState.NO_USE,
        22: DayState.WAITS,
        23: DayState.SIGNED,
        24: DayState.NO_USE,
        25: DayState.NOT_READ,
        26: DayState.TO_COME,
        27: DayState.TO_COME,
    }
    assert (by_day[23].holiday, by_day[24].is_day_off, by_day[21].is_weekend, by_day[25].is_off) == (
        "勤労感謝の日",
        True,
        True,
        False,
    )
    assert (by_day[23].of_all, by_day[23].signed, by_day[23].deviating) == (1, 1, 1)
    assert {one.state for one in listing.month(2026, 12, now=now + 30 * DAY)} >= {DayState.OVERDUE}


def test_what_waits_is_what_one_may_sign(company: Cast, now: datetime, later: datetime) -> None:
    used(access(company, now), now)
    opened(now=later)
    waiting = {
        person.username: len(listing.waiting_for(person)) for person in (company.leader01, company.leader02, company.admin01)
    }
    assert waiting == {"leader01": 0, "leader02": 1, "admin01": 0}
    assert [listing.may_see(person) for person in (company.leader01, company.auditor01, company.member01)] == [True, True, False]
    assert listing.between(TODAY, TODAY).get().rows.count() == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"signed_by": "member01", "signed_at": "2026-11-26T05:00:00Z"},
        {"signed_by": "leader02"},
        {"deviations": ["no_leave"], "signed_by": "leader02", "signed_at": "2026-11-26T05:00:00Z"},
    ],
)
def test_database_refuses_own_signatures_and_unexplained_ones(
    company: Cast, now: datetime, later: datetime, forged: dict[str, Any]
) -> None:
    used(access(company, now), now)
    opened(now=later)
    with pytest.raises(IntegrityError), transaction.atomic():
        the_day().rows.update(**forged)


def test_forged_rows_are_faults_of_the_trail(company: Cast, now: datetime, later: datetime) -> None:
    used(access(company, now), now)
    opened(now=later)
    the_day().rows.update(signed_by="leader02", signed_at=later)
    assert [fault["what"] for fault in folding.faults()] == ["its rows are not what the trail tells"]
    Inspection.objects.filter(day=TODAY).update(signed_at=later)
    assert [fault["place"] for fault in folding.faults()] == ["daily inspection 2026-11-23"]
    InspectionRow.objects.all().delete()
    Inspection.objects.filter(day=TODAY).delete()
    assert "2026-11-23" in {fault["place"].rpartition(" ")[2] for fault in folding.faults()}


def test_look_that_finds_nothing_costs_few_queries(
    company: Cast, now: datetime, later: datetime, django_assert_max_num_queries: Any
) -> None:
    opened(now=later)
    with django_assert_max_num_queries(20):
        due.sweep(now=later)
    assert opening.open_due(now=later) == 0


def test_a_page_that_does_not_say_what_was_seen_signs_nothing(company: Cast, now: datetime, later: datetime) -> None:
    used(access(company, now), now)
    opened(now=later)
    browser = logged_in(company.leader02)
    answer = browser.post(f"/inspections/{TODAY}/sign/", {"rows": "0-1", "comment-0-1": "?"})
    assert (answer.status_code, InspectionRow.objects.get().signed_at) == (409, None)
