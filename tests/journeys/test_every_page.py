"""Every page as it is seen: in both languages, on desk and phone, by day and by night, with something on it and with nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.journeys.conftest import Travel
from tests.story import approved, elevated, rejected, sent_back, submitted

EYES = [("en", False, False), ("ja", True, True), ("ja", False, True), ("en", True, False)]
LONG = "作業計画" * 60 + " " + "x" * 200


@pytest.fixture
def company(cast: Cast, transactional_db: None) -> dict[str, str]:
    """Return what there is to look at: name -> code."""
    now = timezone.now()
    waiting = submitted(cast.member02, now=now, reason=LONG, plan="1.\n2.", impact="none", way_back="\u202eback")
    half = submitted(cast.member02, now=now, work_groups=["ProdLeaderWorkGroup"])
    approved(half, cast.leader02, now=now, comment="first of two")
    back = sent_back(submitted(cast.member01, now=now), cast.leader01, now=now)
    rejected(submitted(cast.member01, now=now), cast.leader01, now=now)
    running = elevated(cast.member01, cast.leader01, now=now - timedelta(minutes=5), duration_minutes=60)
    elevated(cast.leader02, cast.leader01, now=now, starts_at=now + timedelta(hours=2), duration_minutes=60)
    return {
        "waiting": waiting.code,
        "half": half.code,
        "back": back.code,
        "elevation": running.code,
        "done": running.request.code,
    }


@pytest.mark.parametrize(("language", "phone", "dark"), EYES)
def test_engineers_pages(company: dict[str, str], travel: Travel, language: str, phone: bool, dark: bool) -> None:  # noqa: FBT001
    person = travel("member01", language=language, phone=phone, dark=dark)
    pages = {
        "home": "/",
        "requests": "/requests/",
        "request": f"/requests/{company['done']}/",
        "request-sent-back": f"/requests/{company['back']}/",
        "request-new": "/requests/new/",
        "request-again": f"/requests/new/?revises={company['back']}",
        "queue-empty": "/queue/",
        "elevations": "/elevations/",
        "elevation": f"/elevations/{company['elevation']}/",
        "elevation-extend": f"/elevations/{company['elevation']}/extend/",
        "elevation-return": f"/elevations/{company['elevation']}/return/",
        "catalogue": "/catalogue/",
        "me": "/me/",
        "password": "/accounts/password/change/",
        "log-out": "/accounts/logout/",
        "not-there": "/requests/R-00000000/",
        "not-open": "/admin/",
    }
    for name, url in pages.items():
        person.page.goto(url)
        person.look(name)


@pytest.mark.parametrize(("language", "phone", "dark"), EYES)
def test_leads_and_readers_pages(company: dict[str, str], travel: Travel, language: str, phone: bool, dark: bool) -> None:  # noqa: FBT001
    lead = travel("leader01", language=language, phone=phone, dark=dark)
    pages = {
        "lead-home": "/",
        "queue": "/queue/",
        "request-to-decide": f"/requests/{company['waiting']}/",
        "request-second-level": f"/requests/{company['half']}/",
        "elevation-stop": f"/elevations/{company['elevation']}/stop/",
        "requests-nothing": "/requests/?words=nothing",
        "elevations-past": "/elevations/?all=1",
    }
    for name, url in pages.items():
        lead.page.goto(url)
        lead.look(name)
    reader = travel("auditor01", language=language, phone=phone, dark=dark)
    for name, url in {"empty-home": "/", "all-requests": "/requests/"}.items():
        reader.page.goto(url)
        reader.look(name)


@pytest.mark.parametrize(("language", "phone", "dark"), EYES)
def test_form_that_was_refused(company: dict[str, str], travel: Travel, language: str, phone: bool, dark: bool) -> None:  # noqa: FBT001
    person = travel("member01", language=language, phone=phone, dark=dark)
    person.page.goto("/requests/new/")
    person.page.fill("[name=duration_minutes]", "100000")
    person.press("Ask for access")
    person.page.get_by_role("alert").get_by_role("link").first.click()
    person.look("request-new-refused")
