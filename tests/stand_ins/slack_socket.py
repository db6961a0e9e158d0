"""The far end of Slack's Socket Mode: one WebSocket, as much of it as a client of short messages needs."""

import base64
import hashlib
import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Queue
from typing import Any

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class SlackSocket:
    """What Slack says over it, and what it hears."""

    def __init__(self) -> None:
        self.heard: Queue[dict[str, Any]] = Queue()
        self.connected: Queue[socket.socket] = Queue()
        self.server = socket.create_server(("127.0.0.1", 0))

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.server.getsockname()[1]}/link?ticket=1"

    def accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.server.accept()
                threading.Thread(target=self._talk, args=[connection], daemon=True).start()

    def says(self, connection: socket.socket, message: dict[str, Any] | str) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        connection.sendall(_frame(TEXT, text.encode()))

    def _talk(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += connection.recv(1)
            key = next(line.split(": ")[1] for line in head.decode().split("\r\n") if line.startswith("Sec-WebSocket-Key"))
            accepted = base64.b64encode(hashlib.sha1((key + MAGIC).encode(), usedforsecurity=False).digest()).decode()
            answer = ("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
            connection.sendall("\r\n".join([*answer, f"Sec-WebSocket-Accept: {accepted}", "", ""]).encode())
            self.connected.put(connection)
            while (frame := _read(connection)) is not None:
                kind, data = frame
                if kind == PING:
                    connection.sendall(_frame(PONG, data))
                if kind == TEXT:
                    self.heard.put(json.loads(data))


def _frame(kind: int, data: bytes) -> bytes:
    length = bytes([len(data)]) if len(data) < 126 else bytes([126]) + struct.pack("!H", len(data))
    return bytes([0x80 | kind]) + length + data


def _read(connection: socket.socket) -> tuple[int, bytes] | None:
    """Return the next frame, unmasked; None where there is no more."""
    head = _exactly(connection, 2)
    if head is None or head[0] & 0x0F == CLOSE:
        return None
    length = head[1] & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", _exactly(connection, 2) or b"\0\0")
    if length == 127:
        (length,) = struct.unpack("!Q", _exactly(connection, 8) or bytes(8))
    mask, data = _exactly(connection, 4), _exactly(connection, length)
    if mask is None or data is None:
        return None
    return head[0] & 0x0F, bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))


def _exactly(connection: socket.socket, length: int) -> bytes | None:
    data = b""
    while len(data) < length:
        more = connection.recv(length - len(data))
        if not more:
            return None
        data += more
    return data


@contextmanager
def slack_socket() -> Iterator[SlackSocket]:
    made = SlackSocket()
    threading.Thread(target=made.accept, daemon=True).start()
    try:
        yield made
    finally:
        made.server.close()
