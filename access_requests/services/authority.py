"""Whether who acts may still act, asked in the very transaction of the act.

A call is let in when it arrives, and may wait: for a body, a lock, a thread. A password that was set meanwhile, a person who
was disabled, a token or a client that was revoked end what it may do.
"""

from allauth.idp.oidc.models import Token
from django.contrib.sessions.models import Session as StoredSession
from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from access_requests.actor import Actor, ChatAccount, OwnToken, Process, ServiceToken, Session
from portal.users.models import User
from portal.verbs.rejections import RightsEnded

# What a person's row says that they may.
RIGHTS = ("is_administrator", "is_auditor")


def check(actor: Actor) -> None:
    """Have the actor's person say what they may now. Raises RightsEnded where what let them in is over.

    One statement for whoever is somebody, none for the portal's own processes.
    """
    if isinstance(actor.credential, Process):
        return
    now = _still_let_in(actor).values(*RIGHTS).first()
    if now is None:
        raise RightsEnded
    for name, value in now.items():
        setattr(actor.who, name, value)


def _still_let_in(actor: Actor) -> QuerySet[User]:
    """Return the actor's person, or nobody."""
    people = User.objects.filter(pk=actor.who.pk, is_active=True)
    match actor.credential:
        case Session(key=key, password=password):
            session = StoredSession.objects.filter(session_key=key, expire_date__gt=timezone.now())
            return people.filter(Exists(session), password=password)
        case ChatAccount(provider=provider, external_id=external_id):
            return _named(people, provider, external_id)
        case ServiceToken() as carried:
            named = _named(people, carried.provider, carried.external_id)
            return named.filter(Exists(_token(carried, actor).filter(user=None)))
        case OwnToken() as carried:
            return people.filter(Exists(_token(carried, actor).filter(user=actor.who.pk, personal__isnull=False)))
        case _:
            return people.none()


def _named(people: QuerySet[User], provider: str, external_id: str) -> QuerySet[User]:
    return people.filter(
        linked_identities__provider=provider,
        linked_identities__external_id__iexact=external_id,
        linked_identities__verified_at__isnull=False,
    )


def _token(carried: ServiceToken | OwnToken, actor: Actor) -> QuerySet[Token]:
    """Return the token, if it and its client are good for the actor's person as when it was let in."""
    tokens: QuerySet[Token] = Token.objects.valid()
    for_them = Q(client__api_client__everyone=True) | Q(client__api_client__people=actor.who.pk)
    return tokens.filter(
        for_them,
        pk=carried.token_id,
        client__scopes=carried.scopes,
        client__api_client__key=actor.client,
        client__api_client__retired_at=None,
    )
