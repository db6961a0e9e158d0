"""Faults that were switched on: how AWS fails, for the next calls of an action or of any.

    throttle      refused: Rate exceeded
    error         refused: 500
    unavailable   refused: 503
    denied        refused: an explicit deny in a service control policy
    latency       done, so many seconds later
    timeout       done, and the answer held back for so many seconds
    stale         reads of IAM and of Identity Center, answered as so many seconds ago
    late          events, told and delivered so many seconds later than they are wont to
    doubled       events, told and delivered twice
    missing       events, never told
    file_missing  events whose file is listed by its digest and never comes
    file_unlisted events whose file comes, and is listed by a digest made later
    stopped       events that no trail delivers; LookupEvents tells of them

Calls of runbooks are calls too. Refused ones are written down by CloudTrail as any refusal is.
"""

import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.simulated_aws import resources
from portal.simulated_aws.errors import AccessDenied, Refusal, ServerFault, Throttling
from portal.simulated_aws.world import WorldError

REFUSING = ("throttle", "error", "unavailable", "denied")
LATENCY, TIMEOUT, STALE = "latency", "timeout", "stale"
LATE, DOUBLED, MISSING = "late", "doubled", "missing"
FILE_MISSING, FILE_UNLISTED, STOPPED = "file_missing", "file_unlisted", "stopped"
FATES = (FILE_MISSING, FILE_UNLISTED, STOPPED)
# Of events, whatever they tell of: their action is the event's name.
_OF_EVENTS = (LATE, DOUBLED, MISSING, *FATES)
KINDS = (*REFUSING, LATENCY, TIMEOUT, STALE, *_OF_EVENTS)
_USUAL_SECONDS = {LATENCY: 1.0, TIMEOUT: 60.0, STALE: 60.0, LATE: 900.0}
_HAS_HISTORY = ("iam", "identitystore")
_numbers = itertools.count(1)


@dataclass(slots=True, kw_only=True, eq=False)
class Fault:
    """One fault; `times` says for how many more calls, None until it is cleared."""

    kind: str
    action: str | None
    times: int | None
    seconds: float
    id: str = field(default_factory=lambda: f"fault-{next(_numbers)}")
    cleared: threading.Event = field(default_factory=threading.Event)

    def shown(self) -> dict[str, Any]:
        return {"id": self.id, "kind": self.kind, "action": self.action, "times": self.times, "seconds": self.seconds}


_faults: list[Fault] = []
# Those that keep somebody waiting now, their last time perhaps.
_holding: list[Fault] = []
_lock = threading.Lock()


def add(wanted: Mapping[str, Any]) -> Fault:
    """Switch a fault on. Raises WorldError for one that cannot be."""
    if unknown := wanted.keys() - {"kind", "action", "times", "seconds"}:
        raise WorldError(f"a fault has no {', '.join(sorted(unknown))}")
    kind, action = wanted.get("kind"), wanted.get("action")
    if kind not in KINDS:
        raise WorldError(f"{kind} is no fault; there are {', '.join(KINDS)}")
    services = _HAS_HISTORY if kind == STALE else resources.services()
    if action is not None and kind not in _OF_EVENTS and not any(resources.is_listed(service, action) for service in services):
        raise WorldError(f"{action} is no action that can be {kind} here")
    times, seconds = wanted.get("times", 1), wanted.get("seconds", _USUAL_SECONDS.get(kind, 0.0))
    if (times is not None and not _is_number(times, int, least=1)) or not _is_number(seconds, int | float, least=0):
        raise WorldError("times is a number from 1 on, or null until it is cleared, and seconds a number from 0 on")
    fault = Fault(kind=kind, action=action, times=times, seconds=float(seconds))
    with _lock:
        _faults.append(fault)
    return fault


def listed() -> list[dict[str, Any]]:
    with _lock:
        return [fault.shown() for fault in _faults]


def clear(fault_id: str | None = None) -> bool:
    """Switch one off, or all; who is held back by it goes on. Return whether there was one."""
    with _lock:
        gone = [fault for fault in (*_faults, *_holding) if fault_id in (None, fault.id)]
        _faults[:] = [fault for fault in _faults if fault not in gone]
    for fault in gone:
        fault.cleared.set()
    return bool(gone)


def take(action: str, *kinds: str) -> Fault | None:
    """Return the fault of one of these kinds that this call has, and count it."""
    with _lock:
        fault = next((fault for fault in _faults if fault.kind in kinds and fault.action in (None, action)), None)
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                _faults.remove(fault)
        if fault is not None and fault.kind in (LATENCY, TIMEOUT):
            _holding.append(fault)
        return fault


def hold(fault: Fault) -> None:
    """Keep the call that took the fault waiting for as long as it says, or until it is cleared."""
    fault.cleared.wait(fault.seconds)
    with _lock:
        _holding.remove(fault)


def is_on(kind: str) -> bool:
    with _lock:
        return any(fault.kind == kind for fault in _faults)


def refuse(action: str, *, principal: str) -> None:
    """Raise what the call is refused with, if it is."""
    fault = take(action, *REFUSING)
    if fault is not None:
        raise _refusal(fault.kind, action, principal)


def _refusal(kind: str, action: str, principal: str) -> Refusal:
    match kind:
        case "throttle":
            return Throttling("Rate exceeded")
        case "error":
            return ServerFault("InternalFailure", "The request processing has failed because of an unknown error.")
        case "unavailable":
            return ServerFault(
                "ServiceUnavailable", "The request has failed due to a temporary failure of the server.", status=503
            )
    words = f"User: {principal} is not authorized to perform: {action} with an explicit deny in a service control policy"
    return AccessDenied(words)


def _is_number(value: Any, kind: Any, *, least: int) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool) and value >= least
