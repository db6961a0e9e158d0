"""Whatever else may answer in a portal's place: busy, broken, hostile. Each answer is given once, in turn; the last one stays."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer; `body` is JSON, or text as it is. No status: the connection is cut."""

    status: int | None = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Call:
    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass(kw_only=True)
class StandIn:
    url: str
    replies: list[Reply]
    calls: list[Call] = field(default_factory=list)


@contextmanager
def answering(*replies: Reply) -> Iterator[StandIn]:
    stand_in = StandIn(url="", replies=list(replies))

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            stand_in.calls.append(Call(method=self.command, path=self.path, headers=headers, body=body))
            reply = stand_in.replies.pop(0) if len(stand_in.replies) > 1 else stand_in.replies[0]
            if reply.status is None:
                self.close_connection = True
                return
            text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(text.encode())), "Connection": "close", **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = _answer  # noqa: N815  http.server's own names.

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def problem(status: int, code: str, detail: str = "The portal says no.", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"type": "about:blank", "title": "", "status": status, "code": code, "detail": detail}
    return Reply(status=status, body=body, headers={"Content-Type": "application/problem+json", **named})
