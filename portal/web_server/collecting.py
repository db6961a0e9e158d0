"""When a request is there whole. What it says is gunicorn's to read: here only its length is looked at."""

import re
from dataclasses import dataclass

HEAD_LIMIT = 32 * 1024
BODY_LIMIT = 300 * 1024
END_OF_HEAD = b"\r\n\r\n"
# The only length that is waited for. gunicorn reads more as one, and would wait in a thread for what it says.
LENGTH = re.compile(rb"[0-9]{1,12}")


class Refused(Exception):
    """What gunicorn is not asked: `status` is the answer, and the connection ends with it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A request's own bytes, and nothing of the next one."""

    data: bytes
    target: bytes


@dataclass(frozen=True, kw_only=True)
class _Head:
    target: bytes
    length: int
    expects: bool


class Collector:
    """The bytes of one connection that no thread has been given yet."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._head: _Head | None = None
        # So far no head ends.
        self._looked_at = 0
        self._is_told_to_go_on = False

    def __len__(self) -> int:
        return len(self._held)

    def add(self, data: bytes) -> None:
        self._held += data

    def clear(self) -> None:
        self._held.clear()
        self._start_anew()

    def take(self) -> Whole | None:
        """Return the next request once all of it is there. Raises Refused for one that is too long or has no length."""
        if self._head is None and not self._read_head():
            return None
        head = self._head
        if head is None or len(self._held) < head.length:
            return None
        data = bytes(self._held[: head.length])
        del self._held[: head.length]
        self._start_anew()
        return Whole(data=data, target=head.target)

    def is_waited_for(self) -> bool:
        """Whether the client waits to be told that it may send the body; true once for each request."""
        waits = self._head is not None and self._head.expects and not self._is_told_to_go_on
        self._is_told_to_go_on = self._is_told_to_go_on or waits
        return waits

    def _start_anew(self) -> None:
        self._head, self._looked_at, self._is_told_to_go_on = None, 0, False

    def _read_head(self) -> bool:
        end = self._held.find(END_OF_HEAD, max(0, self._looked_at - len(END_OF_HEAD)))
        self._looked_at = len(self._held)
        if max(end, 0 if end >= 0 else len(self._held)) > HEAD_LIMIT:
            raise Refused(431)
        if end >= 0:
            self._head = _read(bytes(self._held[:end]))
        return end >= 0


def _read(head: bytes) -> _Head:
    first, *lines = head.split(b"\r\n")
    fields = [(name.strip().lower(), value.strip(b" \t")) for name, _, value in (line.partition(b":") for line in lines)]
    if any(name == b"transfer-encoding" for name, _ in fields):
        # Django reads such a body as empty.
        raise Refused(411)
    lengths = [value for name, value in fields if name == b"content-length"]
    if len(lengths) > 1 or not all(LENGTH.fullmatch(value) for value in lengths):
        # Where such a request ends is anybody's guess.
        raise Refused(400)
    body = int(lengths[0]) if lengths else 0
    if body > BODY_LIMIT:
        raise Refused(413)
    return _Head(
        target=[*first.split(b" "), b"", b""][1],
        length=len(head) + len(END_OF_HEAD) + body,
        expects=body > 0 and any(name == b"expect" and value.lower() == b"100-continue" for name, value in fields),
    )
