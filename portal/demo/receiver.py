"""python -m portal.demo.receiver: takes webhooks on this machine, and shows them on a page. It believes nobody and answers 204.

What came is kept in `received.jsonl` below DEMO_DIR, a line a call, over restarts. It is the one address on this machine that
the demo's notices may call.
"""

import json
import os
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any

HOST, PORT = "127.0.0.1", "DEMO_RECEIVER_PORT"
SHOWN, MOST_BYTES = 50, 256 * 1024
# By which a page of somebody else's, whose name leads here, is told from a person at this machine.
OURS = ("127.0.0.1", "localhost")
_PAGE = """<!doctype html>
<html lang="ja"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>受信した Webhook / Received webhooks</title>
<style>
:root {{ color-scheme: light dark; background: Canvas; color: CanvasText }} a {{ color: inherit }}
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere }}
article {{ border-top: 1px solid; padding: .5rem 0 }} h2 {{ font-size: 1rem; margin: 0 }} pre {{ white-space: pre-wrap }}
</style></head><body><main><h1>受信した Webhook / Received webhooks</h1>
<p>管理者として通知先に <code>{address}</code> を追加し、テスト送信してください。<br>
As an administrator, add <code>{address}</code> as a webhook, and send a test.</p>
<p><a href="/">再読み込み / Reload</a></p>
{calls}</main></body></html>
"""
_CALL = """<article><h2><time>{at}</time> · {type}</h2><p>{text}</p>
<details><summary>{path} · {signed}</summary><pre>{headers}

{body}</pre></details></article>
"""
_SIGNED_BY = "webhook-signature"

Call = Mapping[str, Any]


class Received:
    """The calls, newest last, in the file and at hand."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, Lock()
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self._latest: deque[Call] = deque(map(json.loads, lines), maxlen=SHOWN)

    def add(self, call: Call) -> None:
        with self._lock, open(self._path, "a", encoding="utf-8", opener=_for_its_owner) as file:
            file.write(json.dumps(call, ensure_ascii=False) + "\n")
            self._latest.append(call)

    def newest_first(self) -> list[Call]:
        with self._lock:
            return list(reversed(self._latest))


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class Receiver(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, received: Received) -> None:
        super().__init__((HOST, port), Handler)
        self.received = received

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    server: Receiver
    timeout = 10

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(int(length)).decode(errors="replace")
        at = datetime.now(UTC).isoformat(timespec="seconds")
        self.server.received.add({"at": at, "path": self.path, "headers": dict(self.headers), "body": body})
        self.send_response(HTTPStatus.NO_CONTENT)
        self.end_headers()

    def do_GET(self) -> None:
        if self.headers.get("Host", "").rpartition(":")[0] not in OURS:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        text = page(self.server.received.newest_first(), address=self.server.address).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def page(calls: Iterable[Call], *, address: str) -> str:
    shown = "".join(map(_shown, calls)) or "<p>まだ何も届いていません。/ Nothing has come yet.</p>"
    return _PAGE.format(address=escape(address), calls=shown)


def _shown(call: Call) -> str:
    said = _json(call["body"])
    data = said.get("data")
    headers = "\n".join(f"{name}: {value}" for name, value in call["headers"].items())
    signed = "署名あり / signed" if any(name.lower() == _SIGNED_BY for name in call["headers"]) else "署名なし / not signed"
    words = {
        "at": call["at"],
        "type": str(said.get("type", "?")),
        "text": str(data.get("text", "")) if isinstance(data, dict) else "",
        "path": call["path"],
        "signed": signed,
        "headers": headers,
        "body": json.dumps(said, ensure_ascii=False, indent=1) if said else call["body"],
    }
    return _CALL.format(**{name: escape(word) for name, word in words.items()})


def _json(body: str) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def main() -> None:
    received = Received(Path(os.environ["DEMO_DIR"]) / "received.jsonl")
    Receiver(int(os.environ[PORT]), received).serve_forever()


if __name__ == "__main__":
    main()
