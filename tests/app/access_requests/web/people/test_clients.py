"""The pages of API clients: who reads them, who makes, changes, rotates, revokes and brings back."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from allauth.idp.oidc.models import Token
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from access_requests.models import ApiClient, KeptIn
from access_requests.services.record import marks
from audits.models import TrailEntry
from portal.users.models import User
from tests.stand_ins.bots import SCOPES, Bot, make_client, make_personal_client, own_token_of, read, refused, token_of
from tests.worlds.browsers import logged_in as browser
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = {
    "key": "deploy-bot",
    "kind": "service",
    "name": "Deployments",
    "scopes": ["requests:read", "requests:write"],
    "whom": "listed",
    "people": "member01\nleader01",
    "work_groups": ["ProdMemberWorkGroup"],
    "source_addresses": "127.0.0.0/8, ::1/128",
}


@pytest.fixture
def admin(admin01: User) -> Client:
    return browser(admin01)


@pytest.fixture
def here(cast: Cast) -> ApiClient:
    """A service that is kept in the browser."""
    client = make_client("here", cast)
    client.kept_in = KeptIn.BROWSER
    client.save()
    return client


def secret_on(page: Any) -> str:
    """Return the secret that a page shows."""
    text = page.content.decode()
    return unescape(text[text.index("data-once") :].split("<code>")[1].split("</code>")[0])


def token_for(client_id: str, secret: str) -> HttpResponse:
    fields = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    answer = Client().post("/identity/o/api/token", fields)
    assert isinstance(answer, HttpResponse)
    return answer


def acts_of(key: str) -> list[tuple[str, str]]:
    return list(TrailEntry.objects.filter(subject=f"client:{key}").order_by("pk").values_list("act", "actor"))


def changed_form(**changes: Any) -> dict[str, Any]:
    return {**{name: value for name, value in TYPED.items() if name not in ("key", "kind")}, **changes}


class TestMaking:
    def test_client_is_made_its_secret_shown_once_and_it_may_do_what_was_said(self, admin: Client, member01: User) -> None:
        page = admin.post("/clients/new/", TYPED)
        assert page.status_code == 200
        assert "no-store" in page["Cache-Control"]
        secret = secret_on(page)
        client = ApiClient.objects.get(key="deploy-bot")
        assert (client.kept_in, client.kind, client.oauth_client_id) == ("browser", "service", "deploy-bot")
        assert secret not in client.oauth_client.secret
        given = read(token_for("deploy-bot", secret))
        assert set(given["scope"].split()) == {"requests:read", "requests:write"}
        told = read(Bot(given["access_token"], Client()).get("/me", for_person=member01))
        assert told["person"]["username"] == "member01"
        refused(Bot(given["access_token"], Client()).get("/me", for_person="slack:U0MEMBER02"), 403, "client_not_allowed")
        assert secret not in admin.get("/clients/deploy-bot/").content.decode()
        entry = TrailEntry.objects.get(subject="client:deploy-bot")
        assert (entry.act, entry.actor, entry.data["before"]) == ("client.added", "admin01", None)
        assert entry.data["after"] == {
            "client_id": "deploy-bot",
            "name": "Deployments",
            "kind": "service",
            "kept_in": "browser",
            "scopes": ["requests:read", "requests:write"],
            "people": ["leader01", "member01"],
            "work_groups": ["ProdMemberWorkGroup"],
            "source_addresses": ["127.0.0.0/8", "::1/128"],
            "may_name_by_email": False,
            "owners": ["admin01"],
            "secret": "set",
            # By it a secret is found that somebody put in its place behind the portal's back.
            "mark": marks.of(client.oauth_client.secret),
        }

    def test_no_administrator_makes_a_service_that_decides_in_other_peoples_names(self, admin: Client) -> None:
        """They would know its secret, and approve by it what they asked for themselves."""
        page = admin.post("/clients/new/", {**TYPED, "scopes": ["requests:read", "decisions:write"]})
        assert page.status_code == 422
        assert "A service that may decide is kept in the catalogue file" in unescape(page.content.decode())
        assert not ApiClient.objects.exists()
        own = {**TYPED, "kind": "personal", "whom": "everyone", "people": "", "scopes": ["requests:read", "decisions:write"]}
        assert admin.post("/clients/new/", own, follow=True).redirect_chain == [("/clients/deploy-bot/", 302)]

    def test_page_that_is_sent_again_makes_no_other_and_shows_no_secret(self, admin: Client) -> None:
        admin.post("/clients/new/", TYPED)
        again = admin.post("/clients/new/", TYPED)
        assert again.status_code == 422
        assert "data-once" not in again.content.decode()
        assert acts_of("deploy-bot") == [("client.added", "admin01")]

    def test_personal_client_has_no_secret_and_names_nobody(self, admin: Client) -> None:
        typed = {**TYPED, "kind": "personal", "whom": "everyone", "people": ""}
        refusal = admin.post("/clients/new/", {**typed, "may_name_by_email": "on"})
        assert refusal.status_code == 422
        page = admin.post("/clients/new/", typed, follow=True)
        assert page.redirect_chain == [("/clients/deploy-bot/", 302)]
        client = ApiClient.objects.get()
        assert (client.kind, client.everyone, client.oauth_client.type) == ("personal", True, "public")
        given = Client().post("/identity/o/api/device/code", {"client_id": "deploy-bot"})
        assert given.status_code == 200

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"key": "Deploy Bot"}, "small letters"),
            ({"key": "new"}, "small letters"),
            ({"key": ""}, "Fill this in."),
            ({"name": ""}, "Fill this in."),
            ({"name": "\x00"}, "Null characters"),
            ({"scopes": []}, "Fill this in."),
            ({"scopes": ["everything"]}, "everything"),
            ({"people": "member01 nobody"}, "There is nobody called nobody."),
            ({"work_groups": ["Elsewhere"]}, "Elsewhere"),
            ({"source_addresses": "192.0.2.1/24"}, "This is no network"),
            ({"source_addresses": "everywhere"}, "This is no network"),
            ({"kind": "other"}, "other"),
        ],
    )
    def test_what_cannot_be_used_is_said_beside_its_field(self, admin: Client, changes: dict[str, Any], says: str) -> None:
        page = admin.post("/clients/new/", {**TYPED, **changes})
        assert page.status_code == 422
        assert says in page.content.decode()
        assert not ApiClient.objects.exists()

    def test_key_of_a_revoked_client_stays_taken(self, admin: Client, here: ApiClient) -> None:
        admin.post("/clients/here/revoke/")
        page = admin.post("/clients/new/", {**TYPED, "key": "here"})
        assert page.status_code == 422
        assert "already, perhaps a revoked one" in page.content.decode()


class TestChanging:
    def test_form_shows_the_client_as_it_is(self, admin: Client, here: ApiClient, member01: User) -> None:
        here.everyone = False
        here.save()
        here.people.set([member01])
        page = admin.get("/clients/here/change/").content.decode()
        assert "member01</textarea>" in page
        assert "127.0.0.0/8</textarea>" in page
        assert page.count(" checked") == len(SCOPES) + 2 + 1

    def test_lists_hold_from_the_next_call_on_and_tokens_stay(self, admin: Client, here: ApiClient, member02: User) -> None:
        scopes = [scope for scope in SCOPES if scope != "decisions:write"]
        here.oauth_client.set_scopes(scopes)
        here.oauth_client.save()
        bot = Bot(token_of(here, *scopes), Client())
        assert bot.get("/me", for_person=member02).status_code == 200
        assert admin.post("/clients/here/change/", changed_form(scopes=scopes)).status_code == 302
        refused(bot.get("/me", for_person=member02), 403, "client_not_allowed")
        assert bot.get("/me").status_code == 200
        entry = TrailEntry.objects.get(act="client.changed")
        assert (entry.data["before"]["people"], entry.data["after"]["people"]) == ("everyone", ["leader01", "member01"])
        assert "tokens_ended" not in entry.data["after"]

    def test_other_scopes_end_the_tokens(self, admin: Client, here: ApiClient) -> None:
        bot = Bot(token_of(here, *SCOPES), Client())
        admin.post("/clients/here/change/", changed_form())
        refused(bot.get("/me"), 401, "token_unusable")
        assert TrailEntry.objects.get(act="client.changed").data["after"]["tokens_ended"] == 1


class TestSecret:
    def test_rotated_the_old_one_and_its_tokens_are_worth_nothing(self, admin: Client, here: ApiClient) -> None:
        bot = Bot(token_of(here, *SCOPES), Client())
        asked = admin.get("/clients/here/rotate/").content.decode()
        seen = asked.split('name="seen" value="')[1].split('"')[0]
        page = admin.post("/clients/here/rotate/", {"seen": seen})
        secret = secret_on(page)
        assert "no-store" in page["Cache-Control"]
        refused(bot.get("/me"), 401, "token_unusable")
        assert token_for("here", "the bot's own secret").status_code == 401
        assert token_for("here", secret).status_code == 200
        entry = TrailEntry.objects.get(act="client.secret_rotated")
        assert (entry.data["before"]["secret"], entry.data["after"]["secret"]) == ("set", "set anew")
        assert secret not in str(entry.data)

    def test_page_that_is_sent_again_rotates_nothing(self, admin: Client, here: ApiClient) -> None:
        asked = admin.get("/clients/here/rotate/").content.decode()
        seen = {"seen": asked.split('name="seen" value="')[1].split('"')[0]}
        secret = secret_on(admin.post("/clients/here/rotate/", seen))
        for again in (seen, {}):
            answer = admin.post("/clients/here/rotate/", again)
            assert answer.status_code == 409
            assert "data-once" not in answer.content.decode()
        assert token_for("here", secret).status_code == 200
        assert len(acts_of("here")) == 1

    def test_personal_client_has_none_to_rotate(self, admin: Client, cast: Cast) -> None:
        make_personal_client("scripts", cast)
        ApiClient.objects.update(kept_in=KeptIn.BROWSER)
        assert admin.get("/clients/scripts/rotate/")["Location"] == "/clients/scripts/"
        assert admin.post("/clients/scripts/rotate/").status_code == 409


class TestRevoking:
    def test_all_tokens_end_at_once_and_it_is_refused_from_then_on(self, admin: Client, here: ApiClient) -> None:
        bot = Bot(token_of(here, *SCOPES), Client())
        assert "1 live token ends" in admin.get("/clients/here/revoke/").content.decode()
        admin.post("/clients/here/revoke/")
        refused(bot.get("/me"), 401, "token_unusable")
        assert token_for("here", "the bot's own secret").status_code == 401
        assert not Token.objects.exists()
        # Kept for the record, and not in the way.
        assert "/clients/here/" not in admin.get("/clients/").content.decode()
        assert "revoked" in admin.get("/clients/?all=1").content.decode()
        assert admin.get("/clients/here/").status_code == 200
        assert admin.post("/clients/here/revoke/").status_code == 409
        assert acts_of("here") == [("client.revoked", "admin01")]

    def test_peoples_own_tokens_end_with_the_client(self, admin: Client, cast: Cast) -> None:
        scripts = make_personal_client("scripts", cast)
        mine = Bot(own_token_of(cast.member01, scripts, *SCOPES), Client())
        admin.post("/clients/scripts/revoke/")
        refused(mine.get("/me"), 401, "token_unusable")
        answer = Client().post("/identity/o/api/device/code", {"client_id": "scripts"})
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})

    def test_brought_back_it_has_another_secret(self, admin: Client, here: ApiClient) -> None:
        admin.post("/clients/here/revoke/")
        assert admin.get("/clients/here/restore/").status_code == 200
        secret = secret_on(admin.post("/clients/here/restore/"))
        assert token_for("here", "the bot's own secret").status_code == 401
        assert token_for("here", secret).status_code == 200
        assert admin.post("/clients/here/restore/").status_code == 409
        assert [act for act, _actor in acts_of("here")] == ["client.revoked", "client.restored"]

    def test_revoked_it_cannot_be_changed(self, admin: Client, here: ApiClient) -> None:
        admin.post("/clients/here/revoke/")
        assert admin.get("/clients/here/change/").status_code == 302
        assert admin.post("/clients/here/change/", changed_form()).status_code == 409
        assert admin.post("/clients/here/rotate/").status_code == 409


class TestKeptInTheFile:
    def test_can_only_be_revoked(self, admin: Client, cast: Cast) -> None:
        make_client("of-the-file", cast)
        page = admin.get("/clients/of-the-file/").content.decode()
        assert "The catalogue file says what this client may" in page
        assert "/clients/of-the-file/change/" not in page
        for path in ("change", "rotate"):
            assert admin.get(f"/clients/of-the-file/{path}/").status_code == 302
        assert admin.post("/clients/of-the-file/change/", changed_form()).status_code == 403
        assert admin.post("/clients/of-the-file/rotate/").status_code == 403
        assert acts_of("of-the-file") == []
        admin.post("/clients/of-the-file/revoke/")
        assert ApiClient.objects.get().kept_in == KeptIn.BROWSER


class TestReading:
    def test_auditors_read_and_change_nothing(self, auditor01: User, here: ApiClient) -> None:
        http = browser(auditor01)
        assert http.get("/clients/").status_code == 200
        page = http.get("/clients/here/").content.decode()
        assert "/clients/here/revoke/" not in page
        for path in ("new/", "here/change/", "here/rotate/", "here/revoke/", "here/restore/"):
            assert http.get(f"/clients/{path}").status_code == 403
            assert http.post(f"/clients/{path}", TYPED).status_code == 403
        assert not TrailEntry.objects.exists()

    def test_nobody_else_reads(self, leader01: User, here: ApiClient) -> None:
        for path in ("", "here/", "new/"):
            assert browser(leader01).get(f"/clients/{path}").status_code == 403

    def test_list_says_when_each_was_last_used_and_how_many_tokens_live(self, admin: Client, here: ApiClient) -> None:
        token_of(here, "requests:read")
        expired = Token.objects.get(hash=Token.objects.by_value(token_of(here, "audit:read")).get().hash)
        Token.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        page = admin.get("/clients/").content.decode()
        assert "never" in page
        assert "1 live token" in page
        ApiClient.objects.update(last_used_at=timezone.now())
        assert "never" not in admin.get("/clients/").content.decode()

    def test_list_without_clients_says_how_they_come(self, admin: Client) -> None:
        assert "No client" in admin.get("/clients/").content.decode()

    def test_list_is_paged_and_costs_the_same_for_many(
        self, admin: Client, cast: Cast, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(60):
            make_client(f"bot-{number:02}", cast)
        with django_assert_max_num_queries(13):
            first = admin.get("/clients/").content.decode()
        assert "bot-49" in first
        assert "bot-50" not in first
        second = admin.get("/clients/?after=bot-49").content.decode()
        assert "bot-59" in second
        assert "bot-49" in admin.get("/clients/?before=bot-50").content.decode()

    def test_name_that_hides_something_is_seen_through(self, admin: Client, here: ApiClient) -> None:
        here.oauth_client.name = "<script>\u202ebot"
        here.oauth_client.save()
        page = admin.get("/clients/").content.decode()
        assert "<script>\u202e" not in page
        assert "⟦U+202E⟧" in page
