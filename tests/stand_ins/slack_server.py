"""A local Slack: the calls of its Web API that the portal makes, and the addresses at which it takes answers.

It records what it is told, and can be told to refuse, to be slow, to limit, or to go away.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

TOKEN, APP_TOKEN = "xoxb-of-the-test", "xapp-of-the-test"


@dataclass(frozen=True)
class Call:
    method: str
    data: dict[str, Any]


@dataclass
class SlackServer:
    """`answers` are taken one after the other before the usual ones: an error's word, or seconds to wait by Retry-After."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: list[str | int] = field(default_factory=list)
    delay: float = 0
    socket_url: str = ""
    # Cleared: Slack takes calls and answers none of them.
    open: threading.Event = field(default_factory=threading.Event)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def response_url(self) -> str:
        return self.url.replace("/api/", "/answers/1")

    def told(self, method: str) -> list[dict[str, Any]]:
        return [call.data for call in self.calls if call.method == method]

    def wait_for(self, method: str, number: int = 1, *, seconds: float = 5) -> list[dict[str, Any]]:
        """Return the calls of a method, once there are so many."""
        until = time.monotonic() + seconds
        while len(self.told(method)) < number and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.told(method)) >= number, self.calls
        return self.told(method)

    def answer(self, call: Call, token: str) -> tuple[int, dict[str, Any], dict[str, str]]:
        self.calls.append(call)
        time.sleep(self.delay)
        self.open.wait(60)
        if self.answers:
            said = self.answers.pop(0)
            if isinstance(said, int):
                return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(said)}
            return (200, {"ok": False, "error": said}, {}) if said else (500, {}, {})
        if call.method != "answers" and token not in (TOKEN, APP_TOKEN):
            return 200, {"ok": False, "error": "invalid_auth"}, {}
        return 200, {"ok": True, **self._usual(call)}, {}

    def _usual(self, call: Call) -> dict[str, Any]:
        channel = call.data.get("channel", "")
        if call.method == "chat.postMessage":
            known = {"U": f"D{channel[1:]}", "#": f"C0{channel[1:].upper()}"}
            found = known.get(channel[:1], channel)
            return {"channel": found, "ts": f"1700000000.{next(self.numbers):06}"}
        if call.method == "chat.update":
            return {"channel": channel, "ts": call.data["ts"]}
        if call.method == "conversations.open":
            return {"channel": {"id": f"D{call.data['users'][1:]}"}}
        if call.method == "views.open":
            return {"view": {"id": f"V{next(self.numbers)}"}}
        return {"url": self.socket_url} if call.method == "apps.connections.open" else {}


def _handler(slack: SlackServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            method = self.path.removeprefix("/api/") if self.path.startswith("/api/") else "answers"
            status, answer, headers = slack.answer(Call(method, self._read(body)), token)
            text = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(text)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def _read(self, body: str) -> dict[str, Any]:
            """Read a call as slack-sdk writes it: JSON, or a form with JSON in its fields."""
            if self.headers.get("Content-Type", "").startswith("application/json"):
                found: dict[str, Any] = json.loads(body or "{}")
                return found
            return {name: _value(value) for name, value in parse_qsl(body)}

        def log_message(self, *args: object) -> None:
            pass

    return Handler


def _value(text: str) -> Any:
    return json.loads(text) if text[:1] in "[{" else text


@contextmanager
def slack_server() -> Iterator[SlackServer]:
    slack = SlackServer()
    slack.open.set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(slack))
    server.daemon_threads = True
    slack.url = f"http://127.0.0.1:{server.server_port}/api/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield slack
    finally:
        slack.open.set()
        server.shutdown()
        server.server_close()
