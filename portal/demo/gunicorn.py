"""gunicorn's settings for the demo; the sockets come by its command line."""

import os
from typing import Any

from portal.demo.children import end_with_parent

worker_class = "gthread"
workers = 2
threads = 8
# One import for all, which makes the start shorter.
preload_app = True
timeout = 60
graceful_timeout = 5
control_socket_disable = True


def post_fork(_server: Any, _worker: Any) -> None:
    end_with_parent(os.getppid())
