"""python -m portal.demo: PORT (8000) and DEMO_DIR (var/demo) by the environment. Ends by SIGTERM or Ctrl-C."""

import os
import sys
from pathlib import Path

from portal.demo.places import Places, Unusable
from portal.demo.supervisor import Supervisor

CHECKOUT = Path(__file__).resolve().parent.parent.parent
HIGHEST_PORT = 65_535


def main() -> int:
    os.umask(0o077)  # Whatever the demo writes is its owner's alone.
    places = Places(root=Path(os.environ.get("DEMO_DIR") or CHECKOUT / "var" / "demo").resolve(), checkout=CHECKOUT)
    try:
        return Supervisor(places=places, port=_port(os.environ.get("PORT") or "8000")).run()
    except Unusable as error:
        sys.stderr.write(f"The demo does not run: {error}\n")
        return 1


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > HIGHEST_PORT:
        raise Unusable(f"PORT is {text!r}, not a number from 0 (any that is free) to {HIGHEST_PORT}.")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
