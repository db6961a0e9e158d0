"""A night at the company: asked in Slack, approved there by a button, waited for on a terminal; nobody opens the portal but once.

Slack is a local server that speaks its API's shapes; everything else is the demo as it runs, with its workers and its AWS.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from slack_sdk.signature import SignatureVerifier

from portal.simulated_aws import totp
from tests.demo.access import GROUP, call, members, token
from tests.demo.running import CHECKOUT, Demo
from tests.stand_ins.slack import FORM, Slack
from tests.stand_ins.slack_server import SlackServer
from tests.waiting import until


class Workspace(Slack):
    """Slack before a portal that runs: signs with the demo's secret, and sends over the wire."""

    def __init__(self, demo: Demo, server: SlackServer) -> None:
        super().__init__(response_url=server.response_url)
        self.demo = demo

    def post(self, path: str, body: bytes, **_: Any) -> Any:
        signed = SignatureVerifier(self.demo.info["slack"]["signing_secret"]).generate_signature
        stamp = str(int(time.time()))
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed(timestamp=stamp, body=body)}
        return requests.post(
            self.demo.info["portal_url"] + path, data=body, headers={**headers, "Content-Type": FORM}, timeout=10
        )


class Laptop:
    """member01's own: the command line, logged in by a code that its owner confirms in the browser."""

    def __init__(self, demo: Demo, person: str, home: Path) -> None:
        self.demo, self.person, self.home = demo, person, home
        home.mkdir()

    def start(self, *typed: str) -> "subprocess.Popen[str]":
        kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
        return subprocess.Popen(
            [sys.executable, "-m", "portal.cli", *typed],
            cwd=CHECKOUT,
            env={**kept, "HOME": str(self.home), "LC_ALL": "en_US.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *typed: str) -> tuple[int, Any]:
        """Return how a command ended, and what it said as JSON."""
        process = self.start(*typed, "--json")
        out, err = process.communicate(timeout=120)
        assert out, err
        return process.returncode, json.loads(out)

    def log_in(self) -> None:
        asking = self.start("login", self.demo.info["portal_url"], "--may-decide")
        assert asking.stderr
        found = re.search(r"Open (\S+) and confirm the code (\S+)", asking.stderr.readline())
        assert found
        allow(self.demo, self.person, found[1])
        asking.communicate(timeout=60)
        assert asking.returncode == 0


def allow(demo: Demo, person: str, address: str) -> None:
    """Log in with the browser, and allow what asks at the address."""
    browser, portal = requests.Session(), demo.info["portal_url"]
    page = browser.get(f"{portal}/accounts/login/", timeout=10).text
    who = {"login": person, "password": demo.info["people"][person]["password"]}
    second = browser.post(f"{portal}/accounts/login/", data={**hidden(page), **who}, timeout=10)
    secret = demo.info["people"][person]["totp_secret"]
    if secret is not None:
        code = {"code": totp.code(secret, at=datetime.now(UTC))}
        browser.post(second.url, data={**hidden(second.text), **code}, timeout=10).raise_for_status()
    page = browser.get(address, timeout=10).text
    done = browser.post(f"{portal}/device/", data={**hidden(page, "/device/"), "answer": "allow"}, timeout=10)
    assert done.url.endswith("/me/tokens/"), done.text


def hidden(page: str, action: str = "") -> dict[str, str]:
    """Return the hidden fields of the page's form of that action, or of its last one."""
    forms = re.findall(r"<form[^>]*>.*?</form>", page, re.DOTALL)
    form = next((each for each in forms if f'action="{action}"' in each), forms[-1]) if action else forms[-1]
    fields = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", form)
    return {part(field, "name"): part(field, "value") for field in fields}


def part(field: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', field)
    assert found, field
    return found[1]


def code_in(answer: dict[str, Any]) -> str:
    found = re.search(r"R-[0-9A-Z]{8}", answer["text"])
    assert found, answer
    return found[0]


def buttons(card: dict[str, Any]) -> dict[str, str]:
    """Return what the buttons of a card are called, and what they send."""
    rows = [block["elements"] for block in card["blocks"] if block["type"] == "actions"]
    return {button["action_id"]: button["value"] for row in rows for button in row}


def cards(slack: SlackServer, method: str, code: str) -> list[dict[str, Any]]:
    return [call for call in slack.told(method) if code in json.dumps(call["blocks"])]


def test_asked_and_approved_in_slack_and_waited_for_on_a_terminal(demo: Demo, slack: SlackServer, tmp_path: Path) -> None:
    workspace, laptop = Workspace(demo, slack), Laptop(demo, "member01", tmp_path / "member01")
    laptop.log_in()
    code = code_in(workspace.types("U0MEMBER01", f"request {GROUP} 30m CHG-123 fix the index"))
    with laptop.start("wait", code, "--until", "active", "--timeout", "2m", "--json") as waiting:
        # Cards of those who do not decide have none, and may come first.
        until(lambda: any(map(buttons, cards(slack, "chat.postMessage", code))))
        posted = [card for card in cards(slack, "chat.postMessage", code) if buttons(card)]
        assert set(buttons(posted[0])) == {"approve", "reject", "send_back"}
        # The requester presses it too, and leaves no trace.
        workspace.presses("U0MEMBER01", "approve", buttons(posted[0])["approve"])
        until(lambda: any("own_request" in json.dumps(call) for call in slack.told("answers")))
        workspace.presses("U0LEADER01", "approve", buttons(posted[0])["approve"])
        until(lambda: slack.told("views.open"))
        workspace.submits("U0LEADER01", slack.told("views.open")[-1]["view"], "the window is quiet")
        out, err = waiting.communicate(timeout=120)
        assert waiting.returncode == 0, err
        assert json.loads(out)
        assert "member01" in members(demo)
    until(lambda: any(call.method == "chat.update" for call in slack.calls))
    until(lambda: not buttons(cards(slack, "chat.update", code)[-1]))
    ended, access = laptop.run("status", code)
    assert (ended, access["state"]) == (0, "approved")
    decision = access["decisions"][0]
    assert (decision["approver"]["username"], decision["door"], decision["comment"]) == (
        "leader01",
        "chat",
        "the window is quiet",
    )
    assert laptop.run("return", access["elevations"][0]["id"])[0] == 0
    until(lambda: "member01" not in members(demo))


def test_nobody_approves_their_own_by_any_door(demo: Demo, slack: SlackServer, tmp_path: Path) -> None:
    # Nobody else logs in as leader02 with a code, which counts once.
    workspace, laptop = Workspace(demo, slack), Laptop(demo, "leader02", tmp_path / "leader02")
    laptop.log_in()
    code = code_in(workspace.types("U0LEADER02", f"request {GROUP} 30m CHG-124 fix the index"))
    assert "(own_request)" in workspace.types("U0LEADER02", f"approve {code} mine")["text"]
    assert "(own_request)" in workspace.types("u0leader02", f"approve {code} mine")["text"]
    ended, problem = laptop.run("approve", code, "--yes")
    assert (ended, problem["code"]) == (1, "own_request")
    called = requests.post(
        f"{demo.info['portal_url']}/api/v1/requests/{code}/approve",
        json={"comment": "mine"},
        headers={
            "Authorization": f"Bearer {token(demo, demo.info['bot']['client_secret'])}",
            "X-On-Behalf-Of": "slack:U0LEADER02",
        },
        timeout=10,
    )
    assert (called.status_code, called.json()["code"]) == (403, "own_request")
    assert laptop.run("status", code)[1]["state"] == "pending"
    assert laptop.run("withdraw", code)[0] == 0


def test_where_only_the_browser_decides_chat_gets_the_link(demo: Demo, slack: SlackServer) -> None:
    workspace = Workspace(demo, slack)
    code = code_in(workspace.types("U0MEMBER02", f"request {GROUP} 30m CHG-125 fix the index"))
    with decided_only_in_the_browser(demo):
        answer = workspace.types("U0LEADER01", f"approve {code} go")
    assert "(decide_in_browser)" in answer["text"]
    assert f"{demo.info['portal_url']}/requests/{code}/" in json.dumps(answer["blocks"])
    # Others ask for this person in this demo.
    call(demo, "POST", f"/requests/{code}/withdraw", person="member02", body={})


@contextmanager
def decided_only_in_the_browser(demo: Demo) -> Iterator[None]:
    """Have the group's policy so, and as it was again: other tests of this demo decide in chat."""
    policies = "from access_requests.models import ApprovalPolicy as P; P.objects.filter(key='one-lead').update(decide_by={})"
    demo.manage("shell", "-c", policies.format(["browser"]))
    try:
        yield
    finally:
        demo.manage("shell", "-c", policies.format(["browser", "chat", "client"]))
