"""Slack before the portal: signs what people type and press, and reads what it is answered."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from slack_sdk.signature import SignatureVerifier

from portal.users.models import User

TEAM = "T0SEKISHO"
FORM = "application/x-www-form-urlencoded"
COMMANDS, INTERACTIONS = "/chat/slack/commands", "/chat/slack/interactions"
numbers = count(1)


def signature(body: bytes, stamp: str) -> str:
    made = SignatureVerifier(settings.SLACK_SIGNING_SECRET).generate_signature(timestamp=stamp, body=body)
    assert made is not None
    return made


def signed(body: bytes, *, at: datetime | None = None, changed: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the headers that Slack sends with a body, but for the changed ones."""
    stamp = str(int((at or timezone.now()).timestamp()))
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature(body, stamp)}
    return headers | dict(changed or {})


def user_id(person: User | str) -> str:
    return person if isinstance(person, str) else f"U0{person.username.upper()}"


@dataclass
class Slack:
    """Sends as Slack does, each time with a trigger of its own, so that no two bodies are alike."""

    http: Client = field(default_factory=Client)
    team: str = TEAM
    locale: str = "en-US"
    response_url: str = ""

    def post(self, path: str, body: bytes, *, content_type: str = FORM, headers: dict[str, str] | None = None) -> HttpResponse:
        sent = signed(body) if headers is None else headers
        response = self.http.generic("POST", path, body, content_type=content_type, headers=sent)
        assert isinstance(response, HttpResponse)
        return response

    def command_body(self, person: User | str, text: str, **fields: str) -> bytes:
        usual = {
            "command": "/prod",
            "text": text,
            "user_id": user_id(person),
            "user_name": "whoever",
            "user_locale": self.locale,
            "team_id": self.team,
            "channel_id": "C0PRODUCTION",
            "response_url": self.response_url,
            "trigger_id": f"{next(numbers)}.{time.monotonic_ns()}",
        }
        return urlencode(usual | fields).encode()

    def types(self, person: User | str, text: str, **fields: str) -> dict[str, Any]:
        """Type a command and return what is shown to the person."""
        return read(self.post(COMMANDS, self.command_body(person, text, **fields)))

    def interaction_body(self, person: User | str, payload: dict[str, Any]) -> bytes:
        who = {"id": user_id(person), "team_id": self.team, "locale": self.locale}
        usual = {"user": who, "team": {"id": self.team}, "trigger_id": f"{next(numbers)}.{time.monotonic_ns()}"}
        return urlencode({"payload": json.dumps(usual | payload)}).encode()

    def press_body(self, person: User | str, action: str, value: str) -> bytes:
        pressed = {"type": "button", "action_id": action, "block_id": "decide", "value": value}
        payload = {"type": "block_actions", "actions": [pressed], "response_url": self.response_url}
        return self.interaction_body(person, payload)

    def presses(self, person: User | str, action: str, value: str) -> dict[str, Any]:
        return read(self.post(INTERACTIONS, self.press_body(person, action, value)))

    def submits(self, person: User | str, view: dict[str, Any], comment: str | None) -> dict[str, Any]:
        """Send the window that the portal opened, with the comment."""
        state = {"values": {"comment": {"comment": {"type": "plain_text_input", "value": comment}}}}
        kept = {name: view[name] for name in ("callback_id", "private_metadata")}
        payload = {"type": "view_submission", "view": {"id": "V1", **kept, "state": state}}
        return read(self.post(INTERACTIONS, self.interaction_body(person, payload)))


def read(response: HttpResponse) -> dict[str, Any]:
    """Return the answer, which Slack shows only with the status 200."""
    assert response.status_code == 200, response.status_code
    answer: dict[str, Any] = json.loads(response.content) if response.content else {}
    return answer


def told(answer: dict[str, Any], *parts: str) -> None:
    """Assert that only this person is told, and that the text, for whoever sees no blocks, has these parts."""
    assert answer["response_type"] == "ephemeral"
    assert answer["blocks"]
    for part in parts:
        assert part in answer["text"], answer["text"]


def texts(shown: object) -> list[str]:
    """Return every text in an answer or a card, as it is sent."""
    if isinstance(shown, dict):
        own = [shown["text"]] if isinstance(shown.get("text"), str) else []
        return own + [text for value in shown.values() for text in texts(value)]
    return [text for one in shown for text in texts(one)] if isinstance(shown, list) else []
