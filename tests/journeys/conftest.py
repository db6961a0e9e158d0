"""Fixtures: a real browser before the portal, a real worker behind it, and the simulated AWS with the cast in it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext
from pytest_django.live_server_helper import LiveServer

from portal.simulated_aws.company import PEOPLE
from portal.simulated_aws.world import World
from portal.users.models import User
from tests.journeys.travellers import DESK, PHONE, Traveller
from tests.stand_ins.aws import ADMIN_KEY, PORTAL_KEY, Aws
from tests.stand_ins.company import company
from tests.worker import Start
from tests.worlds.cast import Cast, iam_user_id

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
PICTURES = Path(__file__).resolve().parent.parent.parent / "var" / "journeys"
Travel = Callable[..., Traveller]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "args": list(QUIET)}


@pytest.fixture(scope="session", autouse=True)
def _one_thread_has_both_loop_and_database() -> Iterator[None]:
    """Playwright's synchronous interface runs an event loop in the thread of the test, where Django then refuses its database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def working(transactional_db: None, cast: Cast, aws: Aws, published: None, start_worker: Start, start_beat: Start) -> Aws:
    """Return the simulated AWS with the cast in it, once worker and beat run before it."""
    declared = company(admin_key=ADMIN_KEY, portal_key=PORTAL_KEY, user_ids={name: iam_user_id(name) for name in PEOPLE})
    aws.rebuild(World.parsed(declared))
    start_worker(aws.portal_env)
    start_beat()
    return aws


@pytest.fixture
def travel(cast: Cast, live_server: LiveServer, browser: Browser) -> Iterator[Travel]:
    """Return a function that gives a person a browser of their own, logged in: by the form, where it is asked for."""
    contexts: list[BrowserContext] = []

    def start(
        username: str,
        *,
        language: str = "en",
        phone: bool = False,
        dark: bool = False,
        script: bool = True,
        by_form: bool = False,
    ) -> Traveller:
        context = browser.new_context(
            base_url=live_server.url,
            locale={"en": "en-GB", "ja": "ja-JP"}[language],
            viewport=PHONE if phone else DESK,
            color_scheme="dark" if dark else "light",
            has_touch=phone,
            reduced_motion="reduce",  # A row that fades in is pale for a moment.
            java_script_enabled=script,
        )
        contexts.append(context)
        name = "-".join((language, "phone" if phone else "desk", "dark" if dark else "light"))
        traveller = Traveller(context.new_page(), username, language, PICTURES / name)
        if by_form:
            traveller.log_in()
        else:
            context.add_cookies([_session_of(username, live_server.url)])
            traveller.page.goto("/")
        return traveller

    yield start
    for context in contexts:
        context.close()


def _session_of(username: str, url: str) -> Any:
    """Return the cookie of a session that has just begun."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": url}
