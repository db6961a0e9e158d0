"""gunicorn's settings for the demo: the usual ones, and an end with the supervisor. The sockets come by its command line."""

import os
from importlib import import_module
from typing import Any

from django.conf import settings as django_settings

from portal.demo import gate
from portal.demo.children import end_with_parent
from portal.web_server import settings
from portal.web_server.settings import *  # noqa: F403  gunicorn takes what a module's names say.

# One import for all, which makes the start shorter.
preload_app = True
graceful_timeout = 5


def on_starting(_server: Any) -> None:
    """Import all views, which Django does at the first request of each process, and wait behind the gate.

    gunicorn hears no signal yet, so that one ends it at once.
    """
    import_module(django_settings.ROOT_URLCONF)
    gate.wait()


def post_fork(server: Any, worker: Any) -> None:  # type: ignore[no-redef]  # That of the star is called by name.
    settings.post_fork(server, worker)
    end_with_parent(os.getppid())
