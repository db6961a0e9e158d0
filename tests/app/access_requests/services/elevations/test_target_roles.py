"""What is asked and decided while nobody knows which role in AWS a name is, and once it turns out to be another one."""

from dataclasses import replace

import pytest

from access_requests.errors import IdentityUnread, SeenChanged
from access_requests.grants.contract import GrantedRole
from access_requests.lifecycle import RequestStatus
from access_requests.messages import Task
from access_requests.models import TargetRole
from access_requests.services import sweep
from access_requests.services.elevations import target_roles
from audits.models import TrailEntry
from portal.aws import directory
from portal.aws.directory import IamRole
from portal.aws.errors import BackendBusy
from portal.verbs.run import run
from tests.worlds.cast import Cast, let_portal_in
from tests.worlds.clock import Clock
from tests.worlds.jump import Jump
from tests.worlds.story import approved, elevated, extension_asked, refused, rejected, submitted, withdrawn

ROLE = "Prod_MemberRole"
IN_TEAM = "arn:aws:iam::444444444444:role/team/Prod_MemberRole"


def forget() -> None:
    TargetRole.objects.filter(name=ROLE).update(arn=None, role_id=None, read_at=None)


def test_unread_role_is_asked_for_and_decided_on_by_nobody_and_what_waits_may_go(cast: Cast, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    elevation = elevated(cast.member02, cast.leader01, now=clock.now)
    forget()
    with refused(IdentityUnread) as refusal:
        submitted(cast.leader02, now=clock.now)
    assert (refusal.value.code, refusal.value.data["role"]) == ("identity_unread", f"production/{ROLE}")
    with refused(IdentityUnread):
        extension_asked(elevation, cast.member02, ends_at=elevation.ends_at.replace(hour=7), now=clock.now)
    for decide in (approved, rejected):
        with refused(IdentityUnread):
            decide(request, cast.leader01, now=clock.now)
    assert withdrawn(request, cast.member01, now=clock.now).status == RequestStatus.WITHDRAWN


def test_digest_changes_only_where_the_arn_that_was_shown_was_wrong(cast: Cast, clock: Clock) -> None:
    right, wrong = submitted(cast.member01, now=clock.now), submitted(cast.member02, now=clock.now)
    forget()
    TargetRole.objects.filter(name=ROLE).update(arn=right.snapshot["asked"]["work_groups"][0]["target_roles"][0])
    assert approved(right, cast.leader01, now=clock.now).status == RequestStatus.APPROVED
    TargetRole.objects.filter(name=ROLE).update(arn=IN_TEAM)
    with refused(SeenChanged) as refusal:
        approved(wrong, cast.leader01, now=clock.now)
    before, after = refusal.value.data["difference"]["work_groups"]  # type: ignore[index]
    assert (refusal.value.status, before[0]["target_roles"], after[0]["target_roles"]) == (
        409, ["arn:aws:iam::444444444444:role/Prod_MemberRole"], [IN_TEAM],
    )  # fmt: skip


def test_role_that_aws_does_not_show_is_asked_about_again_after_a_while(
    cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_portal: str, _name: str) -> None:
        raise BackendBusy("Throttling")

    let_portal_in(cast.production)
    forget()
    monkeypatch.setattr(directory, "find_role", busy)
    ((task, pk),) = sweep.due_roles(now=clock.now)
    assert task == Task.READ_ROLE
    target_roles.read(pk)
    assert list(sweep.due_roles(now=clock.now)) == []
    clock.forward(seconds=target_roles.RETRY.total_seconds())
    assert list(sweep.due_roles(now=clock.now)) == [(task, pk)]


def test_role_that_two_workers_read_is_recorded_once(cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    let_portal_in(cast.production)
    role = TargetRole.objects.get(name=ROLE)
    there = IamRole(name=ROLE, role_id=role.role_id or "", arn=IN_TEAM)
    forget()
    # The other one was faster, between this one's question and its answer.
    monkeypatch.setattr(directory, "find_role", lambda _portal, _name: run(lambda: target_roles._keep(role.pk, there)) or there)
    target_roles.read(role.pk)
    role.refresh_from_db()
    assert (role.arn, TrailEntry.objects.filter(subject=f"role:production/{ROLE}").count()) == (IN_TEAM, 1)


def test_role_that_was_read_anew_within_a_step_makes_it_begin_again(jump: Jump) -> None:
    """A fence on the role as it was would be judged against the role as it is, and end an access that may go on."""
    group = jump.cast.prod_member
    known = [GrantedRole(pk=role.pk, name=role.name, arn=role.arn) for role in group.target_roles.all()]
    target_roles.confirm(group, known, jump.caller())
    for arn in (None, "arn:aws:iam::444444444444:role/team/Prod_MemberRole"):
        with pytest.raises(BackendBusy, match="identity_unread"):
            target_roles.confirm(group, [replace(role, arn=arn) for role in known], jump.caller())
