"""Access in a running demo, got by the portal's own verbs and seen in its AWS."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from tests.demo.running import Demo

GROUP = "ProdMemberWorkGroup"
GRANT = """
from django.utils import timezone
from access_requests.actor import Actor, Door
from access_requests.services import decide, run, submit
from portal.users.models import User

def actor(name):
    return Actor(person=User.objects.get(username=name), door=Door.BROWSER, proof={"method": "password"})

now = timezone.now()
ask = submit.Ask(work_groups=["ProdMemberWorkGroup"], reason="fix the index", change_ticket="CHG-1", duration_minutes=30)
request = run.run(lambda: submit.submit(ask=ask, actor=actor(REQUESTER), now=now))
verdict = {"request_id": request.pk, "comment": "go", "seen": None}
run.run(lambda: decide.approve(**verdict, actor=actor("leader01"), now=timezone.now()))
print(request.elevations.get().code)
"""


def approve(demo: Demo, *, person: str) -> str:
    """Ask for half an hour in production for the person, and approve it; return the elevation's code."""
    said = demo.manage("shell", "--no-imports", "-c", f"REQUESTER = {person!r}\n{GRANT}")
    return said.splitlines()[-1]


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


def _sql(demo: Demo, statement: str, *values: str) -> Any:
    with closing(sqlite3.connect(demo.folder / "portal.sqlite3", timeout=20)) as database, database:
        return database.execute(statement, values).fetchone()[0]
