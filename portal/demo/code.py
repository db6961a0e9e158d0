"""python -m portal.demo.code PERSON: print the one-time code that a person of the demo needs now to log in."""

import argparse
import sys
from datetime import UTC, datetime

from portal.demo.places import Unusable
from portal.demo.switch import running
from portal.simulated_aws import totp


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m portal.demo.code", description="Print a one-time code of a person.")
    parser.add_argument("person", help="such as leader01")
    person = parser.parse_args(arguments).person
    try:
        secret = running()["people"].get(person, {}).get("totp_secret")
    except Unusable as error:
        print(error, file=sys.stderr)
        return 1
    if secret is None:
        print(f"{person} has no one-time codes here.", file=sys.stderr)
        return 1
    print(totp.code(secret, at=datetime.now(UTC)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
