"""The main job by program, over the wire: ask, approve, be in production, stay longer, be out again."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from pytest_django.live_server_helper import LiveServer

from portal.simulated_aws.company import PEOPLE
from portal.simulated_aws.world import World
from tests.stand_ins.aws import ADMIN_KEY, PORTAL_KEY, Aws
from tests.stand_ins.bots import ASK, COMMENT, SECRET, make_client
from tests.stand_ins.company import company
from tests.waiting import until
from tests.worker import Start
from tests.worlds.cast import Cast, iam_user_id

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

GROUP = "ProdMemberWorkGroup"
TAG = f"sekisho:ttl:{GROUP}"
FENCE = "sekisho-entry-Prod_MemberRole"


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program on this machine, with the token that it got for its secret."""

    server: LiveServer
    token: str

    @classmethod
    def logged_in(cls, server: LiveServer, client_id: str) -> "Program":
        basic = b64encode(f"{client_id}:{SECRET}".encode()).decode()
        form = {"grant_type": "client_credentials", "scope": "requests:read requests:write decisions:write"}
        headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
        given = _call(server, "POST", "/identity/o/api/token", urlencode(form), headers)
        return cls(server=server, token=given["access_token"])

    def get(self, path: str, person: str) -> Any:
        return _call(self.server, "GET", f"/api/v1{path}", None, self._headers(person))

    def post(self, path: str, person: str, body: Mapping[str, object] | None = None) -> Any:
        return _call(self.server, "POST", f"/api/v1{path}", json.dumps(body or {}), self._headers(person))

    def _headers(self, person: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            "X-On-Behalf-Of": f"slack:U0{person.upper()}",
            "Content-Type": "application/json",
        }


def _call(server: LiveServer, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Any:
    connection = HTTPConnection(server.thread.host, server.thread.port, timeout=30)
    try:
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        answer = response.read()
    finally:
        connection.close()
    assert response.status < 300, answer
    return json.loads(answer)


@pytest.fixture
def iam(aws: Aws) -> "IAMClient":
    """An administrator's view of the Jump account, in which the cast is."""
    ids = {name: iam_user_id(name) for name in PEOPLE}
    aws.rebuild(World.parsed(company(admin_key=ADMIN_KEY, portal_key=PORTAL_KEY, user_ids=ids)))
    return aws.admin_client("iam")


def members(iam: "IAMClient") -> list[str]:
    return [user["UserName"] for user in iam.get_group(GroupName=GROUP)["Users"]]


def tags(iam: "IAMClient") -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in iam.list_user_tags(UserName="member01")["Tags"]}


@pytest.mark.django_db(transaction=True)
def test_member_is_let_in_stays_longer_and_is_out_again(
    live_server: LiveServer, cast: Cast, aws: Aws, iam: "IAMClient", start_worker: Start, start_beat: Start, published: None
) -> None:
    for key in ("chatbot", "pager"):
        make_client(key, cast)
    start_worker(aws.portal_env)
    start_beat()
    chatbot, pager = (Program.logged_in(live_server, key) for key in ("chatbot", "pager"))

    asked = chatbot.post("/requests", "member01", ASK)
    assert members(iam) == []
    (made,) = pager.post(f"/requests/{asked['id']}/approve", "leader01", COMMENT)["elevations"]
    here = f"/elevations/{made['id']}"
    until(lambda: chatbot.get(here, "member01")["state"] == "active")
    shown = chatbot.get(here, "member01")
    assert members(iam) == ["member01"]
    assert tags(iam)[TAG] == shown["ends_at"] == shown["details"]["aws"]["ttl"]
    assert FENCE in iam.list_user_policies(UserName="member01")["PolicyNames"]
    assert "roleName=Prod_MemberRole" in shown["details"]["switch_roles"][0]["url"]

    later = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    more = chatbot.post(f"{here}/extend", "member01", {"ends_at": later, "reason": "The index is slow to build"})
    pager.post(f"/requests/{more['id']}/approve", "leader02", COMMENT)
    until(lambda: tags(iam)[TAG] == later)
    assert members(iam) == ["member01"]

    chatbot.post(f"{here}/return", "member01")
    until(lambda: chatbot.get(here, "member01")["state"] == "ended")
    assert members(iam) == []
    assert TAG not in tags(iam)
    acts = [entry["act"] for entry in chatbot.get(f"/requests/{asked['id']}/timeline", "member01")["items"]]
    assert [act for act in acts if act.startswith("elevation.")][:4] == [
        "elevation.scheduled",
        "elevation.granting",
        "elevation.judged",
        "elevation.active",
    ]
    assert {"elevation.extended", "elevation.revoking", "elevation.ended"} <= set(acts)
