#!/usr/bin/env python
"""Django's command line for Sekisho.

With DEMO_DIR set it acts on that demo's data and keys; otherwise production's settings apply unless
DJANGO_SETTINGS_MODULE names others, so that a forgotten variable is a loud refusal and not a lax server.
"""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    chosen = "portal.settings.demo" if "DEMO_DIR" in os.environ else "portal.settings.production"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", chosen)
    import portal.celery  # noqa: F401, PLC0415  Tasks find their broker; needs the settings named above.

    execute_from_command_line(sys.argv)
