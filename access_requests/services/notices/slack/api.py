"""Calls of Slack's API, each bounded in time, and what may be called back."""

import json
import logging
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

from django.conf import settings
from slack_sdk.errors import SlackApiError, SlackClientError

from access_requests.services.notices.slack.capped import CappedClient
from portal import time_limit

# Of calls that somebody waits for: Slack itself gives up on the portal after three seconds.
PATIENCE = 2
# Of calls that nobody waits for.
LONG_PATIENCE = 10
# What of Slack's refusals may be otherwise the next time. Every other one stays: no such channel, no such right, no such token.
PASSING_STATUSES = frozenset({429, 500, 502, 503, 504})
PASSING = frozenset({"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"})
CALLED_BACK = "https://hooks.slack.com"
# What a call of Slack comes to when it comes to nothing.
FAILURES = (SlackClientError, URLError, HTTPException, OSError, Late, ValueError)
# Looking up a name has no limit, so whoever waits is bound to wait no longer by a thread.
waiters = ThreadPoolExecutor(max_workers=4, thread_name_prefix="slack")
senders = ThreadPoolExecutor(max_workers=8, thread_name_prefix="slack-send")
callers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="slack-back")
logger = logging.getLogger(__name__)


def is_possible() -> bool:
    """Whether the portal may call Slack at all."""
    return bool(settings.SLACK_BOT_TOKEN)


def is_heard() -> bool:
    """Whether what people say in Slack reaches the portal, signed or over a connection of its own."""
    return bool(settings.SLACK_SIGNING_SECRET or settings.SLACK_APP_TOKEN)


def word_of(error: SlackApiError) -> str:
    """Return Slack's own word for what is wrong."""
    return str(error.response.get("error") or f"HTTP {error.response.status_code}")


def is_passing(error: SlackApiError) -> bool:
    return error.response.status_code in PASSING_STATUSES or word_of(error) in PASSING


def client(*, timeout: int) -> CappedClient:
    """Return a client that tries once: who tries again, and when, is decided where the outcome is kept."""
    return CappedClient(token=settings.SLACK_BOT_TOKEN, base_url=settings.SLACK_API_URL, timeout=timeout, retry_handlers=[])


def open_window(*, trigger_id: str, view: dict[str, Any]) -> None:
    """Open a modal for whoever pressed. Raises FAILURES, after two seconds at the latest."""
    call = waiters.submit(client(timeout=PATIENCE).views_open, trigger_id=trigger_id, view=view)
    call.result(timeout=PATIENCE)


def call(method: str, data: dict[str, Any]) -> dict[str, Any]:
    """Call a method and return the answer. Raises FAILURES, among them SlackApiError, after ten seconds at the latest."""
    sent = senders.submit(client(timeout=LONG_PATIENCE).api_call, method, json=data)
    answer = sent.result(timeout=LONG_PATIENCE).data
    if not isinstance(answer, dict):
        raise ValueError("not an answer of Slack's")  # noqa: TRY004  One kind of what is no answer.
    return answer


def may_call_back(url: str) -> bool:
    """Whether an address for an answer is Slack's: nobody makes the portal call another."""
    try:
        asked, ours = urlsplit(url), urlsplit(settings.SLACK_API_URL)
        origin = (asked.scheme, asked.hostname, asked.port)
    except ValueError:
        return False
    allowed = {("https", urlsplit(CALLED_BACK).hostname, None), (ours.scheme, ours.hostname, ours.port)}
    return origin in allowed and not asked.username and not asked.password


def call_back(url: str, message: dict[str, Any]) -> None:
    """Send a message to where an interaction is answered, if that is Slack's. Nobody waits for it."""
    if may_call_back(url):
        callers.submit(_post, url, message)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_options: object) -> None:
        """Follow nowhere: the address that was checked is the one that is called."""


def _post(url: str, message: dict[str, Any]) -> None:
    body = json.dumps(message).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310  Its origin was checked.
    try:
        with time_limit.at_most(PATIENCE), time_limit.opener(_NoRedirect).open(request, timeout=PATIENCE):
            pass
    except FAILURES as error:
        # Not the address: whoever has it may speak in the channel.
        logger.warning("Slack did not take an answer: %s", type(error).__name__)
