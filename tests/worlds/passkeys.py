"""People's passkeys in software, enrolled as the portal does it; and decisions that are signed with them."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from fido2.utils import websafe_decode

from access_requests.models import AccessRequest, ApprovalPolicy, Verdict
from access_requests.selectors import requests
from access_requests.services.people.factors import enrolling
from access_requests.services.requests import decide, signing
from access_requests.services.requests.signing import Signed
from portal.passkeys import Registered, RelyingParty
from portal.users.models import Factor, User
from portal.verbs.run import run
from tests.stand_ins.authenticators import Authenticator
from tests.worlds.cast import actor_of

VERBS: dict[str, Callable[..., AccessRequest]] = {
    Verdict.APPROVE: decide.approve,
    Verdict.REJECT: decide.reject,
    Verdict.SEND_BACK: decide.send_back,
}


def only_by_passkey(policy: ApprovalPolicy, **columns: Any) -> None:
    ApprovalPolicy.objects.filter(pk=policy.pk).update(decide_by=["passkey"], **columns)
    policy.refresh_from_db()


def passkey_of(person: User, *, now: datetime, counter: int = 1) -> Authenticator:
    """Return a passkey of the portal that the person has enrolled now."""
    portal = RelyingParty(url=settings.PORTAL_URL)
    passkey = Authenticator(origin=portal.origin, rp_id=portal.id, counter=counter)
    enrol(passkey, person, now=now)
    return passkey


def enrol(passkey: Authenticator, person: User, *, now: datetime) -> Factor:
    said = Registered(
        credential_id=passkey.credential_id,
        public_key=passkey.public_key,
        sign_count=0,
        user_verified=True,
        aaguid="00000000-0000-0000-0000-000000000000",
    )
    actor = actor_of(person)
    return run(lambda: enrolling.add_passkey(person=person, registered=said, name="laptop", actor=actor, now=now))


def signed(
    request: AccessRequest, approver: User, passkey: Authenticator, *, now: datetime, verdict: str = Verdict.APPROVE
) -> Signed:
    """Return what the passkey signs when the portal asks the approver for it."""
    row = requests.in_full(AccessRequest.objects.filter(pk=request.pk)).get()
    offer = signing.offered(row, verdict, comment="because", actor=actor_of(approver), now=now)
    answer = passkey.sign(websafe_decode(offer.asked["publicKey"]["challenge"]))
    return signing.taken(sealed=offer.sealed, answer=json.dumps(answer))


def decided(
    request: AccessRequest,
    approver: User,
    by: Authenticator | Signed | None,
    *,
    now: datetime,
    verdict: str = Verdict.APPROVE,
    later: timedelta = timedelta(seconds=20),
) -> AccessRequest:
    """Have the approver decide: with a passkey, with what was signed already, or without either."""
    what = signed(request, approver, by, now=now, verdict=verdict) if isinstance(by, Authenticator) else by
    verb, then = VERBS[verdict], now + later
    return run(
        lambda: verb(
            request_id=request.pk, comment="because", seen=request.digest, signed=what, actor=actor_of(approver), now=then
        )
    )
