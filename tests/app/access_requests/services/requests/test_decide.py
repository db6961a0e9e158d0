"""Deciding on a request."""

from datetime import datetime, timedelta

import pytest

from access_requests import errors
from access_requests.lifecycle import ElevationStatus, RequestStatus
from access_requests.messages import Task
from access_requests.models import AccessRequest, Decision, Elevation, IamUserBinding
from access_requests.services.record import snapshot
from access_requests.services.requests import decide
from audits.models import TrailEntry
from portal.outbox.models import Message
from portal.verbs import rejections
from portal.verbs.actor import WORKER, Door
from portal.verbs.run import run
from tests.worlds.cast import Cast, actor_of
from tests.worlds.story import (
    acts,
    approved,
    elevated,
    extension_asked,
    refused,
    rejected,
    returned,
    sent_back,
    stopped,
    submitted,
    withdrawn,
)

HOUR = timedelta(hours=1)
LEADERS = ["ProdLeaderWorkGroup"]


def lapse(request: AccessRequest, *, now: datetime) -> None:
    run(lambda: decide.lapse(request_id=request.pk, actor=WORKER, now=now))


# Approving


def test_last_approval_fixes_the_window_and_schedules_one_elevation_a_group(cast: Cast, now: datetime) -> None:
    cast.prod_leader.policy = cast.one_lead
    cast.prod_leader.save()
    request = submitted(cast.member01, now=now, work_groups=["ProdMemberWorkGroup", *LEADERS])
    later = now + timedelta(minutes=7)
    approved(request, cast.leader01, now=later)
    request.refresh_from_db()
    assert (request.status, request.settled_at) == (RequestStatus.APPROVED, later)
    assert (request.starts_at, request.ends_at) == (later, later + timedelta(minutes=30))
    elevations = list(request.elevations.order_by("work_group__name"))
    assert [elevation.work_group.name for elevation in elevations] == ["ProdLeaderWorkGroup", "ProdMemberWorkGroup"]
    for elevation in elevations:
        assert elevation.status == ElevationStatus.SCHEDULED
        assert (elevation.starts_at, elevation.ends_at) == (request.starts_at, request.ends_at)
        assert (elevation.iam_user_name, elevation.iam_user_id) == ("member01", cast.member01.iam_user.user_id)
        assert acts(elevation) == ["elevation.scheduled"]
    sent = set(Message.objects.values_list("task", "object_id"))
    assert sent == {(Task.GRANT, elevation.pk) for elevation in elevations}


def test_access_that_begins_later_is_left_to_the_sweep(cast: Cast, now: datetime) -> None:
    elevated(cast.member01, cast.leader01, now=now, starts_at=now + HOUR)
    assert not Message.objects.exists()


def test_decision_is_kept_with_comment_level_proof_and_what_was_seen(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    approved(request, cast.leader01, now=now, comment="深夜は避けて")
    decision = Decision.objects.get()
    assert (decision.approver, decision.level_number, decision.comment) == (cast.leader01, 1, "深夜は避けて")
    assert (decision.door, decision.seen, decision.decided_at) == ("browser", request.digest, now)
    entry = TrailEntry.objects.get(act="request.approved")
    assert entry.actor == "leader01"
    assert entry.data["decision"] == {
        "approver": "leader01",
        "verdict": "approve",
        "level": 1,
        "comment": "深夜は避けて",
        "proof": {"method": "password", "at": "2026-11-23T04:59:00Z"},
        "door": "browser",
        "client": "",
        "seen": request.digest,
    }


def test_two_levels_are_asked_one_after_the_other(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now, work_groups=LEADERS)
    with refused(errors.NotAnApprover):
        approved(request, cast.admin01, now=now)
    approved(request, cast.leader01, now=now)
    assert (request.elevations.exists(), acts(request)) == (False, ["request.submitted", "request.approval_given"])
    approved(request, cast.admin01, now=now)
    assert request.elevations.count() == 1
    assert acts(request) == ["request.submitted", "request.approval_given", "request.approved"]


def test_level_may_ask_for_more_than_one_approval(cast: Cast, now: datetime) -> None:
    cast.one_lead.levels.update(approvals=2)
    request = submitted(cast.member01, now=now)
    approved(request, cast.leader01, now=now)
    assert not request.elevations.exists()
    approved(request, cast.leader02, now=now)
    assert request.elevations.exists()


def test_valid_approval_survives_its_approvers_later_demotion(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now, work_groups=LEADERS)
    approved(request, cast.leader01, now=now)
    for level in cast.two_levels.levels.all():
        level.approvers.remove(cast.leader01)
    approved(request, cast.leader02, now=now)
    assert request.elevations.exists()


# Refusing


@pytest.mark.parametrize(
    ("verb", "status"), [(rejected, RequestStatus.REJECTED), (sent_back, RequestStatus.SENT_BACK)], ids=["reject", "send back"]
)
def test_one_refusal_with_a_reason_ends_the_request(cast: Cast, now: datetime, verb: object, status: RequestStatus) -> None:
    assert callable(verb)
    request = submitted(cast.member01, now=now, work_groups=LEADERS)
    approved(request, cast.leader01, now=now)
    with refused(rejections.Missing):
        verb(request, cast.leader02, now=now, comment=" ")
    verb(request, cast.leader02, now=now, comment="the freeze")
    request.refresh_from_db()
    assert (request.status, request.settled_at) == (status, now)
    entry = TrailEntry.objects.get(act=f"request.{status}")
    assert (entry.actor, entry.data["decision"]["comment"]) == ("leader02", "the freeze")
    assert not Elevation.objects.exists()


def test_requester_withdraws_before_the_decision(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    with refused(errors.NotYours):
        withdrawn(request, cast.leader01, now=now)
    withdrawn(request, cast.member01, now=now)
    assert acts(request) == ["request.submitted", "request.withdrawn"]
    with refused(rejections.TransitionNotAllowed):
        withdrawn(request, cast.member01, now=now)


def test_request_lapses_at_its_deadline_and_not_before(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    lapse(request, now=request.decide_until - timedelta(seconds=1))
    assert acts(request) == ["request.submitted"]
    lapse(request, now=request.decide_until)
    lapse(request, now=request.decide_until)
    assert acts(request) == ["request.submitted", "request.lapsed"]


# Who may not


def test_requester_cannot_approve_own_request(cast: Cast, now: datetime) -> None:
    request = submitted(cast.leader01, now=now)
    with refused(errors.OwnRequest):
        approved(request, cast.leader01, now=now)
    with refused(errors.OwnRequest):
        rejected(request, cast.leader01, now=now)


@pytest.mark.parametrize("door", [Door.CHAT, Door.CLIENT])
def test_requester_cannot_approve_own_request_by_another_door(cast: Cast, now: datetime, door: Door) -> None:
    request = submitted(cast.leader01, now=now)
    with refused(errors.OwnRequest):
        approved(request, actor_of(cast.leader01, door=door, client="chatbot"), now=now)


@pytest.mark.parametrize("who", ["member02", "admin01", "auditor01"])
def test_whoever_the_policy_does_not_name_cannot_decide(cast: Cast, now: datetime, who: str) -> None:
    request = submitted(cast.member01, now=now)
    with refused(errors.NotAnApprover):
        approved(request, getattr(cast, who), now=now)
    with refused(errors.NotAnApprover):
        rejected(request, getattr(cast, who), now=now)


def test_approver_demoted_between_page_and_click_cannot_decide(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    cast.one_lead.levels.get().approvers.remove(cast.leader01)
    with refused(errors.NotAnApprover):
        approved(request, cast.leader01, now=now)


def test_disabled_approver_cannot_decide(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    cast.leader01.is_active = False
    cast.leader01.save()
    with refused(rejections.PersonDisabled):
        approved(request, cast.leader01, now=now)


@pytest.mark.parametrize(("door", "client"), [(Door.CHAT, ""), (Door.CLIENT, "chatbot")])
def test_policy_that_wants_the_browser_sends_other_doors_there(cast: Cast, now: datetime, door: Door, client: str) -> None:
    cast.one_lead.decide_by = ["browser"]
    cast.one_lead.save()
    request = submitted(cast.member01, now=now)
    with refused(errors.DecideInBrowser) as refusal:
        approved(request, actor_of(cast.leader01, door=door, client=client), now=now)
    assert refusal.value.data["url"] == f"http://testserver/requests/{request.code}/"
    assert approved(request, cast.leader01, now=now).status == RequestStatus.APPROVED


def test_client_that_carried_a_request_does_not_carry_its_decision(cast: Cast, now: datetime) -> None:
    request = submitted(actor_of(cast.member01, door=Door.CLIENT, client="chatbot"), now=now)
    leader = actor_of(cast.leader01, door=Door.CLIENT, client="chatbot")
    with refused(errors.DecideInBrowser):
        approved(request, leader, now=now)
    cast.one_lead.same_client_may_decide = True
    cast.one_lead.save()
    assert approved(request, leader, now=now).status == RequestStatus.APPROVED


def test_another_client_may_carry_the_decision(cast: Cast, now: datetime) -> None:
    request = submitted(actor_of(cast.member01, door=Door.CLIENT, client="chatbot"), now=now)
    leader = actor_of(cast.leader01, door=Door.CLIENT, client="pager")
    assert approved(request, leader, now=now).status == RequestStatus.APPROVED


# Too late, or twice


def test_second_decision_of_an_approver_is_refused_even_the_same(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now, work_groups=LEADERS)
    approved(request, cast.leader01, now=now)
    with refused(errors.AlreadyDecided):
        approved(request, cast.leader01, now=now)
    with refused(errors.AlreadyDecided):
        rejected(request, cast.leader01, now=now)


@pytest.mark.parametrize("end", ["approved", "rejected", "sent_back", "withdrawn", "lapsed"])
def test_settled_request_takes_no_decision(cast: Cast, now: datetime, end: str) -> None:
    request = submitted(cast.member01, now=now)
    if end == "lapsed":
        lapse(request, now=request.decide_until)
    elif end == "withdrawn":
        withdrawn(request, cast.member01, now=now)
    else:
        {"approved": approved, "rejected": rejected, "sent_back": sent_back}[end](request, cast.leader01, now=now)
    with refused(rejections.TransitionNotAllowed):
        approved(request, cast.leader02, now=now)
    with refused(rejections.TransitionNotAllowed):
        rejected(request, cast.leader02, now=now)


def test_no_decision_at_or_after_the_deadline(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now, ends_at=now + HOUR)
    with refused(errors.DecisionTooLate):
        approved(request, cast.leader01, now=now + HOUR)
    assert approved(request, cast.leader01, now=now + HOUR - timedelta(seconds=1)).status == RequestStatus.APPROVED


# What was seen


def test_approval_of_what_is_no_longer_so_is_refused_with_the_difference(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    cast.prod_member.target_roles.add(cast.prod_leader.target_roles.get())
    with refused(errors.SeenChanged) as refusal:
        approved(request, cast.leader01, now=now, seen=request.digest)
    difference = refusal.value.data["difference"]
    assert isinstance(difference, dict)
    assert list(difference) == ["work_groups"]
    with refused(errors.SeenChanged):
        approved(request, cast.leader01, now=now)


def test_new_binding_of_the_requester_changes_what_is_decided_on(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    IamUserBinding.objects.filter(person=cast.member01).update(user_id="AIDASOMEBODYELSE")
    with refused(errors.SeenChanged) as refusal:
        approved(request, cast.leader01, now=now)
    assert refusal.value.data["changed"] == "iam_user"


def test_digest_of_something_else_is_refused(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    with refused(errors.SeenChanged):
        approved(request, cast.leader01, now=now, seen="0" * 64)


def test_all_approvals_are_of_the_same_thing(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now, work_groups=LEADERS)
    approved(request, cast.leader01, now=now)
    cast.prod_leader.target_roles.add(cast.prod_member.target_roles.get())
    again = AccessRequest.objects.get(pk=request.pk)
    fresh = snapshot.digest(snapshot.current(again))
    with refused(errors.SeenChanged):
        approved(request, cast.leader02, now=now, seen=fresh)


def test_new_approver_in_the_policy_changes_nothing_of_what_was_asked(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    cast.one_lead.levels.get().approvers.add(cast.admin01)
    assert approved(request, cast.admin01, now=now, seen=request.digest).status == RequestStatus.APPROVED


# Rights of the requester, at the moment of the approval


def test_request_of_somebody_disabled_meanwhile_is_not_approved(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    cast.member01.is_active = False
    cast.member01.save()
    with refused(errors.RequesterMayNot):
        approved(request, cast.leader01, now=now)


def test_request_of_somebody_who_may_no_longer_ask_is_not_approved_but_can_be_rejected(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    cast.prod_member.everyone_may_request = False
    cast.prod_member.save()
    with refused(errors.RequesterMayNot):
        approved(request, cast.leader01, now=now)
    assert rejected(request, cast.leader01, now=now).status == RequestStatus.REJECTED


def test_group_that_left_the_catalogue_is_not_approved(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    cast.prod_member.retired_at = now
    cast.prod_member.save()
    with refused(errors.CatalogueChanged):
        approved(request, cast.leader01, now=now)


def test_group_under_another_policy_by_now_is_not_approved_under_the_old_one(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    cast.prod_member.policy = cast.two_levels
    cast.prod_member.save()
    with refused(errors.CatalogueChanged):
        approved(request, cast.leader01, now=now)


def test_time_that_the_policy_no_longer_gives_is_not_approved(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now, duration_minutes=60)
    extension = extension_asked(elevation, cast.member01, ends_at=now + 1.5 * HOUR, now=now)
    request = submitted(cast.member02, now=now, duration_minutes=61)
    cast.one_lead.longest_minutes = 60
    cast.one_lead.save()
    for too_long in (request, extension):
        with refused(errors.CatalogueChanged):
            approved(too_long, cast.leader01, now=now)
    assert approved(extension, cast.leader01, now=now + 0.5 * HOUR).status == RequestStatus.APPROVED


def test_yes_of_one_level_does_not_pass_for_another_levels(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now, work_groups=LEADERS)
    approved(request, cast.leader01, now=now)
    first, second = cast.two_levels.levels.order_by("number")
    first.approvers.set([cast.auditor01])
    second.approvers.set([cast.leader01, cast.leader02])
    with refused(errors.CatalogueChanged):
        approved(request, cast.leader02, now=now)
    assert rejected(request, cast.leader02, now=now).status == RequestStatus.REJECTED


# Extensions


def test_approved_extension_moves_the_end_and_sends_a_worker(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    old_end = elevation.ends_at
    extension = extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now)
    approved(extension, cast.leader02, now=now)
    elevation.refresh_from_db()
    assert elevation.ends_at == now + HOUR
    assert (extension.elevations.exists(), extension.extends) == (False, elevation)
    entry = TrailEntry.objects.get(act="elevation.extended")
    assert (entry.subject, entry.data["by"], entry.actor) == (elevation.code, extension.code, "leader02")
    assert datetime.fromisoformat(entry.data["from_end"]) == old_end
    assert Message.objects.filter(task=Task.PROLONG, object_id=elevation.pk).exists()


def test_extension_of_access_that_is_over_is_not_approved(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    extension = extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now)
    returned(elevation, cast.member01, now=now)
    with refused(errors.ElevationOver):
        approved(extension, cast.leader01, now=now)


def test_extension_waits_no_longer_than_the_end_it_would_move(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    extension = extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now)
    assert extension.decide_until == elevation.ends_at
    with refused(errors.DecisionTooLate):
        approved(extension, cast.leader01, now=elevation.ends_at)


def test_nobody_approves_their_own_extension(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.leader01, cast.leader02, now=now)
    extension = extension_asked(elevation, cast.leader01, ends_at=now + HOUR, now=now)
    with refused(errors.OwnRequest):
        approved(extension, cast.leader01, now=now)


@pytest.mark.parametrize(
    ("ends_in", "refusal"),
    [
        (timedelta(minutes=30), errors.EndBeforeStart),
        (timedelta(minutes=-10), errors.EndBeforeStart),
        (timedelta(minutes=241), errors.TooLongAccess),
    ],
)
def test_extension_to_an_unusable_end_is_refused(
    cast: Cast, now: datetime, ends_in: timedelta, refusal: type[rejections.Unusable]
) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    with refused(refusal):
        extension_asked(elevation, cast.member01, ends_at=now + ends_in, now=now)


def test_only_the_person_extends_and_only_what_is_open(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    with refused(errors.NotYours):
        extension_asked(elevation, cast.member02, ends_at=now + HOUR, now=now)
    with refused(errors.ElevationOver):
        extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=elevation.ends_at)
    stopped(elevation, cast.leader01, now=now)
    with refused(errors.ElevationOver):
        extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now)


def test_one_extension_waits_at_a_time(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    first = extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now)
    with refused(errors.AlreadyPending) as refusal:
        extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now)
    assert refusal.value.data["other"] == first.code


def test_extension_into_the_next_window_is_refused(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    following = submitted(cast.member01, now=now, starts_at=now + timedelta(minutes=45))
    with refused(errors.WindowsOverlap) as refusal:
        extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now)
    assert refusal.value.data["other"] == following.code
