"""Who calls: a client by its token, for a person whom a header names and does not prove; or a person, by a token of their own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token
from django.http import HttpRequest
from django.utils import timezone

from access_requests import errors
from access_requests.models import ApiClient, PersonalToken
from access_requests.selectors import clients, identities
from access_requests.services.people import last_use
from access_requests.services.people.credentials import EMAIL, OwnToken, ServiceToken, Terms
from portal.addresses import address_of
from portal.rest import caller, refusals
from portal.rest.caller import PERSON_HEADER, Authenticator
from portal.users.models import User
from portal.verbs.actor import Actor, Door
from portal.verbs.proving import Proven

TOKEN_PATH = "/identity/o/api/token"  # noqa: S105  An address.
DEVICE_CODE_PATH = "/identity/o/api/device/code"
SECURITY = f"""Bearer tokens. A service gets one for an hour by client credentials, and names the person whom it acts for in
`{PERSON_HEADER}`. A person's own script gets one for twelve hours by a device code (RFC 8628), for which OpenAPI 3.1 has no flow:
`POST {DEVICE_CODE_PATH}` with `client_id` and `scope`; the person opens `verification_uri_complete` and allows it; meanwhile
`POST {TOKEN_PATH}` with `grant_type=urn:ietf:params:oauth:grant-type:device_code`, `client_id` and `device_code`, no oftener than
every `interval` seconds."""
# No comma: two headers of one name arrive joined by one.
IDENTITY = re.compile(r"(slack|email):([!-+\--~]{1,200})")
TOKEN = re.compile(r"bearer ([!-~]{1,1000})", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class TokenCaller:
    """`own`: the token is the person's own; else `identity` is how the header named the person."""

    client: ApiClient
    scopes: frozenset[str]
    person: User | None
    identity: str = ""
    token: Token
    own: PersonalToken | None = None

    def __str__(self) -> str:
        return f"{self.client.key} for {self.person}" if self.person is not None else self.client.key

    @property
    def key(self) -> str:
        return self.client.key

    @property
    def counted_as(self) -> tuple[str | None, str | None]:
        """Calls of everybody's own tokens come through few clients: they are not counted under those."""
        client = f"client:{self.client.pk}" if self.own is None else None
        return client, f"person:{self.person.pk}" if self.person is not None else None

    @property
    def who(self) -> User:
        """The person acted for. Every call but /me has one."""
        if self.person is None:
            raise refusals.PersonMissing
        return self.person

    def actor(self, now: datetime) -> Actor:
        """Return who acts, as the trail keeps it: what is proved is the client, and the identity is what it named.

        Of a person's own token: which it is, and how they had logged in when they allowed it.
        """
        proof: dict[str, object] = {"method": "client-assertion", "at": now.isoformat()}
        if self.own is None:
            proof["identity"] = self.identity
        else:
            allowed = {"at": self.own.allowed_at.isoformat(), "proof": self.own.proof}
            proof["own_token"] = {"id": self.own.code, "allowed": allowed}
        proven = Proven.kept(self.own.proof) if self.own is not None else ()
        return Actor(
            person=self.who,
            door=Door.CLIENT,
            client=self.client.key,
            credential=self._credential(),
            proof=proof,
            proven=proven,
        )

    def _credential(self) -> OwnToken | ServiceToken:
        terms = Terms.of(self.client)
        if self.own is not None:
            return OwnToken(token_id=self.token.pk, client=terms)
        provider, _, external_id = self.identity.partition(":")
        return ServiceToken(token_id=self.token.pk, client=terms, provider=provider, external_id=external_id)


class ApiRequest(caller.ApiRequest):
    """A call that was let in by a token."""

    auth: TokenCaller


class Bearer(Authenticator):
    """An access token with a scope, in the header only: in an address or a form it would end up in logs.

    allauth's own TokenAuth answers 401 on a missing scope, and reads forms and addresses too.
    """

    openapi_type = "oauth2"
    openapi_description = SECURITY
    openapi_flows: Mapping[str, Any] = {
        "clientCredentials": {
            "tokenUrl": TOKEN_PATH,
            "scopes": {key: str(text) for key, text in get_adapter().scope_display.items()},
        }
    }

    def __call__(self, request: HttpRequest) -> TokenCaller:
        token = _token(request)
        client = _client(token, request)
        # What the client may not ask for any more, a token from before does not give.
        scopes = frozenset(token.get_scopes()) & frozenset(client.oauth_client.get_scopes())
        if self.scope is not None and self.scope not in scopes:
            raise refusals.WrongScope(scope=self.scope)
        found = self._caller(request, token, client, scopes)
        for used in (client, found.own):
            if used is not None:
                last_use.note(used, now=timezone.now())
        return found

    def _caller(self, request: HttpRequest, token: Token, client: ApiClient, scopes: frozenset[str]) -> TokenCaller:
        named = request.headers.get(PERSON_HEADER)
        if token.user is not None:
            if named is not None:
                raise refusals.NotForOthers
            return TokenCaller(client=client, scopes=scopes, person=_let_in(token.user, client), token=token, own=token.personal)
        if named is None and self.person_needed:
            raise refusals.PersonMissing
        person = _person(named, client) if named is not None else None
        return TokenCaller(client=client, scopes=scopes, person=person, identity=named or "", token=token)


def _token(request: HttpRequest) -> Token:
    if "access_token" in request.GET:
        raise refusals.TokenInUrl
    header = request.headers.get("Authorization")
    if header is None:
        raise refusals.TokenMissing
    found = TOKEN.fullmatch(header)
    if found is None:
        raise refusals.TokenUnusable
    tokens = Token.objects.valid().by_value(found[1]).filter(type=Token.Type.ACCESS_TOKEN)
    token = tokens.select_related("client__api_client", "user", "personal").first()
    if token is None or token.client is None:
        raise refusals.TokenUnusable
    if (token.user is None) != (getattr(token, "personal", None) is None):
        # Not given by the portal's own verb, so that nobody knows who allowed it.
        raise refusals.TokenUnusable
    return token


def _client(token: Token, request: HttpRequest) -> ApiClient:
    """Return the token's client. Raises ClientNotAllowed for one that is unknown or was revoked, or not from this address."""
    client: ApiClient | None = getattr(token.client, "api_client", None)
    address = address_of(request)
    if client is None or client.retired_at is not None or address is None or not clients.may_call_from(client, address):
        raise errors.ClientNotAllowed
    return client


def _person(named: str, client: ApiClient) -> User:
    found = IDENTITY.fullmatch(named)
    if found is None:
        raise refusals.PersonUnreadable
    provider, external_id = found.groups()
    if provider == EMAIL and not client.may_name_by_email:
        raise errors.ClientNotAllowed
    link = identities.verified(provider, external_id)
    if link is None:
        raise refusals.PersonNotLinked
    return _let_in(link.person, client)


def _let_in(person: User, client: ApiClient) -> User:
    """Return the person. Raises PersonShutOut for one who is disabled, ClientNotAllowed for one who is not the client's."""
    if not person.is_active:
        raise refusals.PersonShutOut
    if not clients.may_act_for(client, person):
        raise errors.ClientNotAllowed
    return person
