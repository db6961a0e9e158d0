"""A demo that is ready: what it says, what it keeps to itself, what its people can do."""

import os
import re
import stat
import subprocess
import sys
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from subprocess import CalledProcessError
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener, urlopen

import pytest

from portal.simulated_aws import totp
from tests.demo.access import call, token
from tests.demo.running import Demo
from tests.waiting import is_alive, until


def test_info_names_whatever_a_program_needs(demo: Demo) -> None:
    info = demo.info
    assert set(info) == {
        *("portal_url", "aws_endpoint_url", "region", "aws_admin", "accounts", "people", "bot", "slack"),
        *("pids", "database_url", "broker_url", "webhook_receiver"),
    }
    assert set(info["aws_admin"]) == {"access_key_id", "secret_access_key", "role_name"}
    assert {"jump", "development", "staging", "production", "billing", "log-archive", "audit"} == set(info["accounts"])
    assert {"member01", "member02", "leader01", "leader02", "admin01", "auditor01"} == set(info["people"])
    assert info["people"]["member01"].keys() >= {"password", "iam_user_name", "totp_secret"}
    assert info["people"]["member01"]["iam_user_name"] == "member01"
    assert info["bot"].keys() == {"client_id", "client_secret", "token_url"}
    assert info["slack"]["people"]["U0MEMBER01"] == "member01"
    assert info["database_url"] == f"sqlite:///{demo.folder / 'portal.sqlite3'}"


def test_every_process_that_info_names_is_alive(demo: Demo) -> None:
    assert demo.pids.keys() >= {"web", "worker", "beat", "aws", "broker"}
    assert [name for name, pid in demo.pids.items() if not is_alive(pid)] == []


def test_a_webhook_to_its_receiver_arrives_and_is_seen_there_and_no_other_program_here_is_called(demo: Demo) -> None:
    receiver, broker = demo.info["webhook_receiver"], demo.info["broker_url"].rpartition("@")[2]
    assert "delivered" in demo.manage("shell", "-c", WEBHOOK % {"url": receiver})
    until(lambda: "sekisho.test" in _shown(receiver), seconds=60)
    with pytest.raises(CalledProcessError):
        demo.manage("shell", "-c", WEBHOOK % {"url": f"http://{broker}"})


# An administrator's hand in the portal: the address as the form checks it, added, and its test button.
WEBHOOK = """
from django.utils import timezone
from access_requests.services.notices.webhooks import addresses, keeping
from portal.users.models import User
from portal.verbs.actor import Actor, Door, Process
from portal.verbs.run import run
addresses.check("%(url)s")
now, admin = timezone.now(), User.objects.get(username="admin01")
actor = Actor(person=admin, door=Door.BROWSER, credential=Process(), proof={"method": "password", "at": now.isoformat()})
wishes = keeping.Wishes(name="Receiver", url="%(url)s", language="ja")
endpoint, _ = run(lambda: keeping.add(wishes=wishes, actor=actor, now=now))
run(lambda: keeping.send_test(code=endpoint.code, actor=actor, now=now))
print("delivered")
"""


def _shown(address: str) -> str:
    with urlopen(address) as page:
        return str(page.read().decode())


def test_nobody_else_reads_its_secrets(demo: Demo) -> None:
    private = [demo.folder / "info.json", *(demo.folder / "keys").iterdir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}
    assert stat.S_IMODE((demo.folder / "keys").stat().st_mode) == 0o700


def test_web_and_beat_have_no_credentials_of_aws_and_workers_have(demo: Demo) -> None:
    secret = demo.info["aws_admin"]["secret_access_key"]
    for name in ("web", "beat"):
        assert "AWS_ACCESS_KEY_ID=" not in _environment(demo.pids[name])
    assert "AWS_ACCESS_KEY_ID=" in _environment(demo.pids["worker"])
    assert all(secret not in _environment(pid) for pid in demo.pids.values())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_it_answers_on_both_names_of_this_machine(demo: Demo, host: str) -> None:
    port = demo.info["portal_url"].rpartition(":")[2]
    with urlopen(f"http://{host}:{port}/healthz") as answer:
        assert answer.status == 200


def test_another_host_is_refused(demo: Demo) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(f"{demo.info['portal_url']}/accounts/login/", headers={"Host": "evil.example"}))
    caught.value.close()
    assert caught.value.code == 400


def test_style_sheets_are_served(demo: Demo) -> None:
    with urlopen(f"{demo.info['portal_url']}/static/sekisho/base.css") as answer:
        assert answer.headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize("person", ["member01", "leader01", "admin01", "auditor01"])
def test_people_log_in_with_the_password_that_info_says_and_a_code_where_they_need_one(demo: Demo, person: str) -> None:
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    assert _log_in(demo, browser, person, demo.info["people"][person]["password"]) == f"{demo.info['portal_url']}/"


def test_who_decides_or_administers_has_codes_and_nobody_else(demo: Demo) -> None:
    has = {name for name, person in demo.info["people"].items() if person["totp_secret"]}
    assert has == {"leader01", "leader02", "admin01"}


def test_command_prints_a_code(demo: Demo) -> None:
    line, environment = [sys.executable, "-m", "portal.demo.code"], {**os.environ, "DEMO_DIR": str(demo.folder)}
    printed = subprocess.run([*line, "leader02"], env=environment, capture_output=True, text=True, check=True).stdout.strip()
    secret = demo.info["people"]["leader02"]["totp_secret"]
    assert totp.is_code(secret, printed, at=datetime.now(UTC))
    nobody = subprocess.run([*line, "member01"], env=environment, capture_output=True, text=True, check=False)
    assert (nobody.returncode, nobody.stderr.strip()) == (1, "member01 has no one-time codes here.")


def test_a_wrong_password_does_not_let_in(demo: Demo) -> None:
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    assert "/accounts/login/" in _log_in(demo, browser, "member02", "not-the-password")


def test_the_bot_speaks_for_a_person_with_its_secret(demo: Demo) -> None:
    assert call(demo, "GET", "/me", person="member01")["person"]["username"] == "member01"


def test_the_bot_gets_no_token_without_it(demo: Demo) -> None:
    with pytest.raises(HTTPError) as caught:
        token(demo, "guessed")
    caught.value.close()
    assert caught.value.code in (400, 401)


def test_its_command_line_speaks_with_its_aws(demo: Demo) -> None:
    said = demo.manage("load_catalogue", "portal/demo/catalogue.yaml", "--check")
    assert said.strip() == "no changes"


def _environment(pid: int) -> str:
    return Path(f"/proc/{pid}/environ").read_bytes().replace(b"\0", b"\n").decode()


def _log_in(demo: Demo, browser: OpenerDirector, person: str, password: str) -> str:
    """Fill in the form as a browser does; return where that leads."""
    address = f"{demo.info['portal_url']}/accounts/login/"
    with browser.open(address) as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    assert token
    form = urlencode({"login": person, "password": password, "csrfmiddlewaretoken": token[1]}).encode()
    with browser.open(Request(address, data=form, headers={"Referer": address})) as page:
        url, text = str(page.url), page.read().decode()
    secret = demo.info["people"][person]["totp_secret"]
    if secret is None or "second-factor" not in url:
        return url
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
    assert token
    form = urlencode({"code": totp.code(secret, at=datetime.now(UTC)), "csrfmiddlewaretoken": token[1]}).encode()
    with browser.open(Request(url, data=form, headers={"Referer": url})) as page:
        return str(page.url)
