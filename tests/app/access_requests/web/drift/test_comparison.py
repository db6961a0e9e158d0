"""The comparison of AWS with the portal, as pages show it, and asking for one now."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from access_requests.messages import Task
from access_requests.models import ComparisonAsked, Reconciliation
from portal.outbox.models import Message
from tests.app.access_requests.web.conftest import Browse, laid_out
from tests.worlds.cast import Cast, let_portal_in
from tests.worlds.clock import Clock

PAGES = ("/drift/", "/matrix/")
BUTTON = ">Compare now</button>"


@pytest.mark.parametrize("name", ["drift-list", "matrix"])
def test_administrator_has_aws_compared_now_and_comes_back_to_the_page(cast: Cast, browse: Browse, name: str) -> None:
    response = browse(cast.admin01).post("/drift/compare/", {"from": name}, follow=True)
    assert response.redirect_chain == [({"drift-list": "/drift/", "matrix": "/matrix/"}[name], 302)]
    assert "You asked for a comparison with AWS." in response.content.decode()
    message = Message.objects.get()
    assert (message.task, message.object_id) == (Task.RECONCILE, ComparisonAsked.objects.get(asked_by=cast.admin01).pk)


@pytest.mark.parametrize("who", ["member01", "leader01", "auditor01"])
def test_nobody_else_has_it_compared(cast: Cast, browse: Browse, who: str) -> None:
    client = browse(getattr(cast, who))
    assert client.post("/drift/compare/").status_code == 403
    assert not Message.objects.exists()
    assert all(BUTTON not in client.get(url).content.decode() for url in PAGES)


def test_who_comes_back_from_the_log_in_is_shown_the_list_and_asks_nothing(cast: Cast, browse: Browse) -> None:
    assert browse(cast.admin01).get("/drift/compare/").headers["location"] == "/drift/"
    assert not Message.objects.exists()
    assert browse(cast.admin01).post("/drift/compare/", {"from": "//evil.example"}).headers["location"] == "/drift/"


@pytest.mark.parametrize("url", PAGES)
def test_last_one_says_when_how_long_ago_by_whose_wish_and_what_could_not_be_read(
    cast: Cast, browse: Browse, clock: Clock, url: str
) -> None:
    problems = [
        {"account": "staging", "thing": "", "problem": "AccessDenied"},
        {"account": "jump", "thing": "member02", "problem": "KeyError: 'Tags'"},
    ]
    Reconciliation.objects.create(began_at=clock.now, ended_at=clock.now, asked_by="admin01", problems=problems)
    clock.forward(minutes=7)
    shown = laid_out(browse(cast.auditor01).get(url))
    for fact in (
        *("Last compared", "14:00:00</time>, 7 minutes ago", "asked by admin01", "This could not be compared"),
        *("<code>staging</code> AWS does not let the portal read the account", "<code>member02</code> KeyError"),
        "A worker compares by itself every 3 minutes.",
    ):
        assert fact in shown, fact
    assert "read without a problem" not in shown
    assert "Never read, since the portal has no role there: Production." in shown
    let_portal_in(cast.production)
    assert "Never read" not in browse(cast.auditor01).get(url).content.decode()


@pytest.mark.parametrize("url", PAGES)
def test_one_under_way_is_said_beside_the_last_and_no_other_is_asked_for(
    cast: Cast, browse: Browse, clock: Clock, url: str
) -> None:
    Reconciliation.objects.create(began_at=clock.now - timedelta(minutes=3), ended_at=clock.now)
    running = Reconciliation.objects.create(began_at=clock.now, alive_at=clock.now, running=True, asked_by="admin01")
    shown = laid_out(browse(cast.admin01).get(url))
    assert '<span class="tag waits">running</span> since' in shown
    assert "less than a minute ago" in shown
    assert "read without a problem" in shown
    assert 'hx-trigger="every 2s"' in shown
    assert BUTTON not in shown
    Reconciliation.objects.filter(pk=running.pk).update(alive_at=clock.now - timedelta(minutes=4))
    shown = browse(cast.admin01).get(url).content.decode()
    assert "did not come to an end" in shown
    assert BUTTON in shown


@pytest.mark.parametrize("url", PAGES)
def test_pace_is_said_as_it_is_set(cast: Cast, browse: Browse, clock: Clock, settings: Settings, url: str) -> None:
    settings.RECONCILE_SECONDS, settings.SETTLING_SECONDS = 30, 5
    Reconciliation.objects.create(began_at=clock.now, alive_at=clock.now, running=True, asked_by="admin01")
    shown = browse(cast.admin01).get(url).content.decode()
    assert "A worker compares by itself every 30 seconds." in shown
    assert "What AWS may only show late is looked at a second time, at most 5 seconds later." in shown


@pytest.mark.parametrize("url", PAGES)
def test_where_none_ever_ran_it_is_said_that_nothing_is_known(cast: Cast, browse: Browse, url: str) -> None:
    shown = browse(cast.admin01).get(url).content.decode()
    assert "AWS has not been compared with the portal yet, so nothing is known of what differs." in shown
    assert BUTTON in shown
