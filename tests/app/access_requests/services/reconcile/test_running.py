"""A run as a whole: one at a time, as many calls whoever is in production, and nothing stops the rest."""

from datetime import timedelta
from functools import partial

import pytest
from pytest_django import DjangoAssertNumQueries

from access_requests import errors, tasks
from access_requests.grants import inventory
from access_requests.models import Drift, Elevation, IamUserBinding, PersonLease, Reconciliation, RoleGate
from access_requests.selectors import drift as drift_selector
from access_requests.selectors import matrix as matrix_selector
from access_requests.services import lease, provision, reconcile
from access_requests.services.reconcile import people, running
from access_requests.services.run import run
from audits.models import TrailEntry
from portal.outbox.models import Message
from portal.users.models import User
from tests.app.access_requests.services.reconcile.conftest import World
from tests.aws_proxy import Refuse
from tests.cast import actor_of
from tests.jump import MEMBER_GROUP, MEMBER_TAG
from tests.story import acts, elevated, refused


def add(world: World, name: str = "member02") -> None:
    world.jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName=name)


# Nothing stops the rest


@pytest.mark.parametrize("value", ["42", "soon", "", "9" * 200])
def test_a_bad_tag_hides_nobody_elses_drift(world: World, value: str) -> None:
    world.jump.iam.tag_user(UserName="leader01", Tags=[{"Key": MEMBER_TAG, "Value": value}, {"Key": "CostCenter", "Value": "42"}])
    add(world)
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
    add(world)
    assert world.compare() == {f"unexplained_member {MEMBER_GROUP} member02"}
    assert world.latest().problems == [{"account": "jump", "thing": "leader01", "problem": "ValueError: an odd user"}]


def test_what_was_not_compared_is_not_called_gone(world: World) -> None:
    add(world)
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
    add(world)
    world.jump.proxy._add(Refuse("GetAccountAuthorizationDetails", skip=1, status=403, code="AccessDenied"))
    assert world.compare() == {f"unexplained_member {MEMBER_GROUP} member02"}
    assert [problem["account"] for problem in world.latest().problems] == ["production"]
    matrix = matrix_selector.latest()
    assert matrix is not None
    assert {account.key: account.problem for account in matrix.accounts} == {"jump": "", "production": "AccessDenied"}


def test_a_policy_that_cannot_be_read_back_is_undone_with_the_next_comparison(world: World) -> None:
    world.undo_by_itself()
    add(world)
    world.jump.proxy.refuse("RemoveUserFromGroup", status=503, code="ServiceUnavailable")
    assert world.compare() == {f"unexplained_member {MEMBER_GROUP} member02"}
    row = Drift.objects.get()
    assert (row.status, row.problem) == ("undoing", "ServiceUnavailable")
    assert world.compare() == set()
    row.refresh_from_db()
    assert (row.status, row.problem) == ("undone", "")


def test_nothing_is_written_about_a_person_whom_another_worker_writes_about(world: World) -> None:
    world.undo_by_itself()
    add(world)
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


def calls_of_a_run(world: World) -> list[str]:
    world.jump.proxy.forget()
    world.compare()
    return sorted(world.jump.proxy.actions)


def test_a_run_makes_as_many_calls_for_thirty_people_in_production_as_for_one(world: World) -> None:
    elevation = world.grant()
    world.compare()
    IamUserBinding.objects.update(mfa_serials=[])
    Reconciliation.objects.all().delete()
    one = [action for action in calls_of_a_run(world) if action != "ListMFADevices"]
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
    many = [action for action in calls_of_a_run(world) if action != "ListMFADevices"]
    assert one == ["GetAccountAuthorizationDetails", "GetAccountAuthorizationDetails"]
    assert many[: len(one)] == one
    assert world.jump.proxy.count("GetAccountAuthorizationDetails") == 2


def test_a_second_run_does_nothing_and_one_that_died_blocks_nobody(world: World) -> None:
    died = Reconciliation.objects.create(began_at=world.jump.clock.now, running=True)
    assert reconcile.run() is None
    world.jump.clock.forward(minutes=10)
    assert reconcile.run() is not None
    died.refresh_from_db()
    assert (died.running, died.ended_at, died.problems[0]["problem"]) == (False, None, "run_died")


def test_a_run_that_fails_is_over_and_says_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_now: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(running, "expect", broken)
    with pytest.raises(RuntimeError):
        reconcile.run()
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
        add(world)
        world.compare()
    rows = list(Drift.objects.order_by("pk"))
    assert [row.undone_before for row in rows] == [0, 1, 2, 3]
    assert [reconcile.another_tool(row) for row in rows] == [False, False, False, True]
    assert {row.principal for row in rows} == {"arn:aws:iam::111111111111:user/administrator"}
    entry = TrailEntry.objects.get(subject=rows[-1].code, act="drift.attributed")
    assert entry.data["drift"]["another_tool"] is True
    add(world)
    world.compare(later=25 * 3600)
    assert Drift.objects.latest("pk").undone_before == 0


def test_who_did_it_is_asked_again_when_cloudtrail_did_not_answer(world: World) -> None:
    add(world)
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


# What administrators ask for


def test_an_administrator_has_drift_undone(world: World) -> None:
    add(world)
    world.compare()
    row = Drift.objects.get()
    admin = actor_of(world.jump.cast.admin01)
    run(partial(reconcile.undo, code=row.code, actor=admin, now=world.jump.clock.now))
    message = Message.objects.get(task=reconcile.UNDO)
    with refused(errors.TransitionNotAllowed):
        run(partial(reconcile.undo, code=row.code, actor=admin, now=world.jump.clock.now))
    tasks.undo_drift(message.object_id)
    row.refresh_from_db()
    assert (row.status, row.undo_asked_by, world.jump.members()) == ("undone", "admin01", set())
    entry = TrailEntry.objects.get(subject=row.code, act="drift.undoing")
    assert (entry.actor, entry.data["proof"]["method"]) == ("admin01", "password")
    tasks.undo_drift(message.object_id)
    assert TrailEntry.objects.filter(subject=row.code, act="drift.undone").count() == 1


def test_what_is_there_no_more_is_not_written_again(world: World) -> None:
    add(world)
    world.compare()
    row = Drift.objects.get()
    run(partial(reconcile.undo, code=row.code, actor=actor_of(world.jump.cast.admin01), now=world.jump.clock.now))
    world.jump.iam.remove_user_from_group(GroupName=MEMBER_GROUP, UserName="member02")
    world.jump.proxy.forget()
    tasks.undo_drift(row.pk)
    row.refresh_from_db()
    assert row.status == "undone"
    assert world.jump.proxy.count("RemoveUserFromGroup") == 0


@pytest.mark.parametrize("who", ["member01", "leader01", "auditor01"])
def test_only_administrators_ask(world: World, who: str) -> None:
    add(world)
    world.compare()
    actor, now = actor_of(getattr(world.jump.cast, who)), world.jump.clock.now
    for verb in (
        partial(reconcile.undo, code=Drift.objects.get().code, actor=actor, now=now),
        partial(reconcile.ask, actor=actor, now=now),
    ):
        with refused(errors.NotAnAdministrator):
            run(verb)


def test_what_the_portal_cannot_undo_is_refused(world: World) -> None:
    world.jump.delete_user("member02")
    world.compare()
    row, actor = Drift.objects.get(), actor_of(world.jump.cast.admin01)
    assert (row.kind, reconcile.undoable(row)) == ("user_gone", False)
    with refused(errors.NotUndoable):
        run(partial(reconcile.undo, code=row.code, actor=actor, now=world.jump.clock.now))
    with refused(errors.NotFound):
        run(partial(reconcile.undo, code="D-NOSUCHTH", actor=actor, now=world.jump.clock.now))


def test_a_comparison_on_demand_says_who_asked(world: World) -> None:
    run(partial(reconcile.ask, actor=actor_of(world.jump.cast.admin01), now=world.jump.clock.now))
    message = Message.objects.get()
    assert message.task == reconcile.RECONCILE
    tasks.reconcile_now(message.object_id)
    assert world.latest().asked_by == "admin01"
    tasks.reconcile_now()
    assert world.latest().asked_by == ""


def test_access_given_meanwhile_is_not_taken_out(world: World) -> None:
    world.undo_by_itself()
    world.jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName="member01")
    elevation = elevated(world.jump.cast.member01, world.jump.cast.leader01, now=world.jump.clock.now)

    world.jump.on_call("GetAccountAuthorizationDetails", partial(provision.grant, elevation.pk))
    assert world.compare(later=0) == set()
    assert world.jump.members() == {"member01"}
    assert acts(elevation)[-1] == "elevation.active"


# What is kept beside


def test_room_of_roles_and_mfa_devices_are_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "mfa_serials", lambda _aws, *, user_name: [f"arn:aws:iam::111111111111:mfa/{user_name}"])
    world.compare()
    assert all(size and size > 100 for size in RoleGate.objects.values_list("others_size", flat=True))
    assert IamUserBinding.objects.get(user_name="member02").mfa_serials == ["arn:aws:iam::111111111111:mfa/member02"]


def test_the_matrix_says_who_can_switch_where_now(world: World) -> None:
    elevation = world.grant()
    world.compare()
    matrix = matrix_selector.latest()
    assert matrix is not None
    group = next(group for group in matrix.groups if group.name == MEMBER_GROUP)
    assert (group.kind, group.roles["production/Prod_MemberRole"].aws) == ("work", "allowed")
    assert group.roles["production/Prod_LeaderRole"].aws == "denied"
    role = next(role for role in matrix.roles if role.key == "production/Prod_MemberRole")
    assert role.gated
    assert role.room is not None
    assert 10 < role.room < 60
    me, other = matrix_selector.of_person("member01"), matrix_selector.of_person("member02")
    assert me is not None
    assert other is not None
    reach = me.roles["production/Prod_MemberRole"]
    assert (reach.decision, reach.gate, reach.via, reach.until) == ("allowed", "open", [MEMBER_GROUP], elevation.ends_at)
    assert me.roles["production/Prod_ReadOnlyRole"].via == ["MemberGroup"]
    assert me.roles["production/Prod_ReadOnlyRole"].gate == "none"
    assert other.roles["production/Prod_MemberRole"].decision == "denied"
    assert matrix_selector.of_person("nobody") is None


def test_a_forged_member_is_shut_out_by_the_gate_and_the_matrix_says_so(world: World) -> None:
    add(world)
    world.compare()
    other = matrix_selector.of_person("member02")
    assert other is not None
    reach = other.roles["production/Prod_MemberRole"]
    assert (reach.decision, reach.gate) == ("denied", "shut")


def test_where_the_portal_has_no_role_a_switch_is_denied_or_not_known(world: World) -> None:
    world.jump.cast.production.gate_role = ""
    world.jump.cast.production.save()
    world.grant()
    world.compare()
    me = matrix_selector.of_person("member01")
    assert me is not None
    reach = me.roles["production/Prod_MemberRole"]
    assert (reach.decision, list(reach.why)) == ("unknown", ["no_gate_role"])
    assert me.roles["production/Prod_LeaderRole"].decision == "denied"


def test_reads_for_the_pages_take_one_query(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for name in ("member02", "leader01", "leader02"):
        add(world, name)
    world.compare()
    rows = drift_selector.in_full(Drift.objects.all())
    with django_assert_num_queries(1):
        found = drift_selector.filtered(rows, drift_selector.Filters(work_group=MEMBER_GROUP, words="member02"))
        assert [row.work_group and row.work_group.name for row in found] == [MEMBER_GROUP]
    with django_assert_num_queries(1):
        assert matrix_selector.of_person("member01") is not None
    world.undo_by_itself()
    world.compare()
    assert not drift_selector.filtered(rows, drift_selector.Filters()).exists()
    assert drift_selector.filtered(rows, drift_selector.Filters(settled_too=True, kind="unexplained_member")).count() == 3
    assert drift_selector.latest() == world.latest()
    assert drift_selector.under_way() is None
