"""Logging in without typing a password here: the portal shows a code, which is confirmed in the browser (RFC 8628)."""

import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests

from portal.cli import moments, speaking
from portal.cli.credentials import LogIn
from portal.cli.exits import Failure, NotLoggedIn, NotReached, Refused
from portal.cli.transport import Transport, asked_to_wait
from portal.cli.words import said

CLIENT = "sekisho-cli"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
ENDPOINTS = "/identity/o/api"
USUAL_INTERVAL = 5
# Source: RFC 8628, 3.5: what slow_down adds to the interval, for good.
SLOWER = 5
NO_MORE: Mapping[str, str] = {}
# What allauth answers of a code that it has forgotten.
EXPIRED = frozenset({"expired_token", "invalid_grant"})


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A log-in that waits for its confirmation in the browser."""

    client_id: str
    device_code: str
    user_code: str
    page_with_code: str
    seconds: int
    interval: int


def begin(transport: Transport, *, client_id: str, scopes: str, proof: Mapping[str, str] = NO_MORE) -> Pending:
    """Ask for a code. `proof`: how the person has to prove themselves, as a refusal said it (RFC 9470)."""
    asked = {"client_id": client_id, "scope": scopes, **proof}
    answer = _said(transport.send("POST", f"{ENDPOINTS}/device/code", data=asked))
    try:
        return Pending(
            client_id=client_id,
            device_code=str(answer["device_code"]),
            user_code=str(answer["user_code"]),
            page_with_code=str(answer.get("verification_uri_complete") or answer["verification_uri"]),
            seconds=int(answer["expires_in"]),
            interval=max(1, int(answer.get("interval", USUAL_INTERVAL))),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _refused(answer) from error


def show(pending: Pending, *, browser: bool) -> None:
    """Say where to confirm which code; open the page where that was asked for, and it is one."""
    code = speaking.one_line(pending.user_code)
    page = speaking.one_line(pending.page_with_code)
    speaking.note(said("Open %(page)s and confirm the code %(code)s", page=page, code=code))
    lasts = moments.length(pending.seconds)
    speaking.note(said("The code holds for %(lasts)s. Confirm only a code that you asked for yourself.", lasts=lasts))
    is_page = urlsplit(pending.page_with_code).scheme in ("https", "http")
    if browser and not (is_page and webbrowser.open(pending.page_with_code)):
        speaking.note(said("No browser was opened; open the page yourself."))


def confirmed(transport: Transport, pending: Pending, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> LogIn:
    """Return the log-in once it is confirmed. Raises Refused when it is not, or not in time."""
    deadline, interval = now() + timedelta(seconds=pending.seconds), pending.interval
    while now() < deadline:
        transport.pause(interval)
        answer, error = _poll(transport, pending)
        if not error:
            return _log_in(transport.address, pending, answer, now=now())
        if error == "slow_down":
            interval += SLOWER
        elif error != "authorization_pending":
            raise _ended(error, answer)
    raise _ended("expired_token", {})


def revoke(log_in: LogIn, transport: Transport) -> None:
    """Have the portal forget the token. Raises NotReached or Refused."""
    form = {"token": log_in.token, "client_id": log_in.client_id or CLIENT, "token_type_hint": "access_token"}
    answer = transport.send("POST", f"{ENDPOINTS}/revoke", data=form)
    if not answer.ok:
        raise _refused(_json(answer))


def _poll(transport: Transport, pending: Pending) -> tuple[Mapping[str, Any], str]:
    """Return what the portal says, and the error in it. Whoever is not reached, or busy, is asked more slowly."""
    form = {"grant_type": GRANT, "client_id": pending.client_id, "device_code": pending.device_code}
    try:
        answer = transport.send("POST", f"{ENDPOINTS}/token", data=form)
    except NotReached as failure:
        speaking.note(failure.detail)
        return {}, "slow_down"
    if asked_to_wait(answer) is not None:
        return {}, "slow_down"
    found = _json(answer)
    return found, "" if answer.ok and "access_token" in found else str(found.get("error", "unknown"))


def _log_in(portal: str, pending: Pending, answer: Mapping[str, Any], *, now: datetime) -> LogIn:
    seconds, scopes = answer.get("expires_in"), answer.get("scope")
    return LogIn(
        portal=portal,
        token=str(answer["access_token"]),
        client_id=pending.client_id,
        expires_at=moments.sent(now + timedelta(seconds=seconds)) if isinstance(seconds, int) else "",
        scopes=tuple(scopes.split()) if isinstance(scopes, str) else (),
    )


def _said(answer: requests.Response) -> Mapping[str, Any]:
    found = _json(answer)
    if answer.ok:
        return found
    raise _refused(found)


def _json(answer: requests.Response) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        why = said("What answers there is no portal's log-in. It answered with the status %(status)s.", status=answer.status_code)
        raise NotReached(why, code="not_a_portal")
    return found


def _ended(error: str, answer: Mapping[str, Any]) -> Failure:
    if error == "access_denied":
        return Refused(said("The log-in was refused in the browser."), code=error)
    if error in EXPIRED:
        return NotLoggedIn(said("The code was not confirmed in time. Run sekisho login again."), code="expired_token")
    return _refused(answer)


def _refused(answer: Mapping[str, Any]) -> Refused:
    error, why = answer.get("error"), answer.get("error_description") or answer.get("detail")
    code = error if isinstance(error, str) else "log_in_refused"
    unknown = said("The portal does not let this program log in. Ask an administrator.")
    return Refused(str(why) if why else unknown, code=code)
