"""An event that a file has, and AWS's own history otherwise: that one wins, the log-in is judged anew, and it is told."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from access_requests.models import Elevation
from audits.acts import Act
from audits.log_ins import extent, knowing, reading
from audits.log_ins.extent import LOOKUP, OF_DIGESTS
from audits.log_ins.reading import Round
from audits.models import LogIn, LogInClass, Reading, SeenEvent, TrailEntry
from portal.verbs.run import run
from tests.worlds import cloudtrail as world
from tests.worlds.log_ins import Keep, elevation, keep, member01, read_until  # noqa: F401  Fixtures.

FILE = "AWSLogs/444444444444/CloudTrail/ap-northeast-1/2026/11/23/a.json.gz"


def round_at(now: datetime) -> Round:
    return Round(known=knowing.known(), portal=frozenset(), complete={}, now=now, is_over=lambda: False)


def from_file(now: datetime, raws: Sequence[dict[str, Any]]) -> None:
    round_ = round_at(now)
    run(lambda: round_.keep(round_.parsed(raws, FILE, account=world.PRODUCTION, region="ap-northeast-1")))


def from_history(now: datetime, raws: Sequence[dict[str, Any]]) -> None:
    row = read_until(now, slice_since=now - timedelta(minutes=20), slice_until=now)
    run(lambda: reading._keep(row, raws, "", round_at(now)))


def told() -> list[str]:
    return [entry.data["remark"] for entry in TrailEntry.objects.filter(act=Act.CLOUDTRAIL_FAULT)]


def stranger() -> dict[str, Any]:
    return world.user("eve", account="999999999999", user_id="AIDAEVE0000000000000")


def test_history_of_aws_wins_over_a_file_that_has_the_event_otherwise(keep: Keep, elevation: Elevation, now: datetime) -> None:  # noqa: F811
    (_theirs, true) = world.switch(now, who=stranger())
    forged = {**true, "userIdentity": {**true["userIdentity"], "principalId": member01()["principalId"]}}
    from_file(now, [forged])
    before = LogIn.objects.get()
    assert (before.kind, before.elevation) == (LogInClass.USED, elevation.code)
    from_history(now, [true])
    after = LogIn.objects.get()
    assert (after.pk, after.kind, after.elevation) == (before.pk, LogInClass.NO_LEAVE, "")
    assert SeenEvent.objects.get().place == LOOKUP
    assert told() == [f"{FILE} {true['eventID']}: LookupEvents has another event of this id"]
    from_file(now, [forged])
    assert LogIn.objects.get().kind == LogInClass.NO_LEAVE
    assert told()[1:] == [f"{FILE} {true['eventID']}: another event has this id"]


def test_event_of_another_session_makes_another_log_in_and_leaves_nothing_of_the_first(
    keep: Keep,  # noqa: F811
    elevation: Elevation,  # noqa: F811
    now: datetime,
) -> None:
    (_theirs, true) = world.switch(now, who=stranger(), session="eve")
    (_own, forged) = world.switch(now, who=member01(), session="member01")
    from_file(now, [{**forged, "eventID": true["eventID"]}, world.call(now + timedelta(minutes=1), began=now)])
    first = LogIn.objects.get()
    assert first.kind == LogInClass.USED
    from_history(now, [true])
    first.refresh_from_db()
    other = LogIn.objects.exclude(pk=first.pk).get()
    # The call that a file alone tells of stays: nobody saw how its session began.
    assert (other.kind, other.session) == (LogInClass.NO_LEAVE, "eve")
    assert (first.kind, first.reason) == (LogInClass.UNKNOWN, "entry_not_seen")


def test_event_that_proves_nothing_takes_the_log_in_of_a_file_away(keep: Keep, elevation: Elevation, now: datetime) -> None:  # noqa: F811
    (_own, forged) = world.switch(now, who=member01())
    harmless = {**world.raw(now, "DescribeInstances"), "eventID": forged["eventID"]}
    from_file(now, [forged])
    from_history(now, [harmless])
    assert LogIn.objects.get().kind == LogInClass.JOINED
    assert not SeenEvent.objects.exists()
    assert len(told()) == 1


def test_files_count_as_read_as_far_as_their_digests_were_verified(keep: Keep, now: datetime) -> None:  # noqa: F811
    place = {"account": world.PRODUCTION, "region": "ap-northeast-1"}
    facts: dict[str, Any] = {"since": now - timedelta(days=9), "swept_at": now}
    files = Reading.objects.create(**place, **facts, source="arn:aws:cloudtrail:x", until=now)
    assert extent.proved(**place) == []
    digests = Reading.objects.create(**place, **facts, source=OF_DIGESTS + files.source, until=now - timedelta(hours=2))
    assert extent.proved(**place) == [(files.since, digests.until)]
    row = read_until(now - timedelta(days=5))
    reading._begin(row, now)
    assert row.until == digests.until
