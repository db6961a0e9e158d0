"""Whether a token is what the provider signed for this portal, this log-in, now."""

import secrets
import time
from collections.abc import Mapping
from typing import Any

import jwt
from jwt import PyJWK

from portal.accounts.oidc import discovery
from portal.accounts.refusals import AnswerRefused
from portal.providers.provider import OidcProvider

LEEWAY_SECONDS = 30
LONGEST_TOKEN = 64 * 1024
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
# How old a message that ends sessions may be; its id is remembered for longer.
LOGOUT_SECONDS = 300
FAMILIES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
WHAT: dict[type[Exception], str] = {
    jwt.ExpiredSignatureError: "exp",
    jwt.ImmatureSignatureError: "not yet valid",
    jwt.InvalidAudienceError: "aud",
    jwt.InvalidIssuerError: "iss",
    jwt.InvalidSignatureError: "signature",
    jwt.InvalidIssuedAtError: "iat",
    jwt.exceptions.InvalidSubjectError: "sub",
}


def id_token(token: str, provider: OidcProvider, *, nonce: str, max_age: int | None) -> Mapping[str, Any]:
    """Return the claims of an ID token. `nonce` and `max_age` are what was asked for. Raises AnswerRefused, ProviderSilent."""
    claims = _signed(token, provider, required=("sub", "exp", "iat", "nonce"))
    _check(secrets.compare_digest(str(claims["nonce"]).encode(), nonce.encode()), provider, "nonce")
    if max_age is not None:
        at, now = claims.get("auth_time"), time.time()
        is_fresh = isinstance(at, int) and now - max_age - LEEWAY_SECONDS <= at <= now + LEEWAY_SECONDS
        _check(is_fresh, provider, "auth_time")
    return claims


def logout_token(token: str, provider: OidcProvider) -> Mapping[str, Any]:
    """Return the claims of a message that somebody logged out there: of a session, `sid`, or of all of a `sub`."""
    claims = _signed(token, provider, required=("iat", "jti", "events"))
    events = claims["events"]
    _check(isinstance(events, dict) and isinstance(events.get(LOGOUT_EVENT), dict), provider, "events")
    _check("nonce" not in claims, provider, "nonce")
    _check(time.time() - claims["iat"] < LOGOUT_SECONDS, provider, "iat")
    _check(bool(claims.get("sid") or claims.get("sub")), provider, "sid")
    _check(all(isinstance(claims.get(name, ""), str) for name in ("sid", "sub", "jti")) and claims["jti"], provider, "jti")
    return claims


def same_subject(userinfo: Mapping[str, Any], claims: Mapping[str, Any], provider: OidcProvider) -> None:
    """Raise AnswerRefused where the userinfo is about somebody else than the token."""
    _check(userinfo.get("sub") == claims["sub"], provider, "sub of the userinfo")


def _signed(token: str, provider: OidcProvider, *, required: tuple[str, ...]) -> dict[str, Any]:
    """Return the claims that a key of the provider signed for this client."""
    _check(isinstance(token, str) and len(token) <= LONGEST_TOKEN, provider, "token")
    try:
        header = jwt.get_unverified_header(token)
        key = _key(header, provider)
        claims: dict[str, Any] = jwt.decode(
            token,
            # Its material: the algorithm that an entry of the set is read for by default is one of several.
            key.key,
            algorithms=[header["alg"]],
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud", *required]},
        )
    except jwt.MissingRequiredClaimError as error:
        raise AnswerRefused(provider=provider.name, what=error.claim) from error
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise AnswerRefused(provider=provider.name, what=WHAT.get(type(error), "token")) from error
    _check(claims["aud"] in (provider.client_id, [provider.client_id]), provider, "aud")
    _check(claims.get("azp", provider.client_id) == provider.client_id, provider, "azp")
    return claims


def _key(header: Mapping[str, Any], provider: OidcProvider) -> PyJWK:
    """Return the one key of the set that signs so. The token names neither key nor address of its own that would count."""
    algorithm, kid = header.get("alg"), header.get("kid")
    _check(algorithm in provider.algorithms, provider, "alg")
    _check(kid is None or isinstance(kid, str), provider, "kid")
    fitting = [key for key in discovery.keys(provider, kid) if _fits(key, str(algorithm))]
    _check(len(fitting) == 1, provider, "kid")
    return fitting[0]


def _fits(key: PyJWK, algorithm: str) -> bool:
    return key.key_type == FAMILIES[algorithm[:2]] and key._jwk_data.get("alg", algorithm) == algorithm  # noqa: SLF001  It has no other name.


def _check(holds: object, provider: OidcProvider, what: str) -> None:
    if not holds:
        raise AnswerRefused(provider=provider.name, what=what)
