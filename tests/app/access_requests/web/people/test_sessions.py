"""The list of one's own log-ins, and signing out of them; how long each lasts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.checks import run_checks
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access_requests.services.people import sessions
from audits.models import TrailEntry
from portal.users.models import User
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
AGENTS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0": "Edge on Windows",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1": "Safari on iPhone",
    "curl/8.5.0": "another program",
    "<script>alert(1)</script> Firefox/1": "Firefox",
}
AT = "192.0.2.7"


def logged_in(person: User, *, agent: str = "curl/8.5.0", address: str = AT) -> Client:
    browser = Client(headers={"user-agent": agent, "accept-language": "en"}, REMOTE_ADDR=address)
    browser.force_login(person)
    browser.get("/me/")
    return browser


def number_of(browser: Client) -> int:
    return int(UserSession.objects.get(session_key=browser.session.session_key).pk)


@pytest.mark.parametrize("agent", AGENTS)
def test_list_says_which_device_and_from_where(cast: Cast, agent: str) -> None:
    logged_in(cast.member02, address="192.0.2.8")
    page = logged_in(cast.member01, agent=agent).get("/me/sessions/").content.decode()
    assert AGENTS[agent] in page
    assert AT in page
    assert "this one" in page
    assert "192.0.2.8" not in page, "somebody else's"
    assert "alert(1)" not in page


def test_signing_out_elsewhere_is_at_once_and_in_the_trail(cast: Cast) -> None:
    here, elsewhere = logged_in(cast.member01), logged_in(cast.member01, address="192.0.2.9")
    answer = here.post(f"/me/sessions/{number_of(elsewhere)}/end/", follow=True)
    assert "You signed out there." in answer.content.decode()
    assert elsewhere.get("/").status_code == 302
    assert here.get("/").status_code == 200
    entry = TrailEntry.objects.get(act="person.sessions_ended")
    assert (entry.actor, entry.subject, entry.data["reason"]) == ("member01", "person:member01", "signed_out")
    assert len(entry.data["sessions"]) == 1


def test_signing_out_here_leads_to_the_log_in(cast: Cast) -> None:
    here = logged_in(cast.member01)
    assert here.post(f"/me/sessions/{number_of(here)}/end/")["Location"] == "/accounts/login/"
    assert here.get("/").status_code == 302
    assert not Session.objects.filter(session_key=here.session.session_key, session_data__contains="auth").exists()


def test_signing_out_everywhere_else_leaves_this_one(cast: Cast) -> None:
    here, others = logged_in(cast.member01), [logged_in(cast.member01) for _ in range(2)]
    stranger = logged_in(cast.member02)
    assert "2 places" in here.post("/me/sessions/end-others/", follow=True).content.decode()
    assert [browser.get("/").status_code for browser in (here, *others, stranger)] == [200, 302, 302, 200]


def test_nobody_signs_out_somebody_else(cast: Cast) -> None:
    theirs = logged_in(cast.member02)
    assert logged_in(cast.member01).post(f"/me/sessions/{number_of(theirs)}/end/").status_code == 404
    assert theirs.get("/").status_code == 200


def age(browser: Client, **by: timedelta) -> None:
    row = UserSession.objects.get(session_key=browser.session.session_key)
    UserSession.objects.filter(pk=row.pk).update(**{field: getattr(row, field) - lasted for field, lasted in by.items()})


@pytest.mark.parametrize(
    ("who", "aged", "status"),
    [
        ("member01", {"last_seen_at": timedelta(minutes=118)}, 200),
        ("member01", {"last_seen_at": timedelta(minutes=120)}, 302),
        ("admin01", {"last_seen_at": timedelta(minutes=58)}, 200),
        ("admin01", {"last_seen_at": timedelta(minutes=60)}, 302),
        ("member01", {"created_at": timedelta(hours=11, minutes=59)}, 200),
        ("member01", {"created_at": timedelta(hours=12)}, 302),
    ],
)
def test_session_ends_by_its_age_and_without_use(cast: Cast, who: str, aged: dict[str, timedelta], status: int) -> None:
    browser = logged_in(getattr(cast, who))
    age(browser, **aged)
    assert browser.get("/me/").status_code == status
    assert UserSession.objects.exists() is (status == 200)


def test_use_is_written_once_a_minute_and_not_by_pages_that_look_by_themselves(cast: Cast) -> None:
    browser = logged_in(cast.member01)
    age(browser, last_seen_at=timedelta(seconds=30))
    written = UserSession.objects.get().last_seen_at
    browser.get("/me/")
    assert UserSession.objects.get().last_seen_at == written
    age(browser, last_seen_at=timedelta(minutes=2))
    written = UserSession.objects.get().last_seen_at
    browser.get("/", headers={"hx-request": "true"})
    assert UserSession.objects.get().last_seen_at == written
    browser.get("/me/")
    assert UserSession.objects.get().last_seen_at > written


def test_session_from_before_sessions_were_listed_goes_on_and_is_listed(cast: Cast) -> None:
    browser = logged_in(cast.member01)
    UserSession.objects.all().delete()
    assert browser.get("/me/sessions/").status_code == 200
    assert UserSession.objects.get().user == cast.member01


def test_what_is_over_is_forgotten(cast: Cast) -> None:
    old, young = logged_in(cast.member01), logged_in(cast.member01)
    age(old, created_at=timedelta(days=1))
    Session.objects.filter(session_key=old.session.session_key).update(expire_date=timezone.now() - timedelta(hours=1))
    sessions.forget_over(now=timezone.now())
    assert UserSession.objects.get().session_key == young.session.session_key == Session.objects.get().session_key


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("SESSION_COOKIE_AGE", 13 * 3600, "users.W001"),
        ("SESSION_IDLE_MINUTES", 13 * 60, "users.W002"),
        ("SESSION_IDLE_MINUTES_ADMINISTRATOR", 61, "users.W003"),
        ("SESSION_IDLE_MINUTES_ADMINISTRATOR", 4, "users.E001"),
        ("SESSION_IDLE_MINUTES", 0, "users.E001"),
    ],
)
def test_check_names_a_limit_that_is_lax_or_unusable(settings: Settings, name: str, value: int, found: str) -> None:
    ids: Callable[[], set[str | None]] = lambda: {each.id for each in run_checks(include_deployment_checks=True)}  # noqa: E731
    assert not {each for each in ids() if each and each.startswith("users.")}
    setattr(settings, name, value)
    assert found in ids()


def test_administrators_never_have_longer_than_others(settings: Settings) -> None:
    from portal.users import sessions as limits  # noqa: PLC0415

    settings.SESSION_IDLE_MINUTES = 20
    assert limits.idle(administrator=True) == timedelta(minutes=20)
