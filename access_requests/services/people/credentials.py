"""What lets somebody in by chat or as a program, and whether it still does in the very transaction of the act."""

from collections.abc import Sequence
from dataclasses import dataclass

from allauth.idp.oidc.models import Token
from django.db.models import Exists, Q, QuerySet

from access_requests.models import ApiClient, ScimToken
from portal.users.models import User

EMAIL = "email"


@dataclass(frozen=True, kw_only=True)
class ChatAccount:
    """An account of a chat, which the chat proves."""

    provider: str
    external_id: str
    proves_person = True

    def still_lets_in(self, person: User) -> QuerySet[User]:
        return _linked(person, self.provider, self.external_id)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a client was let in by, as it was stored. When it is another, the call is let in anew or not at all."""

    key: str
    scopes: str
    source_addresses: Sequence[str]

    @classmethod
    def of(cls, client: ApiClient) -> "Terms":
        return cls(key=client.key, scopes=client.oauth_client.scopes, source_addresses=client.source_addresses)


@dataclass(frozen=True, kw_only=True)
class ServiceToken:
    """A program's token, for a person whom it named by an identity. `client` is what the program was when it was let in."""

    token_id: int
    client: Terms
    provider: str
    external_id: str
    proves_person = False

    def still_lets_in(self, person: User) -> QuerySet[User]:
        by_email = Q(client__api_client__may_name_by_email=True) if self.provider == EMAIL else Q()
        token = _good_token(self, person).filter(by_email, user=None)
        return _linked(person, self.provider, self.external_id).filter(Exists(token))


@dataclass(frozen=True, kw_only=True)
class OwnToken:
    """A token that a person allowed for themselves, carried by a program that was this when it was let in."""

    token_id: int
    client: Terms
    proves_person = True

    def still_lets_in(self, person: User) -> QuerySet[User]:
        token = _good_token(self, person).filter(user=person.pk, personal__isnull=False)
        return User.objects.filter(Exists(token), pk=person.pk)


@dataclass(frozen=True, kw_only=True)
class DirectoryToken:
    """A token of a provider's directory, which acts for no person."""

    token_id: int
    proves_person = False

    def is_good(self) -> bool:
        return ScimToken.objects.filter(pk=self.token_id, revoked_at=None).exists()

    def still_lets_in(self, person: User) -> QuerySet[User]:  # noqa: ARG002  It lets nobody in as somebody.
        return User.objects.none()


def _linked(person: User, provider: str, external_id: str) -> QuerySet[User]:
    return User.objects.filter(
        pk=person.pk,
        linked_identities__provider=provider,
        linked_identities__external_id__iexact=external_id,
        linked_identities__verified_at__isnull=False,
    )


def _good_token(carried: ServiceToken | OwnToken, person: User) -> QuerySet[Token]:
    """Return the token, if it and its client are good for the person as when it was let in."""
    tokens: QuerySet[Token] = Token.objects.valid()
    for_them = Q(client__api_client__everyone=True) | Q(client__api_client__people=person.pk)
    return tokens.filter(
        for_them,
        pk=carried.token_id,
        client__scopes=carried.client.scopes,
        client__api_client__key=carried.client.key,
        client__api_client__source_addresses=carried.client.source_addresses,
        client__api_client__retired_at=None,
    )
