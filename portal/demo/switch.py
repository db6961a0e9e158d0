"""python -m portal.demo.switch PERSON ROLE: act in the demo's AWS as a person who takes on a role.

Signs in with the person's key and device, switches as the aws command does (with --console, as the console does), and
prints the session's credentials; or says why AWS refused, and ends with 1. It needs a demo that runs.
"""

import argparse
import json
import os
import shlex
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError

from portal.demo.places import Unusable
from portal.simulated_aws import command_line, console, totp
from portal.simulated_aws.console import SwitchRefused

Info = Mapping[str, Any]
Credentials = Mapping[str, Any]


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    try:
        info = running()
        credentials = _switched(options, info, _signing_in(info, options.person))
    except (SwitchRefused, Unusable) as error:
        print(f"{options.person} is not let into {options.role} of {options.account}: {error}", file=sys.stderr)
        return 1
    print(as_json(credentials) if options.json else as_shell(credentials, info))
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m portal.demo.switch", description="Act as a person who takes on a role.")
    parser.add_argument("person", help="such as member01")
    parser.add_argument("role", help="such as Prod_MemberRole; with its path, where it has one")
    parser.add_argument("--account", default="production", help="by its key in info.json (production)")
    parser.add_argument("--console", action="store_true", help="switch as the console does, under the person's own name")
    parser.add_argument("--session-name", help="another name than the person's own")
    parser.add_argument("--no-mfa", action="store_true", help="without a code of the person's device")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print what credential_process of a profile is to print")
    form.add_argument("--shell", action="store_true", help="print export lines, for eval (the default)")
    options = parser.parse_args(arguments)
    if options.console and options.session_name:
        parser.error("in the console the session always has the person's own name")
    return options


def running() -> Info:
    path = Path(os.environ.get("DEMO_DIR") or "var/demo") / "info.json"
    try:
        info: Info = json.loads(path.read_text())
    except OSError as error:
        raise Unusable(f"no demo runs here ({path} cannot be read); start it, or say where it is by DEMO_DIR.") from error
    return info


def _signing_in(info: Info, person: str) -> Mapping[str, str]:
    found: Mapping[str, str] | None = info["people"].get(person, {}).get("aws")
    if found is None:
        raise Unusable(f"nobody of that name has a key to this demo's AWS; those who have are {', '.join(info['people'])}.")
    return found


def _switched(options: argparse.Namespace, info: Info, who: Mapping[str, str]) -> Credentials:
    if options.account not in info["accounts"]:
        raise Unusable(f"there is no such account; there are {', '.join(info['accounts'])}.")
    account_id, code = info["accounts"][options.account], totp.code(who["mfa_seed"], at=datetime.now(UTC))
    key = {"access_key_id": who["access_key_id"], "secret_access_key": who["secret_access_key"]}
    try:
        if options.console:
            mfa_code = None if options.no_mfa else code
            return console.switch(
                endpoint=info["aws_endpoint_url"], account_id=account_id, role=options.role, mfa_code=mfa_code, **key
            )
        return command_line.switch(
            endpoint=info["aws_endpoint_url"],
            region=info["region"],
            role_arn=f"arn:aws:iam::{account_id}:role/{options.role}",
            session_name=options.session_name or info["people"][options.person]["iam_user_name"],
            mfa=None if options.no_mfa else (who["mfa_serial"], code),
            **key,
        )
    except (URLError, ConnectionError) as error:
        raise Unusable("the demo's AWS does not answer; does the demo run?") from error


def as_json(credentials: Credentials) -> str:
    """Return what the aws command expects of a credential_process."""
    return json.dumps({"Version": 1, **credentials})


def as_shell(credentials: Credentials, info: Info) -> str:
    variables = {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
        "AWS_ENDPOINT_URL": info["aws_endpoint_url"],
        "AWS_DEFAULT_REGION": info["region"],
    }
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items())


if __name__ == "__main__":
    sys.exit(main())
