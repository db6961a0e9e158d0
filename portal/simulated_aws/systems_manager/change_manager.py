"""Whether this AWS has Change Manager, and what its change calendar says; a control sets both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.simulated_aws.systems_manager.errors import NoLongerSupported
from portal.simulated_aws.world import WorldError

OPEN, CLOSED = "OPEN", "CLOSED"


@dataclass(slots=True)
class _Settings:
    is_available: bool = True
    calendar: str = OPEN
    # ARNs of users and roles that may let a change through while the calendar is closed.
    freeze_approvers: tuple[str, ...] = ()


_settings = _Settings()


def check_available() -> None:
    """Raise NoLongerSupported in an account that is no customer of Change Manager's."""
    if not _settings.is_available:
        raise NoLongerSupported


def is_frozen() -> bool:
    return _settings.calendar == CLOSED


def may_override(arns: frozenset[str]) -> bool:
    """Say whether somebody with one of these ARNs approves changes while the calendar is closed."""
    return bool(arns & set(_settings.freeze_approvers))


def configure(wanted: Mapping[str, Any]) -> None:
    """Set what is named, leave the rest. Raises WorldError for what cannot be."""
    if unknown := wanted.keys() - {"available", "calendar", "freeze_approvers"}:
        raise WorldError(f"Change Manager has no {', '.join(sorted(unknown))}")
    if wanted.get("calendar", OPEN) not in (OPEN, CLOSED):
        raise WorldError(f"a calendar is {OPEN} or {CLOSED}")
    _settings.is_available = bool(wanted.get("available", _settings.is_available))
    _settings.calendar = wanted.get("calendar", _settings.calendar)
    _settings.freeze_approvers = tuple(wanted.get("freeze_approvers", _settings.freeze_approvers))


def reset() -> None:
    configure({"available": True, "calendar": OPEN, "freeze_approvers": ()})
