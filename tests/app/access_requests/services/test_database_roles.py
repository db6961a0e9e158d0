"""What somebody comes to who has the password of a database role: forged rows, and the services' own work under each role."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone
from pytest_django import Settings

from access_requests.grants.contract import Principal
from access_requests.lifecycle import ElevationStatus
from access_requests.models import (
    AccessRequest,
    Binding,
    Decision,
    Delivery,
    Drift,
    Elevation,
    IamUserBinding,
    RequestedGroup,
    WebhookEndpoint,
)
from access_requests.services import sweep
from access_requests.services.drift import announcing, answering, recording, running
from access_requests.services.elevations import evaluating, gates, health, provision, revoke
from access_requests.services.notices import delivering, sending, telling
from access_requests.services.notices.webhooks import keeping
from access_requests.services.notices.webhooks.keeping import Wishes
from access_requests.services.record import bindings
from audits.acts import Act
from audits.database_rights import OF_WORKERS, Service
from audits.models import TrailEntry
from portal.users.models import User
from portal.verbs.run import run
from tests.database_roles import Roles
from tests.stand_ins.forging import forged_approval, forged_elevation, forged_entries
from tests.stand_ins.slack_server import TOKEN, SlackServer, slack_server
from tests.stand_ins.webhook_receivers import Receiver, receiving
from tests.worlds.cast import actor_of
from tests.worlds.gated import Gated
from tests.worlds.jump import MEMBER_GROUP, Jump, ended, granted
from tests.worlds.story import approved, elevated, extension_asked, rejected, returned, submitted

HOUR = timedelta(hours=1)
WEB, WORKER, NOTICES, BEAT = Service.WEB, Service.WORKER, Service.NOTICES, Service.BEAT
NOT_ROWS = "row-level security"


@pytest.fixture(autouse=True)
def _at_the_time_of_the_story(roles: Roles) -> None:
    roles.keep_no_time()


@pytest.fixture
def request_rejected(jump: Jump) -> AccessRequest:
    request = submitted(jump.cast.member01, now=jump.clock.now)
    rejected(request, jump.cast.leader01, now=jump.clock.now)
    request.refresh_from_db()
    return request


# Forged


def test_elevation_alone_that_the_webs_role_inserted_gives_nothing(
    jump: Jump, roles: Roles, request_rejected: AccessRequest
) -> None:
    with roles.act_as(WEB):
        forged = forged_elevation(request_rejected, now=jump.clock.now, lasts=timedelta(days=30))
    with roles.act_as(WORKER):
        granted(forged)
    assert (forged.status, forged.stop_reason) == ("cancelled", "not_approved")
    assert jump.members() == set()


def test_request_and_decision_that_the_webs_role_wrote_too_give_nothing(
    jump: Jump, roles: Roles, request_rejected: AccessRequest
) -> None:
    with roles.act_as(WEB):
        forged_approval(request_rejected, jump.cast.leader02, now=jump.clock.now)
        forged = forged_elevation(request_rejected, now=jump.clock.now)
    with roles.act_as(WORKER):
        granted(forged)
    assert (forged.status, forged.stop_reason) == ("cancelled", "not_as_recorded")
    assert jump.members() == set()


def test_trail_entries_too_are_what_remains_for_the_webs_role(jump: Jump, roles: Roles) -> None:
    """SECURITY.md says so."""
    request = submitted(jump.cast.member01, now=jump.clock.now)
    with roles.act_as(WEB):
        decision = forged_approval(request, jump.cast.leader02, now=jump.clock.now)
        forged = forged_elevation(request, now=jump.clock.now)
        for entry in forged_entries(forged, decision, now=jump.clock.now):
            entry.save()
    with roles.act_as(WORKER):
        granted(forged)
    assert forged.status == ElevationStatus.ACTIVE


@pytest.mark.parametrize("act", OF_WORKERS)
def test_webs_role_does_not_say_what_workers_saw(jump: Jump, roles: Roles, act: Act) -> None:
    """By such an entry a finding would be closed of which the cause is there still."""
    entry = {"at": timezone.now(), "act": act, "actor": "sekisho:worker", "subject": "D-00000000", "data": {}}
    with roles.refused(WEB, why="audits_trail_of_workers"):
        TrailEntry.objects.create(**entry)
    with roles.act_as(WORKER):
        TrailEntry.objects.create(**entry)


@pytest.mark.parametrize(
    ("facts", "command"),
    [({"user": "member01", "key": "AKIA1"}, "aws iam delete-access-key"), ({"role": "lead", "source": "oidc:company"}, "")],
)
def test_webs_role_does_not_say_that_what_a_review_handed_over_is_gone(
    jump: Jump, roles: Roles, facts: dict[str, str], command: str
) -> None:
    entry = {"at": timezone.now(), "act": Act.REVIEW_REMOVED, "actor": "sekisho:worker", "subject": "review:V-00000000/1"}
    for data in ({"item": {"command": command, "facts": facts}}, {"item": {"facts": facts}}, {}):
        with roles.refused(WEB, why="audits_trail_of_reviews"):
            TrailEntry.objects.create(**entry, data=data)
        with roles.act_as(WORKER):
            TrailEntry.objects.create(**entry, data=data)
    with roles.act_as(WEB):
        TrailEntry.objects.create(**entry, data={"item": {"command": "", "facts": {"client": "chatbot"}}})


def test_webs_role_changes_and_deletes_no_decision_and_no_request(
    jump: Jump, roles: Roles, request_rejected: AccessRequest
) -> None:
    decisions, request = Decision.objects.filter(request=request_rejected), AccessRequest.objects.filter(pk=request_rejected.pk)
    with roles.refused(WEB):
        decisions.update(verdict="approve")
    for rows in (decisions, request):
        with roles.refused(WEB):
            rows._raw_delete(using=DEFAULT_DB_ALIAS)
    with roles.act_as(WEB):
        jump.cast.one_lead.levels.all().delete()
    assert decisions.get().level is None


@pytest.mark.parametrize("state", ["granting", "active", "ended"])
def test_webs_role_says_of_no_elevation_what_became_of_it_in_aws(
    jump: Jump, roles: Roles, request_rejected: AccessRequest, state: str
) -> None:
    now, why = jump.clock.now, "only workers say"
    facts = dict.fromkeys(("granted_at", "granting_at", "stopped_at", "ended_at"), now)
    with roles.act_as(WEB):
        forged = forged_elevation(request_rejected, now=now)
    with roles.refused(WEB, why):
        Elevation.objects.filter(pk=forged.pk).update(status=state, **facts)
    with roles.refused(WEB, why):
        Elevation(**{**unsaved(jump), **facts}, request=request_rejected, status=state).save()
    with roles.act_as(WORKER):
        assert Elevation.objects.update(status=state, **facts) == 1


def test_webs_role_ends_what_is_active_and_extends_it(jump: Jump, roles: Roles) -> None:
    elevation = elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now)
    with roles.act_as(WORKER):
        granted(elevation)
    with roles.act_as(WEB):
        now, later = jump.clock.now, elevation.ends_at + timedelta(minutes=30)
        approved(extension_asked(elevation, jump.cast.member01, ends_at=later, now=now), jump.cast.leader01, now=now)
        returned(elevation, jump.cast.member01, now=now)
    elevation.refresh_from_db()
    assert elevation.status == ElevationStatus.REVOKING


@pytest.mark.parametrize("service", [WORKER, NOTICES, BEAT])
def test_no_other_role_can_write_any_of_the_three_or_add_a_person(
    jump: Jump, roles: Roles, request_rejected: AccessRequest, service: Service
) -> None:
    now, asked = jump.clock.now, {"request": request_rejected, "requester": jump.cast.member01}
    decision = Decision(
        approver=jump.cast.leader02, level_number=1, verdict="approve", proof={}, seen="", decided_at=now, **asked
    )
    with roles.refused(service):
        decision.save()
    with roles.refused(service):
        RequestedGroup.objects.create(work_group=jump.cast.prod_leader, **asked)
    with roles.refused(service):
        AccessRequest.objects.bulk_create(
            [AccessRequest(requester=jump.cast.member01, policy=jump.cast.one_lead, submitted_at=now)]
        )
    with roles.refused(service):
        User.objects.create(username="nobody", is_administrator=True)
    with roles.refused(service):
        User.objects.filter(username="member01").update(is_administrator=True)
    with roles.refused(service):
        forged_elevation(request_rejected, now=now)
    for entry in forged_entries(Elevation(request=request_rejected, **unsaved(jump)), decision, now=now):
        with roles.refused(service, why="permission denied" if service == BEAT else NOT_ROWS):
            entry.save()


def test_workers_role_keeps_credentials_and_binds_nobody(jump: Jump, roles: Roles) -> None:
    person, now = jump.cast.member01, jump.clock.now
    bindings.unbind(person, Principal.IAM_USER)
    bindings.bind(person, Principal.IAM_USER, user_name="member01", user_id="AIDAONE", now=now)
    bound = IamUserBinding.objects.get(person=person)
    bound.access_keys = ["AKIAONE"]
    with roles.act_as(WORKER):
        bindings.keep_credentials(bound)
    assert Binding.objects.get(person=person).access_keys == IamUserBinding.objects.get(person=person).access_keys == ["AKIAONE"]
    for service in (WORKER, NOTICES):
        with roles.refused(service):
            Binding.objects.filter(person=person).update(user_id="AIDAANOTHER")
        with roles.refused(service):
            Binding.objects.filter(person=person).delete()
        with roles.refused(service):
            Binding.objects.create(person=jump.cast.member02, kind="iam_user", user_name="x", user_id="AIDATWO", bound_at=now)


def unsaved(jump: Jump) -> dict[str, object]:
    now = jump.clock.now
    user = {"iam_user_name": "member01", "identity_center_user_name": "", "identity_center_user_id": "", "ends_by": ""}
    return {"person": jump.cast.member01, "work_group": jump.cast.prod_member, "starts_at": now, "ends_at": now + HOUR, **user}


def test_whatever_the_workers_role_can_write_of_access_that_is_over_gives_nothing(jump: Jump, roles: Roles) -> None:
    elevation = granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now, duration_minutes=60))
    returned(elevation, jump.cast.member01, now=jump.clock.now)
    ended(elevation)
    rows = Elevation.objects.filter(pk=elevation.pk)
    later = elevation.ends_at + 24 * HOUR
    with roles.act_as(WORKER):
        AccessRequest.objects.update(ends_at=later)
        rows.update(status="scheduled", ends_at=later, stopped_at=None, ended_at=None, stop_reason="")
        again = {"elevation": {"code": elevation.code}, "to": "scheduled"}
        entry = TrailEntry(
            at=jump.clock.now, act=Act.ELEVATION_ACTIVE, actor="sekisho:worker", subject=elevation.code, data=again
        )
        entry.save()
        granted(elevation)
    assert (elevation.status, elevation.stop_reason) == ("cancelled", "not_as_recorded")
    assert jump.members() == set()


# Each service's own work


def test_workers_role_gives_prolongs_ends_tidies_and_compares(gated: Gated, roles: Roles) -> None:
    jump = gated.jump
    with roles.act_as(WEB):
        elevation = elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now)
    with roles.act_as(WORKER):
        assert granted(elevation).status == ElevationStatus.ACTIVE
        evaluating.evaluate_due()
    with roles.act_as(WEB):
        asked = extension_asked(elevation, jump.cast.member01, ends_at=elevation.ends_at + HOUR, now=jump.clock.now)
        approved(asked, jump.cast.leader01, now=jump.clock.now)
    with roles.act_as(WORKER):
        provision.prolong(elevation.pk)
    jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName="member02")
    jump.clock.forward(minutes=3)
    gated.aws.set_clock(at=jump.clock.now)
    with roles.act_as(WORKER):
        running.run()
        health.probe_all()
    with roles.act_as(WEB):
        drift = Drift.objects.get(name="member02")
        run(
            lambda: answering.undo(
                code=drift.code, seen=answering.digest(drift), actor=actor_of(jump.cast.admin01), now=jump.clock.now
            )
        )
        returned(elevation, jump.cast.member01, now=jump.clock.now)
    with roles.act_as(WORKER):
        running.undo_one(drift.pk)
        assert ended(elevation).status == ElevationStatus.ENDED
        jump.clock.forward(minutes=3)
        revoke.tidy(elevation.pk)
        for role_id in gates.due(now=jump.clock.now):
            gates.refresh(role_id)
    drift.refresh_from_db()
    elevation.refresh_from_db()
    assert (drift.status, elevation.fence_due_at, jump.members()) == ("undone", None, set())


def test_workers_role_lapses_and_forgets(jump: Jump, roles: Roles) -> None:
    with roles.act_as(WEB):
        request = submitted(jump.cast.member01, now=jump.clock.now)
    with roles.act_as(WORKER):
        sweep.housekeeping(now=request.decide_until + timedelta(days=30))
    request.refresh_from_db()
    assert request.status == "lapsed"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def server() -> Iterator[SlackServer]:
    with slack_server() as made:
        yield made


def test_notices_role_tells_sends_disables_what_is_gone_and_forgets(
    jump: Jump, roles: Roles, receiver: Receiver, server: SlackServer, settings: Settings
) -> None:
    wishes = Wishes(name="chat", url=receiver.url, language="en", with_details=True)
    receiver.status = 410
    settings.SLACK_API_URL, settings.SLACK_BOT_TOKEN = server.url, TOKEN
    with roles.act_as(WEB):
        run(lambda: keeping.add(wishes=wishes, actor=actor_of(jump.cast.admin01), now=jump.clock.now))
        elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now)
        submitted(jump.cast.member02, now=jump.clock.now)
    names = {"kind": "unexplained_member", "account": "jump", "thing": MEMBER_GROUP, "name": "stranger"}
    drift = Drift.objects.create(**names, found_at=jump.clock.now, seen_at=jump.clock.now)
    recording.tell(drift, Act.DRIFT_FOUND, actor=actor_of(jump.cast.admin01), now=jump.clock.now, data={"to": drift.status})
    with roles.act_as(WORKER):
        announcing.tell_of_new(now=jump.clock.now)
    with roles.act_as(NOTICES):
        telling.tell(now=jump.clock.now)
        for _task, delivery_id in list(delivering.due(now=jump.clock.now)):
            sending.deliver(delivery_id, now=jump.clock.now)
        delivering.forget_old(now=timezone.now() + timedelta(days=2 * settings.DELIVERIES_KEPT_DAYS))
    assert (WebhookEndpoint.objects.get().enabled, len(receiver.got)) == (False, 1)
    # Cards for both approvers, and the drift for administrator and auditor.
    channels = [call["channel"] for call in server.told("chat.postMessage")]
    assert sorted(channels) == ["U0ADMIN01", "U0AUDITOR01", "U0LEADER01", "U0LEADER02"]
    assert not Delivery.objects.exists()
