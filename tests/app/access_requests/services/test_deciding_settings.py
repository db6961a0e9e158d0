"""Settings that decide are in the trail from the start of who has them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.signals import request_started

from access_requests.services.record import deciding_settings
from access_requests.services.record.deciding_settings import NAMES, Process
from audits.acts import Act
from audits.models import TrailEntry
from tests.worlds.clock import Clock
from tests.worlds.providers import oidc
from tests.worlds.trouble import away_at

ROOT = Path(__file__).resolve().parents[4]
# Where people are let in, asked, believed and given access; and what is read there and decides nothing of that.
ROOMS = ("access_requests", *(f"portal/{room}" for room in ("accounts", "aws", "pages", "providers", "rest", "users", "verbs")))
DECIDE_NOTHING = {
    *("ACCOUNT_DESIGN_FILE", "AUTH_USER_MODEL", "BASE_DIR", "CHECK_PROVEN_ADMINISTRATOR", "HEARTBEAT_FILE", "SPOOL_DIR"),
    *("LANGUAGES", "LANGUAGE_CODE", "LOGIN_URL", "CODE_COMMAND", "MFA_TOTP_ISSUER", "MFA_RECOVERY_CODE_COUNT"),
    *("SESSION_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "LANGUAGE_COOKIE_NAME", "DEVICE_COOKIE_NAME"),
    # How soon, how much, and how long something is kept or waited for.
    *("SWEEP_SECONDS", "HEALTH_SECONDS", "DELIVERIES_KEPT_DAYS", "API_CLIENT_CALLS_PER_MINUTE", "DATA_UPLOAD_MAX_MEMORY_SIZE"),
    *("AWS_CALL_ATTEMPTS", "AWS_CONNECT_TIMEOUT", "AWS_READ_TIMEOUT"),
    # The trail says nothing of these.
    *("SECRET_KEY", "SECRET_KEY_FALLBACKS", "FACTOR_KEYS", "SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"),
    # What others are told.
    *("STREAM_TO", "STREAM_SECRET", "STREAM_AUTHORIZATION", "STREAM_REGION", "STREAM_ROLE_ARN"),
    *("WEBHOOK_ALLOW_HTTP_TO_LOOPBACK", "WEBHOOK_LOOPBACK_RECEIVERS"),
}


def entries() -> list[TrailEntry]:
    return list(TrailEntry.objects.filter(act=Act.SETTINGS_CHANGED).order_by("pk"))


@pytest.fixture
def _nothing_begun() -> Iterator[None]:
    yield
    deciding_settings._begun.clear()


def test_settings_are_told_once_and_again_when_they_are_others(db: None, clock: Clock, settings: LazySettings) -> None:
    for pending in (20, 20, 21):
        settings.PERSON_PENDING_REQUESTS = pending
        deciding_settings.tell(Process.WORKER, now=clock.now)
    first, second = entries()
    assert first.data["before"] is None
    assert first.data["after"] == second.data["before"]
    assert second.data["after"]["PERSON_PENDING_REQUESTS"] == 21


def test_each_kind_of_process_tells_its_own(db: None, clock: Clock) -> None:
    for process in Process:
        deciding_settings.tell(process, now=clock.now)
    told = [(entry.subject, entry.actor, entry.data["before"]) for entry in entries()]
    assert told == [(f"settings:{process}", f"sekisho:{process}", None) for process in Process]


@pytest.mark.usefixtures("_nothing_begun")
def test_web_tells_them_before_its_first_request_and_not_again(db: None) -> None:
    from portal import wsgi  # noqa: F401, PLC0415  Whoever imports it is the web.

    assert request_started.disconnect(deciding_settings.tell_begun)
    deciding_settings.begins(Process.WEB)
    with away_at(1):
        deciding_settings.tell_begun()
    assert entries() == []
    for _ in range(2):
        deciding_settings.tell_begun()
    assert [entry.subject for entry in entries()] == ["settings:web"]


def test_what_a_provider_of_log_in_is_can_be_compared_and_its_secret_is_nowhere(settings: LazySettings) -> None:
    told = []
    for secret, domain in (("one", "example.com"), ("another", "example.com"), ("one", "example.org")):
        settings.LOGIN_PROVIDERS = (oidc(client_secret=secret, admits={"domains": [domain]}),)
        told.append(deciding_settings.current()["LOGIN_PROVIDERS"]["company"])
    assert told[0] == told[1] != told[2]


def test_every_setting_that_these_rooms_read_is_told_or_decides_nothing() -> None:
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py")]
    read = {name for file in files for name in re.findall(r"\bsettings\.([A-Z][A-Z_]+)", file.read_text())}
    assert read - set(NAMES) == DECIDE_NOTHING
