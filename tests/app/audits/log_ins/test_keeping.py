"""Events as rows: each once, in whatever order; late ones change the class, and an entry tells of each change."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, UniqueConstraint

from access_requests.models import Elevation
from audits import personal
from audits.acts import Act
from audits.findings import following, of_log_ins
from audits.log_ins import knowing, reading, rounds, unexplained, using
from audits.log_ins.reading import Round
from audits.models import ElevationUse, EnabledRegions, Finding, LogIn, LogInClass, Matched, Reading, SeenEvent, Stay, TrailEntry
from portal.aws.cloudtrail import History
from tests.worlds import cloudtrail as world
from tests.worlds.cast import Cast, actor_of
from tests.worlds.log_ins import Keep, member01, read_until, regions_told

pytestmark = pytest.mark.django_db


def seen() -> list[tuple[Any, ...]]:
    """Return each log-in with what it says and how much was done, whichever row it has."""
    rows = LogIn.objects.exclude(kind=LogInClass.JOINED).order_by("began_at", "way")
    return [
        (row.kind, row.way, row.began_at, row.person, row.elevation, row.last_call_at, row.events.count(), row.mfa, row.refused)
        for row in rows
    ]


def events_of(now: datetime) -> list[dict[str, Any]]:
    """Return a switch by the console, another by the command line soon after, calls of both, a refusal and a stranger."""
    first, second = now + timedelta(minutes=1), now + timedelta(minutes=2, seconds=30)
    return [
        *world.console_switch(first, who=member01()),
        *world.switch(second, who=member01()),
        *(world.call(first + timedelta(seconds=each), f"Get{each}", began=first) for each in range(3)),
        *(world.call(second + timedelta(seconds=each), f"Put{each}", began=second) for each in range(2)),
        *world.switch(now + timedelta(minutes=3), who=member01(), error="AccessDenied"),
        world.console_log_in(now + timedelta(minutes=4), who=world.user("old", account=world.PRODUCTION, user_id="AIDAOLD")),
    ]


def test_rows_are_the_same_in_whatever_order_events_come(keep: Keep, elevation: Elevation, now: datetime) -> None:
    raws = events_of(now)
    keep(raws)
    expected = seen()
    assert [row[:2] for row in expected] == [("used", "console"), ("used", "cli"), ("refused", "cli"), ("no_leave", "user")]
    for seed in range(6):
        SeenEvent.objects.all().delete()
        LogIn.objects.all().delete()
        shuffled = [*raws, *raws[::2]]
        random.Random(seed).shuffle(shuffled)  # noqa: S311  An order, and no secret.
        for first in range(0, len(shuffled), 3):
            keep(shuffled[first : first + 3])
        assert seen() == expected, seed


def test_doubles_change_nothing_and_are_told_once(keep: Keep, elevation: Elevation, now: datetime) -> None:
    raws = events_of(now)
    assert keep(raws) == len(raws)
    before = (seen(), TrailEntry.objects.count())
    assert keep(raws) == 0
    assert (seen(), TrailEntry.objects.count()) == before


def test_log_in_that_turns_out_to_be_anothers_part_is_told_as_such(keep: Keep, elevation: Elevation, now: datetime) -> None:
    """Calls came first, of two moments, and then the switch that lies between them."""
    began = now + timedelta(minutes=1)
    for apart in (-50, 50):
        keep([world.call(began, f"Get{apart}", began=began + timedelta(seconds=apart))])
    assert LogIn.objects.filter(kind=LogInClass.UNKNOWN).count() == 2
    keep(world.switch(began, who=member01()))
    assert sorted(LogIn.objects.values_list("kind", flat=True)) == ["joined", "used"]
    assert LogIn.objects.get(kind=LogInClass.USED).events.filter(part="call").count() == 2


def test_event_that_comes_two_days_late_changes_the_class_and_says_so(keep: Keep, elevation: Elevation, now: datetime) -> None:
    keep(world.switch(now, who=member01()))
    later = now + timedelta(days=3)
    call = world.call(now + timedelta(hours=2), "DeleteBucket", began=now)
    keep([call], at=later, complete={world.PRODUCTION: later})
    row = LogIn.objects.get()
    assert (row.kind, row.elevation) == (LogInClass.AFTER_END, elevation.code)
    entry = TrailEntry.objects.get(act=Act.LOG_IN_CHANGED, subject=row.code)
    assert (entry.data["late"], entry.data["before"]["kind"], entry.data["log_in"]["kind"]) == (True, "used", "after_end")


def test_addresses_can_be_erased_by_person(keep: Keep, elevation: Elevation, cast: Cast, now: datetime) -> None:
    keep(world.switch(now, who=member01()))
    entry = TrailEntry.objects.get(act=Act.LOG_IN_SEEN)
    (shown,) = personal.shown([entry])
    assert (shown.data["address"], shown.data["user_agent"]) == ("203.0.113.7", "aws-cli/2.31")
    assert personal.count(person="member01", before=None) >= 2
    with transaction.atomic():
        personal.erase(person="member01", before=None, reason="asked", actor=actor_of(cast.admin01), now=now)
    (shown,) = personal.shown([TrailEntry.objects.get(pk=entry.pk)], erased="erased")
    assert shown.data["address"] == "erased"


def test_chained_session_follows_the_class_of_the_one_before(keep: Keep, elevation: Elevation, now: datetime) -> None:
    """The later session is read first: nothing is known of its parent then."""
    child = world.switch(
        now + timedelta(minutes=5),
        who=world.in_role(now),
    )
    keep(child)
    assert LogIn.objects.get().reason == "parent_not_seen"
    keep(world.switch(now, who=member01()))
    assert set(LogIn.objects.values_list("kind", "elevation")) == {("used", elevation.code)}


BREAKS: dict[str, Callable[[], object]] = {
    "log_in_class_known": lambda: LogIn.objects.update(kind="forgotten"),
    "log_in_used_by_leave": lambda: LogIn.objects.update(kind="used", elevation=""),
    "log_in_unknown_has_reason": lambda: LogIn.objects.update(kind="unknown", reason=""),
    "seen_event_part_known": lambda: SeenEvent.objects.update(part="forgotten"),
    "seen_event_once": lambda: SeenEvent.objects.update(event_id="1", account="1"),
    "use_known": lambda: ElevationUse.objects.update(use="forgotten"),
    "use_unknown_has_reason": lambda: ElevationUse.objects.update(use="unknown", reason=""),
    "reading_once": lambda: Reading.objects.update(region="ap-northeast-1"),
}


def test_every_constraint_is_broken_below() -> None:
    named = {one.name for model in (LogIn, SeenEvent, ElevationUse, Reading) for one in model._meta.constraints}
    assert named == set(BREAKS)
    assert all(
        isinstance(one, CheckConstraint | UniqueConstraint) for model in (LogIn, SeenEvent) for one in model._meta.constraints
    )


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_database_refuses(name: str, keep: Keep, elevation: Elevation, now: datetime) -> None:
    keep(world.switch(now, who=member01()))
    ElevationUse.objects.create(elevation=elevation.code, use="used", entry_id=1, told_at=now)
    for region in ("ap-northeast-1", "us-east-1"):
        read_until(now, region=region)
    with pytest.raises(IntegrityError), transaction.atomic():
        BREAKS[name]()


def test_event_that_cannot_be_kept_is_told_and_the_others_are_kept(keep: Keep, elevation: Elevation, now: datetime) -> None:
    """A time that nothing can be reckoned from; an id that is none; and a switch like any other."""
    first = {**world.console_log_in(now, who=world.user("old", account=world.PRODUCTION, user_id="AIDAOLD"))}
    poison = [{**first, "eventID": "of-old", "eventTime": "0001-01-01T00:00:00Z"}, {**first, "eventID": "x" * 100}]
    switch = world.switch(now, who=member01())
    assert keep([poison[0], *switch, poison[1]]) == len(switch)
    assert LogIn.objects.get().kind == LogInClass.USED
    told = [entry.data["remark"] for entry in TrailEntry.objects.filter(act=Act.CLOUDTRAIL_FAULT).order_by("pk")]
    assert told == [f"lookup {'x' * 100}: not read", "lookup of-old: not kept (OverflowError)"]


def test_region_whose_reading_fails_holds_no_other_up(
    keep: Keep, elevation: Elevation, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails: the Region says so, goes to the end of the turn, and the round goes on."""
    row = read_until(now)

    def page(*_given: object, **_more: object) -> object:
        raise RecursionError("deep")

    monkeypatch.setattr(History, "page", page)
    round_ = Round(known=knowing.known(), portal=frozenset(), complete={}, now=now, is_over=lambda: False, pace=0)
    place = round_.known.place(world.PRODUCTION)
    assert place is not None
    assert not rounds._is_behind(place, row.region, round_)
    row.refresh_from_db()
    assert (row.problem, row.failing_since, row.asked_at) == ("not_read_by_portal", now, now)


def test_call_after_the_end_stays_one_when_a_later_call_is_within_leave(keep: Keep, elevation: Elevation, now: datetime) -> None:
    after = now + timedelta(minutes=40)
    keep([*world.switch(now, who=member01()), world.call(after, "DeleteBucket", began=now)])
    assert LogIn.objects.get().kind == LogInClass.AFTER_END
    keep([world.call(now + timedelta(minutes=5), "ListBuckets", began=now)])
    row = LogIn.objects.get()
    assert row.kind == LogInClass.AFTER_END
    SeenEvent.objects.filter(name="DeleteBucket").update(error="AccessDenied")
    judge = Round(known=knowing.known(), portal=frozenset(), complete={}, now=now, is_over=lambda: False).judge(now, after)
    row.last_call_at = None
    row.save()
    judge.again([row])
    assert LogIn.objects.get().kind == LogInClass.USED


def test_finding_of_a_log_in_is_closed_by_what_aws_tells_and_not_by_later_leave(
    keep: Keep, elevation: Elevation, now: datetime
) -> None:
    keep([world.console_log_in(now, who=world.user("old", account=world.PRODUCTION, user_id="AIDAOLD"))])
    told = TrailEntry.objects.get(act=Act.LOG_IN_SEEN).data["log_in"]
    for later, is_closed in (
        ({"kind": "declared"}, False),
        ({"kind": "standing", "person": "member01"}, False),
        ({"kind": "used", "elevation": elevation.code}, False),
        ({"kind": "used", "elevation": elevation.code, "principal_id": "AIDAOTHER"}, True),
        ({"kind": "joined"}, True),
    ):
        entry = TrailEntry(act=Act.LOG_IN_CHANGED, data={"log_in": {**told, **later}, "before": told})
        gone = [key for key, is_gone, _who in of_log_ins.said(entry) if is_gone]
        assert bool(gone) == is_closed, later


def test_all_log_ins_are_judged_anew_however_many_there_are(
    keep: Keep, elevation: Elevation, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "BATCH", 2)
    keep([raw for each in range(5) for raw in world.switch(now + timedelta(minutes=3 * each), who=member01())])
    assert LogIn.objects.filter(kind=LogInClass.USED).count() == 5
    LogIn.objects.update(kind=LogInClass.NO_LEAVE, elevation="", person="member01")
    Matched.objects.create(pk=1, until=1)
    round_ = Round(known=knowing.known(), portal=frozenset(), complete={}, now=now, is_over=lambda: False)
    while rounds.match_anew(round_):
        pass
    assert LogIn.objects.filter(kind=LogInClass.USED).count() == 5


def test_parent_that_began_after_its_child_is_none(keep: Keep, elevation: Elevation, now: datetime) -> None:
    keep(world.switch(now + timedelta(minutes=10), who=member01()))
    child = {"type": "AWSAccount", "principalId": f"{world.ROLE_ID}:member01", "accountId": world.PRODUCTION}
    keep([world.switch(now + timedelta(minutes=5), who=child, session="child")[-1]])
    assert LogIn.objects.get(session="child").reason == "parent_not_seen"


def test_log_in_that_stays_unknown_for_a_day_is_a_finding_once(keep: Keep, elevation: Elevation, now: datetime) -> None:
    keep([world.call(now, began=now)])
    row = LogIn.objects.get()
    assert row.kind == LogInClass.UNKNOWN
    for later, count in ((timedelta(hours=23), 0), (timedelta(hours=25), 1), (timedelta(hours=26), 1)):
        unexplained.tell(now=now + later)
        assert Finding.objects.filter(kind="log_in_without_approval").count() == count
    LogIn.objects.update(reason="not_tied", code="L-OTHER")
    unexplained.tell(now=now + timedelta(hours=27))
    assert Finding.objects.filter(kind="log_in_without_approval").count() == 1


def test_never_used_is_not_said_while_a_log_in_to_the_role_is_unknown_or_a_region_was_never_read(
    keep: Keep, elevation: Elevation, now: datetime
) -> None:
    later = now + timedelta(days=3)
    regions_told(now)
    known = knowing.known()
    for place in known.places:
        for region in place.regions:
            read_until(later, account=place.account, region=region, since=now - timedelta(days=1))
    elevation_stay = Stay.objects.filter(subject=elevation.code)
    elevation_stay.update(ended_at=now + timedelta(minutes=30))

    def told() -> tuple[str, str]:
        ElevationUse.objects.all().delete()
        using.tell(known=known, now=later)
        return ElevationUse.objects.values_list("use", "reason").get()

    assert told() == ("never_used", "")
    keep([world.call(now + timedelta(minutes=5), began=now)])
    assert LogIn.objects.get().kind == LogInClass.UNKNOWN
    assert told() == ("unknown", "gap")
    LogIn.objects.update(kind=LogInClass.NO_LEAVE)
    assert told() == ("never_used", "")
    # AWS refuses to list the account's Regions, and always did: only those that are declared are read.
    denied = {"regions": [], "problem": "AccessDeniedException"}
    EnabledRegions.objects.filter(account=world.PRODUCTION).update(**denied)
    known = knowing.known()
    assert told() == ("unknown", "not_read")
    regions_told(now)
    known = knowing.known()
    assert told() == ("never_used", "")
    Reading.objects.filter(account=world.PRODUCTION).order_by("pk")[:1].get().delete()
    assert told() == ("unknown", "not_read")


def test_known_id_of_another_event_is_told_once(keep: Keep, elevation: Elevation, now: datetime) -> None:
    raws = world.switch(now, who=member01())
    following.follow(now=now)
    keep([{**one, "sourceIPAddress": "198.51.100.1"} for one in raws])
    for _look in range(2):
        keep(raws)
        following.follow(now=now)
    told = [entry.data["remark"] for entry in TrailEntry.objects.filter(act=Act.CLOUDTRAIL_FAULT)]
    assert sorted(told) == sorted(f"lookup {raw['eventID']}: another event has this id" for raw in raws)


def test_trail_made_anew_under_the_name_of_one_that_was_stopped_does_not_write(keep: Keep, now: datetime) -> None:
    for name, count in (("StopLogging", 0), ("CreateTrail", 0), ("StartLogging", 1)):
        given = {"name": "own"}
        keep([world.raw(now, name, source="cloudtrail", userIdentity=world.user(), requestParameters=given)])
        assert TrailEntry.objects.filter(act=Act.CLOUDTRAIL_STARTED).count() == count


def test_look_goes_on_behind_a_page_that_is_known_while_events_may_come_late(keep: Keep, now: datetime) -> None:
    round_ = Round(known=knowing.known(), portal=frozenset(), complete={}, now=now, is_over=lambda: False)
    for age, goes_on in ((5, True), (11, False)):
        Reading.objects.all().delete()
        row = read_until(now, slice_since=now - timedelta(minutes=20), slice_until=now)
        reading._keep(row, [world.raw(now - timedelta(minutes=age), "GetObject")], "next", round_)
        assert (row.token == "next", row.slice_until is not None) == (goes_on, goes_on)
