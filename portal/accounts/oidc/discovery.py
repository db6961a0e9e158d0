"""What a provider publishes of itself: where its endpoints are, and the keys that it signs with.

Kept in memory, never in the database or a cache that others write: who could put a key there could be anybody.
"""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from jwt import PyJWK, PyJWTError
from pydantic import TypeAdapter, ValidationError
from requests.adapters import HTTPAdapter
from urllib3 import Retry
from urllib3.exceptions import HTTPError

from portal.accounts.refusals import AnswerRefused, ProviderSilent
from portal.providers.provider import Address, OidcProvider

CONNECT_SECONDS, READ_SECONDS = 3, 5
KEPT_SECONDS = 900
# After a failure, and between two looks for a key that is not there: strangers must not have the portal ask at their pace.
PAUSE_SECONDS = 20
LONGEST_ANSWER = 512 * 1024
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
# Reading may be done again. A code is used once, so its exchange is not.
RETRY = Retry(total=1, backoff_factor=0.3, status_forcelist=(502, 503, 504), allowed_methods=("GET",), raise_on_status=False)


class Http(requests.Session):
    """Asks a provider: with time-outs, and without following redirects, by which another could answer in its place."""

    def __init__(self) -> None:
        super().__init__()
        self.mount("https://", HTTPAdapter(max_retries=RETRY))
        self.max_redirects = 0

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        return super().request(*args, **{"timeout": (CONNECT_SECONDS, READ_SECONDS), **kwargs})


@dataclass
class Published:
    """Of one provider; times are of the monotonic clock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    keys: tuple[PyJWK, ...] = ()
    asked_at: float = 0
    failed_at: float = float("-inf")
    sought_at: float = float("-inf")


_published: dict[str, Published] = {}


def forget() -> None:
    """Have everything asked anew."""
    _published.clear()


def metadata(provider: OidcProvider) -> Mapping[str, Any]:
    """Return the provider's endpoints. Raises ProviderSilent, AnswerRefused."""
    return _current(provider).metadata


def keys(provider: OidcProvider, kid: str | None) -> tuple[PyJWK, ...]:
    """Return the keys of this id, all where there is none. One that is not there is looked for once more, now and then."""
    published = _current(provider)
    found = _of(published, kid)
    if found:
        return found
    with published.lock:
        if time.monotonic() - published.sought_at > PAUSE_SECONDS:
            published.sought_at = time.monotonic()
            published.keys = _fetch_keys(provider, published.metadata["jwks_uri"])
    return _of(published, kid)


def _of(published: Published, kid: str | None) -> tuple[PyJWK, ...]:
    return published.keys if kid is None else tuple(key for key in published.keys if key.key_id == kid)


def _current(provider: OidcProvider) -> Published:
    published = _published.setdefault(provider.issuer, Published())
    with published.lock:
        now = time.monotonic()
        if published.keys and now - published.asked_at < KEPT_SECONDS:
            return published
        if now - published.failed_at < PAUSE_SECONDS:
            raise ProviderSilent(provider=provider.name)
        try:
            published.metadata = _fetch_metadata(provider)
            published.keys = _fetch_keys(provider, published.metadata["jwks_uri"])
        except (ProviderSilent, AnswerRefused):
            published.failed_at = now
            raise
        published.asked_at = now
    return published


def _fetch_metadata(provider: OidcProvider) -> Mapping[str, Any]:
    found = get(provider, provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer:
        raise AnswerRefused(provider=provider.name, what="issuer of the discovery document")
    for name in ENDPOINTS:
        _check_address(provider, name, found.get(name))
    if provider.userinfo:
        _check_address(provider, "userinfo_endpoint", found.get("userinfo_endpoint"))
    return found


def _check_address(provider: OidcProvider, name: str, value: object) -> None:
    try:
        TypeAdapter(Address).validate_python(value)
    except ValidationError as error:
        raise AnswerRefused(provider=provider.name, what=name) from error


def _fetch_keys(provider: OidcProvider, address: str) -> tuple[PyJWK, ...]:
    """Return the keys for signatures that can be read: a set may hold others, of kinds from after this release."""
    listed = get(provider, address).get("keys")
    found = []
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and one.get("use", "sig") == "sig" and one.get("kty") != "oct":
            try:
                found.append(PyJWK(one))
            except PyJWTError:
                continue
    if not found:
        raise AnswerRefused(provider=provider.name, what="key set")
    return tuple(found)


def get(provider: OidcProvider, address: str, *, token: str = "") -> dict[str, Any]:
    """Return the object of JSON at the address. Raises ProviderSilent, and AnswerRefused for anything else."""
    headers = {"Accept": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        with Http() as http, http.get(address, headers=headers, stream=True) as response:
            response.raise_for_status()
            body = response.raw.read(LONGEST_ANSWER + 1, decode_content=True)
    except (requests.RequestException, HTTPError) as error:
        raise ProviderSilent(provider=provider.name) from error
    return parsed(provider, body)


def parsed(provider: OidcProvider, body: bytes) -> dict[str, Any]:
    """Return the body as an object. Raises AnswerRefused."""
    try:
        found = json.loads(body) if len(body) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise AnswerRefused(provider=provider.name, what="JSON")
    return found
