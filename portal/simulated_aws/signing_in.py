"""Ways into AWS that are no signed calls, for whoever plays the people and the providers behind them. Importable without moto.

Each function returns the credentials of the session that begins, and raises SignInRefused with AWS's words. The trail tells of
it either way. All take the endpoint and the control token, and may say an address and a user agent to come from.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypedDict, Unpack
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from portal.simulated_aws.control import TOKEN_HEADER

DOORS_PATH = "/_simulated/doors/"
CONSOLE, SAML, WEB_IDENTITY, IDENTITY_CENTER = "console", "saml", "web-identity", "identity-center"
LOCAL, LOCAL_AGAIN = "local", "local-again"
ROOT = "root"
# Clients of `aws login`, on the machine of the browser and on another one, and an agent by AWS's own MCP server.
SAME_DEVICE, CROSS_DEVICE, AGENT = "same-device", "cross-device", "mcp"
_TIMEOUT_SECONDS = 30
_GLOBAL_REGION = "us-east-1"
# It is on this machine: no proxy of whoever asks is in between.
_DIRECT = build_opener(ProxyHandler({}))


class SignInRefused(Exception):
    """AWS did not let in; the message says why, as AWS does."""


class Place(TypedDict, total=False):
    """Whom to ask, and where somebody comes from."""

    endpoint: str
    token: str
    source_ip: str
    user_agent: str


def in_console(
    *,
    account_id: str,
    user: str = ROOT,
    mfa: bool = True,
    succeeds: bool = True,
    region: str = _GLOBAL_REGION,
    **place: Unpack[Place],
) -> dict[str, Any]:
    """Sign in to the console as an IAM user or the root user, with the right password or a wrong one."""
    form = {"account": account_id, "user": user, "mfa": mfa, "succeeds": succeeds, "region": region}
    return _come(CONSOLE, form, place)


def by_saml(
    *,
    role_arn: str,
    provider_arn: str,
    name: str,
    issuer: str = "https://idp.example.com/saml",
    session_name: str | None = None,
    seconds: int = 3_600,
    region: str = _GLOBAL_REGION,
    console: bool = False,
    **place: Unpack[Place],
) -> dict[str, Any]:
    """Take on a role as whom a SAML provider names."""
    form = {
        "role_arn": role_arn,
        "provider_arn": provider_arn,
        "name": name,
        "issuer": issuer,
        "session_name": session_name,
        "seconds": seconds,
        "region": region,
        "console": console,
    }
    return _come(SAML, form, place)


def by_web_identity(
    *,
    role_arn: str,
    provider: str,
    subject: str,
    audience: str = "sts.amazonaws.com",
    session_name: str,
    seconds: int = 3_600,
    region: str = _GLOBAL_REGION,
    **place: Unpack[Place],
) -> dict[str, Any]:
    """Take on a role as whom a provider of OpenID Connect, such as token.actions.githubusercontent.com, names."""
    form = {
        "role_arn": role_arn,
        "provider": provider,
        "subject": subject,
        "audience": audience,
        "session_name": session_name,
        "seconds": seconds,
        "region": region,
    }
    return _come(WEB_IDENTITY, form, place)


def by_identity_center(
    *, directory_account: str, user: str, account_id: str, permission_set: str, console: bool = False, **place: Unpack[Place]
) -> dict[str, Any]:
    """Choose an account and a permission set in the access portal: for the console, or for the command line."""
    form = {"directory_account": directory_account, "user": user, "account": account_id, "permission_set": permission_set}
    return _come(IDENTITY_CENTER, {**form, "console": console}, place)


def by_aws_login(
    *, access_key_id: str, client: str = SAME_DEVICE, region: str = _GLOBAL_REGION, **place: Unpack[Place]
) -> dict[str, Any]:
    """Have a program act for who holds a session in the console; the session is named by its key's id."""
    return _come(LOCAL, {"access_key_id": access_key_id, "client": client, "region": region}, place)


def refresh_aws_login(
    *, access_key_id: str, client: str = SAME_DEVICE, region: str = _GLOBAL_REGION, **place: Unpack[Place]
) -> dict[str, Any]:
    """Get the next credentials of such a program by those that it has."""
    return _come(LOCAL_AGAIN, {"access_key_id": access_key_id, "client": client, "region": region}, place)


def _come(door: str, form: Mapping[str, Any], place: Place) -> dict[str, Any]:
    whole = {**form, "source_ip": place.get("source_ip"), "user_agent": place.get("user_agent")}
    headers = {
        TOKEN_HEADER: place["token"],
        "Content-Type": "application/json",
        "User-Agent": "Mozilla/5.0 (the simulated browser)",
    }
    url = place["endpoint"] + DOORS_PATH + door
    request = Request(url, data=json.dumps(whole).encode(), headers=headers, method="POST")  # noqa: S310 - the caller's own endpoint
    try:
        with _DIRECT.open(request, timeout=_TIMEOUT_SECONDS) as answer:
            credentials: dict[str, Any] = json.load(answer)["Credentials"]
            return credentials
    except HTTPError as error:
        with error:
            message = error.read().decode()
        if error.code == HTTPStatus.FORBIDDEN and message != "wrong control token":
            raise SignInRefused(message) from error
        raise
