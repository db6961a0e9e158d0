"""An application that answers at once, but for what it is told to be slow with."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

LONG = b"x" * 8_000_000
Start = Callable[[str, list[tuple[str, str]]], Any]


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/refused":
        # Reads nothing of the body.
        return _answer(start_response, "401 Unauthorized", b"no")
    if path == "/broken":
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(LONG)))])
        return _broken_off()
    if path == "/file":
        file = Path(environ["QUERY_STRING"]).open("rb")  # noqa: SIM115  Whoever sends it closes it.
        start_response("200 OK", [("Content-Type", "text/plain")])
        wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](file)
        return wrapped
    if path == "/long" or environ["QUERY_STRING"] == "long":
        return _answer(start_response, "200 OK", LONG if path == "/long" else LONG[:300_000])
    if path == "/slow":
        time.sleep(float(environ["QUERY_STRING"]))
    if path == "/state":
        files = sum(1 for _ in Path("/proc/self/fd").iterdir())
        return _answer(start_response, "200 OK", f"{os.getpid()} {threading.active_count()} {files} {_memory()}".encode())
    return _answer(start_response, "200 OK", environ["wsgi.input"].read())


def _broken_off() -> Iterator[bytes]:
    """Break in the middle of an answer."""
    yield LONG[:-1]
    raise RuntimeError("broken off")


def _answer(start_response: Start, status: str, body: bytes) -> list[bytes]:
    start_response(status, [("Content-Length", str(len(body))), ("Content-Type", "text/plain")])
    return [body]


def _memory() -> int:
    """Return the process's memory in kB."""
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
