"""What a test or the demo's supervisor says to the simulated AWS, besides AWS's own calls.

Importable without moto.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

COMPANY_PATH = "/_simulated/company"
RESET_PATH = "/_simulated/reset"
CLOCK_PATH = "/_simulated/clock"
CHANGE_MANAGER_PATH = "/_simulated/change-manager"
FAULTS_PATH = "/_simulated/faults"
TOKEN_HEADER = "X-Simulated-Control"  # noqa: S105 - a header's name
_TIMEOUT_SECONDS = 30


class ControlRefused(Exception):
    """The simulated AWS did not do it; the message is its own."""


def build(*, endpoint: str, token: str, world: Mapping[str, Any]) -> None:
    """Make the world true and forget everything else. `world` is JSON as in `portal.simulated_aws.world`."""
    _send("PUT", endpoint + COMPANY_PATH, token, json.dumps(world).encode())


def add(*, endpoint: str, token: str, world: Mapping[str, Any]) -> None:
    """Put what the world declares beside what is there, as what people do whom no template makes. Nothing is forgotten."""
    _send("POST", endpoint + COMPANY_PATH, token, json.dumps(world).encode())


def reset(*, endpoint: str, token: str) -> None:
    """Forget every account."""
    _send("POST", endpoint + RESET_PATH, token, b"")


def set_clock(*, endpoint: str, token: str, offset_seconds: float = 0, at: datetime | None = None) -> None:
    """Shift AWS's clock from this machine's, or stop it at a moment (aware); `build` and `reset` set it back."""
    wanted = {"offset_seconds": offset_seconds} if at is None else {"at": at.isoformat()}
    _send("PUT", endpoint + CLOCK_PATH, token, json.dumps(wanted).encode())


def set_change_manager(*, endpoint: str, token: str, **wanted: bool | str | Sequence[str]) -> None:
    """Say whether there is Change Manager, and what holds changes up; what is not named stays as it is.

    `available=False` is an account that never was its customer; `calendar="CLOSED"` has changes wait for one of
    `freeze_approvers`, ARNs of users and roles. `build` and `reset` set it back.
    """
    _send("PUT", endpoint + CHANGE_MANAGER_PATH, token, json.dumps(wanted).encode())


def set_fault(
    *, endpoint: str, token: str, kind: str, action: str | None = None, times: int | None = 1, seconds: float | None = None
) -> str:
    """Switch on a fault for the next calls of an action (None: of any), and return its id.

    `portal.simulated_aws.faults` lists the kinds, and what `seconds` are for each. Where `times` is None it lasts until
    it is cleared; `build` and `reset` clear all.
    """
    wanted = {"kind": kind, "action": action, "times": times, **({} if seconds is None else {"seconds": seconds})}
    fault: dict[str, Any] = json.loads(_send("POST", endpoint + FAULTS_PATH, token, json.dumps(wanted).encode()))
    return str(fault["id"])


def faults(*, endpoint: str, token: str) -> list[dict[str, Any]]:
    """Return the faults that are on; `times` is for how many more calls each is, None until it is cleared."""
    found: list[dict[str, Any]] = json.loads(_send("GET", endpoint + FAULTS_PATH, token, None))["faults"]
    return found


def clear_faults(*, endpoint: str, token: str, fault_id: str | None = None) -> None:
    """Switch off one fault, or all. Whoever is held back by it goes on."""
    _send("DELETE", endpoint + FAULTS_PATH + (f"/{fault_id}" if fault_id else ""), token, None)


def _send(method: str, url: str, token: str, body: bytes | None) -> bytes:
    headers = {TOKEN_HEADER: token, "Content-Type": "application/json"}
    request = Request(url, data=body, headers=headers, method=method)  # noqa: S310 - the caller's own endpoint
    try:
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
            return bytes(answer.read())
    except HTTPError as error:
        with error:
            message = f"{HTTPStatus(error.code).phrase}: {error.read().decode()}"
        raise ControlRefused(message) from error
