"""Who did it: what CloudTrail says of the time in which it was done, and nothing of the portal's own."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from access_requests.models import Drift, Reconciliation
from access_requests.services.drift import blaming
from audits.acts import Act
from audits.models import TrailEntry
from portal.verbs.run import run
from tests.app.access_requests.services.drift.conftest import World
from tests.worlds.jump import MEMBER_GROUP

ADMINISTRATOR = "arn:aws:iam::111111111111:user/administrator"
ROLE = "arn:aws:sts::111111111111:assumed-role/EcsTaskRole"


def found(world: World) -> Drift:
    assert world.compare() == {f"unexplained_member {MEMBER_GROUP} member02"}
    return Drift.objects.latest("pk")


def add_unseen(world: World, *, later: timedelta) -> None:
    """Put member02 into the work group; CloudTrail says of a later time that it was then."""
    world.gated.aws.set_clock(at=world.jump.clock.now + later)
    world.add()


def drift_found(world: World, **problem: str) -> Drift:
    """Return one that was found two hours after the last comparison, in which this was a problem."""
    then, now = world.jump.clock.now - timedelta(hours=2), world.jump.clock.now
    problems = [{"account": "jump", "thing": "", "problem": "AccessDenied"} | problem] if problem else []
    Reconciliation.objects.create(began_at=then, ended_at=then, problems=problems)
    return Drift(kind="unexplained_member", account="jump", thing=MEMBER_GROUP, name="member02", found_at=now)


# When


def test_what_was_done_before_the_last_comparison_that_did_not_show_it_is_not_pinned_on_it(world: World) -> None:
    world.add()
    world.jump.iam.remove_user_from_group(GroupName=MEMBER_GROUP, UserName="member02")
    assert world.compare() == set()
    world.compare(later=600)
    # CloudTrail does not say yet who did it this time.
    add_unseen(world, later=timedelta(hours=2))
    assert (found(world).principal, found(world).event) == ("", None)


def test_what_was_done_after_it_was_found_is_not_pinned_on_it(world: World) -> None:
    add_unseen(world, later=timedelta(minutes=2))
    assert found(world).principal == ""
    world.compare(later=120)
    assert Drift.objects.get().principal == ""


def test_what_was_done_between_two_comparisons_is(world: World) -> None:
    world.compare()
    world.add()
    assert found(world).principal == ADMINISTRATOR


@pytest.mark.parametrize("problem", [{}, {"account": "production"}, {"thing": "OpsWorkGroup"}])
def test_events_count_from_the_last_comparison_that_looked_there(world: World, problem: dict[str, str]) -> None:
    drift = drift_found(world, **problem)
    assert drift.found_at - blaming._since(drift) == timedelta(hours=2, minutes=6)


@pytest.mark.parametrize("problem", [{"account": "jump"}, {"account": ""}, {"thing": MEMBER_GROUP}])
def test_events_count_for_an_hour_where_no_comparison_looked_there(world: World, problem: dict[str, str]) -> None:
    drift = drift_found(world, **problem)
    assert drift.found_at - blaming._since(drift) == timedelta(hours=1)


# Who


def test_whoever_takes_the_portals_user_agent_is_named_all_the_same(world: World) -> None:
    def as_portal(request: Any, **_event: Any) -> None:
        request.headers["User-Agent"] = "Boto3/1.40 sekisho"

    world.jump.iam.meta.events.register("before-sign.iam.AddUserToGroup", as_portal)
    world.add()
    drift = found(world)
    assert (drift.principal, (drift.event or {})["userAgent"]) == (ADMINISTRATOR, "Boto3/1.40 sekisho")


def test_event_with_numbers_that_the_trail_does_not_take_is_told_in_words(world: World) -> None:
    world.add()
    drift = found(world)
    Drift.objects.update(principal="")
    asked = {"userName": "member02", "share": 0.5, "serial": 2**60}
    run(lambda: blaming._attribute(drift.pk, {"userIdentity": {"arn": ROLE}, "requestParameters": asked}))
    entry = TrailEntry.objects.filter(act=Act.DRIFT_ATTRIBUTED).latest("pk")
    told = entry.data["drift"]["event"]["requestParameters"]
    assert told == {"userName": "member02", "share": "0.5", "serial": "1152921504606846976"}


def test_the_portal_asks_once_who_it_is(world: World) -> None:
    for name in ("member02", "leader02"):
        world.add(name)
        world.compare()
    assert set(Drift.objects.values_list("principal", flat=True)) == {ADMINISTRATOR}
    assert world.jump.proxy.count("GetCallerIdentity") == 1


def test_nobody_is_named_while_the_portal_cannot_learn_who_it_is(world: World) -> None:
    world.jump.proxy.refuse("GetCallerIdentity", status=503, code="ServiceUnavailable")
    world.add()
    assert (found(world).principal, world.latest().problems) == ("", [])
    assert found(world).principal == ADMINISTRATOR


@pytest.mark.parametrize(
    ("own", "principal", "is_ours"),
    [
        (f"{ROLE}/task-1", f"{ROLE}/task-2", True),
        (f"{ROLE}/task-1", f"{ROLE}2/task-1", False),
        ("arn:aws:iam::111111111111:user/portal", "arn:aws:iam::111111111111:user/portal", True),
        ("arn:aws:iam::111111111111:user/portal", "arn:aws:iam::111111111111:user/portal2", False),
        ("arn:aws:iam::111111111111:user/portal", "", False),
    ],
)
def test_workers_of_one_role_or_user_are_the_portal_and_nobody_else(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, own: str, principal: str, *, is_ours: bool
) -> None:
    settings.AWS_JUMP_ROLE_ARN = None
    monkeypatch.setattr(blaming, "_own_arn", lambda _sts: own)
    monkeypatch.setattr(blaming, "jump_sts", lambda: None)
    assert blaming._is_ours({"userIdentity": {"arn": principal} if principal else None}, "") is is_ours


# How many


def test_an_event_is_found_behind_pages_of_others_of_its_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blaming, "PAGE", 2)
    world.add()
    for _ in range(5):
        world.jump.iam.add_user_to_group(GroupName="MemberGroup", UserName="leader02")
    assert found(world).principal == ADMINISTRATOR
    assert world.jump.proxy.count("LookupEvents") == 3


def test_pages_are_turned_for_some_seconds_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blaming, "PAGE", 2)
    monkeypatch.setattr(blaming, "MOST_SECONDS", 0.2)
    world.jump.proxy.delay("LookupEvents", seconds=0.3)
    world.add()
    for _ in range(5):
        world.jump.iam.add_user_to_group(GroupName="MemberGroup", UserName="leader02")
    assert found(world).principal == ""
    assert world.jump.proxy.count("LookupEvents") == 1
