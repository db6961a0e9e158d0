"""python -m portal.demo.sign_in WAY: come into the demo's AWS by a way that is no switch, and that no access leads to.

    root --account production --no-mfa
    user administrator --account jump --wrong-password
    identity-center member01 --console
    aws-login

prints the session's credentials; or says why AWS refused, and ends with 1. `aws-login` has a program act for who holds the
session in the shell's environment, which began in the console. CloudTrail tells of all of it. It needs a demo that runs.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError

from portal.demo import faults, switch
from portal.demo.places import Unusable
from portal.simulated_aws import signing_in
from portal.simulated_aws.company_directory import PERMISSION_SET
from portal.simulated_aws.signing_in import CROSS_DEVICE, SAME_DEVICE, SignInRefused

Info = Mapping[str, Any]
_SOMEWHERE = "192.0.2.77"


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    try:
        info, place = switch.running(), {**faults.door(), "source_ip": options.source}
        credentials = _signed_in(options, info, place)
    except (SignInRefused, Unusable) as error:
        print(f"Not let in: {error}", file=sys.stderr)
        return 1
    except HTTPError:
        raise
    except (URLError, ConnectionError):
        print("Not let in: the demo's AWS does not answer; does the demo run?", file=sys.stderr)
        return 1
    print(json.dumps(credentials) if options.json else switch.as_shell(credentials, info))
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m portal.demo.sign_in", description="Come into the demo's AWS.")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--account", default="production", help="by its key in info.json (production)")
    common.add_argument("--from", dest="source", default=_SOMEWHERE, help=f"the address to come from ({_SOMEWHERE})")
    common.add_argument("--json", action="store_true", help="print the credentials as AWS answers them, not as export lines")
    ways = parser.add_subparsers(dest="way", required=True)
    for name, words in (("root", "the root user of an account, in the console"), ("user", "an IAM user, in the console")):
        way = ways.add_parser(name, parents=[common], help=words)
        way.add_argument("--no-mfa", action="store_true", help="without a device")
        way.add_argument("--wrong-password", action="store_true", help="and be refused")
        if name == "user":
            way.add_argument("name", help="such as member01, with --account jump")
    way = ways.add_parser("identity-center", parents=[common], help="somebody of the directory, by the access portal")
    way.add_argument("name", help="such as member01")
    way.add_argument("--console", action="store_true", help="for the console; else for the command line")
    way = ways.add_parser("aws-login", parents=[common], help="a program, for who is signed in to the console")
    way.add_argument("--remote", action="store_true", help="a program on another machine than the browser")
    return parser.parse_args(arguments)


def _signed_in(options: argparse.Namespace, info: Info, place: Mapping[str, Any]) -> Mapping[str, Any]:
    if options.account not in info["accounts"]:
        raise Unusable(f"there is no such account; there are {', '.join(info['accounts'])}.")
    account = info["accounts"][options.account]
    match options.way:
        case "root" | "user":
            how: dict[str, Any] = {"mfa": not options.no_mfa, "succeeds": not options.wrong_password}
            user = signing_in.ROOT if options.way == "root" else options.name
            return signing_in.in_console(account_id=account, user=user, **how, **place)
        case "identity-center":
            there: dict[str, Any] = {"directory_account": info["accounts"]["jump"], "permission_set": PERMISSION_SET}
            return signing_in.by_identity_center(user=options.name, account_id=account, console=options.console, **there, **place)
    key = os.environ.get("AWS_ACCESS_KEY_ID")
    if not key:
        raise Unusable("nobody is signed in: there is no AWS_ACCESS_KEY_ID in the environment.")
    return signing_in.by_aws_login(access_key_id=key, client=CROSS_DEVICE if options.remote else SAME_DEVICE, **place)


if __name__ == "__main__":
    sys.exit(main())
