"""The demo's past, as its first start leaves it: lived by the services, sealed, and over."""

import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tests.demo.access import rows
from tests.demo.running import Demo
from tests.waiting import until

# Of the shared demo, whose other tests add to it: what is older than today's start is its past.
PAST = "julianday('now', '-12 hours')"
REQUESTS = f"FROM access_requests_accessrequest WHERE julianday(submitted_at) < {PAST}"


def test_some_sixty_requests_over_eight_weeks_came_to_every_kind_of_end(demo: Demo) -> None:
    ends = [status for (status,) in rows(demo, f"SELECT status {REQUESTS}")]
    assert len(ends) >= 55
    assert set(ends) == {"approved", "rejected", "sent_back", "withdrawn", "lapsed"}
    ((first, last),) = rows(demo, f"SELECT min(submitted_at), max(submitted_at) {REQUESTS}")
    assert timedelta(days=52) < _at(last) - _at(first) < timedelta(days=60)
    assert timedelta() < datetime.now(UTC) - _at(last) < timedelta(days=4)


def test_every_kind_of_access_was_had_and_none_of_it_is_left(demo: Demo) -> None:
    said = f"FROM access_requests_elevation WHERE julianday(starts_at) < {PAST}"
    ends = rows(demo, f"SELECT DISTINCT status, stop_reason {said}")
    how = ("expired", "returned", "stopped", "grant_refused")
    assert set(ends) == {*(("ended", reason) for reason in how), ("cancelled", "returned")}
    assert rows(demo, f"SELECT code {said} AND (fence_due_at IS NOT NULL OR judge_at IS NOT NULL)") == []
    groups = "SELECT DISTINCT work_group_id FROM access_requests_elevation"
    assert len(rows(demo, groups)) == 5
    assert {door for (door,) in rows(demo, "SELECT DISTINCT door FROM access_requests_decision")} >= {"browser", "chat"}


def test_requests_were_sent_back_and_asked_anew_and_access_was_prolonged(demo: Demo) -> None:
    assert len(rows(demo, f"SELECT code {REQUESTS} AND revises_id IS NOT NULL")) == 2
    assert len(rows(demo, f"SELECT code {REQUESTS} AND extends_id IS NOT NULL AND status = 'approved'")) == 3


def test_drift_was_found_and_undone_by_the_portal_and_by_an_administrator(demo: Demo) -> None:
    said = "SELECT DISTINCT kind, status, undo_asked_by, principal != '' FROM access_requests_drift"
    found = rows(demo, f"{said} WHERE julianday(found_at) < {PAST}")
    assert set(found) == {("unexplained_member", "undone", "sekisho:worker", 1), ("unexplained_member", "undone", "admin01", 1)}


def test_what_was_done_was_reported_and_confirmed_but_for_the_last_day(demo: Demo) -> None:
    said = f"FROM audits_workreport WHERE julianday(over_at) < {PAST}"
    counts = dict(rows(demo, f"SELECT status, count(*) {said} GROUP BY status"))
    assert set(counts) == {"owed", "written", "confirmed"}
    assert counts["confirmed"] > 30
    assert rows(demo, f"SELECT count(*) {said} AND deviation != ''") == [(1,)]


def test_the_trail_has_it_recorded_when_it_happened_and_holds(demo: Demo) -> None:
    times = [(_at(at), _at(recorded)) for at, recorded in rows(demo, "SELECT at, recorded_at FROM audits_trailentry ORDER BY id")]
    assert max(abs(at - recorded) for at, recorded in times) < timedelta(minutes=1)
    assert all(before[1] <= after[1] for before, after in pairwise(times))
    until(lambda: rows(demo, "SELECT state FROM audits_sealer") == [("sealed",)], seconds=60)
    assert "HOLDS" in demo.manage("verify_audit")


def test_nobody_is_told_of_it_today_and_nothing_of_it_is_called_late(demo: Demo) -> None:
    alarms = "SELECT act FROM audits_trailentry WHERE act IN ('trail.recorded_late', 'seal.overdue', 'seal.stopped')"
    assert rows(demo, alarms) == []
    told = "SELECT entry_id FROM access_requests_delivery JOIN audits_trailentry ON audits_trailentry.id = entry_id"
    assert rows(demo, f"{told} WHERE julianday(at) < {PAST}") == []


def test_the_trail_is_append_only_as_ever_and_gives_the_time_itself(demo: Demo) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        rows(demo, "UPDATE audits_trailentry SET actor = 'somebody' WHERE id = 1")
    with pytest.raises(sqlite3.IntegrityError, match="gives ids and times"):
        rows(demo, BACKDATED)


BACKDATED = """INSERT INTO audits_trailentry (act, actor, subject, data, late, on_behalf_of, schema_version, at, recorded_at)
    VALUES ('x', 'x', 'x', '{}', '', '', 2, '2026-10-01 00:00:00', '2026-10-01 00:00:00')"""


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
