# ruff: noqa: INP001, S310, T201  A script: it prints, and PORTAL is its user's own choice.
"""An example chat bot: somebody's line in, the portal's answer out, by the standard library alone.

    python chatbot.py U0MEMBER01 '/prod request ProdMemberWorkGroup 30m CHG-1 fix the index' 1732338000.000100

The first argument is who typed the line: take it from an event whose signature you verified, never from the text. The last is
the chat's own number of the message: delivered twice, it asks once. PORTAL, CLIENT_ID and CLIENT_SECRET are in the environment.
"""

import json
import os
import re
import sys
from typing import Any
from urllib import error, parse, request

PORTAL = os.environ["PORTAL"]
ASK = re.compile(r"/prod request (\S+) (\d+)(m|h) (\S+) (.+)")


def fetch(path: str, data: str | None = None, **headers: str) -> Any:
    """Return the answer as JSON; a refusal has a `code` for programs and a `detail` for people."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        return json.load(request.urlopen(request.Request(PORTAL + path, data and data.encode(), named), timeout=10))
    except error.HTTPError as refusal:
        return json.load(refusal)


def reply(who: str, line: str, message: str) -> str:
    login = {"grant_type": "client_credentials", **{name: os.environ[name.upper()] for name in ("client_id", "client_secret")}}
    token = fetch("/identity/o/api/token", parse.urlencode(login)).get("access_token")
    known = {"Authorization": f"Bearer {token}", "X_On_Behalf_Of": f"slack:{who}", "Accept_Language": "en"}
    if line == "/prod list":
        found = fetch("/api/v1/elevations", **known)
        rows = [f"{row['person']['username']}: {row['work_group']} until {row['ends_at']}" for row in found.get("items", [])]
        return found.get("detail") or "\n".join(rows) or "Nobody."
    if not (asked := ASK.fullmatch(line)):
        return "I know: /prod request GROUP 30m TICKET REASON, /prod list"
    group, count, unit, ticket, reason = asked.groups()
    wishes = {"work_groups": [group], "duration_minutes": int(count) * {"m": 1, "h": 60}[unit]}
    body = json.dumps({**wishes, "change_ticket": ticket, "reason": reason})
    made = fetch("/api/v1/requests", body, **known, Content_Type="application/json", Idempotency_Key=message)
    return made.get("detail") or f"{made['id']} waits for approval: {PORTAL}/requests/{made['id']}/"


if __name__ == "__main__":
    print(reply(*sys.argv[1:]))
