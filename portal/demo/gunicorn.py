"""gunicorn's settings for the demo: the usual ones, and an end with the supervisor. The sockets come by its command line."""

import os
from typing import Any

from portal.demo.children import end_with_parent
from portal.web_server import settings
from portal.web_server.settings import *  # noqa: F403  gunicorn takes what a module's names say.

# One import for all, which makes the start shorter.
preload_app = True
graceful_timeout = 5


def post_fork(server: Any, worker: Any) -> None:  # type: ignore[no-redef]  # That of the star is called by name.
    settings.post_fork(server, worker)
    end_with_parent(os.getppid())
