"""Passwords beside providers: for everybody, or for the emergency accounts alone."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from access_requests.models import Delivery
from access_requests.services.notices import delivering, sending, telling
from access_requests.services.notices.webhooks import keeping
from access_requests.services.notices.webhooks.keeping import Wishes
from audits.acts import Act
from audits.models import TrailEntry
from portal.users.models import User
from tests.app.portal.accounts.conftest import Traveller
from tests.stand_ins.slack import texts
from tests.stand_ins.slack_server import TOKEN, slack_server
from tests.worlds import browsers
from tests.worlds.cast import PASSWORD, Cast, actor_of
from tests.worlds.factors import code_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_provider(traveller: Traveller, settings: Any, cast: Cast) -> Cast:
    settings.PASSWORD_LOGIN, settings.EMERGENCY_ACCOUNTS = False, ["admin01"]
    return cast


def log_in(username: str, password: str = PASSWORD) -> tuple[int, str]:
    browser = Client(headers={"accept-language": "en"})
    response = browsers.log_in(browser, User.objects.get(username=username), password)
    return response.status_code, response.content.decode()


def test_right_password_of_somebody_else_is_told_what_a_wrong_one_is(by_provider: Cast) -> None:
    right, wrong = log_in("member01"), log_in("member02", "not this one at all")
    assert right[0] == wrong[0] == 200
    assert "not correct" in right[1]
    assert "not correct" in wrong[1]


def test_the_emergency_account_logs_in_and_everybody_who_watches_is_told(by_provider: Cast, now: datetime) -> None:
    for name, acts in (("ops", [Act.EMERGENCY_LOG_IN]), ("everything", [])):
        wishes = Wishes(name=name, url="http://127.0.0.1:9/hook", language="en", acts=acts, work_groups=[])
        keeping.add(wishes=wishes, actor=actor_of(by_provider.admin01), now=now)
    assert log_in("admin01")[0] == 302
    assert TrailEntry.objects.get(act="person.emergency_log_in").subject == "person:admin01"
    telling.tell(now=now)
    (told,) = Delivery.objects.filter(channel="webhook")
    assert told.body["data"]["log_in"]["person"] == "admin01"
    assert told.body["data"]["text"].startswith("admin01 logged in by an emergency account")


def test_administrators_and_auditors_are_told_in_slack(by_provider: Cast, now: datetime, settings: Any) -> None:
    with slack_server() as server:
        settings.SLACK_API_URL, settings.SLACK_BOT_TOKEN = server.url, TOKEN
        log_in("admin01")
        telling.tell(now=now)
        for _task, pk in list(delivering.due(now=now)):
            sending.deliver(pk, now=now)
        said = {call["channel"]: "\n".join(texts(call["blocks"])) for call in server.told("chat.postMessage")}
    assert {"U0ADMIN01", "U0AUDITOR01"} <= set(said)
    assert "admin01" in said["U0AUDITOR01"]
    assert "http://testserver/log-in/" in said["U0AUDITOR01"]


def test_password_is_no_emergency_where_everybody_may_use_one(cast: Cast, traveller: Traveller, settings: Any) -> None:
    settings.EMERGENCY_ACCOUNTS = ["admin01"]
    assert log_in("admin01")[0] == 302
    assert not TrailEntry.objects.filter(act="person.emergency_log_in").exists()


def test_nobody_else_confirms_by_password(by_provider: Cast) -> None:
    browser = Client()
    browser.force_login(by_provider.member01)
    before = browser.session["account_authentication_methods"]
    page = browser.post("/accounts/reauthenticate/", {"password": PASSWORD}, headers={"accept-language": "en"})
    assert page.status_code == 422
    assert "No way to confirm is set up for you here." in page.content.decode()
    assert browser.session["account_authentication_methods"] == before
    browser.force_login(by_provider.admin01)
    assert browser.post("/accounts/reauthenticate/", {"code": code_of(by_provider.admin01)}).status_code == 302


def test_page_offers_providers_first_and_passwords_where_they_count(by_provider: Cast, settings: Any) -> None:
    browser = Client(headers={"accept-language": "en"})
    page = browser.get("/accounts/login/").content.decode()
    assert "Go on with Company ID" in page
    assert "Emergency log-in" in page
    settings.PASSWORD_LOGIN = True
    page = browser.get("/accounts/login/").content.decode()
    assert "Or by password" in page
    assert "Emergency log-in" not in page
    settings.LOGIN_PROVIDERS = ()
    assert "Or by password" not in browser.get("/accounts/login/").content.decode()
