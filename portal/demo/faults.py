"""python -m portal.demo.faults: have the demo's AWS fail, see how it is set to fail, and have it work again.

    set throttle --action AddUserToGroup --times 3
    set timeout --action TagUser --seconds 30
    set stale --seconds 60 --until-cleared
    set late --action ConsoleLogin --seconds 172800
    set stopped --until-cleared
    list
    clear [fault-1]
    change-manager --available no
    change-manager --calendar CLOSED --freeze-approver arn:aws:iam::111111111111:user/leader02

It needs a demo that runs.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import URLError

from portal.demo.environment import CONTROL_FILE
from portal.demo.places import Unusable
from portal.simulated_aws import control
from portal.simulated_aws.control import ControlRefused

KINDS = (
    *("throttle", "error", "unavailable", "denied", "latency", "timeout", "stale"),
    *("late", "doubled", "missing", "file_missing", "file_unlisted", "stopped"),
)


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    try:
        _act(options, door())
    except (ControlRefused, Unusable) as error:
        print(f"Not done: {error}", file=sys.stderr)
        return 1
    except (URLError, ConnectionError):
        print("Not done: the demo's AWS does not answer; does the demo run?", file=sys.stderr)
        return 1
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m portal.demo.faults", description="Have the demo's AWS fail.")
    acts = parser.add_subparsers(dest="act", required=True)
    setting = acts.add_parser("set", help="switch a fault on")
    setting.add_argument("kind", choices=KINDS)
    setting.add_argument("--action", help="such as AddUserToGroup; without, any")
    setting.add_argument("--seconds", type=float, help="of latency, until a timeout's answer, that a read is old, an event late")
    duration = setting.add_mutually_exclusive_group()
    duration.add_argument("--times", type=int, default=1, help="for how many calls (1)")
    duration.add_argument("--until-cleared", dest="times", action="store_const", const=None)
    acts.add_parser("list", help="show the faults that are on")
    acts.add_parser("clear", help="switch one off, or all").add_argument("fault_id", nargs="?")
    changes = acts.add_parser("change-manager", help="say whether there is Change Manager, and what its calendar says")
    changes.add_argument("--available", choices=("yes", "no"))
    changes.add_argument("--calendar", choices=("OPEN", "CLOSED"))
    changes.add_argument("--freeze-approver", action="append", help="ARN of who may override a closed calendar")
    return parser.parse_args(arguments)


def door() -> Mapping[str, Any]:
    path = Path(os.environ.get("DEMO_DIR") or "var/demo") / "keys" / CONTROL_FILE
    try:
        door: Mapping[str, Any] = json.loads(path.read_text())
    except OSError as error:
        raise Unusable(f"no demo runs here ({path} cannot be read); start it, or say where it is by DEMO_DIR.") from error
    return door


def _act(options: argparse.Namespace, door: Mapping[str, Any]) -> None:
    match options.act:
        case "set":
            wanted = {"kind": options.kind, "action": options.action, "times": options.times, "seconds": options.seconds}
            print(control.set_fault(**door, **wanted))
        case "list":
            for fault in control.faults(**door):
                print(_line(fault))
        case "clear":
            control.clear_faults(**door, fault_id=options.fault_id)
        case _:
            control.set_change_manager(**door, **_of_change_manager(options))


def _line(fault: Mapping[str, Any]) -> str:
    times = "until cleared" if fault["times"] is None else f"{fault['times']} more"
    return f"{fault['id']:<12}{fault['kind']:<12}{fault['action'] or 'any action':<28}{fault['seconds']:g} s   {times}"


def _of_change_manager(options: argparse.Namespace) -> dict[str, Any]:
    wanted = {
        "available": None if options.available is None else options.available == "yes",
        "calendar": options.calendar,
        "freeze_approvers": options.freeze_approver,
    }
    return {name: value for name, value in wanted.items() if value is not None}


if __name__ == "__main__":
    sys.exit(main())
