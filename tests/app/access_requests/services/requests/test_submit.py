"""Asking for access."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from access_requests import errors
from access_requests.lifecycle import RequestStatus
from access_requests.models import IamUserBinding, RequestedGroup
from audits.models import TrailEntry
from portal.outbox.models import Message
from portal.verbs import rejections
from portal.verbs.actor import Door
from tests.worlds.cast import Cast, actor_of
from tests.worlds.story import acts, approved, elevated, extension_asked, refused, rejected, sent_back, submitted, withdrawn

HOUR = timedelta(hours=1)


def test_request_waits_with_all_that_was_typed_and_the_trail_has_it_whole(cast: Cast, now: datetime) -> None:
    request = submitted(
        cast.member01, now=now, reason="直す 🔧", impact="none", plan="1. ALTER", way_back="1. DROP", ends_at=now + HOUR
    )
    request.refresh_from_db()
    assert request.status == RequestStatus.PENDING
    assert (request.reason, request.change_ticket, request.impact) == ("直す 🔧", "CHG-123", "none")
    assert (request.plan, request.way_back) == ("1. ALTER", "1. DROP")
    assert (request.asked_ends_at, request.decide_until) == (now + HOUR, now + HOUR)
    entry = TrailEntry.objects.get(subject=request.code)
    assert (entry.act, entry.actor, entry.on_behalf_of, entry.at) == ("request.submitted", "member01", "", now)
    told = entry.data["request"]
    assert (told["requester"], told["reason"], told["way_back"]) == ("member01", "直す 🔧", "1. DROP")
    assert told["work_groups"][0]["target_roles"] == ["arn:aws:iam::444444444444:role/Prod_MemberRole"]
    assert told["policy"]["levels"] == [{"number": 1, "approvals": 1, "approvers": ["leader01", "leader02"]}]
    assert told["iam_user"]["name"] == "member01"


def test_nothing_reaches_a_worker_before_the_approval(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    assert not request.elevations.exists()
    assert not Message.objects.exists()


def test_trail_names_both_the_client_and_the_person_it_acted_for(cast: Cast, now: datetime) -> None:
    request = submitted(actor_of(cast.member01, door=Door.CLIENT, client="chatbot"), now=now)
    entry = TrailEntry.objects.get(subject=request.code)
    assert (entry.actor, entry.on_behalf_of) == ("client:chatbot", "member01")
    assert entry.data["proof"]["method"] == "password"


def test_several_work_groups_of_one_policy_are_one_request(cast: Cast, now: datetime) -> None:
    cast.prod_leader.policy = cast.one_lead
    cast.prod_leader.save()
    request = submitted(cast.member01, now=now, work_groups=["ProdMemberWorkGroup", "ProdLeaderWorkGroup"])
    assert request.work_groups.count() == 2


def test_time_in_another_zone_is_the_same_moment(cast: Cast, now: datetime) -> None:
    tokyo = (now + HOUR).astimezone(cast.member01.zone)
    request = submitted(cast.member01, now=now, starts_at=tokyo)
    request.refresh_from_db()
    assert request.asked_starts_at == now + HOUR


def test_request_sent_back_is_named_by_the_next_one(cast: Cast, now: datetime) -> None:
    first = submitted(cast.member01, now=now)
    sent_back(first, cast.leader01, now=now)
    assert submitted(cast.member01, now=now, revises=first.code).revises == first


# Who may


def test_disabled_person_cannot_ask(cast: Cast, now: datetime) -> None:
    cast.member01.is_active = False
    cast.member01.save()
    with refused(rejections.PersonDisabled):
        submitted(cast.member01, now=now)


def test_person_without_an_iam_user_cannot_ask(cast: Cast, now: datetime) -> None:
    IamUserBinding.objects.filter(person=cast.member01).delete()
    with refused(errors.NoIamUser):
        submitted(cast.member01, now=now)


def test_work_group_that_is_not_open_to_the_person_is_refused(cast: Cast, now: datetime) -> None:
    cast.prod_member.everyone_may_request = False
    cast.prod_member.save()
    cast.prod_member.requesters.set([cast.member02])
    with refused(errors.MayNotRequest):
        submitted(cast.member01, now=now)
    assert submitted(cast.member02, now=now).status == RequestStatus.PENDING


def test_requester_whom_nobody_else_could_approve_is_told_so_at_once(cast: Cast, now: datetime) -> None:
    cast.leader02.is_active = False
    cast.leader02.save()
    with refused(errors.TooFewApprovers) as refusal:
        submitted(cast.leader01, now=now)
    assert refusal.value.data["level"] == 1


def test_lead_may_ask_like_anyone_while_another_lead_can_decide(cast: Cast, now: datetime) -> None:
    assert submitted(cast.leader01, now=now).status == RequestStatus.PENDING


# For what


@pytest.mark.parametrize(
    "name", ["JumpAdminGroup", "MemberGroup", "prodmemberworkgroup", "ProdMemberWorkGroup ", "", "\x00", "\ud800", "x" * 10_000]
)
def test_group_outside_the_catalogue_is_refused(cast: Cast, now: datetime, name: str) -> None:
    with refused(errors.UnknownWorkGroup):
        submitted(cast.member01, now=now, work_groups=[name])


def test_retired_work_group_is_no_longer_of_the_catalogue(cast: Cast, now: datetime) -> None:
    cast.prod_member.retired_at = now
    cast.prod_member.save()
    with refused(errors.UnknownWorkGroup):
        submitted(cast.member01, now=now)


@pytest.mark.parametrize("names", [[], ["ProdMemberWorkGroup", "ProdMemberWorkGroup"]])
def test_no_group_or_one_group_twice_is_refused(cast: Cast, now: datetime, names: list[str]) -> None:
    with refused(errors.NoWorkGroup):
        submitted(cast.member01, now=now, work_groups=names)


def test_groups_of_different_policies_need_a_request_each(cast: Cast, now: datetime) -> None:
    with refused(errors.MixedPolicies):
        submitted(cast.member01, now=now, work_groups=["ProdMemberWorkGroup", "ProdLeaderWorkGroup"])


@pytest.mark.parametrize("code", ["R-00000000", "\x00", "x" * 1000])
def test_request_that_is_not_there_cannot_be_revised(cast: Cast, now: datetime, code: str) -> None:
    with refused(rejections.NotFound):
        submitted(cast.member01, now=now, revises=code)


def test_own_request_that_was_not_sent_back_cannot_be_revised(cast: Cast, now: datetime) -> None:
    first = submitted(cast.member01, now=now)
    withdrawn(first, cast.member01, now=now)
    with refused(rejections.NotFound):
        submitted(cast.member01, now=now, revises=first.code)


def test_somebody_elses_request_cannot_be_revised(cast: Cast, now: datetime) -> None:
    other = submitted(cast.member02, now=now)
    sent_back(other, cast.leader01, now=now)
    with refused(rejections.NotFound):
        submitted(cast.member01, now=now, revises=other.code)


# With which words and times


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"reason": " "}, rejections.Missing, "reason"),
        ({"change_ticket": ""}, rejections.Missing, "change_ticket"),
        ({"reason": "x" * 2001}, rejections.TooLong, "reason"),
        ({"change_ticket": "CHG\n1"}, rejections.ControlCharacters, "change_ticket"),
        ({"plan": "a\x00b"}, rejections.ControlCharacters, "plan"),
        ({"duration_minutes": None}, errors.DurationOrEnd, "duration_minutes"),
        ({"duration_minutes": 0}, errors.TooShort, "duration_minutes"),
        ({"duration_minutes": -1}, errors.TooShort, "duration_minutes"),
        ({"duration_minutes": 241}, errors.TooLongAccess, "duration_minutes"),
        ({"duration_minutes": 10**30}, errors.TooLongAccess, "duration_minutes"),
        ({"starts_at": datetime(2026, 11, 23, 9)}, rejections.NaiveTime, "starts_at"),  # noqa: DTZ001  The point.
        ({"starts_at": datetime.fromisoformat("2026-11-22T00:00:00Z")}, errors.InThePast, "starts_at"),
        ({"starts_at": datetime.fromisoformat("0001-01-01T00:00:00+14:00")}, errors.InThePast, "starts_at"),
        ({"starts_at": datetime.fromisoformat("9999-12-31T23:59:59Z")}, errors.TooFarAhead, "starts_at"),
        ({"starts_at": datetime.fromisoformat("9999-12-31T23:59:59-12:00")}, errors.TooFarAhead, "starts_at"),
        ({"ends_at": datetime.fromisoformat("2026-11-23T04:59:59Z")}, errors.InThePast, "ends_at"),
        ({"ends_at": datetime.fromisoformat("9999-12-31T23:59:59Z")}, errors.TooLongAccess, "ends_at"),
        (
            {
                "starts_at": datetime.fromisoformat("2026-11-23T10:00:00Z"),
                "ends_at": datetime.fromisoformat("2026-11-23T09:00:00Z"),
            },
            errors.EndBeforeStart,
            "ends_at",
        ),
    ],
)
def test_unusable_field_is_refused_by_name(
    cast: Cast, now: datetime, changes: dict[str, Any], refusal: type[rejections.Unusable], field: str
) -> None:
    with refused(refusal) as caught:
        submitted(cast.member01, now=now, **changes)
    assert caught.value.data["field"] == field


def test_duration_and_end_together_are_refused(cast: Cast, now: datetime) -> None:
    with refused(errors.DurationOrEnd):
        submitted(cast.member01, now=now, duration_minutes=30, ends_at=now + HOUR)


# Beside what else


def test_second_start_now_request_for_a_group_waits_for_the_first(cast: Cast, now: datetime) -> None:
    first = submitted(cast.member01, now=now)
    with refused(errors.AlreadyPending) as refusal:
        submitted(cast.member01, now=now)
    assert refusal.value.data["other"] == first.code


@pytest.mark.parametrize("settle", ["withdraw", "reject"])
def test_request_that_was_settled_is_in_nobodys_way(cast: Cast, now: datetime, settle: str) -> None:
    first = submitted(cast.member01, now=now)
    if settle == "withdraw":
        withdrawn(first, cast.member01, now=now)
    else:
        rejected(first, cast.leader01, now=now)
    assert not RequestedGroup.objects.filter(waits_to_start_now=True).exists()
    assert submitted(cast.member01, now=now).status == RequestStatus.PENDING


def test_window_over_current_access_is_refused_and_the_access_named(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    with refused(errors.WindowsOverlap) as refusal:
        submitted(cast.member01, now=now, starts_at=now + timedelta(minutes=29))
    assert refusal.value.data["other"] == elevation.code


def test_window_over_another_pending_one_is_refused(cast: Cast, now: datetime) -> None:
    first = submitted(cast.member01, now=now, starts_at=now + HOUR)
    with refused(errors.WindowsOverlap) as refusal:
        submitted(cast.member01, now=now, starts_at=now + HOUR + timedelta(minutes=29))
    assert refusal.value.data["other"] == first.code


def test_window_over_a_pending_extension_is_refused(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    extension = extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now)
    with refused(errors.WindowsOverlap) as refusal:
        submitted(cast.member01, now=now, starts_at=now + timedelta(minutes=40))
    assert refusal.value.data["other"] == extension.code


def test_next_window_may_begin_as_the_last_one_ends(cast: Cast, now: datetime) -> None:
    elevated(cast.member01, cast.leader01, now=now)
    assert submitted(cast.member01, now=now, starts_at=now + timedelta(minutes=30)).status == RequestStatus.PENDING


def test_same_time_for_another_person_or_another_group_is_free(cast: Cast, now: datetime) -> None:
    elevated(cast.member01, cast.leader01, now=now)
    assert submitted(cast.member02, now=now).status == RequestStatus.PENDING
    assert submitted(cast.member01, now=now, work_groups=["ProdLeaderWorkGroup"]).status == RequestStatus.PENDING


def test_start_now_over_a_window_that_was_asked_for_is_refused_at_the_approval_at_the_latest(cast: Cast, now: datetime) -> None:
    start_now = submitted(cast.member01, now=now)
    later = submitted(cast.member01, now=now, starts_at=now + HOUR)
    with refused(errors.WindowsOverlap) as refusal:
        approved(start_now, cast.leader01, now=now + timedelta(minutes=45))
    assert refusal.value.data["other"] == later.code
    assert acts(start_now) == ["request.submitted"]
