"""python -m portal.simulated_aws --port 0 --port-file PATH

The control token comes by the environment (SIMULATED_AWS_CONTROL_TOKEN), where a list of processes doesn't show it.
"""

import argparse
import ipaddress
import os
import signal
import sys
import warnings
from pathlib import Path
from types import FrameType

from portal.simulated_aws.server import serve

TOKEN_VARIABLE = "SIMULATED_AWS_CONTROL_TOKEN"  # noqa: S105 - a variable's name


def main() -> None:
    options = _options()
    token = os.environ.get(TOKEN_VARIABLE) or sys.exit(f"{TOKEN_VARIABLE} is not set")
    # moto warns of each error code that AWS gives and the service models don't list.
    warnings.filterwarnings("ignore", message="Exception", module="moto")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    server = serve(host=options.host, port=options.port, control_token=token, keep=options.keep)
    if options.port_file:
        _write_atomically(options.port_file, str(server.port))
    server.serve_forever()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m portal.simulated_aws", description="A simulated AWS on loopback.")
    parser.add_argument("--host", type=_loopback, default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    parser.add_argument("--port-file", type=Path, help="where to write the port once it listens")
    parser.add_argument("--keep", type=Path, help="a file in which what CloudTrail remembers outlives this process")
    return parser.parse_args()


def _loopback(host: str) -> str:
    if not ipaddress.ip_address(host).is_loopback:
        message = "only loopback: everyone who can reach it is an administrator there"
        raise argparse.ArgumentTypeError(message)
    return host


def _stop(_number: int, _frame: FrameType | None) -> None:
    # Threads that answer calls are daemons, so leaving the main thread ends them.
    raise SystemExit(0)


def _write_atomically(path: Path, text: str) -> None:
    unfinished = path.with_name(path.name + ".new")
    unfinished.write_text(text)
    unfinished.replace(path)


if __name__ == "__main__":
    main()
