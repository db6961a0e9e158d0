"""The page on which administrators make and revoke the tokens of directories."""

import re

import pytest
from django.test import Client

from access_requests.models import ScimToken
from audits.models import TrailEntry
from tests.app.access_requests.scim.conftest import Directory
from tests.worlds.browsers import logged_in
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db


def test_token_is_shown_once_and_opens_the_door_until_it_is_revoked(company: Directory, cast: Cast) -> None:
    browser = logged_in(cast.admin01)
    assert "New token for Company ID?" in browser.get("/directories/company/tokens/new/").content.decode()
    page = browser.post("/directories/company/tokens/new/").content.decode()
    secret = re.search(r"sekisho_scim_[A-Za-z0-9_-]{43}", page)
    made = ScimToken.objects.latest("pk")
    assert secret is not None
    assert secret[0] not in str(ScimToken.objects.values()) + str(TrailEntry.objects.values())
    listed = browser.get("/directories/").content.decode()
    assert (made.code in listed, company.token.code in listed, secret[0] in listed) == (True, True, False)
    directory = Client(headers={"Authorization": f"Bearer {secret[0]}"})
    assert directory.get("/scim/v2/Users").status_code == 200
    browser.post(f"/directories/tokens/{made.code}/revoke/")
    assert directory.get("/scim/v2/Users").status_code == 401
    assert browser.post(f"/directories/tokens/{made.code}/revoke/").status_code == 409
    acts = TrailEntry.objects.filter(subject=f"scim_token:{made.code}").order_by("pk").values_list("act", "actor")
    assert list(acts) == [("scim_token.made", "admin01"), ("scim_token.revoked", "admin01")]


def test_auditor_reads_and_makes_none(company: Directory, cast: Cast) -> None:
    browser = logged_in(cast.auditor01)
    assert "New token" not in browser.get("/directories/").content.decode()
    assert browser.post("/directories/company/tokens/new/").status_code == 403
    assert browser.post(f"/directories/tokens/{company.token.code}/revoke/").status_code == 403


def test_provider_that_provisions_nobody_has_no_tokens(cast: Cast) -> None:
    browser = logged_in(cast.admin01)
    assert "No directory" in browser.get("/directories/").content.decode()
    assert browser.post("/directories/company/tokens/new/").status_code == 404
