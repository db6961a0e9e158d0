"""Having a decision signed by a passkey of the approver's: what there is to sign, and what came back."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet

from access_requests import errors
from access_requests.models import AccessRequest, Verdict
from access_requests.policy import texts
from access_requests.policy.signatures import (
    BY_PASSKEY,
    SIGNED_WITHIN,
    Assertion,
    Document,
    Look,
    NotSigned,
    Signature,
    policy_version,
)
from access_requests.services.record import signed_entries, snapshot
from audits import selectors
from portal.passkeys import Passkey, RelyingParty
from portal.users.models import Factor, FactorKind
from portal.verbs.actor import Actor
from portal.verbs.proving import Proven

# Of what the portal signs itself, so that it takes back what it made alone.
PURPOSE = "sekisho.decision-to-sign"
NONCE_BYTES = 32
# What is said of a log-in beside the proof by a signature.
OF_LOG_IN = frozenset({"session", "address", "user_agent", "kinds"})
DOES_NOT_HOLD = Look(holds=False)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a browser is asked to have a passkey sign. `sealed`: the document, as `taken` wants it back."""

    sealed: str
    asked: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A document that the portal made, and what came back with it: whatever a browser sent."""

    document: Document
    assertion: Assertion


def passkeys_of(actor: Actor) -> QuerySet[Factor]:
    return Factor.objects.filter(person=actor.who, kind=FactorKind.PASSKEY).order_by("pk")


def offered(request: AccessRequest, verdict: str, *, comment: str, actor: Actor, now: datetime) -> Offer:
    """Return what a passkey of the person's signs for this decision now.

    Raises PasskeyMissing, and what a comment is refused with: nobody signs in vain.
    """
    texts.clean("comment", comment, required=verdict != Verdict.APPROVE, missing=errors.ReasonMissing)
    known = [Passkey(credential_id=row.credential_id, public_key=row.public_key) for row in passkeys_of(actor)]
    if not known:
        raise errors.PasskeyMissing
    document = Document(
        request=request.code,
        digest=snapshot.current_digest(request),
        policy_version=policy_version(snapshot.policy(request.policy)),
        verdict=verdict,
        person=actor.who.username,
        nonce=secrets.token_urlsafe(NONCE_BYTES),
        issued=now.astimezone(UTC).isoformat(timespec="seconds"),
    )
    asked, _kept = RelyingParty(url=settings.PORTAL_URL).ask(known=known, challenge=document.challenge())
    return Offer(sealed=signing.dumps(asdict(document), salt=PURPOSE), asked=asked)


def taken(*, sealed: str, answer: str) -> Signed:
    """Return what came back from the browser. Raises SignatureRefused where the portal did not make it, or it cannot be read."""
    try:
        document = Document(**signing.loads(sealed, salt=PURPOSE, max_age=SIGNED_WITHIN))
        return Signed(document=document, assertion=Assertion.of_browser(json.loads(answer)))
    except (signing.BadSignature, ValueError, RecursionError) as error:
        raise errors.SignatureRefused from error


def looked_at(request: AccessRequest, signed: Signed, verdict: str, *, actor: Actor, now: datetime) -> Look:
    """Return what rules read of a signature, with the passkey's row locked.

    It is verified as workers do later: by the key that the trail has.
    """
    passkey = passkeys_of(actor).select_for_update().filter(credential_id=signed.assertion.credential_id).first()
    if passkey is None:
        return DOES_NOT_HOLD
    signature = _signature(request, signed, verdict, actor, now)
    try:
        count = signature.count()
    except NotSigned:
        return DOES_NOT_HOLD
    least_age = timedelta(minutes=request.policy.factor_age_minutes)
    return Look(holds=True, age=signature.age(), least_age=least_age, factor=passkey.code, known=passkey.sign_count, said=count)


def prover(signed: Signed, *, actor: Actor, now: datetime) -> Actor:
    """Return the person as the passkey proves them, which is what the decision is told by."""
    passkey = passkeys_of(actor).filter(credential_id=signed.assertion.credential_id).values_list("code", flat=True).first()
    proof = {
        **{name: value for name, value in actor.proof.items() if name in OF_LOG_IN},
        "method": BY_PASSKEY,
        "at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "factor": passkey,
    }
    proven = Proven(method=BY_PASSKEY, at=now, factor=passkey or "")
    return replace(actor, proof=proof, proven=(*actor.proven, proven))


def counted(signed: Signed, count: int, *, actor: Actor, now: datetime) -> None:
    """Keep how far the passkey has counted."""
    passkeys_of(actor).filter(credential_id=signed.assertion.credential_id).update(sign_count=count, last_used_at=now)


def _signature(request: AccessRequest, signed: Signed, verdict: str, actor: Actor, now: datetime) -> Signature:
    username = actor.who.username
    decision = {
        "approver": username,
        "verdict": verdict,
        "seen": snapshot.current_digest(request),
        "assertion": signed_entries.as_data(signed.assertion, signed.document),
    }
    subject = signed_entries.subject(username)
    enrolments = selectors.of_subjects([subject], acts=signed_entries.ACTS).get(subject, ())
    policy = {"code": request.code, "policy": snapshot.policy(request.policy)}
    return signed_entries.found_in(decision, policy, at=now, enrolments=enrolments)
