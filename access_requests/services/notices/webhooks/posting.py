"""One call to an address that somebody typed. Nothing of this machine's reaches it but what is given: no proxy, no .netrc."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import requests
from django.conf import settings
from requests import exceptions
from requests_hardened import Config, HTTPSession  # type: ignore[import-untyped]  # It ships no types.
from requests_hardened.ip_filter import InvalidIPAddress  # type: ignore[import-untyped]  # It ships no types.
from urllib3.exceptions import HTTPError

from access_requests.services.notices.webhooks import adapter, addresses, webhook_errors
from portal import time_limit
from portal.logs import CONTROL_CHARACTERS

CONNECT_SECONDS, READ_SECONDS = 3.0, 10.0
# Of a call as a whole, from asking for the address to the end of the answer.
SECONDS = 30.0
ANSWER_BYTES = 2048
# What the trouble was, in words that the pages know. The first that fits counts: most of them are ConnectionErrors.
TROUBLE: Mapping[type[Exception], str] = {
    InvalidIPAddress: "address_not_public",
    webhook_errors.AddressUnusable: "address_unusable",
    exceptions.InvalidURL: "address_unusable",
    exceptions.SSLError: "tls_refused",
    exceptions.Timeout: "timeout",
    Exception: "not_reached",
}


class NotReached(Exception):
    """There was no answer; says why, in a word of TROUBLE."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`after`: how long the receiver asks to be left alone. `text`: the beginning of what it said, what hides made visible."""

    status: int
    text: str
    after: timedelta | None


class _Session(HTTPSession):  # type: ignore[misc]  # Of no type, says mypy.
    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002  requests' signature.
        """No answer leads anywhere: else requests reads the whole body of a redirect, however long, to make the next call."""
        return None


def post(url: str, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Answer:
    """Send and return what was answered, whatever its status. Raises NotReached."""
    with time_limit.at_most(SECONDS) as limit:
        try:
            return _answer(url, body, headers, now)
        except (requests.RequestException, HTTPError, OSError, webhook_errors.AddressUnusable) as error:
            word = next(word for kind, word in TROUBLE.items() if isinstance(error, kind))
            # What was cut looks like many things.
            raise NotReached("timeout" if limit.is_over else word) from error


def _answer(url: str, body: bytes, headers: Mapping[str, str], now: datetime) -> Answer:
    addresses.parsed(url)
    with _session() as session, session.post(url, data=body, headers=dict(headers), stream=True) as response:
        return Answer(
            status=response.status_code,
            text=_beginning(response),
            after=_patience(response.headers.get("Retry-After", ""), now),
        )


def _session() -> HTTPSession:
    loopback = settings.WEBHOOK_ALLOW_HTTP_TO_LOOPBACK
    session = _Session(
        Config(
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=loopback,
            never_redirect=True,
            default_timeout=(CONNECT_SECONDS, READ_SECONDS),
            user_agent_override="Sekisho-Webhooks/1",
        )
    )
    session.trust_env = False
    session.headers.update({"Accept": "*/*", "Accept-Encoding": "identity"})
    for scheme in ("https", "http"):
        session.mount(f"{scheme}://", adapter.PublicAdapter(is_https_proto=scheme == "https", allow_loopback=loopback))
    return session


def _beginning(response: requests.Response) -> str:
    """Return the beginning of the answer. What breaks off in it is no trouble: the status has come."""
    said = b""
    with suppress(HTTPError, OSError):
        said = response.raw.read(ANSWER_BYTES, decode_content=False)
    return said.decode(errors="replace").strip().translate(CONTROL_CHARACTERS)


def _patience(header: str, now: datetime) -> timedelta | None:
    """Return what Retry-After asks for, in seconds or as a date; None where there is none that can be read."""
    if header.isascii() and header.isdigit():
        return timedelta(seconds=min(int(header[:9]), 10**8))
    with suppress(ValueError):
        until = parsedate_to_datetime(header)
        return max(timedelta(), (until if until.tzinfo else until.replace(tzinfo=UTC)) - now)
    return None
