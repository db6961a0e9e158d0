"""What of the trail makes findings, and what closes them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from access_requests.lifecycle import ElevationAction
from access_requests.models import Drift, DriftKind, Elevation
from access_requests.services.drift import recording
from access_requests.services.elevations import stop
from access_requests.services.notices import lateness
from access_requests.services.record import transition
from audits import mentions, trail
from audits.acts import Act
from audits.findings import due, folding, following
from audits.kinds import FindingKind
from audits.models import Finding, FindingStatus, Followed, TrailEntry, Verification
from audits.sealing import watching
from portal.verbs.actor import WORKER
from portal.verbs.run import run
from tests.worlds.cast import Cast, actor_of
from tests.worlds.entry import ENTRY, data_of
from tests.worlds.story import elevated, not_granted, returned, taken_for_given

pytestmark = pytest.mark.django_db
MEMBER = {"difference": "unexplained_member", "account": "jump", "thing": "ProdMemberWorkGroup", "name": "member02"}


@pytest.fixture(autouse=True)
def _followed(cast: Cast, now: datetime) -> None:
    """Something is in the trail, and was followed."""
    run(lambda: trail.record(now=now, **ENTRY))
    due.sweep(now=now)


def findings() -> list[tuple[str, str]]:
    return list(Finding.objects.order_by("pk").values_list("kind", "status"))


def drift(now: datetime, **more: object) -> Drift:
    names = {"kind": DriftKind.UNEXPLAINED_MEMBER, **{name: MEMBER[name] for name in ("account", "thing", "name")}}
    return Drift.objects.create(found_at=now, seen_at=now, **{**names, **more})


def recorded(act: Act, data: Mapping[str, object], now: datetime, *, subject: str = "seal", actor: str = watching.ACTOR) -> None:
    run(lambda: trail.record(now=now, act=act, actor=actor, subject=subject, data=data))


def told(row: Drift, act: Act, now: datetime, data: Mapping[str, object] | None = None) -> None:
    run(lambda: recording.tell(row, act, actor=WORKER, now=now, data=data))


def test_drift_is_a_finding_until_it_is_gone_and_then_the_same_again(now: datetime) -> None:
    row = drift(now)
    told(row, Act.DRIFT_FOUND, now, {"to": "open"})
    due.sweep(now=now)
    finding = Finding.objects.get()
    assert (finding.kind, finding.key, finding.caused_by) == (FindingKind.DRIFT, MEMBER, [])
    told(row, Act.DRIFT_GONE, now, {"from": "open", "to": "gone"})
    due.sweep(now=now)
    assert findings() == [(FindingKind.DRIFT, FindingStatus.CLOSED)]
    told(drift(now, status="gone"), Act.DRIFT_FOUND, now, {"to": "open"})
    due.sweep(now=now)
    finding.refresh_from_db()
    assert (finding.status, finding.times_opened) == (FindingStatus.OPEN, 2)
    assert not list(folding.faults())


def test_who_did_it_is_learned_when_it_is_undone_already_and_opens_nothing(now: datetime) -> None:
    row = drift(now)
    told(row, Act.DRIFT_FOUND, now, {"to": "open"})
    row.status = "undone"
    told(row, Act.DRIFT_UNDONE, now, {"from": "undoing", "to": "undone"})
    row.principal = "arn:aws:iam::111111111111:user/ops/aws-admin01"
    told(row, Act.DRIFT_ATTRIBUTED, now)
    due.sweep(now=now)
    assert findings() == [(FindingKind.DRIFT, FindingStatus.CLOSED)]
    assert Finding.objects.get().times_opened == 1
    assert not list(folding.faults())


def test_page_of_drift_leads_to_its_finding(cast: Cast, client: Client, now: datetime) -> None:
    row = drift(now)
    told(row, Act.DRIFT_FOUND, now, {"to": "open"})
    client.force_login(cast.auditor01)
    assert "/audit/findings/F-" not in client.get(f"/drift/{row.code}/").content.decode()
    due.sweep(now=now)
    assert f"/audit/findings/{Finding.objects.get().code}/" in client.get(f"/drift/{row.code}/").content.decode()


def test_whoever_cloudtrail_names_and_whose_user_it_is_may_have_caused_it(now: datetime) -> None:
    for name in ("admin01", "member02"):
        user = {"name": f"aws-{name}", "user_id": "AIDA"}
        said = {"door": "browser", "proof": {}, "before": None, "after": user}
        recorded(Act.IAM_USER_BOUND, said, now, subject=f"person:{name}")
    mentions.catch_up()
    row = drift(now, name="aws-member02", principal="arn:aws:iam::111111111111:user/ops/aws-admin01")
    told(row, Act.DRIFT_ATTRIBUTED, now)
    due.sweep(now=now)
    assert Finding.objects.get().caused_by == ["admin01", "member02"]


def test_what_others_wrote_under_a_workers_act_is_no_finding(now: datetime, cast: Cast) -> None:
    row = drift(now)
    run(lambda: recording.tell(row, Act.DRIFT_FOUND, actor=actor_of(cast.member01), now=now, data={"to": "open"}))
    due.sweep(now=now)
    assert findings() == []


def test_trail_that_is_not_sealed_is_a_finding_until_it_is(now: datetime) -> None:
    states: list[tuple[Act, dict[str, object], str]] = [
        (Act.SEAL_OVERDUE, {"state": "", "waiting": 2, "waiting_since": now}, FindingStatus.OPEN),
        (Act.SEAL_CAUGHT_UP, {}, FindingStatus.CLOSED),
        (Act.SEAL_STOPPED, {"state": "restored", "detail": ""}, FindingStatus.OPEN),
    ]
    for act, data, status in states:
        recorded(act, data, now)
        due.sweep(now=now)
        assert findings() == [(FindingKind.TRAIL_UNSEALED, status)]


def test_each_touch_of_the_guard_is_a_finding_that_people_close(now: datetime) -> None:
    for remark in ("checkpoint 3", "checkpoint 3", "checkpoint 4"):
        recorded(Act.SEAL_GUARD_TOUCHED, {"remark": remark}, now)
        due.sweep(now=now)
    assert findings() == [(FindingKind.GUARD_TOUCHED, FindingStatus.OPEN)] * 2


def test_entries_recorded_late_are_a_finding_of_whoever_acted_in_them() -> None:
    present = timezone.now()
    lateness.look(now=present)
    for actor in ("member01", "member01", "member02"):
        with transaction.atomic():
            TrailEntry.objects.create(at=present - timedelta(hours=2), schema_version=2, **{**ENTRY, "actor": actor})
    lateness.look(now=present)
    due.sweep(now=present)
    assert [finding.key for finding in Finding.objects.order_by("pk")] == [{"actor": "member01"}, {"actor": "member02"}]
    finding = Finding.objects.order_by("pk")[0]
    of_look = TrailEntry.objects.get(act=Act.TRAIL_RECORDED_LATE)
    told = folding.told(finding.code)
    assert told is not None
    assert told.evidence == [of_look.pk - 3, of_look.pk - 2, of_look.pk]


def test_access_that_was_not_granted_is_a_finding_until_the_person_is_given_it(cast: Cast, now: datetime) -> None:
    not_granted(elevated(cast.member01, cast.leader01, now=now), now=now)
    due.sweep(now=now)
    finding = Finding.objects.get()
    assert finding.key == {"person": "member01", "work_group": cast.prod_member.name, "reason": "grant_refused"}
    assert finding.caused_by == ["member01"]
    given = elevated(cast.member02, cast.leader01, now=now)
    run(lambda: taken_for_given(given, now=now))
    due.sweep(now=now)
    assert findings() == [(FindingKind.NOT_GRANTED, FindingStatus.OPEN)]
    given = elevated(cast.member01, cast.leader01, now=now)
    run(lambda: taken_for_given(given, now=now))
    due.sweep(now=now)
    assert findings() == [(FindingKind.NOT_GRANTED, FindingStatus.CLOSED)]


def test_access_that_people_ended_before_it_began_is_no_finding(cast: Cast, now: datetime) -> None:
    returned(elevated(cast.member01, cast.leader01, now=now), cast.member01, now=now)
    due.sweep(now=now)
    assert findings() == []


def test_row_that_nobody_approved_is_a_finding(cast: Cast, now: datetime) -> None:
    row = elevated(cast.member01, cast.leader01, now=now)
    run(lambda: stop.end_now(row, reason="not_as_recorded", actor=WORKER, now=now))
    due.sweep(now=now)
    assert Finding.objects.get().key == {"elevation": row.code, "reason": "not_as_recorded"}


def test_access_that_should_have_ended_is_a_finding_until_aws_shows_it_gone(cast: Cast, now: datetime) -> None:
    row = elevated(cast.member01, cast.leader01, now=now)
    run(lambda: taken_for_given(row, now=now))
    due.sweep(now=row.ends_at + due.SLOW)
    assert findings() == []
    late = row.ends_at + due.SLOW + timedelta(seconds=1)
    for _ in range(2):
        due.sweep(now=late)
    finding = Finding.objects.get()
    assert (finding.kind, finding.key, finding.caused_by) == (FindingKind.END_OVERDUE, {"elevation": row.code}, ["member01"])
    assert TrailEntry.objects.filter(subject=finding.code).count() == 1
    ended(row, late)
    due.sweep(now=late)
    assert findings() == [(FindingKind.END_OVERDUE, FindingStatus.CLOSED)]


def test_access_that_was_returned_and_goes_on_is_overdue_from_then_on(cast: Cast, now: datetime) -> None:
    row = elevated(cast.member01, cast.leader01, now=now)
    run(lambda: taken_for_given(row, now=now))
    returned(row, cast.member01, now=now)
    due.sweep(now=now + due.SLOW + timedelta(seconds=1))
    assert findings() == [(FindingKind.END_OVERDUE, FindingStatus.OPEN)]


def ended(row: Elevation, now: datetime) -> None:
    def end() -> None:
        stop.end_now(row, reason="expired", actor=WORKER, now=now)
        row.ended_at = now
        action = ElevationAction.CONFIRM_REVOKE
        transition.apply_to_elevation(row, action, actor=WORKER, now=now, data=data_of(action, now))

    run(end)


def test_passkey_that_counted_less_than_before_is_a_finding(now: datetime) -> None:
    factor = {"id": "K-7K3M9QX2", "kind": "passkey", "name": "blue one"}
    said = {"factor": factor, "known": 9, "said": 4, "address": "192.0.2.1", "user_agent": "x"}
    whole = {"door": "browser", "proof": {}, **said}
    recorded(Act.FACTOR_CLONED, whole, now, subject="person:member01", actor="member01")
    due.sweep(now=now)
    finding = Finding.objects.get()
    assert (finding.kind, finding.key) == (FindingKind.COUNTER_GONE_BACK, {"person": "member01", "factor": "K-7K3M9QX2"})
    assert finding.caused_by == ["member01"]


def test_failed_verification_is_a_finding_until_one_of_the_same_log_holds(now: datetime) -> None:
    def verified(origin: str, fault: str = "") -> None:
        Verification.objects.create(by="x", origin=origin, size=9, faults=bool(fault), fault=fault)
        due.sweep(now=now)
        due.sweep(now=now)

    verified("one.example.com", "entry 4: it was changed")
    finding = Finding.objects.get()
    assert finding.key == {"log": "one.example.com", "place": "entry 4"}
    assert TrailEntry.objects.get(subject=finding.code).data["remark"] == "entry 4: it was changed"
    verified("two.example.com")
    assert findings() == [(FindingKind.TRAIL_DAMAGED, FindingStatus.OPEN)]
    verified("one.example.com")
    assert findings() == [(FindingKind.TRAIL_DAMAGED, FindingStatus.CLOSED)]


def test_of_what_was_before_only_what_may_still_be_so_is_found(cast: Cast, now: datetime) -> None:
    not_granted(elevated(cast.member01, cast.leader01, now=now), now=now)
    gone, there = drift(now, status="gone"), drift(now)
    told(gone, Act.DRIFT_FOUND, now, {"to": "open"})
    told(gone, Act.DRIFT_GONE, now, {"from": "open", "to": "gone"})
    there.thing = "AnotherWorkGroup"
    told(there, Act.DRIFT_FOUND, now, {"to": "open"})
    Followed.objects.update(until=0)
    due.sweep(now=now)
    assert [finding.key["thing"] for finding in Finding.objects.all()] == ["AnotherWorkGroup"]


def test_a_long_past_is_begun_with_no_more_queries_than_a_short_one(
    cast: Cast, now: datetime, django_assert_max_num_queries: Any
) -> None:
    """Portals that come to have findings have granted for years; whoever begins holds the cursor meanwhile."""
    old = {"at": now, "actor": WORKER.name, "schema_version": 1}
    with transaction.atomic():
        for number in range(20):
            data = {"elevation": {"person": "member01", "work_group": f"Group{number}"}}
            TrailEntry.objects.create(act=Act.ELEVATION_ACTIVE, subject=f"E-{number:08}", data=data, **old)
    for number in range(20):
        told(drift(now, name=f"stranger{number}"), Act.DRIFT_GONE, now, {"from": "open", "to": "gone"})
    Followed.objects.update(until=0)
    with django_assert_max_num_queries(30):
        assert following.follow(now=now) == 20


def test_nothing_is_followed_twice(now: datetime) -> None:
    told(drift(now), Act.DRIFT_FOUND, now, {"to": "open"})
    assert following.follow(now=now) == 1
    assert [following.follow(now=now) for _ in range(2)] == [0, 0]


@pytest.mark.parametrize("data", [{}, {"drift": None}, {"drift": {"kind": 1}}, {"drift": "D-1"}])
def test_entries_of_other_shapes_hold_nothing_up(data: dict[str, object], now: datetime) -> None:
    with transaction.atomic():
        TrailEntry.objects.create(at=now, act=Act.DRIFT_FOUND, actor="sekisho:worker", subject="D-1", schema_version=1, data=data)
    due.sweep(now=now)
    assert findings() == []


def test_accepted_difference_of_a_table_opens_again_by_other_facts_only(now: datetime) -> None:
    apart = {"kind": "binding", "key": "member01", "what": "differs", "facts": ["user"]}
    counts = {"things": 1, "facts": 1, "untold": 0, "erased": 0}
    for facts, expected in ((["user"], "accepted"), (["user"], "accepted"), (["user", "account"], "open")):
        data = {"through": 1, "checkpoint": None, "counts": counts, "differences": 1, "milliseconds": 1}
        recorded(
            Act.COMPARISON_DONE,
            {**data, "apart": [{**apart, "facts": facts}]},
            now,
            subject="comparison",
            actor=WORKER.name,
        )
        due.sweep(now=now)
        Finding.objects.filter(times_opened=1).update(
            status="accepted", accepted_until=now.date() + timedelta(days=9), asked_by="admin01", accepted_by="admin02"
        )
        assert Finding.objects.get().status == expected


def test_accepted_finding_of_late_entries_opens_again_by_others(cast: Cast) -> None:
    present = timezone.now()
    lateness.look(now=present)
    for expected in (1, 2):
        with transaction.atomic():
            TrailEntry.objects.create(at=present - timedelta(hours=2), schema_version=2, **{**ENTRY, "actor": "member01"})
        lateness.look(now=present)
        due.sweep(now=present)
        finding = Finding.objects.get()
        assert (finding.status, finding.times_opened) == (FindingStatus.OPEN, expected)
        Finding.objects.update(
            status="accepted", accepted_until=present.date() + timedelta(days=9), asked_by="admin01", accepted_by="admin02"
        )
