"""Client tokens: a call that is made again under its token is the same one, and has the same answer."""

import json
from collections.abc import Mapping
from typing import Any

from portal.simulated_aws.systems_manager.documents import Place
from portal.simulated_aws.systems_manager.errors import IdempotentParameterMismatch

_TOKEN = "ClientToken"  # noqa: S105  A parameter's name.
_used: dict[tuple[Place, str], tuple[str, str]] = {}


def earlier(place: Place, action: str, parameters: Mapping[str, Any]) -> str | None:
    """Return the execution that this very call started before. Raises IdempotentParameterMismatch."""
    key = (place, str(parameters.get(_TOKEN, "")).lower())
    if key not in _used:
        return None
    fingerprint, execution_id = _used[key]
    if fingerprint != _fingerprint(action, parameters):
        raise IdempotentParameterMismatch
    return execution_id


def remember(place: Place, action: str, parameters: Mapping[str, Any], execution_id: str) -> None:
    if token := parameters.get(_TOKEN):
        _used[place, token.lower()] = _fingerprint(action, parameters), execution_id


def forget_all() -> None:
    _used.clear()


def _fingerprint(action: str, parameters: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in parameters.items() if name != _TOKEN}
    return json.dumps([action, rest], sort_keys=True, default=str)
