"""Session gates in AWS: written before anything is given, shut before anything is taken, by one writer a role."""

import json
from datetime import timedelta

from django.utils import timezone

from access_requests.lifecycle import ElevationStatus
from access_requests.messages import Task
from access_requests.models import Elevation, PersonLease, RoleGate, TargetRole
from access_requests.services import sweep
from access_requests.services.elevations import evaluating, gates, lease, provision
from audits.models import TrailEntry
from portal.aws import sessions
from portal.aws.calls import AwsClient
from portal.iam.session_gate import Line, session_gate
from tests.worlds.gated import Gated
from tests.worlds.jump import MEMBER_GROUP, MEMBER_ROLE, ended, granted
from tests.worlds.story import acts, approved, assert_trail_tells, elevated, extension_asked, returned, taken_for_given

HALF_PAST_FIVE, SIX = "2026-11-23T05:30:00Z", "2026-11-23T06:00:00Z"
READS = ("GetAccountAuthorizationDetails",) * 2


def approve(gated: Gated, **changes: object) -> Elevation:
    cast = gated.jump.cast
    return elevated(cast.member01, cast.leader01, now=gated.jump.clock.now, **changes)


def calls(gated: Gated) -> tuple[str, ...]:
    """Return the calls, without those that evaluate and those by which a role is assumed."""
    return tuple(action for action in gated.jump.proxy.actions if action not in ("AssumeRole", *READS))


# A grant


def test_grant_opens_the_gate_before_fence_tag_and_membership(gated: Gated) -> None:
    elevation = granted(approve(gated))
    assert elevation.status == ElevationStatus.ACTIVE
    assert calls(gated) == (
        *("GetRole", "GetUser", "PutRolePolicy", "GetRolePolicy", "PutUserPolicy", "GetUserPolicy"),
        *("TagUser", "AddUserToGroup"),
        *("GetGroup", "ListUserTags", "GetUserPolicy"),
    )
    line = gated.lines()["member01"]
    assert (line.since, line.until) == (gated.jump.clock.now, elevation.ends_at)
    assert elevation.seen is not None
    assert elevation.seen["session_gate"] == {"Prod_MemberRole": HALF_PAST_FIVE}
    assert_trail_tells(elevation)


def test_calls_in_the_target_account_are_on_record_with_the_others(gated: Gated) -> None:
    granted(approve(gated))
    recorded = TrailEntry.objects.get(act="elevation.active").data["calls"]
    assert {"PutRolePolicy", "GetRolePolicy", "AddUserToGroup"} <= {call["action"] for call in recorded}
    assert all(call["request_id"] for call in recorded)


def test_grant_that_finds_the_role_full_gives_nothing_at_all(gated: Gated) -> None:
    elevation = approve(gated)
    role = TargetRole.objects.get(name="Prod_MemberRole")
    RoleGate.objects.create(role=role, others_size=10_000)
    elevation = granted(elevation)
    assert (elevation.status, elevation.stop_reason) == (ElevationStatus.REVOKING, "grant_refused")
    assert (gated.jump.groups(), gated.jump.fences(), gated.lines()) == ({"MemberGroup"}, {}, {})
    assert TrailEntry.objects.get(act="elevation.revoking").data["comment"] == "role_full:10240"


def test_role_that_aws_finds_full_is_called_full(gated: Gated) -> None:
    names = gated.iam.list_role_policies(RoleName=MEMBER_ROLE)["PolicyNames"]
    documents = [gated.iam.get_role_policy(RoleName=MEMBER_ROLE, PolicyName=name)["PolicyDocument"] for name in names]
    taken = sum(len(json.dumps(document, separators=(",", ":"))) for document in documents)
    padding = session_gate([Line(user_name="xx", since=gated.jump.clock.now, until=gated.jump.clock.now)])
    long = json.dumps(padding, separators=(",", ":")).replace('"*:xx"', '"' + "x" * (10_240 - taken - 600) + '"', 1)
    gated.iam.put_role_policy(RoleName=MEMBER_ROLE, PolicyName="Long", PolicyDocument=long)
    elevation = granted(approve(gated))
    assert elevation.stop_reason == "grant_refused"
    assert TrailEntry.objects.get(act="elevation.revoking").data["comment"] == "role_full:10240"


def test_account_without_a_role_of_the_portal_has_no_gate(gated: Gated) -> None:
    gated.jump.cast.production.gate_role = gated.jump.cast.production.gate_role_arn = ""
    gated.jump.cast.production.save()
    elevation = granted(approve(gated))
    assert (elevation.status, elevation.seen["session_gate"]) == (ElevationStatus.ACTIVE, None)  # type: ignore[index]
    assert gated.lines() == {}


def test_extension_moves_gate_and_fence_together(gated: Gated) -> None:
    elevation = granted(approve(gated))
    cast, clock = gated.jump.cast, gated.jump.clock
    clock.forward(minutes=10)
    extension = extension_asked(elevation, cast.member01, ends_at=elevation.starts_at + timedelta(hours=1), now=clock.now)
    approved(extension, cast.leader01, now=clock.now)
    provision.prolong(elevation.pk)
    elevation.refresh_from_db()
    line = gated.lines()["member01"]
    assert (line.since, line.until) == (elevation.starts_at, elevation.ends_at)
    assert gated.jump.fence() == elevation.seen["session_gate"]["Prod_MemberRole"] == SIX  # type: ignore[index]


# An end


def test_early_end_shuts_the_gate_before_the_membership_goes(gated: Gated) -> None:
    elevation = granted(approve(gated))
    returned(elevation, gated.jump.cast.member01, now=gated.jump.clock.forward(minutes=5))
    gated.jump.proxy.forget()
    elevation = ended(elevation)
    assert elevation.status == ElevationStatus.ENDED
    assert calls(gated)[:5] == ("GetUser", "PutUserPolicy", "PutRolePolicy", "GetRolePolicy", "RemoveUserFromGroup")
    assert gated.lines() == {}
    assert elevation.seen["session_gate"] == {"Prod_MemberRole": None}  # type: ignore[index]
    assert_trail_tells(elevation)


def test_end_of_one_leaves_the_others_line(gated: Gated) -> None:
    first = granted(approve(gated))
    second = elevated(gated.jump.cast.member02, gated.jump.cast.leader01, now=gated.jump.clock.now)
    granted(second)
    returned(first, gated.jump.cast.member01, now=gated.jump.clock.now)
    ended(first)
    assert set(gated.lines()) == {"member02"}


def test_end_stays_open_while_the_gate_lets_the_person_in_but_the_membership_goes(gated: Gated) -> None:
    elevation = granted(approve(gated))
    returned(elevation, gated.jump.cast.member01, now=gated.jump.clock.forward(minutes=5))
    gated.jump.proxy.refuse("PutRolePolicy", status=503, code="ServiceUnavailable")
    elevation = ended(elevation)
    assert (elevation.status, elevation.problem) == (ElevationStatus.REVOKING, "ServiceUnavailable")
    assert gated.jump.members(MEMBER_GROUP) == set()
    gated.jump.clock.forward(minutes=2)
    assert ended(elevation).status == ElevationStatus.ENDED
    assert gated.lines() == {}


def test_end_stays_open_while_an_extension_may_stand_in_the_gate_though_it_was_not_read_back(gated: Gated) -> None:
    elevation = granted(approve(gated))
    cast, clock = gated.jump.cast, gated.jump.clock
    extension = extension_asked(elevation, cast.member01, ends_at=elevation.starts_at + timedelta(hours=1), now=clock.now)
    approved(extension, cast.leader01, now=clock.now)
    gated.jump.proxy.refuse("GetRolePolicy", status=503, code="ServiceUnavailable")
    provision.prolong(elevation.pk)
    elevation.refresh_from_db()
    # After the end that was read back, before the one that AWS has.
    returned(elevation, cast.member01, now=clock.forward(minutes=35))
    gated.jump.proxy.refuse("PutRolePolicy", status=503, code="ServiceUnavailable")
    elevation = ended(elevation)
    assert (elevation.status, gated.until()) == (ElevationStatus.REVOKING, elevation.ends_at)
    assert gated.jump.members() == set()
    clock.forward(minutes=1)
    assert (ended(elevation).status, gated.lines()) == (ElevationStatus.ENDED, {})


def test_end_stays_open_while_the_gate_of_a_grant_may_stand_though_it_was_not_read_back(gated: Gated) -> None:
    elevation = approve(gated)
    gated.jump.proxy.refuse("GetRolePolicy", status=503, code="ServiceUnavailable")
    elevation = granted(elevation)
    returned(elevation, gated.jump.cast.member01, now=gated.jump.clock.forward(minutes=5))
    gated.jump.proxy.refuse("PutRolePolicy", status=503, code="ServiceUnavailable")
    assert ended(elevation).status == ElevationStatus.REVOKING
    assert set(gated.lines()) == {"member01"}


def test_end_in_time_needs_no_answer_of_the_target_account(gated: Gated) -> None:
    elevation = granted(approve(gated))
    gated.jump.clock.forward(minutes=31)
    gated.jump.proxy.refuse("PutRolePolicy", times=None, status=503, code="ServiceUnavailable")
    assert ended(elevation).status == ElevationStatus.ENDED


def test_ends_at_one_moment_share_a_write(gated: Gated) -> None:
    cast, now = gated.jump.cast, gated.jump.clock.now
    people = (cast.member01, cast.member02, cast.leader02)
    elevations = [granted(elevated(person, cast.leader01, now=now)) for person in people]
    gated.jump.clock.forward(minutes=31)
    gated.jump.proxy.forget()
    for elevation in elevations:
        assert ended(elevation).status == ElevationStatus.ENDED
    assert gated.jump.proxy.count("PutRolePolicy") == 1
    assert gated.lines() == {}


def test_role_that_is_gone_does_not_keep_an_end_open(gated: Gated) -> None:
    elevation = granted(approve(gated))
    returned(elevation, gated.jump.cast.member01, now=gated.jump.clock.forward(minutes=5))
    gated.jump.proxy.refuse("PutRolePolicy", times=None, status=404, code="NoSuchEntity")
    assert ended(elevation).status == ElevationStatus.ENDED


def test_open_session_manager_sessions_are_terminated_and_only_the_persons(gated: Gated) -> None:
    elevation = granted(approve(gated))
    granted(elevated(gated.jump.cast.member02, gated.jump.cast.leader01, now=gated.jump.clock.now))
    gated.aws.set_clock(at=gated.jump.clock.now)
    for person in ("member01", "member02"):
        gated.aws.switch(person).client("ssm").start_session(Target="i-0123456789abcdef0")
    returned(elevation, gated.jump.cast.member01, now=gated.jump.clock.forward(minutes=5))
    ended(elevation)
    (told,) = TrailEntry.objects.get(act="elevation.ended").data["open_sessions"]
    assert (told["role"], told["region"], len(told["ended"]), told["problem"]) == (
        "production/Prod_MemberRole",
        "ap-northeast-1",
        1,
        "",
    )


def test_session_manager_that_says_no_holds_up_no_end_and_is_told(gated: Gated) -> None:
    elevation = granted(approve(gated))
    gated.jump.proxy.refuse("DescribeSessions", status=400, code="AccessDeniedException")
    returned(elevation, gated.jump.cast.member01, now=gated.jump.clock.forward(minutes=5))
    assert ended(elevation).status == ElevationStatus.ENDED
    (told,) = TrailEntry.objects.get(act="elevation.ended").data["open_sessions"]
    assert told["problem"] == "AccessDeniedException"


# One writer a role


def test_gate_that_shows_something_else_is_not_taken_for_written(gated: Gated) -> None:
    elevation = approve(gated)
    gated.on_call("GetRolePolicy", lambda: gated.put(json.dumps(session_gate())))
    elevation = granted(elevation)
    assert (elevation.status, elevation.problem) == (ElevationStatus.GRANTING, "gate_not_shown_yet")
    gated.jump.clock.forward(minutes=1)
    assert granted(elevation).status == ElevationStatus.ACTIVE


def test_writer_that_finds_its_change_in_anothers_write_writes_nothing(gated: Gated) -> None:
    elevation = approve(gated)
    taken_for_given(elevation, now=gated.jump.clock.now)
    role = TargetRole.objects.get(name="Prod_MemberRole")
    # Somebody is at it; what they write was rendered after this one asked.
    RoleGate.objects.create(role=role, holder="another", until=timezone.now() + timedelta(seconds=30))
    line = {"user_name": "member01", "since": "2026-11-23T05:00:00Z", "until": HALF_PAST_FIVE}

    def written() -> None:
        RoleGate.objects.filter(role=role).update(written=1, lines=[line], holder="", until=None)

    aws = AwsClient(client=sessions.jump_iam(), before_each=written, clock=gated.jump.clock)
    assert gates.write(elevation, aws) == {"Prod_MemberRole": HALF_PAST_FIVE}
    assert gated.jump.proxy.count("PutRolePolicy") == 0


def test_gate_of_a_writer_that_died_is_written_by_the_next_and_once_more_later(gated: Gated) -> None:
    elevation = approve(gated)
    role = TargetRole.objects.get(name="Prod_MemberRole")
    RoleGate.objects.create(role=role, holder="dead", until=gated.jump.clock.now - timedelta(seconds=1))
    assert granted(elevation).status == ElevationStatus.ACTIVE
    # What the dead one sent may land over it yet.
    gated.put(json.dumps(session_gate()))
    gated.jump.clock.now += lease.length()
    assert role.pk in gates.due(now=gated.jump.clock.now)
    gates.refresh(role.pk)
    assert set(gated.lines()) == {"member01"}
    assert role.pk not in gates.due(now=gated.jump.clock.now)


def test_writer_that_lost_the_persons_lease_gives_the_roles_back_and_has_it_written_once_more(gated: Gated) -> None:
    elevation, clock = approve(gated), gated.jump.clock
    gated.on_call("PutRolePolicy", lambda: PersonLease.objects.update(until=clock.now))
    assert granted(elevation).status == ElevationStatus.GRANTING
    gate = RoleGate.objects.get(role__name=MEMBER_ROLE)
    assert (gate.holder, gate.until, gate.again_at) == ("", None, clock.now + lease.length())
    # Whoever comes next waits for nothing.
    assert granted(elevation).status == ElevationStatus.ACTIVE


def test_gate_of_a_new_work_role_is_written_at_rest_by_the_sweep(gated: Gated) -> None:
    gated.iam.delete_role_policy(RoleName="Prod_MemberRole", PolicyName="sekisho-session-gate")
    due = [item for item in sweep.due_ends(now=gated.jump.clock.now) if item[0] == Task.GATE]
    assert [role_id for _, role_id in due] == list(
        TargetRole.objects.filter(work_groups__isnull=False).values_list("pk", flat=True)
    )
    for _, role_id in due:
        gates.refresh(role_id)
    assert gated.lines() == {}
    assert not list(gates.due(now=gated.jump.clock.now))


def test_call_that_hangs_and_lands_after_somebody_ended_the_access_is_written_over(gated: Gated) -> None:
    """An extension's write of the gate is held on its way; meanwhile the access is stopped; then the old write lands."""
    elevation = granted(approve(gated))
    cast, clock = gated.jump.cast, gated.jump.clock
    extension = extension_asked(elevation, cast.member01, ends_at=elevation.starts_at + timedelta(hours=1), now=clock.now)
    approved(extension, cast.leader01, now=clock.now)
    stale: list[str] = []
    gated.on_call("PutRolePolicy", lambda: stale.append("on its way"))
    provision.prolong(elevation.pk)
    late = json.dumps(gated.gate())
    assert stale
    RoleGate.objects.update(holder="hangs", until=clock.now)
    elevation.refresh_from_db()
    returned(elevation, cast.member01, now=clock.forward(seconds=1))
    assert ended(elevation).status == ElevationStatus.ENDED
    gated.put(late)
    clock.now += lease.length()
    for task, object_id in list(sweep.due_ends(now=clock.now)):
        if task == Task.GATE:
            gates.refresh(object_id)
    assert gated.lines() == {}


def test_grant_waits_while_an_earlier_access_to_the_role_is_being_ended(gated: Gated) -> None:
    elevation = granted(approve(gated))
    returned(elevation, gated.jump.cast.member01, now=gated.jump.clock.forward(minutes=1))
    second = approve(gated)
    assert granted(second).status == ElevationStatus.SCHEDULED
    ended(elevation)
    assert granted(second).status == ElevationStatus.ACTIVE
    assert gated.lines()["member01"].since == gated.jump.clock.now + timedelta(seconds=1)


# The timeline


def test_timeline_says_denied_allowed_denied_as_evaluated(gated: Gated) -> None:
    elevation = granted(approve(gated))
    evaluating.evaluate_due()
    returned(elevation, gated.jump.cast.member01, now=gated.jump.clock.forward(minutes=1))
    ended(elevation)
    evaluating.evaluate_due()
    evaluation = TrailEntry.objects.filter(act="elevation.judged").order_by("id")
    said = [(entry.data["moment"], entry.data["judged"]["decision"]) for entry in evaluation]
    assert said == [("before", "denied"), ("afterwards", "denied"), ("active", "allowed"), ("ended", "denied")]
    (role,) = evaluation[2].data["judged"]["roles"]
    assert (role["role"], role["gate"]) == ("production/Prod_MemberRole", "open")
    assert "ProdMemberWorkGroup" in role["by"]
    order = [act for act in acts(elevation) if act in ("elevation.granting", "elevation.judged", "elevation.active")]
    assert order[:4] == ["elevation.granting", "elevation.judged", "elevation.judged", "elevation.active"]
    (role,) = evaluation[1].data["judged"]["roles"]
    assert (role["by"], role["gate"]) == ("user member01: sekisho-entry-Prod_MemberRole (R" + elevation.window[1:] + ")", "shut")


def test_busy_account_holds_up_no_grant_and_is_told_as_unknown(gated: Gated) -> None:
    gated.jump.proxy.refuse("GetAccountAuthorizationDetails", times=2)
    elevation = granted(approve(gated))
    assert elevation.status == ElevationStatus.ACTIVE
    entry = TrailEntry.objects.get(act="elevation.judged", data__moment="before")
    assert (entry.data["judged"]["decision"], entry.data["judged"]["roles"][0]["why"]) == ("unknown", ["Throttling"])


def test_what_is_not_as_it_should_be_is_looked_at_again(gated: Gated) -> None:
    elevation = granted(approve(gated))
    gated.put(json.dumps(session_gate()))
    evaluating.evaluate_due()
    elevation.refresh_from_db()
    assert (elevation.evaluation["decision"], elevation.evaluate_at) == ("denied", gated.jump.clock.now + timedelta(seconds=5))  # type: ignore[index]
    gates.refresh(TargetRole.objects.get(name="Prod_MemberRole").pk)
    gated.jump.clock.forward(seconds=5)
    evaluating.evaluate_due()
    elevation.refresh_from_db()
    assert (elevation.evaluation["decision"], elevation.evaluate_at) == ("allowed", None)  # type: ignore[index]


def test_many_are_evaluated_over_one_read_of_each_account(gated: Gated) -> None:
    cast, now = gated.jump.cast, gated.jump.clock.now
    for person in (cast.member01, cast.member02, cast.leader02):
        granted(elevated(person, cast.leader01, now=now))
    gated.jump.proxy.forget()
    evaluating.evaluate_due()
    assert gated.jump.proxy.count("GetAccountAuthorizationDetails") == 2
    assert set(Elevation.objects.values_list("evaluation__decision", flat=True)) == {"allowed"}
