"""python -m portal.cli: the same as `sekisho`."""

import sys

from portal.cli import main

if __name__ == "__main__":
    sys.exit(main())
