"""Decisions that a passkey signs: taken, and refused."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.core import signing as django_signing

from access_requests import errors
from access_requests.models import AccessRequest, ApprovalPolicy, Decision, Verdict
from access_requests.services.record import snapshot
from access_requests.services.requests import signing
from audits.models import TrailEntry
from portal.users.models import Factor
from portal.verbs import rejections
from portal.verbs.actor import Door
from tests.stand_ins.authenticators import Authenticator
from tests.worlds.cast import Cast, actor_of
from tests.worlds.passkeys import decided, enrol, only_by_passkey, passkey_of, signed
from tests.worlds.story import approved, refused, submitted

DAY = timedelta(days=1)


@pytest.fixture
def waiting(cast: Cast, now: datetime) -> AccessRequest:
    only_by_passkey(cast.one_lead)
    return submitted(cast.member01, now=now)


@pytest.fixture
def passkey(cast: Cast, now: datetime) -> Authenticator:
    return passkey_of(cast.leader01, now=now - DAY)


def test_signed_approval_is_one_and_its_signature_is_in_the_trail(
    cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator
) -> None:
    what = signed(waiting, cast.leader01, passkey, now=now)
    decided(waiting, cast.leader01, what, now=now)
    entry = TrailEntry.objects.get(act="request.approved", subject=waiting.code)
    said, decision = entry.data["decision"], Decision.objects.get()
    assert said["assertion"]["credential_id"] == passkey.credential_id
    assert said["assertion"]["document"] == {
        "request": waiting.code,
        "digest": waiting.digest,
        "policy_version": what.document.policy_version,
        "verdict": "approve",
        "person": "leader01",
        "nonce": decision.nonce,
        "issued": now.isoformat(timespec="seconds"),
    }
    own = Factor.objects.get(kind="passkey")
    assert said["proof"] == {"method": "passkey", "at": "2026-11-23T05:00:20+00:00", "factor": own.code}
    assert entry.data["proof"] == said["proof"] == decision.proof
    assert (own.sign_count, own.last_used_at) == (1, now + timedelta(seconds=20))


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.SEND_BACK])
def test_other_verdicts_are_signed_too(
    cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator, verdict: str
) -> None:
    decided(waiting, cast.leader01, passkey, now=now, verdict=verdict)
    entry = TrailEntry.objects.filter(subject=waiting.code).latest("pk")
    assert entry.data["decision"]["assertion"]["document"]["verdict"] == verdict


def test_policy_that_wants_passkeys_takes_nothing_else_in_the_browser(cast: Cast, now: datetime, waiting: AccessRequest) -> None:
    with refused(errors.PasskeyNeeded):
        decided(waiting, cast.leader01, None, now=now)


@pytest.mark.parametrize(("door", "client"), [(Door.CHAT, ""), (Door.CLIENT, "chatbot")])
def test_policy_that_wants_passkeys_sends_other_doors_to_the_browser(
    cast: Cast, now: datetime, waiting: AccessRequest, door: Door, client: str
) -> None:
    with refused(errors.DecideInBrowser) as caught:
        approved(waiting, actor_of(cast.leader01, door=door, client=client), now=now)
    assert str(caught.value.data["url"]).endswith(f"/requests/{waiting.code}/")


def test_policy_that_takes_both_takes_a_decision_with_and_without_a_signature(
    cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator
) -> None:
    ApprovalPolicy.objects.update(decide_by=["browser", "passkey"])
    other = submitted(cast.member02, now=now)
    decided(waiting, cast.leader01, passkey, now=now)
    decided(other, cast.leader01, None, now=now)
    assert list(Decision.objects.order_by("pk").values_list("nonce", flat=True))[1] is None


def test_signature_where_the_policy_has_no_passkeys_is_sent_the_policys_way(
    cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator
) -> None:
    what = signed(waiting, cast.leader01, passkey, now=now)
    ApprovalPolicy.objects.update(decide_by=["browser"])
    with refused(errors.DecideInBrowser):
        decided(waiting, cast.leader01, what, now=now)


def test_who_has_no_passkey_is_told_before_anything_is_signed(cast: Cast, now: datetime, waiting: AccessRequest) -> None:
    with refused(errors.PasskeyMissing):
        signed(waiting, cast.leader01, Authenticator(), now=now)


def test_comment_that_is_missing_is_told_before_anything_is_signed(
    cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator
) -> None:
    with refused(rejections.Missing):
        signing.offered(waiting, Verdict.REJECT, comment=" ", actor=actor_of(cast.leader01), now=now)


def test_signature_is_of_one_request_verdict_and_person(
    cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator
) -> None:
    other = submitted(cast.member02, now=now)
    what = signed(waiting, cast.leader01, passkey, now=now)
    with refused(errors.SignatureRefused):
        decided(other, cast.leader01, what, now=now)
    with refused(errors.SignatureRefused):
        decided(waiting, cast.leader01, what, now=now, verdict=Verdict.REJECT)
    with refused(errors.SignatureRefused):
        decided(waiting, cast.leader02, what, now=now)
    # The same by a passkey of leader02's own, under leader01's name.
    theirs = passkey_of(cast.leader02, now=now - DAY)
    assertion = signed(waiting, cast.leader02, theirs, now=now).assertion
    with refused(errors.SignatureRefused):
        decided(waiting, cast.leader01, replace(what, assertion=assertion), now=now)


def test_signature_under_a_policy_that_has_changed_since_is_asked_for_again(
    cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator
) -> None:
    what = signed(waiting, cast.leader01, passkey, now=now)
    ApprovalPolicy.objects.filter(pk=cast.one_lead.pk).update(longest_minutes=cast.one_lead.longest_minutes + 1)
    with refused(errors.SignatureRefused):
        decided(waiting, cast.leader01, what, now=now)
    decided(waiting, cast.leader01, passkey, now=now)


def test_signature_decides_once(cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator) -> None:
    only_by_passkey(cast.one_lead)
    cast.one_lead.levels.update(approvals=2)
    what = signed(waiting, cast.leader01, passkey, now=now)
    decided(waiting, cast.leader01, what, now=now)
    with refused(errors.AlreadyDecided):
        decided(waiting, cast.leader01, what, now=now)


def test_signature_is_good_for_minutes(cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator) -> None:
    what = signed(waiting, cast.leader01, passkey, now=now)
    with refused(errors.SignatureRefused):
        decided(waiting, cast.leader01, what, now=now, later=timedelta(minutes=5, seconds=1))
    decided(waiting, cast.leader01, what, now=now, later=timedelta(minutes=5))


def test_passkey_whose_count_has_not_grown_decides_nothing(
    cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator
) -> None:
    Factor.objects.filter(kind="passkey").update(sign_count=7)
    for counter in (7, 6, 0):
        passkey.counter = counter
        with refused(errors.PasskeyCopied):
            decided(waiting, cast.leader01, passkey, now=now)
    passkey.counter = 8
    decided(waiting, cast.leader01, passkey, now=now)
    assert Factor.objects.get(kind="passkey").sign_count == 8


def test_passkey_that_counts_nothing_decides_again_and_again(cast: Cast, now: datetime, waiting: AccessRequest) -> None:
    silent = passkey_of(cast.leader01, now=now - DAY, counter=0)
    decided(waiting, cast.leader01, silent, now=now)
    decided(submitted(cast.member02, now=now), cast.leader01, silent, now=now)


def test_passkey_that_was_added_too_lately_decides_nothing(
    cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator
) -> None:
    only_by_passkey(cast.one_lead, factor_age_minutes=48 * 60)
    with refused(errors.PasskeyTooYoung) as caught:
        decided(waiting, cast.leader01, passkey, now=now)
    assert caught.value.data == {"minutes": 48 * 60}
    only_by_passkey(cast.one_lead, factor_age_minutes=24 * 60)
    decided(waiting, cast.leader01, passkey, now=now)


def test_passkey_that_does_not_verify_its_holder_decides_nothing(
    cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator
) -> None:
    passkey.verifies = False
    with refused(errors.SignatureRefused):
        decided(waiting, cast.leader01, passkey, now=now)


def test_passkey_of_another_site_decides_nothing(
    cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator
) -> None:
    passkey.origin = "https://portal.example.org"
    with refused(errors.SignatureRefused):
        decided(waiting, cast.leader01, passkey, now=now)


def test_passkey_that_the_trail_does_not_know_decides_nothing(cast: Cast, now: datetime, waiting: AccessRequest) -> None:
    """Whoever writes into the tables of factors alone has enrolled nothing."""
    real, forged = passkey_of(cast.leader01, now=now - DAY), Authenticator(origin="", rp_id="")
    forged.origin, forged.rp_id, forged.counter = real.origin, real.rp_id, 1
    row = enrol(Authenticator(), cast.leader02, now=now - DAY)
    Factor.objects.filter(pk=row.pk).update(
        person=cast.leader01, credential_id=forged.credential_id, public_key=forged.public_key
    )
    with refused(errors.SignatureRefused):
        decided(waiting, cast.leader01, forged, now=now)


def test_public_key_that_was_written_over_in_the_table_verifies_nothing(
    cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator
) -> None:
    thief = replace(passkey, key=Authenticator().key)
    Factor.objects.filter(kind="passkey").update(public_key=thief.public_key)
    with refused(errors.SignatureRefused):
        decided(waiting, cast.leader01, thief, now=now)
    decided(waiting, cast.leader01, passkey, now=now)


def test_credential_that_was_enrolled_twice_decides_nothing(
    cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator
) -> None:
    thief = replace(passkey, key=Authenticator().key)
    told = TrailEntry.objects.get(act="factor.added")
    again = {"factor": {**told.data["factor"], "public_key": thief.public_key}}
    TrailEntry.objects.create(at=now, act=told.act, actor=told.actor, subject=told.subject, data=again)
    for each in (passkey, thief):
        with refused(errors.SignatureRefused):
            decided(waiting, cast.leader01, each, now=now)


@pytest.mark.parametrize("answer", ["", "{}", "[1]", "null", '"text"', "{" * 9])
def test_answer_that_is_none_of_an_authenticator_is_refused(
    cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator, answer: str
) -> None:
    offer = signing.offered(waiting, Verdict.APPROVE, comment="", actor=actor_of(cast.leader01), now=now)
    with pytest.raises(errors.SignatureRefused):
        signing.taken(sealed=offer.sealed, answer=answer)


@pytest.mark.parametrize("sealed", ["", "not:sealed", django_signing.dumps({"request": "R-7K3M9QX2"}, salt="another purpose")])
def test_document_that_the_portal_did_not_make_is_refused(sealed: str) -> None:
    with pytest.raises(errors.SignatureRefused):
        signing.taken(sealed=sealed, answer="{}")


def test_digest_is_of_what_holds_when_it_is_signed(
    cast: Cast, now: datetime, waiting: AccessRequest, passkey: Authenticator
) -> None:
    what = signed(waiting, cast.leader01, passkey, now=now)
    assert what.document.digest == snapshot.current_digest(waiting) == waiting.digest
