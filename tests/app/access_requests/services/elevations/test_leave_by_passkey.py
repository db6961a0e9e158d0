"""Where approvals are signed by passkeys, whoever writes into the database gives nothing by it, the trail's table included."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from access_requests.lifecycle import ElevationStatus
from access_requests.models import AccessRequest, Decision, Elevation
from access_requests.policy.signatures import Assertion, Document, policy_version
from access_requests.services.elevations import provision
from access_requests.services.record import changes, signed_entries, snapshot
from access_requests.services.requests.signing import Signed
from audits.acts import Act
from audits.models import TrailEntry
from portal.users.models import Factor, User
from portal.verbs.run import run
from tests.stand_ins.authenticators import Authenticator
from tests.stand_ins.forging import forged_approval, forged_elevation, forged_entries
from tests.worlds.cast import actor_of
from tests.worlds.jump import Jump, ended, granted
from tests.worlds.passkeys import decided, only_by_passkey, passkey_of, signed
from tests.worlds.story import extension_asked, submitted

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOT_SIGNED, NOT_BY_POLICY = ("cancelled", "not_signed"), ("cancelled", "not_by_policy")


@pytest.fixture
def passkey(jump: Jump) -> Authenticator:
    only_by_passkey(jump.cast.one_lead)
    return passkey_of(jump.cast.leader01, now=jump.clock.now - DAY)


@pytest.fixture
def waiting(jump: Jump, passkey: Authenticator) -> AccessRequest:
    return submitted(jump.cast.member01, now=jump.clock.now)


def forged(request: AccessRequest, jump: Jump, *, by: User | None = None, **entries: Any) -> Elevation:
    """Have all rows and entries of an approval by leader01, as somebody writes them who has the database."""
    decision = forged_approval(request, by or jump.cast.leader01, now=jump.clock.now)
    elevation = forged_elevation(request, now=jump.clock.now)
    for entry in forged_entries(elevation, decision, now=jump.clock.now, **entries):
        entry.save()
    return elevation


def outcome(elevation: Elevation, jump: Jump) -> tuple[str, str]:
    granted(elevation)
    elevation.refresh_from_db()
    assert (jump.members() == {"member01"}) == (elevation.status == ElevationStatus.ACTIVE)
    return elevation.status, elevation.stop_reason


def of(signed: Signed) -> dict[str, Any]:
    return {"assertion": signed_entries.as_data(signed.assertion, signed.document)}


def made_up(request: AccessRequest, passkey: Authenticator, jump: Jump, **changes: str) -> Signed:
    """Return what the passkey signs for whoever has it sign a document that the portal did not make."""
    document = Document(
        **{
            "request": request.code,
            "digest": request.digest,
            "policy_version": policy_version(snapshot.policy(request.policy)),
            "verdict": "approve",
            "person": "leader01",
            "nonce": "made-up",
            "issued": jump.clock.now.isoformat(),
            **changes,
        }
    )
    answer = passkey.sign(document.challenge())
    return Signed(document=document, assertion=Assertion.of_browser(answer))


def test_signed_approval_is_given_and_so_is_more_time(jump: Jump, waiting: AccessRequest, passkey: Authenticator) -> None:
    decided(waiting, jump.cast.leader01, passkey, now=jump.clock.now, later=timedelta())
    elevation = granted(Elevation.objects.get(request=waiting))
    assert jump.members() == {"member01"}
    more = elevation.ends_at + HOUR
    asked = extension_asked(elevation, jump.cast.member01, ends_at=more, now=jump.clock.now)
    decided(asked, jump.cast.leader01, passkey, now=jump.clock.now, later=timedelta())
    provision.prolong(elevation.pk)
    elevation.refresh_from_db()
    assert (elevation.status, elevation.written_ends_at) == ("active", more)


def test_more_time_that_nobody_signed_ends_the_access(jump: Jump, waiting: AccessRequest, passkey: Authenticator) -> None:
    decided(waiting, jump.cast.leader01, passkey, now=jump.clock.now, later=timedelta())
    elevation = granted(Elevation.objects.get(request=waiting))
    asked = extension_asked(elevation, jump.cast.member01, ends_at=elevation.ends_at + HOUR, now=jump.clock.now)
    decision = forged_approval(asked, jump.cast.leader01, now=jump.clock.now)
    AccessRequest.objects.filter(pk=asked.pk).update(starts_at=elevation.ends_at, ends_at=elevation.ends_at + HOUR)
    Elevation.objects.filter(pk=elevation.pk).update(ends_at=elevation.ends_at + HOUR, ends_by=asked.code)
    for forged_one in (asked, elevation):
        forged_one.refresh_from_db()
    elevation.request = asked
    approval, _scheduled = forged_entries(elevation, decision, now=jump.clock.now)
    approval.save()
    moved = {"by": asked.code}
    TrailEntry.objects.create(at=jump.clock.now, act=Act.ELEVATION_EXTENDED, actor="leader01", subject=elevation.code, data=moved)
    provision.prolong(elevation.pk)
    elevation.refresh_from_db()
    assert (elevation.status, elevation.stop_reason) == ("revoking", "not_signed")
    assert ended(elevation).status == ElevationStatus.ENDED


def test_approval_that_is_forged_without_a_signature_gives_nothing_and_is_told(
    jump: Jump, waiting: AccessRequest, caplog: pytest.LogCaptureFixture
) -> None:
    elevation = forged(waiting, jump)
    with caplog.at_level(logging.CRITICAL):
        assert outcome(elevation, jump) == NOT_SIGNED
    assert [record.levelname for record in caplog.records if elevation.code in record.getMessage()] == ["CRITICAL"]


def test_decision_that_is_forged_in_its_table_alone_gives_nothing(jump: Jump, waiting: AccessRequest) -> None:
    forged_approval(waiting, jump.cast.leader01, now=jump.clock.now)
    elevation = forged_elevation(waiting, now=jump.clock.now)
    assert outcome(elevation, jump) == ("cancelled", "not_as_recorded")


def test_signature_of_another_request_gives_nothing(jump: Jump, waiting: AccessRequest, passkey: Authenticator) -> None:
    other = submitted(jump.cast.member02, now=jump.clock.now)
    assert (
        outcome(forged(waiting, jump, **of(signed(other, jump.cast.leader01, passkey, now=jump.clock.now))), jump) == NOT_SIGNED
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "reject"},
        {"person": "leader02"},
        {"digest": "0" * 64},
        {"policy_version": "0" * 64},
        {"issued": "2026-11-22T05:00:00+00:00"},
    ],
    ids=["verdict", "person", "digest", "policy", "time"],
)
def test_signature_of_another_verdict_person_digest_policy_or_time_gives_nothing(
    jump: Jump, waiting: AccessRequest, passkey: Authenticator, changes: dict[str, str]
) -> None:
    assert outcome(forged(waiting, jump, **of(made_up(waiting, passkey, jump, **changes))), jump) == NOT_SIGNED


def test_rejection_that_was_signed_is_no_approval(jump: Jump, waiting: AccessRequest, passkey: Authenticator) -> None:
    decided(waiting, jump.cast.leader01, passkey, now=jump.clock.now, later=timedelta(), verdict="reject")
    said = TrailEntry.objects.get(act=Act.REQUEST_REJECTED).data["decision"]["assertion"]
    Decision.objects.all().delete()
    assert outcome(forged(waiting, jump, assertion=said), jump) == NOT_SIGNED


def test_passkey_that_is_forged_in_the_tables_of_factors_signs_nothing(
    jump: Jump, waiting: AccessRequest, passkey: Authenticator
) -> None:
    thief = replace(passkey, key=Authenticator().key)
    Factor.objects.filter(kind="passkey").update(public_key=thief.public_key)
    assert outcome(forged(waiting, jump, **of(made_up(waiting, thief, jump))), jump) == NOT_SIGNED


def test_who_forges_an_enrolment_too_has_told_it_and_is_too_young_where_the_policy_says_so(
    jump: Jump, waiting: AccessRequest, passkey: Authenticator
) -> None:
    only_by_passkey(jump.cast.one_lead, factor_age_minutes=60)
    waiting.refresh_from_db()
    thief = passkey_of(jump.cast.leader01, now=jump.clock.now - HOUR / 2)
    elevation = forged(waiting, jump, **of(made_up(waiting, thief, jump)))
    assert outcome(elevation, jump) == ("cancelled", "passkey_too_young")
    assert TrailEntry.objects.filter(act=Act.FACTOR_ADDED, subject="person:leader01").count() == 2


def test_enrolment_that_is_forged_under_another_name_is_nobodys(
    jump: Jump, waiting: AccessRequest, passkey: Authenticator
) -> None:
    thief = passkey_of(jump.cast.member02, now=jump.clock.now - DAY)
    assert outcome(forged(waiting, jump, **of(made_up(waiting, thief, jump))), jump) == NOT_SIGNED


def test_passkey_that_was_removed_or_reset_before_signs_nothing_more_and_afterwards_what_it_signed_stays(
    jump: Jump, waiting: AccessRequest, passkey: Authenticator
) -> None:
    decided(waiting, jump.cast.leader01, passkey, now=jump.clock.now, later=timedelta())
    own = Factor.objects.get(kind="passkey")
    named = {"id": own.code, "kind": "passkey", "name": ""}
    write(Act.FACTOR_REMOVED, "person:leader01", {"factor": named}, jump.clock.now)
    assert outcome(Elevation.objects.get(request=waiting), jump) == ("active", "")
    again = submitted(jump.cast.member01, now=jump.clock.now, work_groups=["ProdLeaderWorkGroup"])
    assert again.policy_id != waiting.policy_id
    other = submitted(jump.cast.member02, now=jump.clock.now)
    elevation = forged(other, jump, **of(made_up(other, passkey, jump)))
    granted(elevation)
    elevation.refresh_from_db()
    assert (elevation.status, elevation.stop_reason) == NOT_SIGNED


def test_reset_takes_every_passkey(jump: Jump, waiting: AccessRequest, passkey: Authenticator) -> None:
    named = {"id": Factor.objects.get(kind="passkey").code, "kind": "passkey", "name": ""}
    reset = {"factors": [named], "proposed_by": "admin02", "reason": "lost"}
    write(Act.FACTORS_RESET, "person:leader01", reset, jump.clock.now)
    assert outcome(forged(waiting, jump, **of(made_up(waiting, passkey, jump))), jump) == NOT_SIGNED


def write(act: Act, subject: str, data: dict[str, Any], at: datetime) -> None:
    actor = actor_of(User.objects.get(username="admin01"))
    run(lambda: changes.record_data(act=act, subject=subject, data=data, actor=actor, now=at))


# The catalogue's own entries


def declare(jump: Jump, *, ways: list[str], approvers: list[str], factor_age: int = 0) -> None:
    """Have the trail say what the catalogue's file said of the policy and of the group."""
    policy = {
        "shortest": 1,
        "longest": 240,
        "decision": 1440,
        "same_client_may_decide": False,
        "slack_channel": "",
        "decide_by": ways,
        "factor_age": factor_age,
        "levels": [{"approvals": 1, "approvers": approvers}],
    }
    group: dict[str, Any] = {
        "policy": "one-lead",
        "target_roles": [],
        "requesters": "everyone",
        "description": "",
        "backend": "iam_group",
        "drift": "report",
        "session": None,
    }
    write(Act.CATALOGUE_ADDED, "policy:one-lead", {"before": None, "after": policy}, jump.clock.now - HOUR)
    write(Act.CATALOGUE_ADDED, "work_group:ProdMemberWorkGroup", {"before": None, "after": group}, jump.clock.now - HOUR)


@pytest.mark.parametrize(
    "policy",
    [{"decide_by": ["browser"]}, {"decide_by": ["browser", "passkey"]}, {"key": "of-my-own", "decide_by": ["browser"]}],
    ids=["ways", "more ways", "another policy"],
)
def test_entry_whose_policy_is_more_lenient_than_the_catalogue_was_gives_nothing(
    jump: Jump, waiting: AccessRequest, policy: dict[str, Any]
) -> None:
    declare(jump, ways=["passkey"], approvers=["leader01", "leader02"])
    assert outcome(forged(waiting, jump, policy=policy), jump) == NOT_BY_POLICY


def test_who_forges_themselves_as_approver_signs_in_vain(jump: Jump, waiting: AccessRequest) -> None:
    declare(jump, ways=["passkey"], approvers=["leader01", "leader02"])
    own = passkey_of(jump.cast.member02, now=jump.clock.now - DAY)
    policy = {"levels": [{"number": 1, "approvals": 1, "approvers": ["member02"]}]}
    version = policy_version({**snapshot.policy(waiting.policy), **policy})
    what = made_up(waiting, own, jump, person="member02", policy_version=version)
    assert outcome(forged(waiting, jump, by=jump.cast.member02, policy=policy, **of(what)), jump) == NOT_BY_POLICY


def test_decision_under_the_policy_as_the_catalogue_has_it_is_given(
    jump: Jump, waiting: AccessRequest, passkey: Authenticator
) -> None:
    declare(jump, ways=["passkey"], approvers=["@lead"])
    decided(waiting, jump.cast.leader01, passkey, now=jump.clock.now, later=timedelta())
    assert outcome(Elevation.objects.get(request=waiting), jump) == ("active", "")
