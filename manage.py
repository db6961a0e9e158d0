#!/usr/bin/env python
"""Django's command line for Sekisho.

With DEMO_DIR set it acts as a worker of that demo, on its data, keys and AWS; otherwise production's settings apply unless
DJANGO_SETTINGS_MODULE names others, so that a forgotten variable is a loud refusal and not a lax server.
"""

import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from environs import EnvError


def main() -> None:
    chosen = "portal.settings.production"
    if "DEMO_DIR" in os.environ:
        from portal.demo.environment import act_as_worker  # noqa: PLC0415  Production needs none of it.

        chosen = "portal.settings.demo"
        act_as_worker(Path(os.environ["DEMO_DIR"]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", chosen)
    import portal.celery  # noqa: F401, PLC0415  Tasks find their broker; needs the settings named above.

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except (ImproperlyConfigured, EnvError) as error:
        sys.stderr.write(f"{os.environ.get('DJANGO_SETTINGS_MODULE', 'manage.py')} cannot start: {error}\n")
        sys.exit(2)
