"""python -m portal.cli.launcher FILE: write the program `sekisho` of a checkout that is not installed.

It is what pip writes for [project.scripts], with the checkout's path in it. A path with a space cannot stand in a first line that
names an interpreter, so a shell reads the first lines, and Python takes them for a string.
"""

import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PROGRAM = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys
sys.path[0] = {checkout!r}
from portal.cli import main
sys.exit(main())
"""


def write(target: Path) -> None:
    target.write_text(PROGRAM.format(python=sys.executable, checkout=str(CHECKOUT)), encoding="utf-8")
    target.chmod(0o755)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
