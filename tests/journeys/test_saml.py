"""A log-in by SAML in a browser, from one site to the other and back: cookies, forms and redirects are as browsers have them."""

import socket
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from portal.accounts.saml import toolkit
from portal.providers.provider import SamlProvider
from portal.users.models import User
from tests.journeys.conftest import PICTURES
from tests.journeys.travellers import PHONE, Traveller
from tests.stand_ins.identity_provider import IdentityProvider, running
from tests.worlds.cast import Cast
from tests.worlds.providers import saml


@pytest.fixture
def configured(live_server: LiveServer, settings: Any) -> SamlProvider:
    """A provider on another site than the portal's, whose people are new here."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{found.getsockname()[1]}"
    settings.PORTAL_URL = live_server.url
    provider = saml(sso_url=f"{address}/sso", roles={"auditor": ["engineers"]}, idp_initiated=True)
    settings.LOGIN_PROVIDERS = (provider,)
    return provider


def test_somebody_new_logs_in_by_saml_and_comes_to_the_page_that_they_asked_for(
    transactional_db: None, cast: Cast, configured: SamlProvider, live_server: LiveServer, browser: Browser, tmp_path: Path
) -> None:
    (address,) = configured.origins
    company = IdentityProvider(tmp_path, portal=toolkit.metadata(configured), address=address)
    context = browser.new_context(base_url=live_server.url, locale="ja-JP", viewport=PHONE, reduced_motion="reduce")
    hanako = Traveller(context.new_page(), "hanako", "ja", PICTURES / "ja-saml")
    with running(company):
        hanako.page.goto("/me/")
        hanako.look("saml-ways-in")
        hanako.page.get_by_role("button", name="Company ID").click()
        expect(hanako.page).to_have_url("/me/")
    assert User.objects.get(username="hanako").is_auditor
    # What was kept between the two steps is gone.
    assert [one["name"] for one in context.cookies() if one["name"] in ("saml", "sessionid")] == ["sessionid"]
    hanako.page.goto("/log-in/")
    hanako.look("saml-providers")
    context.close()
