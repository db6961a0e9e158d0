"""The addresses that the demo answers on."""

import errno
import socket
from contextlib import suppress
from pathlib import Path

from portal.demo.places import Unusable, write_private


def reserve(port: int) -> list[socket.socket]:
    """Return sockets bound to the port of 127.0.0.1 and, where there is one, of ::1; nobody listens on them yet.

    Both, since `localhost` is either. 0 is any port that is free. Raises Unusable when the port is taken.
    """
    first = _bound(socket.AF_INET, "127.0.0.1", port)
    if first is None:
        raise Unusable("this machine has no 127.0.0.1.")
    second = _bound(socket.AF_INET6, "::1", port_of(first))
    return [first] if second is None else [first, second]


def port_of(bound: socket.socket) -> int:
    return int(bound.getsockname()[1])


def free_port() -> int:
    """Return a port that nobody has at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return port_of(server)


def kept_port(path: Path) -> int:
    """Return the port that the file names, which what was typed into the portal leads to; another one only when that is taken."""
    if path.exists():
        with suppress(OSError), socket.create_server(("127.0.0.1", int(path.read_text()))) as server:
            return port_of(server)
    port = free_port()
    write_private(path, str(port))
    return port


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket | None:
    try:
        bound = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return None  # A machine without IPv6.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRNOTAVAIL:
            return None
        raise Unusable(f"port {port} cannot be used ({error.strerror}); choose another one, such as PORT=8123.") from error
    return bound
