"""Facts of API clients, of people's own tokens, and of webhooks."""

import hashlib
from typing import Any

from access_requests.models.webhook import place_of
from access_requests.services.comparison.facts import Fact, Row, Table, following, is_set, same, stored, via
from access_requests.services.people.clients import EVERYONE
from audits.replay import ThingKind

# Of the OAuth client: none of these is ever set, and each would let a program do what no client of the portal may.
NEVER_SET = ("redirect_uris", "cors_origins", "allow_uri_wildcards", "owner_id", "skip_consent", "data")


def _names(rows: str, name: str) -> Any:
    return lambda row: [getattr(each, name) for each in getattr(row, rows).all()]


def _oauth(row: Row) -> dict[str, Any]:
    oauth = row.oauth_client
    return {
        "type": oauth.type,
        "grant_types": oauth.grant_types.split(),
        "default_scopes": oauth.default_scopes.split(),
        "set": [name for name in NEVER_SET if getattr(oauth, name)],
    }


CLIENTS = Table(
    kind=ThingKind.CLIENT,
    model="access_requests.ApiClient",
    key=same("ApiClient", "key")[0],
    facts=(
        *same("ApiClient", "kind", "kept_in", "may_name_by_email", "source_addresses", "retired_at"),
        *via("ApiClient", client_id="oauth_client.pk"),
        Fact(name="name", fields=("Client.name",), read=lambda row: row.oauth_client.name),
        Fact(name="scopes", fields=("Client.scopes",), read=lambda row: row.oauth_client.scopes.split()),
        Fact(
            name="people",
            fields=("ApiClient.everyone", "ApiClient.people"),
            read=lambda row: EVERYONE if row.everyone else [person.username for person in row.people.all()],
        ),
        Fact(name="work_groups", fields=("ApiClient.work_groups",), read=_names("work_groups", "name")),
        Fact(name="owners", fields=("ApiClient.owners",), read=_names("owners", "username")),
        Fact(
            name="mark",
            fields=("Client.secret",),
            read=lambda row: is_set(stored(row, "oauth_client__secret")),
        ),
        following(
            "oauth",
            [
                *("Client.type", "Client.grant_types", "Client.default_scopes"),
                *(f"Client.{name.removesuffix('_id')}" for name in NEVER_SET),
            ],
            _oauth,
        ),
    ),
    select=("oauth_client",),
    marks=("oauth_client__secret",),
    prefetch=("people", "work_groups", "owners"),
)


def _collected(row: Row) -> dict[str, Any] | None:
    """Return what the token itself is good for, once it is collected."""
    if row.token is None:
        return None
    token = row.token
    return {"user": token.user_id == row.person_id, "client": token.client_id == row.client.oauth_client_id}


TOKENS = Table(
    kind=ThingKind.TOKEN,
    model="access_requests.PersonalToken",
    key=same("PersonalToken", "code")[0],
    facts=(
        *same("PersonalToken", "scopes", "asked_from", "allowed_at", "proof"),
        *via("PersonalToken", person="person.username", client="client.key", expires_at="token.expires_at"),
        Fact(
            name="mark",
            fields=("PersonalToken.device_code_digest", "Token.hash"),
            read=lambda row: stored(row, "device_code_digest" if row.token is None else "token__hash"),
        ),
        following("token", ["Token.user", "Token.client", "Token.expires_at"], _collected),
        following("token_scopes", ["Token.scopes"], lambda row: row.token and row.token.scopes.split()),
    ),
    select=("person", "client", "token"),
    marks=("device_code_digest", "token__hash"),
)
WEBHOOKS = Table(
    kind=ThingKind.WEBHOOK,
    model="access_requests.WebhookEndpoint",
    key=same("WebhookEndpoint", "code")[0],
    facts=(
        *same("WebhookEndpoint", "name", "acts", "language", "with_details", "enabled", "disabled_because"),
        *same("WebhookEndpoint", "made_by", "made_at", "previous_until"),
        Fact(name="place", fields=("WebhookEndpoint.url",), read=lambda row: place_of(row.url)),
        Fact(name="url_sha256", fields=("WebhookEndpoint.url",), read=lambda row: hashlib.sha256(row.url.encode()).hexdigest()),
        Fact(name="work_groups", fields=("WebhookEndpoint.work_groups",), read=_names("work_groups", "name")),
        Fact(name="mark", fields=("WebhookEndpoint.secret",), read=lambda row: stored(row, "secret")),
        Fact(
            name="previous_mark",
            fields=("WebhookEndpoint.previous_secret",),
            read=lambda row: is_set(stored(row, "previous_secret")),
        ),
    ),
    prefetch=("work_groups",),
    marks=("secret", "previous_secret"),
)
TABLES = (CLIENTS, TOKENS, WEBHOOKS)
