"""Tokens by which a provider's directory calls `/scim/`. Several are good at once, so that one can take another's place."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from access_requests.models import ScimToken
from access_requests.policy.proofs import Guarded
from access_requests.selectors import scim
from access_requests.services.record import changes, marks, proving
from audits.acts import Act
from portal.providers.provider import Provider
from portal.verbs import rejections
from portal.verbs.actor import Actor

# What scanners for secrets that leaked can look for.
PREFIX = "sekisho_scim_"


@dataclass(frozen=True, kw_only=True)
class Made:
    """`secret` can be read here and never again: only its hash is kept."""

    token: ScimToken
    secret: str


def make(*, provider: Provider, actor: Actor, now: datetime) -> Made:
    """Make one more token for the provider.

    Raises NotAnAdministrator, FactorMissing, StepUpNeeded, and
    NotFound for one that provisions nobody.
    """
    proving.check_administrator(actor, Guarded.CLIENT, now=now)
    if provider.scim is None:
        raise rejections.NotFound
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ScimToken.objects.create(provider=provider.key, digest=scim.digest(secret), made_by=actor.name, made_at=now)
    after = {**_described(token), "mark": marks.of(token.digest)}
    changes.record(act=Act.SCIM_TOKEN_MADE, subject=_subject(token), before=None, after=after, actor=actor, now=now)
    return Made(token=token, secret=secret)


def revoke(*, token: ScimToken, actor: Actor, now: datetime) -> ScimToken:
    """Refuse the token from now on.

    Raises NotAnAdministrator, FactorMissing, StepUpNeeded,
    and TransitionNotAllowed where it was revoked before.
    """
    proving.check_administrator(actor, Guarded.CLIENT, now=now)
    token = ScimToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is not None:
        raise rejections.TransitionNotAllowed
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    changes.record(
        act=Act.SCIM_TOKEN_REVOKED, subject=_subject(token), before=_described(token), after=None, actor=actor, now=now
    )
    return token


def _described(token: ScimToken) -> dict[str, Any]:
    return {"provider": token.provider, "made_by": token.made_by, "made_at": token.made_at}


def _subject(token: ScimToken) -> str:
    return f"scim_token:{token.code}"
