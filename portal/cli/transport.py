"""HTTP to a portal: with timeouts, with further tries where a call may be repeated, and never to another host.

Every call may be: reads change nothing, and each writing call carries an Idempotency-Key, made once, so that the portal does once
what it says, however often it arrives.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from portal.cli import speaking
from portal.cli.exits import NotReached, Unusable
from portal.cli.words import said

CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0
ATTEMPTS = 4
# Before the second try, the third and the fourth.
BACKOFF = (0.5, 1.0, 2.0)
# Whoever is asked to wait longer is told so, and may come again.
LONGEST_WAIT = 60
SAID_FROM = 3
COME_AGAIN = frozenset({429, 503})
IN_A_HEADER = re.compile(r"[!-~]{0,4000}")
# What does not get better by trying again.
NOT_TRUSTED = "not_trusted"


class Bearer(AuthBase):
    """The token. As an `auth` of its own, so that no entry of ~/.netrc takes its place."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self.token:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request


@dataclass(kw_only=True)
class Transport:
    """One portal. Answers of any status are returned. Raises NotReached where there is none, or only "come again"."""

    address: str
    token: str = ""
    attempts: int = ATTEMPTS
    timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS)
    headers: Mapping[str, str] = field(default_factory=dict)
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        if not IN_A_HEADER.fullmatch(self.token):
            raise Unusable(said("This is no token. Run: sekisho login"), code="token_unusable")
        # No proxy stands between a machine and itself.
        self.session.trust_env = not is_loopback(urlsplit(self.address).hostname or "")

    def send(self, method: str, path: str, **given: Any) -> requests.Response:
        for number in range(1, self.attempts + 1):
            try:
                answer = self._once(method, path, **given)
            except NotReached as failure:
                if number == self.attempts or failure.code == NOT_TRUSTED:
                    raise
                self.pause(BACKOFF[min(number, len(BACKOFF)) - 1])
                continue
            seconds = asked_to_wait(answer)
            if seconds is None or number == self.attempts or seconds > LONGEST_WAIT:
                return answer
            if seconds >= SAID_FROM:
                speaking.note(said("The portal asks to come again in %(seconds)s s.", seconds=seconds))
            self.pause(seconds)
        raise AssertionError  # The last attempt returned or raised.

    @staticmethod
    def pause(seconds: float) -> None:
        time.sleep(seconds)

    def close(self) -> None:
        self.session.close()

    def _once(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **given: Any) -> requests.Response:
        try:
            return self.session.request(
                method,
                self.address + path,
                auth=Bearer(self.token),
                headers={**self.headers, **(headers or {})},
                timeout=self.timeout,
                # A token goes nowhere but where it was sent to.
                allow_redirects=False,
                **given,
            )
        except requests.exceptions.InvalidHeader as error:
            why = said("What SEKISHO_ON_BEHALF_OF says cannot be sent. Name whom this is for there.")
            raise Unusable(why, code="person_unreadable") from error
        except requests.exceptions.SSLError as error:
            raise NotReached(
                said("The certificate of %(portal)s is not trusted.", portal=self.address), code=NOT_TRUSTED
            ) from error
        except requests.exceptions.Timeout as error:
            raise NotReached(said("%(portal)s does not answer in time.", portal=self.address), code="timed_out") from error
        except requests.exceptions.RequestException as error:
            raise NotReached(said("%(portal)s cannot be reached.", portal=self.address), code="not_reached") from error


def asked_to_wait(answer: requests.Response) -> int | None:
    """Return for how many seconds the portal asks to stay away; None where it answered."""
    if answer.status_code not in COME_AGAIN:
        return None
    told = answer.headers.get("Retry-After", "")
    return int(told) if told.isascii() and told.isdigit() else 1


def checked_address(typed: str) -> str:
    """Return scheme, host and port of a portal. Raises Unusable for anything but https, or http on this machine."""
    text = typed.strip()
    try:
        parts = urlsplit(text if "://" in text else f"{_usual_scheme(text)}://{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _no_address(typed) from error
    more = parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/")
    if not host or more or parts.scheme not in ("https", "http") or not text.isprintable():
        raise _no_address(typed)
    if parts.scheme == "http" and not is_loopback(host):
        why = said("%(typed)s would send your token unencrypted. Type https://%(host)s.", typed=typed, host=host)
        raise Unusable(why, code="address_not_safe")
    named = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{named}{f':{port}' if port else ''}"


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _usual_scheme(text: str) -> str:
    host = urlsplit(f"//{text}").hostname or ""
    return "http" if is_loopback(host) else "https"


def _no_address(typed: str) -> Unusable:
    why = said("%(typed)r is no URL of a portal. Type it as https://portal.example.com.", typed=typed)
    return Unusable(why, code="address_unusable")
