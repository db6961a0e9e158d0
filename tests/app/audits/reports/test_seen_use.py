"""What AWS saw of an access, beside its work report."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from audits.acts import Act
from audits.models import ElevationUse, LogIn, SeenEvent, Stay, TrailEntry
from audits.reports import report_errors, seen_use
from tests.worlds.cast import Cast
from tests.worlds.reports import asked_back, confirmed, owed, written
from tests.worlds.story import refused

pytestmark = pytest.mark.django_db
CODE = "E-7K3M9QX2"


def logged_in(now: datetime, **more: Any) -> LogIn:
    said = {"code": "L-1", "thread": "t", "account": "444444444444", "role": "arn:aws:iam::444444444444:role/Prod_MemberRole"}
    whole = {**said, "way": "cli", "began_at": now, "kind": "used", "elevation": CODE, "entered": {}, "changed_at": now, **more}
    return LogIn.objects.create(**whole)


def called(log_in: LogIn, name: str, number: int, **more: Any) -> None:
    said = {"account": log_in.account, "event_id": f"{name}-{number}", "region": "ap-northeast-1", "at": log_in.began_at}
    kept = {"part": "call", "began_at": log_in.began_at, "sha256": "0" * 64, "place": "lookup", "log_in": log_in}
    SeenEvent.objects.create(**said, **kept, name=name, **more)


def test_nothing_is_said_of_what_was_not_read(db: None) -> None:
    seen = seen_use.of(CODE)
    assert (seen.is_read, seen.draft) == (False, "")


def test_report_begins_with_the_log_ins_and_what_was_called(now: datetime) -> None:
    row = logged_in(now, last_call_at=now + timedelta(minutes=20))
    for number in range(2):
        called(row, "UpdateService", number)
    called(row, "DescribeTasks", 1)
    called(row, "DeleteService", 1, error="AccessDenied")
    seen = seen_use.of(CODE)
    assert seen.draft.endswith("Prod_MemberRole: UpdateService 2、DescribeTasks 1")
    assert not seen.is_read


def test_access_that_aws_saw_used_is_not_reported_unused(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    logged_in(now, elevation=elevation.code)
    with refused(report_errors.AccessWasUsed):
        written(elevation, cast.member01, now=now, done="", is_unused=True)
    assert written(elevation, cast.member01, now=now).done


def test_access_to_whose_role_somebody_unknown_came_is_not_reported_unused(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    written(elevation, cast.member01, now=now, done="", is_unused=True)
    arn = "arn:aws:iam::444444444444:role/Prod_MemberRole"
    TrailEntry.objects.create(
        at=now, act=Act.ELEVATION_GRANTING, subject=elevation.code, data={"roles": [{"arn": arn, "role_id": "AROA"}]}
    )
    row = logged_in(now, kind="unknown", reason="entry_not_seen", elevation="")
    Stay.objects.filter(subject=elevation.code).update(granting_at=now - timedelta(hours=1), ended_at=now + timedelta(hours=1))
    with refused(report_errors.UseNotKnown):
        confirmed(elevation, cast.leader01, now=now)
    row.began_at = now + timedelta(days=9)
    row.save()
    assert confirmed(elevation, cast.leader01, now=now).status == "confirmed"


def test_report_of_no_use_is_not_confirmed_once_aws_shows_some(cast: Cast, now: datetime) -> None:
    elevation = owed(cast, now=now)
    written(elevation, cast.member01, now=now, done="", is_unused=True)
    logged_in(now, elevation=elevation.code)
    with refused(report_errors.AccessWasUsed):
        confirmed(elevation, cast.leader01, now=now)
    asked_back(elevation, cast.leader01, now=now)
    written(elevation, cast.member01, now=now)
    assert confirmed(elevation, cast.leader01, now=now).answered_by == "leader01"


def test_it_is_read_once_the_trail_says_whether_it_was_used(now: datetime) -> None:
    said = {"elevation": CODE, "entry_id": 1, "told_at": now}
    use = ElevationUse.objects.create(**said, use="unknown", reason="not_read")
    assert not seen_use.of(CODE).is_read
    use.use, use.reason = "never_used", ""
    use.save()
    assert seen_use.of(CODE).is_read
