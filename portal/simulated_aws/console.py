"""What the console's page for switching roles is asked, by whoever plays a person at it. Importable without moto.

    POST /_simulated/console/switch
    {"access_key_id": "AKIA...", "secret_access_key": "...", "mfa_code": "123456",
     "account": "444444444444", "role": "Prod_MemberRole", "region": "us-east-1",
     "source_ip": "203.0.113.7", "user_agent": "Mozilla/5.0"}

The last three may be left out.
A user signs in with their own access key, which stands for a password here, and with or without a code of their device.
The answer has Credentials as AssumeRole's has; a refusal is 403 with the words of AssumeRole's.
"""

import json
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

SWITCH_PATH = "/_simulated/console/switch"
_TIMEOUT_SECONDS = 30
# It is on this machine: no proxy of whoever asks is in between.
_DIRECT = build_opener(ProxyHandler({}))


class SwitchRefused(Exception):
    """The console did not switch; the message says why, as AWS does."""


def switch(
    *,
    endpoint: str,
    access_key_id: str,
    secret_access_key: str,
    account_id: str,
    role: str,
    mfa_code: str | None = None,
    region: str | None = None,
    source_ip: str | None = None,
    user_agent: str | None = None,
) -> dict[str, Any]:
    """Return the credentials of the session, under the user's own name as in every console session. Raises SwitchRefused.

    `region` is that of the console's page, where its events lie; without one it is us-east-1.
    """
    wanted = {"access_key_id": access_key_id, "secret_access_key": secret_access_key, "account": account_id, "role": role}
    seen = {"region": region, "source_ip": source_ip, "user_agent": user_agent}
    body = json.dumps({**wanted, "mfa_code": mfa_code, **seen}).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "Mozilla/5.0 (the simulated console)"}
    request = Request(endpoint + SWITCH_PATH, data=body, headers=headers, method="POST")  # noqa: S310 - the caller's own endpoint
    try:
        with _DIRECT.open(request, timeout=_TIMEOUT_SECONDS) as answer:
            credentials: dict[str, Any] = json.load(answer)["Credentials"]
            return credentials
    except HTTPError as error:
        with error:
            message = error.read().decode()
        if error.code == HTTPStatus.FORBIDDEN:
            raise SwitchRefused(message) from error
        raise
