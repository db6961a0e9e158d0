"""Access in a running demo: asked for and decided on by its bot, seen in its AWS."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.demo.running import Demo

GROUP = "ProdMemberWorkGroup"
SCOPES = "requests:read requests:write decisions:write"


def approve(demo: Demo, *, person: str) -> str:
    """Have the bot ask for half an hour in production for the person, and carry a lead's yes; return the elevation's code."""
    asked = {"work_groups": [GROUP], "reason": "fix the index", "change_ticket": "CHG-1", "duration_minutes": 30}
    request = call(demo, "POST", "/requests", person=person, body=asked)
    call(demo, "POST", f"/requests/{request['id']}/approve", person="leader01", body={"comment": "go"})
    mine = call(demo, "GET", f"/requests/{request['id']}", person=person)["elevations"]
    return str(mine[0]["id"])


def call(demo: Demo, method: str, path: str, *, person: str, body: object = None) -> Any:
    """Make one call as the demo's bot, for a person by their Slack identity."""
    headers = {
        "Authorization": f"Bearer {token(demo, demo.info['bot']['client_secret'])}",
        "X-On-Behalf-Of": f"slack:U0{person.upper()}",
        "Content-Type": "application/json",
    }
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{demo.info['portal_url']}/api/v1{path}", data=data, headers=headers, method=method)) as answer:
        return json.loads(answer.read())


def token(demo: Demo, secret: str) -> str:
    bot = demo.info["bot"]
    form = {"grant_type": "client_credentials", "client_id": bot["client_id"], "client_secret": secret, "scope": SCOPES}
    with urlopen(bot["token_url"], data=urlencode(form).encode()) as answer:
        return str(json.loads(answer.read())["access_token"])


def state(demo: Demo, code: str) -> str:
    return str(_sql(demo, "SELECT status FROM access_requests_elevation WHERE code = ?", code))


def let_time_pass(demo: Demo, code: str) -> None:
    """Have the elevation's end come now."""
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    _sql(demo, "UPDATE access_requests_elevation SET ends_at = ? WHERE code = ? RETURNING 1", now, code)


def members(demo: Demo) -> set[str]:
    return {user["UserName"] for user in demo.aws().get_group(GroupName=GROUP)["Users"]}


def tags(demo: Demo, person: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in demo.aws().list_user_tags(UserName=person)["Tags"]}


def fences(demo: Demo, person: str) -> list[str]:
    return demo.aws().list_user_policies(UserName=person)["PolicyNames"]


def rows(demo: Demo, statement: str, *values: str) -> list[Any]:
    """Return what the demo's database answers."""
    with closing(sqlite3.connect(demo.folder / "portal.sqlite3", timeout=20)) as database, database:
        return database.execute(statement, values).fetchall()


def _sql(demo: Demo, statement: str, *values: str) -> Any:
    return rows(demo, statement, *values)[0][0]
