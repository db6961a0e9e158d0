"""gunicorn's settings, by --config=python:portal.web_server.settings. Threads and processes may be given to the command."""

import resource
from pathlib import Path
from typing import Any

worker_class = "portal.web_server.worker.CollectingWorker"
workers = 2
threads = 8
# Longer than what proxies keep: one that sends a request over a connection that was just closed answers 502.
keepalive = 75
worker_connections = 1000
timeout = 60
graceful_timeout = 30
control_socket_disable = True
# A file that is sent by the kernel would be sent past the event loop, in a thread that waits for the client.
sendfile = False
# Where a heartbeat is a file on a disk, a slow disk looks like a dead worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  gunicorn makes a file of its own there.
# Of these, what the portal opens beside its clients' connections.
OTHER_FILES = 200


def post_fork(_server: Any, worker: Any) -> None:
    """Have room for as many connections as are taken, or take no more than there is room for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = worker_connections + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        worker.worker_connections = min(worker_connections, soft - OTHER_FILES)
