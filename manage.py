#!/usr/bin/env python
"""Django's command line for Sekisho.

With DEMO_DIR set it acts as a worker of that demo, on its data, keys and AWS; otherwise production's settings apply unless
DJANGO_SETTINGS_MODULE names others, so that a forgotten variable is a loud refusal and not a lax server.
"""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    chosen = "portal.settings.production"
    if "DEMO_DIR" in os.environ:
        from portal.demo.environment import of_command_line  # Production needs none of it.

        chosen = "portal.settings.demo"
        for name, value in of_command_line(Path(os.environ["DEMO_DIR"])).items():
            os.environ.setdefault(name, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", chosen)
    import portal.celery  # noqa: F401  Tasks find their broker; needs the settings named above.

    execute_from_command_line(sys.argv)
