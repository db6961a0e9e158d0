"""Rows that somebody wrote into the database beside the portal: the workers give nothing by them, and say so."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from access_requests.lifecycle import INSIDE, ElevationAction, ElevationStatus
from access_requests.models import AccessRequest, Decision, Elevation
from access_requests.services import sweep
from access_requests.services.elevations import gates, leave, provision, stop
from access_requests.services.record import transition
from audits import selectors
from audits.models import TrailEntry
from portal.verbs.actor import WORKER
from portal.verbs.run import run
from tests.stand_ins.forging import forged_approval, forged_elevation, forged_entries
from tests.worlds.entry import data_of
from tests.worlds.gated import Gated
from tests.worlds.jump import MEMBER_TAG, Jump, ended, granted
from tests.worlds.story import acts, approved, elevated, extension_asked, rejected, returned, submitted

HOUR = timedelta(hours=1)


@pytest.fixture
def request_rejected(jump: Jump) -> AccessRequest:
    request = submitted(jump.cast.member01, now=jump.clock.now)
    rejected(request, jump.cast.leader01, now=jump.clock.now)
    request.refresh_from_db()
    return request


def assert_refused(elevation: Elevation, reason: str, jump: Jump, *, status: str = "cancelled") -> None:
    """See the state, the entry, no call to AWS, and nothing that is due ever again."""
    elevation.refresh_from_db()
    assert (elevation.status, elevation.stop_reason) == (status, reason)
    entry = TrailEntry.objects.get(act=f"elevation.{status}", subject=elevation.code)
    assert (entry.data["reason"], entry.actor) == (reason, "sekisho:worker")
    assert jump.members() == set()
    assert list(sweep.due_grants(now=jump.clock.now + HOUR)) == []


def test_elevation_alone_gives_nothing_and_is_told_aloud(
    jump: Jump, request_rejected: AccessRequest, caplog: pytest.LogCaptureFixture
) -> None:
    forged = forged_elevation(request_rejected, now=jump.clock.now, lasts=timedelta(days=30))
    with caplog.at_level(logging.CRITICAL):
        granted(forged)
    assert_refused(forged, "not_approved", jump)
    assert jump.proxy.count() == 0
    assert [record.levelname for record in caplog.records if forged.code in record.getMessage()] == ["CRITICAL"]


def test_elevation_with_request_and_decision_gives_nothing(jump: Jump, request_rejected: AccessRequest) -> None:
    forged_approval(request_rejected, jump.cast.leader02, now=jump.clock.now)
    forged = forged_elevation(request_rejected, now=jump.clock.now)
    granted(forged)
    assert_refused(forged, "not_as_recorded", jump)
    assert jump.proxy.count() == 0


MEANWHILE = {
    "granted": lambda row, now: apply(row, ElevationAction.CONFIRM_GRANT, now, granted_at=now),
    "ended": lambda row, now: stop.end_now(row, reason="returned", actor=WORKER, now=now),
}


@pytest.mark.parametrize(("meanwhile", "let_in"), [("granted", True), ("ended", False)])
def test_step_that_is_settled_between_row_and_trail_shuts_nobody_out_and_alarms_nobody(
    jump: Jump,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    meanwhile: str,
    let_in: bool,  # noqa: FBT001  A parameter of the test.
) -> None:
    elevation = elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now)
    settle(elevation, lambda row, now: apply(row, ElevationAction.START_GRANT, now, granting_at=now), jump)
    read, steps = selectors.of_subjects, [MEANWHILE[meanwhile]]

    def settled_meanwhile(*args: Any, **kwargs: Any) -> Any:
        if steps:
            settle(elevation, steps.pop(), jump)
        return read(*args, **kwargs)

    monkeypatch.setattr(selectors, "of_subjects", settled_meanwhile)
    with caplog.at_level(logging.CRITICAL):
        found = leave.founded(Elevation.objects.filter(status__in=INSIDE))
    assert [row.code for row in found] == ([elevation.code] if let_in else [])
    assert caplog.records == []


def settle(elevation: Elevation, step: Callable[[Elevation, datetime], object], jump: Jump) -> None:
    """Have another worker settle a step of it."""
    row = Elevation.objects.select_related("request", "person", "work_group").get(pk=elevation.pk)
    run(lambda: step(row, jump.clock.now))


def apply(row: Elevation, action: ElevationAction, now: datetime, **times: datetime) -> None:
    for field, moment in times.items():
        setattr(row, field, moment)
    transition.apply_to_elevation(row, action, actor=WORKER, now=now, data=data_of(action, now))


def test_row_that_was_forged_as_given_opens_no_gate_and_the_comparison_ends_it(
    gated: Gated, request_rejected: AccessRequest, caplog: pytest.LogCaptureFixture
) -> None:
    jump = gated.jump
    there = granted(elevated(jump.cast.member02, jump.cast.leader01, now=jump.clock.now))
    forged = forged_elevation(request_rejected, now=jump.clock.now, status="active")
    role = forged.work_group.target_roles.get()
    gates.refresh(role.pk)
    assert set(gated.lines()) == {"member02"}

    leave.end_unfounded(now=jump.clock.now)

    there.refresh_from_db()
    forged.refresh_from_db()
    assert (there.status, forged.status, forged.stop_reason) == ("active", "revoking", "not_approved")
    assert forged.code in caplog.text
    assert ended(forged).status == ElevationStatus.ENDED


def test_end_that_an_update_alone_moved_is_not_written_and_ends_the_access(jump: Jump) -> None:
    elevation = granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now))
    Elevation.objects.filter(pk=elevation.pk).update(ends_at=elevation.ends_at + 24 * HOUR)
    provision.prolong(elevation.pk)
    elevation.refresh_from_db()
    assert (elevation.status, elevation.stop_reason) == ("revoking", "end_not_approved")
    assert jump.fence() == jump.tags()[MEMBER_TAG] == "2026-11-23T05:30:00Z"
    assert ended(elevation).status == ElevationStatus.ENDED
    assert jump.members() == set()


def test_extension_that_is_not_approved_moves_no_end_whatever_row_says_so(jump: Jump) -> None:
    elevation = granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now))
    asked = extension_asked(elevation, jump.cast.member01, ends_at=elevation.ends_at + HOUR, now=jump.clock.now)
    Elevation.objects.filter(pk=elevation.pk).update(ends_at=elevation.ends_at + HOUR, ends_by=asked.code)
    provision.prolong(elevation.pk)
    elevation.refresh_from_db()
    assert (elevation.status, elevation.stop_reason) == ("revoking", "end_not_approved")


def test_end_by_a_request_that_there_is_not_is_done_all_the_same(jump: Jump) -> None:
    elevation = granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now))
    Elevation.objects.filter(pk=elevation.pk).update(ends_by="R-NOBODY", ends_at=elevation.ends_at + HOUR)
    leave.end_unfounded(now=jump.clock.now)
    assert ended(elevation).status == ElevationStatus.ENDED
    assert jump.members() == set()


@pytest.mark.parametrize(("who", "reason"), [("admin01", "not_as_recorded"), ("member01", "own_decision")])
def test_decision_of_somebody_else_than_the_trail_has_gives_nothing(jump: Jump, who: str, reason: str) -> None:
    elevation = elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now)
    # The database refuses a decision on one's own by the requester that the decision names.
    Decision.objects.update(approver=getattr(jump.cast, who), requester=jump.cast.auditor01)
    granted(elevation)
    assert_refused(elevation, reason, jump)


def test_leave_is_asked_again_at_each_attempt(jump: Jump) -> None:
    elevation = elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now)
    jump.proxy.refuse("GetGroup")
    assert granted(elevation).status == ElevationStatus.GRANTING
    Elevation.objects.update(iam_user_name="member02")
    granted(elevation)
    assert (elevation.status, elevation.stop_reason) == ("revoking", "not_as_recorded")
    assert ended(elevation).status == ElevationStatus.ENDED
    assert jump.members() == set()


def test_access_that_is_over_is_not_begun_again_by_its_row(jump: Jump) -> None:
    elevation = granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now))
    Elevation.objects.filter(pk=elevation.pk).update(ends_at=elevation.ends_at + HOUR)
    provision.prolong(elevation.pk)
    ended(elevation)
    over = {"ends_at": elevation.starts_at + HOUR / 2, "stop_reason": "", "stopped_at": None, "ended_at": None}
    Elevation.objects.filter(pk=elevation.pk).update(status="scheduled", **over)
    granted(elevation)
    assert (elevation.status, elevation.stop_reason) == ("cancelled", "not_as_recorded")
    assert jump.members() == set()


@pytest.mark.parametrize("act", ["request.approved", "elevation.scheduled", "elevation.extended"])
def test_entry_that_nobody_can_read_refuses_its_own_access_and_nobody_elses(jump: Jump, act: str) -> None:
    one = elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now)
    other = elevated(jump.cast.member02, jump.cast.leader01, now=jump.clock.now)
    subject = one.request.code if act.startswith("request") else one.code
    TrailEntry.objects.create(at=jump.clock.now, act=act, actor="somebody", subject=subject, data=["nothing"])
    refused = {elevation.code for elevation in (one, other)} - {e.code for e in leave.founded(Elevation.objects.all())}
    assert refused == (set() if act == "elevation.extended" else {one.code})


def test_extensions_that_were_approved_go_on_to_be_given_and_each_costs_no_more(
    jump: Jump, django_assert_num_queries: object
) -> None:
    elevation = granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now))
    for number in (1, 2):
        asked = extension_asked(elevation, jump.cast.member01, ends_at=elevation.starts_at + number * HOUR, now=jump.clock.now)
        approved(asked, jump.cast.leader02, now=jump.clock.now)
        provision.prolong(elevation.pk)
        elevation.refresh_from_db()
        assert elevation.written_ends_at == elevation.starts_at + number * HOUR
    assert acts(elevation).count("elevation.extension_written") == 2
    for person in (jump.cast.member02, jump.cast.leader02):
        elevated(person, jump.cast.leader01, now=jump.clock.now)
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert len(leave.founded(Elevation.objects.order_by("pk"))) == 3


def test_entry_that_no_rule_can_compare_holds_up_nobody_else(gated: Gated, request_rejected: AccessRequest) -> None:
    jump = gated.jump
    there = granted(elevated(jump.cast.member02, jump.cast.leader01, now=jump.clock.now))
    decision = forged_approval(request_rejected, jump.cast.leader02, now=jump.clock.now)
    forged = forged_elevation(request_rejected, now=jump.clock.now, status="active")
    for entry in forged_entries(forged, decision, now=jump.clock.now):
        if entry.act == "request.approved":
            entry.data["request"]["policy"]["levels"][0]["approvals"] = "1"
        entry.save()
    leave.end_unfounded(now=jump.clock.now)
    forged.refresh_from_db()
    assert (forged.status, forged.stop_reason) == ("revoking", "not_as_recorded")
    returned(there, jump.cast.member02, now=jump.clock.now)
    assert (ended(there).status, jump.members(), gated.lines()) == (ElevationStatus.ENDED, set(), {})


def test_trail_that_cannot_be_read_keeps_nobody_in(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    jump = gated.jump
    first, second = (
        granted(elevated(who, jump.cast.leader01, now=jump.clock.now)) for who in (jump.cast.member01, jump.cast.member02)
    )
    returned(first, jump.cast.member01, now=jump.clock.now)

    def unreadable(*_subjects: object, **_acts: object) -> None:
        raise OperationalError("the trail cannot be read")

    with monkeypatch.context() as patch:
        patch.setattr(selectors, "of_subjects", unreadable)
        assert (ended(first).status, first.problem) == (ElevationStatus.REVOKING, "leave_unread")
        assert jump.members() == {"member02"}
    jump.clock.forward(minutes=2)
    assert (ended(first).status, set(gated.lines()), second.status) == (
        ElevationStatus.ENDED,
        {"member02"},
        ElevationStatus.ACTIVE,
    )
