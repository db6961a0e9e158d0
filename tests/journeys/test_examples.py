"""The documented example programs do what they say, run as they are against a portal that listens."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from access_requests.models import AccessRequest, Delivery
from access_requests.services.notices import delivering, sending, telling
from access_requests.services.notices.webhooks import keeping
from access_requests.services.notices.webhooks.keeping import Wishes
from portal.demo.sockets import free_port
from portal.verbs.run import run
from tests.stand_ins.bots import SECRET, make_client
from tests.waiting import until
from tests.worlds.cast import Cast, actor_of
from tests.worlds.story import elevated, submitted

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
LINE = "/prod request ProdMemberWorkGroup 30m CHG-1 fix the index"


@pytest.fixture
def portal(cast: Cast, live_server: LiveServer) -> str:
    make_client("chatbot", cast)
    return live_server.url


def said(portal: str, who: str, line: str, message: str = "1", secret: str = SECRET) -> str:
    """Return what the bot says to a line."""
    environment = {**os.environ, "PORTAL": portal, "CLIENT_ID": "chatbot", "CLIENT_SECRET": secret}
    call = [sys.executable, str(EXAMPLES / "chatbot.py"), who, line, message]
    done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_bot_asks_once_for_a_line_however_often_it_is_delivered(portal: str) -> None:
    answers = {said(portal, "U0MEMBER01", LINE) for _ in range(2)}
    made = AccessRequest.objects.get()
    assert answers == {f"{made.code} waits for approval: {portal}/requests/{made.code}/"}
    assert (made.requester.username, made.client, made.change_ticket, made.reason) == (
        *("member01", "chatbot"),
        *("CHG-1", "fix the index"),
    )
    assert made.duration_minutes == 30


def test_bot_says_what_is_refused_and_nothing_comes_of_it(portal: str, cast: Cast) -> None:
    assert said(portal, "U0STRANGER", LINE).startswith("No person is linked to this identity")
    assert said(portal, "U0MEMBER01", LINE, secret="wrong").startswith("The token is unknown, expired or revoked.")
    assert said(portal, "U0MEMBER01", LINE.replace("30m", "9h")).startswith("The longest time for this is 4 hours.")
    assert said(portal, "U0MEMBER01", LINE.replace("ProdMember", "Other")).startswith(
        "There is no work group called OtherWorkGroup."
    )
    assert said(portal, "U0MEMBER01", "/prod approve R-1").startswith("I know: ")
    assert AccessRequest.objects.count() == 0
    submitted(cast.member01, now=timezone.now())
    assert said(portal, "U0MEMBER01", LINE, "2").endswith("Withdraw it first, or wait for it.")


def test_bot_lists_who_is_in_production(portal: str, cast: Cast) -> None:
    assert said(portal, "U0MEMBER01", "/prod list") == "Nobody."
    elevation = elevated(cast.member02, cast.leader01, now=timezone.now())
    shown = said(portal, "U0MEMBER01", "/prod list")
    assert shown.startswith("member02: ProdMemberWorkGroup until 20")
    assert f"{elevation.ends_at:%H:%M}" in shown


@pytest.fixture
def relay(cast: Cast, tmp_path: Path, db: None) -> Iterator[tuple[str, Path]]:
    """Start the example's receiver before a webhook of the portal's; give its address, and the file of what it prints."""
    port, log = free_port(), tmp_path / "relay.log"
    wishes = Wishes(name="relay", url=f"http://127.0.0.1:{port}/", language="en", acts=["request.submitted"])
    _, secret = run(lambda: keeping.add(wishes=wishes, actor=actor_of(cast.admin01), now=timezone.now()))
    with log.open("wb") as output:
        call = [sys.executable, str(EXAMPLES / "relay.py"), str(port)]
        process = subprocess.Popen(call, env={**os.environ, "WEBHOOK_SECRET": secret}, stdout=output, stderr=subprocess.DEVNULL)
    yield wishes.url, log
    process.terminate()
    process.wait()


def test_relay_prints_each_notice_once_and_nothing_that_is_not_the_portals(relay: tuple[str, Path], cast: Cast) -> None:
    _, log = relay
    now = timezone.now()
    request = submitted(cast.member01, now=now)
    telling.tell(now=now)
    delivery = Delivery.objects.get()

    def delivered() -> bool:
        Delivery.objects.update(try_again_at=now)
        sending.deliver(delivery.pk, now=now)
        delivery.refresh_from_db()
        return delivery.status == "delivered"

    until(delivered)  # It may not listen yet.
    again = run(lambda: delivering.deliver_again(delivery, now=now))
    sending.deliver(again.pk, now=now)
    old = run(lambda: delivering.deliver_again(delivery, now=now - timedelta(hours=1)))
    sending.deliver(old.pk, now=now - timedelta(hours=1))
    again.refresh_from_db()
    old.refresh_from_db()
    assert (again.answer, old.answer[:8]) == ("HTTP 204", "HTTP 401")
    lines = log.read_text().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"佐藤 美咲 (member01) asks for ProdMemberWorkGroup. {request.code} waits for approval. http")
