"""Proving oneself once more, in the browser, where the portal asks for it (RFC 9470): another token takes the old one's place."""

from collections.abc import Mapping

import requests
from requests.utils import parse_dict_header

from portal.cli import credentials, device, speaking
from portal.cli.credentials import LogIn
from portal.cli.exits import Failure
from portal.cli.transport import Transport
from portal.cli.words import said

ASKED_FOR = "insufficient_user_authentication"
# Seconds in which the new token is collected and used: what is proven must be fresh enough then.
TO_BE_USED = 60


def asked(answer: requests.Response) -> Mapping[str, str]:
    """Return how the portal wants the person to prove themselves; nothing where it does not ask."""
    scheme, _, rest = answer.headers.get("WWW-Authenticate", "").partition(" ")
    said = parse_dict_header(rest) if scheme.lower() == "bearer" else {}  # type: ignore[no-untyped-call]  # As requests has it.
    if said.get("error") != ASKED_FOR:
        return {}
    age = str(said.get("max_age") or "")
    most = {"max_age": str(max(int(age) - TO_BE_USED, 0))} if age.isascii() and age.isdecimal() else {}
    kind = {"acr_values": str(said["acr_values"])} if said.get("acr_values") else {}
    return {**kind, **most}


def again(log_in: LogIn, transport: Transport, proof: Mapping[str, str]) -> str:
    """Return a new token, once the person has confirmed it in the browser; the old one ends. Raises as `device.confirmed`."""
    speaking.note(said("The portal asks you to confirm once more that it is you."))
    # Whoever asks for a token has none.
    unproven = Transport(address=transport.address, headers=transport.headers)
    pending = device.begin(unproven, client_id=log_in.client_id, scopes=" ".join(log_in.scopes), proof=proof)
    device.show(pending, browser=False)
    fresh = device.confirmed(unproven, pending)
    credentials.replace(fresh)
    try:
        device.revoke(log_in, unproven)
    except Failure as failure:
        speaking.note(said("The token from before was not revoked: %(why)s", why=failure.detail))
    finally:
        unproven.close()
    return fresh.token
