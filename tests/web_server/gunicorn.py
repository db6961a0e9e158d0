"""The portal's settings of gunicorn, with limits that a test can wait for."""

import os

from portal.web_server import worker
from portal.web_server.settings import *  # noqa: F403  gunicorn takes what a module's names say.

for module, name in ((worker, "COLLECTING_SECONDS"), (worker, "LINGERING_SECONDS"), (worker, "ANSWER_SECONDS")):
    setattr(module, name, float(os.environ.get(name, getattr(module, name))))
