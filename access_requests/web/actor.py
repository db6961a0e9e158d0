"""Who acts in the browser, and how the session knows."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from allauth.account.authentication import get_authentication_records

from access_requests.actor import Actor, Door
from access_requests.web.page import PageRequest

# allauth's names for the second factors, and ours.
FACTORS = {"totp": "totp", "webauthn": "passkey"}


def actor_of(request: PageRequest) -> Actor:
    """Return the person with the latest proof of this session: method and time."""
    return Actor(person=request.user, door=Door.BROWSER, proof=_proof(request))


def _proof(request: PageRequest) -> Mapping[str, object]:
    records: list[dict[str, Any]] = get_authentication_records(request, request.user)
    if not records:
        return {}
    latest = max(records, key=lambda record: float(record["at"]))
    method = FACTORS.get(str(latest.get("type")), str(latest["method"]))
    return {"method": method, "at": datetime.fromtimestamp(float(latest["at"]), UTC).isoformat(timespec="seconds")}
