"""A run as a whole: one at a time, as many calls whoever is in production, and nothing stops the rest."""

import json
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import DataError

from access_requests.models import Drift, Elevation, PersonLease, Reconciliation
from access_requests.selectors import matrix as matrix_selector
from access_requests.services.drift import people, recording, running
from access_requests.services.drift.difference import Difference
from access_requests.services.elevations import lease
from audits.models import TrailEntry
from portal.users.models import User
from portal.verbs.run import run
from tests.app.access_requests.services.drift.conftest import World
from tests.stand_ins.aws_proxy import Refuse
from tests.worlds.jump import MEMBER_GROUP, MEMBER_TAG

OPEN_DOOR = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'

# Nothing stops the rest


@pytest.mark.parametrize("value", ["42", "soon", "", "9" * 200])
def test_a_bad_tag_hides_nobody_elses_drift(world: World, value: str) -> None:
    world.jump.iam.tag_user(UserName="leader01", Tags=[{"Key": MEMBER_TAG, "Value": value}, {"Key": "CostCenter", "Value": "42"}])
    world.add()
    assert world.compare() == {f"tag_unexplained leader01 {MEMBER_TAG}", f"unexplained_member {MEMBER_GROUP} member02"}


def test_an_object_that_cannot_be_compared_is_a_problem_and_the_others_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = people._user

    def odd(user: object, expected: object) -> object:
        if getattr(user, "name", "") == "leader01":
            raise ValueError("an odd user")
        return whole(user, expected)  # type: ignore[arg-type]

    monkeypatch.setattr(people, "_user", odd)
    world.add()
    assert world.compare() == {f"unexplained_member {MEMBER_GROUP} member02"}
    assert world.latest().problems == [{"account": "jump", "thing": "leader01", "problem": "ValueError: an odd user"}]


def test_a_policy_with_a_long_path_is_drift_as_any_other(world: World) -> None:
    policy = world.jump.iam.create_policy(PolicyName="x" * 128, Path=f"/{'a' * 510}/", PolicyDocument=OPEN_DOOR)["Policy"]
    world.jump.iam.attach_group_policy(GroupName=MEMBER_GROUP, PolicyArn=policy["Arn"])
    assert len(policy["Arn"]) > 600
    assert f"group_policy {MEMBER_GROUP} {policy['Arn']}" in world.compare()
    assert world.latest().problems == []


@pytest.mark.parametrize("odd", ["\\u0000", "\\ud800", "\\udc00 \\ud800"])
def test_a_policy_with_characters_that_no_database_takes_is_recorded_with_others_in_their_place(world: World, odd: str) -> None:
    document = OPEN_DOOR.replace('{"Effect"', f'{{"Sid": "{odd}", "Effect"')
    world.jump.iam.put_group_policy(GroupName=MEMBER_GROUP, PolicyName="Odd", PolicyDocument=document)
    world.add()
    assert {f"group_policy {MEMBER_GROUP} Odd", f"unexplained_member {MEMBER_GROUP} member02"} <= world.compare()
    assert world.latest().problems == []
    row = Drift.objects.get(name="Odd")
    assert "\ufffd" in json.dumps(row.detail, ensure_ascii=False)
    changes = TrailEntry.objects.filter(subject=row.code)
    assert changes.get(act="drift.found").data["drift"]["detail"] == row.detail
    world.compare()
    assert not changes.filter(act="drift.changed").exists()


def test_a_difference_that_cannot_be_written_down_is_a_problem_and_the_others_are_acted_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = recording._find

    def find(difference: Difference, now: datetime) -> None:
        whole(difference, now)
        if difference.thing == "leader01":
            raise DataError("odd \x00 data")

    monkeypatch.setattr(recording, "_find", find)
    world.undo_by_itself()
    world.jump.iam.tag_user(UserName="leader01", Tags=[{"Key": MEMBER_TAG, "Value": "soon"}])
    world.add()
    assert world.compare() == set()
    assert [(row.thing, row.status) for row in Drift.objects.all()] == [(MEMBER_GROUP, "undone")]
    assert world.latest().problems == [{"account": "jump", "thing": "leader01", "problem": "DataError: odd \ufffd data"}]
    assert world.latest().matrix is not None


def test_a_drift_that_cannot_be_settled_is_a_problem_and_the_others_are_settled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = recording._settle
    world.add()
    world.add("leader02")
    world.compare()
    odd = Drift.objects.get(name="leader02")

    def settle(drift_id: int, now: datetime) -> None:
        if drift_id == odd.pk:
            raise DataError("odd data")
        whole(drift_id, now)

    monkeypatch.setattr(recording, "_settle", settle)
    for name in ("member02", "leader02"):
        world.jump.iam.remove_user_from_group(GroupName=MEMBER_GROUP, UserName=name)
    assert world.compare() == {f"unexplained_member {MEMBER_GROUP} leader02"}
    assert world.latest().problems == [{"account": "jump", "thing": MEMBER_GROUP, "problem": "DataError: odd data"}]


def test_a_matrix_with_characters_that_no_database_takes_is_kept_with_others_in_their_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "matrix", lambda *_all: {"by": ["a\x00b", {"\ud800": ("c",)}]})
    world.compare()
    assert world.latest().matrix == {"by": ["a\ufffdb", {"\ufffd": ["c"]}]}


def test_what_was_not_compared_is_not_called_gone(world: World) -> None:
    world.add()
    world.compare()
    world.jump.iam.remove_user_from_group(GroupName=MEMBER_GROUP, UserName="member02")
    world.jump.proxy.refuse("GetAccountAuthorizationDetails", status=403, code="AccessDenied")
    assert world.compare() == {f"unexplained_member {MEMBER_GROUP} member02"}
    assert world.latest().matrix is None
    assert world.compare() == set()
    assert [entry.act for entry in TrailEntry.objects.filter(subject=Drift.objects.get().code).order_by("pk")] == [
        "drift.found",
        "drift.attributed",
        "drift.gone",
    ]


def test_an_account_that_cannot_be_read_hides_nothing_of_the_others(world: World) -> None:
    world.add()
    world.jump.proxy._add(Refuse("GetAccountAuthorizationDetails", skip=1, status=403, code="AccessDenied"))
    assert world.compare() == {f"unexplained_member {MEMBER_GROUP} member02"}
    assert [problem["account"] for problem in world.latest().problems] == ["production"]
    matrix = matrix_selector.latest()
    assert matrix is not None
    assert {account.key: account.problem for account in matrix.accounts} == {"jump": "", "production": "AccessDenied"}


def test_a_policy_that_cannot_be_read_back_is_undone_with_the_next_comparison(world: World) -> None:
    world.undo_by_itself()
    world.add()
    world.jump.proxy.refuse("RemoveUserFromGroup", status=503, code="ServiceUnavailable")
    assert world.compare() == {f"unexplained_member {MEMBER_GROUP} member02"}
    row = Drift.objects.get()
    assert (row.status, row.problem) == ("undoing", "ServiceUnavailable")
    assert world.compare() == set()
    row.refresh_from_db()
    assert (row.status, row.problem) == ("undone", "")


def test_nothing_is_written_about_a_person_whom_another_worker_writes_about(world: World) -> None:
    world.undo_by_itself()
    world.add()
    person = world.jump.cast.member02
    holder, until = "another", world.jump.clock.now + timedelta(hours=1)
    assert run(partial(lease.take, person.pk, holder=holder, now=world.jump.clock.now))
    PersonLease.objects.filter(person=person).update(until=until)
    world.compare()
    assert world.jump.members() == {"member02"}
    assert Drift.objects.get().problem == "person_busy"
    PersonLease.objects.filter(person=person).update(holder="", until=world.jump.clock.now)
    assert world.compare() == set()


# As many calls, one at a time


OF_EACH_PERSON = ("ListAccessKeys", "ListMFADevices")


def calls_of_a_run(world: World) -> list[str]:
    world.jump.proxy.forget()
    world.compare()
    return sorted(world.jump.proxy.actions)


def test_a_run_makes_as_many_calls_for_thirty_people_in_production_as_for_one(world: World) -> None:
    elevation = world.grant()
    world.compare()
    Reconciliation.objects.all().delete()
    one = [action for action in calls_of_a_run(world) if action not in OF_EACH_PERSON]
    others = [User(username=f"engineer{n:02}") for n in range(30)]
    User.objects.bulk_create(others)
    same = {"request": elevation.request, "work_group": elevation.work_group, "starts_at": elevation.starts_at}
    for person in User.objects.filter(username__startswith="engineer"):
        Elevation.objects.create(
            **same,
            person=person,
            iam_user_name=person.username,
            iam_user_id=f"AIDA{person.username.upper()}",
            ends_at=elevation.ends_at,
            written_ends_at=elevation.ends_at,
            granted_at=elevation.granted_at,
            granting_at=elevation.granting_at,
            status="active",
        )
    many = [action for action in calls_of_a_run(world) if action not in OF_EACH_PERSON]
    assert one == ["GetAccountAuthorizationDetails", "GetAccountAuthorizationDetails"]
    assert many[: len(one)] == one
    assert world.jump.proxy.count("GetAccountAuthorizationDetails") == 2


def test_a_second_run_does_nothing_and_one_that_died_blocks_nobody(world: World) -> None:
    died = Reconciliation.objects.create(began_at=world.jump.clock.now, alive_at=world.jump.clock.now, running=True)
    assert running.run() is None
    world.jump.clock.forward(minutes=3)
    assert running.run() is not None
    died.refresh_from_db()
    assert (died.running, died.ended_at, died.problems[0]["problem"]) == (False, None, "run_died")


def test_a_run_that_is_long_and_says_so_is_left_alone(world: World) -> None:
    long = Reconciliation.objects.create(began_at=world.jump.clock.now, running=True)
    world.jump.clock.forward(minutes=10)
    running._say_alive(long)
    assert running.run() is None
    world.jump.clock.forward(minutes=2)
    assert running.run() is None


def test_a_run_says_before_each_call_that_it_lives(world: World) -> None:
    def an_hour_passes() -> None:
        world.jump.clock.forward(hours=1)

    world.jump.on_call("GetAccountAuthorizationDetails", an_hour_passes)
    row = running.run()
    assert row is not None
    row.refresh_from_db()
    assert row.alive_at - row.began_at == timedelta(hours=1)


def test_a_run_that_fails_is_over_and_says_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_now: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(running, "expect", broken)
    with pytest.raises(RuntimeError):
        running.run()
    assert not world.latest().running
    assert world.latest().problems[0]["problem"] == "RuntimeError: broken"


def test_old_runs_are_forgotten_and_only_the_last_keeps_its_matrix(world: World) -> None:
    world.compare()
    world.compare()
    assert Reconciliation.objects.filter(matrix__isnull=False).count() == 1
    world.compare(later=8 * 24 * 3600)
    assert Reconciliation.objects.count() == 1


# Who did it


def test_the_same_undone_again_and_again_is_another_tool(world: World) -> None:
    world.undo_by_itself()
    for _ in range(4):
        world.add()
        world.compare()
    rows = list(Drift.objects.order_by("pk"))
    assert [row.undone_before for row in rows] == [0, 1, 2, 3]
    assert [recording.another_tool(row) for row in rows] == [False, False, False, True]
    assert {row.principal for row in rows} == {"arn:aws:iam::111111111111:user/administrator"}
    entry = TrailEntry.objects.get(subject=rows[-1].code, act="drift.attributed")
    assert entry.data["drift"]["another_tool"] is True
    world.add()
    world.compare(later=25 * 3600)
    assert Drift.objects.latest("pk").undone_before == 0


def test_who_did_it_is_asked_again_when_cloudtrail_did_not_answer(world: World) -> None:
    world.add()
    world.jump.proxy.refuse("LookupEvents", status=400, code="ThrottlingException")
    world.compare()
    assert (Drift.objects.get().principal, world.latest().problems) == ("", [])
    world.compare()
    assert Drift.objects.get().principal.endswith(":user/administrator")
    world.jump.proxy.forget()
    world.compare()
    assert world.jump.proxy.count("LookupEvents") == 0


def test_the_portal_never_names_itself(world: World) -> None:
    elevation = world.grant()
    world.compare()
    Elevation.objects.filter(pk=elevation.pk).update(status="cancelled")
    world.compare()
    assert {row.principal for row in Drift.objects.all()} == {""}
