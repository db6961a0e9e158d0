"""Slack's Socket Mode: the portal opens the connection, with its app's token, and what Slack says comes over it.

Nothing is signed there; that it is Slack who speaks rests on whom the portal has called. Each envelope is good once, as signed
messages are: Slack sends one again that it holds for lost.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils import timezone
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse

from access_requests.chat import receiving
from access_requests.chat.answers import Answer
from access_requests.chat.reading import Unreadable, document, text_at
from access_requests.chat.speaking import BY_SOCKET
from access_requests.services.notices.slack import api
from access_requests.services.people import replays
from portal import stopping

logger = logging.getLogger(__name__)
COMMANDS, INTERACTIONS = "slash_commands", "interactive"
ANSWERS = {COMMANDS: receiving.command, INTERACTIONS: receiving.interaction}
RETRY_SECONDS = 10
CLOSING_SECONDS = 5.0


class Refused(Exception):
    """Slack will not let this token connect, whoever tries again."""


def listen(stop: threading.Event | stopping.Told) -> None:
    """Answer what Slack says until told to stop; a connection that is lost is opened again. Raises Refused."""
    with _client() as client:
        while not stop.is_set() and not _connected(client):
            stop.wait(RETRY_SECONDS)
        stop.wait()


@contextmanager
def _client() -> Iterator[SocketModeClient]:
    client = SocketModeClient(settings.SLACK_APP_TOKEN, web_client=api.client(timeout=api.LONG_PATIENCE), concurrency=4)
    client.message_listeners.append(hear)
    try:
        yield client
    finally:
        _close(client)


def _close(client: SocketModeClient) -> None:
    """Close the connection, and wait for that so long and no longer.

    Where a connection is lost and opened again at that moment, the client waits for a thread of its own that goes on for ever.
    """
    closing = threading.Thread(target=client.close, daemon=True)
    closing.start()
    closing.join(CLOSING_SECONDS)
    if closing.is_alive():
        logger.warning("Slack's connection was not closed within %s seconds.", CLOSING_SECONDS)


def _connected(client: SocketModeClient) -> bool:
    try:
        client.connect_to_new_endpoint(force=True)
    except SlackApiError as error:
        if api.is_passing(error):
            return False
        raise Refused(api.word_of(error)) from error
    except api.FAILURES as error:
        logger.warning("Slack is not reached: %s", type(error).__name__)
        return False
    return True


def hear(client: Any, message: dict[str, Any], raw: str | None) -> None:
    """Answer one message. What fails is not acknowledged: Slack tells the person that the app did not answer."""
    kind, envelope = text_at(message, "type"), text_at(message, "envelope_id")
    if kind not in ANSWERS or not envelope:
        return
    try:
        answer = _answer(kind, envelope, raw or "")
    except Unreadable:
        logger.warning("Slack said what cannot be read.")
        return
    finally:
        # Of this thread, which no request ends: the next message may come after the database has gone and come back.
        connections.close_all()
    client.send_socket_mode_response(SocketModeResponse(envelope, answer))


def _answer(kind: str, envelope: str, raw: str) -> Answer | None:
    """Read the message as strictly as one that comes by HTTP, where it has not had its effect already."""
    payload = document(raw).get("payload")
    if not isinstance(payload, dict):
        raise Unreadable
    now = timezone.now()
    if not replays.is_first(f"envelope:{envelope}"[:80], now=now):
        return None
    return ANSWERS[kind](payload, method=BY_SOCKET, now=now)
