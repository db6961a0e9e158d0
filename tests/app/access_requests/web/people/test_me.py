"""One's own language and time zone."""

from datetime import timedelta

import pytest

from tests.app.access_requests.web.conftest import Browse
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock
from tests.worlds.story import elevated


def test_language_and_zone_are_kept_and_used_at_once(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevated(cast.member01, cast.leader01, now=clock.now, starts_at=clock.now + timedelta(hours=1))
    client = browse(cast.member01)
    page = client.post("/me/", {"language": "ja", "time_zone": "Europe/Berlin"}, follow=True).content.decode()
    assert "保存しました。" in page
    assert "member01 · CET" in page
    assert "2026-11-23 07:00〜07:30" in client.get("/").content.decode()


@pytest.mark.parametrize(
    "typed", [{"time_zone": "Mars/Olympus"}, {"time_zone": "localtime"}, {"time_zone": "Factory"}, {"language": "tlh"}]
)
def test_what_there_is_not_is_refused(cast: Cast, browse: Browse, typed: dict[str, str]) -> None:
    assert browse(cast.member01).post("/me/", typed).status_code == 422
    cast.member01.refresh_from_db()
    assert (cast.member01.language, cast.member01.time_zone) == ("", "")


def test_without_a_choice_the_browser_decides_and_japanese_is_the_rest(cast: Cast, browse: Browse) -> None:
    assert "You are not in production" in browse(cast.member01).get("/").content.decode()
    assert "本番アクセス中ではありません" in browse(cast.member01, language="ja").get("/").content.decode()
    assert "本番アクセス中ではありません" in browse(cast.member01, language="fr").get("/").content.decode()


def test_switch_of_language_stays_with_the_person_and_leads_nowhere_else(cast: Cast, browse: Browse) -> None:
    client = browse(cast.member01)
    answer = client.post("/language/", {"language": "ja", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    assert client.post("/language/", {"language": "ja", "next": "/queue/"})["Location"] == "/queue/"
    assert "本番アクセス中ではありません" in browse(cast.member01).get("/").content.decode()


def test_stranger_switches_language_before_the_log_in(browse: Browse, db: None) -> None:
    client = browse()
    client.post("/language/", {"language": "ja", "next": "/accounts/login/"})
    assert "ログイン" in client.get("/accounts/login/").content.decode()
