"""One's own tokens: seen and revoked by oneself, and by nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.idp.oidc.models import Token
from django.test import Client
from django.utils import timezone

from access_requests.models import ApiClient, PersonalToken
from audits.models import TrailEntry
from portal.users.models import User
from tests.stand_ins.bots import Bot, make_personal_client, own_token_of, refused
from tests.worlds.browsers import logged_in as browser
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scripts(cast: Cast) -> ApiClient:
    return make_personal_client("scripts", cast)


def test_everybody_sees_their_own_and_nobody_elses(scripts: ApiClient, cast: Cast) -> None:
    own_token_of(cast.member01, scripts, "requests:read", "decisions:write")
    row = PersonalToken.objects.get()
    page = browser(cast.member01).get("/me/tokens/").content.decode()
    for said in (row.code, "The scripts", "See requests and elevations", "Approve, reject, send back and stop", "not yet"):
        assert said in page
    for other in (cast.member02, cast.admin01):
        assert row.code not in browser(other).get("/me/tokens/").content.decode()


def test_revoked_it_opens_nothing_and_the_trail_says_so(scripts: ApiClient, member01: User) -> None:
    bot = Bot(own_token_of(member01, scripts, "requests:read"), Client())
    code = PersonalToken.objects.get().code
    page = browser(member01).post(f"/me/tokens/{code}/revoke/", follow=True)
    assert f"You revoked {code}" in page.content.decode()
    refused(bot.get("/me"), 401, "token_unusable")
    entry = TrailEntry.objects.get(subject=f"token:{code}")
    assert (entry.act, entry.actor, entry.data["after"]) == ("token.revoked", "member01", None)
    assert (entry.data["before"]["client"], entry.data["before"]["person"]) == ("scripts", "member01")


def test_nobody_revokes_anothers(scripts: ApiClient, cast: Cast) -> None:
    own_token_of(cast.member01, scripts, "requests:read")
    code = PersonalToken.objects.get().code
    for other in (cast.member02, cast.admin01):
        assert browser(other).post(f"/me/tokens/{code}/revoke/").status_code == 404
        browser(other).post("/me/tokens/revoke/")
    assert PersonalToken.objects.exists()


def test_all_end_at_once_those_that_were_not_collected_too(scripts: ApiClient, cast: Cast) -> None:
    for scope in ("requests:read", "requests:write"):
        own_token_of(cast.member01, scripts, scope)
    PersonalToken.objects.filter(scopes=["requests:write"]).update(token=None)
    own_token_of(cast.member02, scripts, "audit:read")
    browser(cast.member01).post("/me/tokens/revoke/")
    assert PersonalToken.objects.get().person == cast.member02
    assert TrailEntry.objects.filter(act="token.revoked").count() == 2


def test_looking_ends_nothing(scripts: ApiClient, member01: User) -> None:
    own_token_of(member01, scripts, "requests:read")
    code = PersonalToken.objects.get().code
    for path in ("revoke/", f"{code}/revoke/"):
        assert browser(member01).get(f"/me/tokens/{path}")["Location"] == "/me/tokens/"
    assert Token.objects.exists()


def test_expired_ones_are_not_shown(scripts: ApiClient, member01: User) -> None:
    own_token_of(member01, scripts, "requests:read")
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "No program acts for you" in browser(member01).get("/me/tokens/").content.decode()


def test_list_is_paged_and_costs_the_same_for_many(
    scripts: ApiClient, member01: User, django_assert_max_num_queries: Any
) -> None:
    http = browser(member01)
    for number in range(51):
        own_token_of(member01, scripts, f"{number:02}")
    with django_assert_max_num_queries(9):
        page = http.get("/me/tokens/").content.decode()
    assert page.count("/revoke/") == 50 + 1
    oldest = PersonalToken.objects.order_by("pk").first()
    assert oldest is not None
    assert oldest.code not in page
    last_shown = PersonalToken.objects.order_by("pk")[1]
    assert oldest.code in http.get(f"/me/tokens/?after={last_shown.code}").content.decode()
