"""What receivers of webhooks are written from holds: every event has its example, and the code that verifies does."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from access_requests.services.notices.sending import PATIENCE
from access_requests.services.notices.webhooks import signing
from tests.structure.webhook_documents import EVENTS, document

PAGE = (EVENTS.parent / "webhooks.md").read_text()
BODY = json.dumps({"type": "request.submitted", "data": {"text": "作業"}}, ensure_ascii=False)
PYTHON = """
import json, sys
given = json.load(sys.stdin)
print(json.dumps(read(given["body"].encode(), given["headers"])))
"""
NODE = """
import { readFileSync } from "node:fs";
const given = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(read(Buffer.from(given.body), given.headers)));
"""


def test_documented_events_are_what_is_sent() -> None:
    assert EVENTS.read_text() == document(), "run: make api-docs, and say in CHANGELOG.md what becomes otherwise for receivers"


@pytest.mark.parametrize("language", ["python", "js"])
def test_documented_code_takes_what_the_portal_signed_and_nothing_else(language: str, tmp_path: Path) -> None:
    secret, now = signing.new_secret(), datetime.now(UTC)
    good = signed(secret, now)
    assert taken(language, secret, BODY, good, tmp_path) == json.loads(BODY)
    rotated = {**good, "webhook-signature": f"v1,AAAA v2,x {good['webhook-signature']}"}
    assert taken(language, secret, BODY, rotated, tmp_path) == json.loads(BODY)
    for body, headers in (
        (BODY.replace("submitted", "approved"), good),
        (BODY, signed(signing.new_secret(), now)),
        (BODY, signed(secret, datetime.fromtimestamp(now.timestamp() - 400, UTC))),
        (BODY, signed(secret, datetime.fromtimestamp(now.timestamp() + 400, UTC))),
        (BODY, {**good, "webhook-id": "msg_2"}),
        (BODY, {**good, "webhook-timestamp": "soon"}),
    ):
        assert taken(language, secret, body, headers, tmp_path) is None


def test_documented_patience_is_the_portals() -> None:
    assert [int(wait.total_seconds()) for wait in PATIENCE] == [
        *(5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 24 * 3600)
    ]
    assert "after 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 3 h, 6 h, 12 h and twice 24 h" in PAGE


def signed(secret: str, at: datetime) -> Mapping[str, str]:
    signature = Webhook(secret).sign("msg_1", at, BODY)
    return {"webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def taken(language: str, secret: str, body: str, headers: Mapping[str, str], folder: Path) -> object:
    """Run the page's code in its language; return what it read, None where it refused."""
    block = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert block
    program, rest, name = {"python": (sys.executable, PYTHON, "read.py"), "js": ("node", NODE, "read.mjs")}[language]
    (folder / name).write_text(block[1] + rest)
    given = json.dumps({"body": body, "headers": headers})
    environment = {**os.environ, "WEBHOOK_SECRET": secret}
    done = subprocess.run(
        [program, folder / name], input=given, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    return json.loads(done.stdout) if done.returncode == 0 else None
