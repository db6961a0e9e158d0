"""A program before the API: its client in the catalogue, its token, its calls."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.idp.oidc.models import Client as OAuthClient
from allauth.idp.oidc.models import Token
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from access_requests.models import ApiClient, PersonalToken
from portal.users.models import User
from tests.worlds.cast import Cast

API = "/api/v1"
SCOPES = ("requests:read", "requests:write", "decisions:write", "audit:read")
ASK = {
    "work_groups": ["ProdMemberWorkGroup"],
    "reason": "Rebuild the index of the orders table",
    "change_ticket": "CHG-123",
    "duration_minutes": 30,
}
SECRET = "the bot's own secret"
COMMENT = {"comment": "Agreed"}


def token_of(client: ApiClient, *scopes: str) -> str:
    """Return a new access token of the client."""
    value = f"token-{client.key}-{'-'.join(scopes)}"
    token = Token(type=Token.Type.ACCESS_TOKEN, client=client.oauth_client, expires_at=timezone.now() + timedelta(hours=1))
    token.set_value(value)
    token.set_scopes(list(scopes))
    token.save()
    return value


def make_client(key: str, cast: Cast) -> ApiClient:
    """Return a client without limits but its address."""
    oauth = OAuthClient(id=key, name=f"The {key}", grant_types="client_credentials")
    oauth.set_scopes(list(SCOPES))
    oauth.set_default_scopes(["requests:read", "requests:write"])
    oauth.set_secret(SECRET)
    oauth.save()
    client = ApiClient.objects.create(key=key, oauth_client=oauth, everyone=True, source_addresses=["127.0.0.0/8"])
    client.work_groups.set([cast.prod_member, cast.prod_leader])
    return client


def make_personal_client(key: str, cast: Cast) -> ApiClient:
    """Return a client for people's own scripts, without limits but its address."""
    oauth = OAuthClient(id=key, name=f"The {key}", type="public", grant_types=OAuthClient.GrantType.DEVICE_CODE)
    oauth.set_scopes(list(SCOPES))
    oauth.set_default_scopes(["requests:read", "requests:write", "audit:read"])
    oauth.save()
    addresses = ["127.0.0.0/8"]
    client = ApiClient.objects.create(key=key, kind="personal", oauth_client=oauth, everyone=True, source_addresses=addresses)
    client.work_groups.set([cast.prod_member, cast.prod_leader])
    return client


def proof_of(person: User, *, at: datetime | None = None) -> dict[str, Any]:
    """Return what is kept of a person who proves themselves now by the best that they have."""
    when = {"at": (at or timezone.now()).isoformat()}
    best = person.factors.order_by("-kind").first()
    return {"method": "password", **when} if best is None else {"method": best.kind, "factor": best.code, **when}


def own_token_of(person: User, client: ApiClient, *scopes: str, proof: dict[str, Any] | None = None) -> str:
    """Return a token that the person has allowed and the client's program has collected."""
    value, expires_at = secrets.token_urlsafe(), timezone.now() + timedelta(hours=12)
    token = Token(type=Token.Type.ACCESS_TOKEN, client=client.oauth_client, user=person, expires_at=expires_at)
    token.set_value(value)
    token.set_scopes(list(scopes))
    token.save()
    PersonalToken.objects.create(
        person=person,
        client=client,
        token=token,
        device_code_digest=hashlib.sha256(value.encode()).hexdigest(),
        scopes=list(scopes),
        proof=proof_of(person) if proof is None else proof,
        asked_from="127.0.0.1",
        allowed_at=timezone.now(),
    )
    return value


@dataclass(frozen=True)
class Bot:
    """A program with a token. `for_person` is a person, an identity as the header has it, or nobody."""

    token: str
    http: Client

    def call(
        self, method: str, path: str, body: object = None, *, for_person: User | str | None = None, **headers: str
    ) -> HttpResponse:
        """Call a path below the API. Headers are given as `if_none_match`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("authorization", f"Bearer {self.token}")
        if for_person is not None:
            sent["x-on-behalf-of"] = for_person if isinstance(for_person, str) else f"slack:U0{for_person.username.upper()}"
        sent.setdefault("accept-language", "en")
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        target = path if path.startswith("/api/") else API + path
        sent = {name: value for name, value in sent.items() if value}
        kind = sent.pop("content-type", "application/json")
        response = self.http.generic(method, target, data, content_type=kind, headers=sent)
        assert isinstance(response, HttpResponse)
        return response

    def get(self, path: str, **kwargs: Any) -> HttpResponse:
        return self.call("GET", path, **kwargs)

    def post(self, path: str, body: object = None, **kwargs: Any) -> HttpResponse:
        return self.call("POST", path, body, **kwargs)


def read(response: HttpResponse) -> Any:
    return json.loads(response.content)


def refused(response: HttpResponse, status: int, code: str) -> Any:
    """Assert that the answer is this problem, and return it."""
    problem = read(response)
    assert (response.status_code, problem.get("code")) == (status, code), problem
    assert response["Content-Type"] == "application/problem+json"
    assert problem["status"] == status
    assert problem["detail"]
    return problem
