"""Who is let in, and what every page carries."""

import pytest
from django.test import Client

from tests.app.access_requests.web.conftest import Browse
from tests.worlds.cast import PASSWORD, Cast


def test_stranger_is_sent_to_the_log_in_and_back(cast: Cast, browse: Browse) -> None:
    client = browse()
    assert client.get("/queue/")["Location"] == "/accounts/login/?next=/queue/"
    answer = client.post("/accounts/login/?next=/queue/", {"login": "member01", "password": PASSWORD})
    assert answer["Location"] == "/queue/"


def test_log_in_never_leads_elsewhere(cast: Cast, browse: Browse) -> None:
    typed = {"login": "member01", "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert browse().post("/accounts/login/", typed)["Location"] == "/"


@pytest.mark.parametrize("typed", [{"login": "leader01", "password": "wrong"}, {"login": "nobody", "password": "wrong"}])
def test_wrong_log_ins_are_told_the_same(cast: Cast, browse: Browse, typed: dict[str, str]) -> None:
    page = browse().post("/accounts/login/", typed).content.decode()
    assert "The username and/or password you specified are not correct." in page


def test_disabled_person_is_out_at_once(cast: Cast, browse: Browse) -> None:
    client = browse(cast.member01)
    assert client.get("/").status_code == 200
    cast.member01.is_active = False
    cast.member01.save()
    assert client.get("/")["Location"].startswith("/accounts/login/")
    answer = browse().post("/accounts/login/", {"login": "member01", "password": PASSWORD})
    assert answer.get("Location") != "/"


def test_nobody_makes_an_account_or_asks_for_mail(browse: Browse, db: None) -> None:
    for page in ("signup", "email", "password/reset", "login/code"):
        assert browse().get(f"/accounts/{page}/").status_code == 404
    assert "Forgot" not in browse().get("/accounts/login/").content.decode()


def test_after_log_out_nothing_can_be_gone_back_to(cast: Cast, browse: Browse) -> None:
    client = browse(cast.member01)
    assert "no-store" in client.get("/")["Cache-Control"]
    client.post("/accounts/logout/")
    assert client.get("/").status_code == 302


def test_every_page_forbids_foreign_scripts_frames_and_sniffing(cast: Cast, browse: Browse) -> None:
    for url in ("/", "/requests/new/", "/accounts/login/", "/no-such-page/"):
        answer = browse(cast.member01).get(url, follow=True)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
        page = answer.content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page


def test_only_those_who_read_everything_enter_the_administration(cast: Cast, browse: Browse) -> None:
    for person, status in ((cast.admin01, 200), (cast.auditor01, 200), (cast.member01, 403), (cast.leader01, 403)):
        assert browse(person).get("/admin/", follow=True).status_code == status


def test_health_is_open_to_everybody(db: None) -> None:
    assert Client().get("/healthz").status_code == 200
