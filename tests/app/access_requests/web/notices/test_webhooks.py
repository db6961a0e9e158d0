"""Webhooks as administrators keep them and auditors read them, and the log of what was sent."""

import re
import socket
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from standardwebhooks import Webhook

from access_requests.models import Delivery, WebhookEndpoint, WorkGroup
from access_requests.services.notices import delivering, sending, telling
from access_requests.services.notices.webhooks import sealing
from audits.models import TrailEntry
from tests.app.access_requests.web.conftest import Browse
from tests.stand_ins.webhook_receivers import Receiver, receiving
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock
from tests.worlds.story import submitted

HTMX = {"hx-request": "true"}
LIST_QUERIES, LOG_QUERIES = 8, 8


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def admin(cast: Cast, browse: Browse, clock: Clock) -> Client:
    return browse(cast.admin01)


def typed(receiver: Receiver, **changes: Any) -> dict[str, Any]:
    return {"name": "ops chat", "url": receiver.url, "language": "en", **changes}


def added(admin: Client, receiver: Receiver, **changes: Any) -> tuple[WebhookEndpoint, str]:
    """Add one by the form; return it with the secret that the page shows."""
    response = admin.post("/webhooks/new/", typed(receiver, **changes))
    found = re.search(r"whsec_[\w+/=]+", text(response))
    assert found, text(response)
    return WebhookEndpoint.objects.order_by("id").last(), found[0]  # type: ignore[return-value]  # One was just made.


def text(response: Any) -> str:
    return unescape(response.content.decode())


def page(client: Client, url: str, **headers: str) -> str:
    response = client.get(url, headers=headers)
    assert response.status_code == 200
    return text(response)


def work(clock: Clock) -> None:
    """Do what the notices' worker does."""
    telling.tell(now=clock.now)
    for _, pk in delivering.due(now=clock.now):
        sending.deliver(pk, now=clock.now)


def test_administrator_adds_one_and_sees_its_secret_once(admin: Client, receiver: Receiver) -> None:
    made, secret = added(admin, receiver, acts=["request.approved"], work_groups=["ProdMemberWorkGroup"], with_details="on")
    assert Webhook(secret)
    assert sealing.opened(made.secret) == secret
    assert (made.acts, made.with_details, made.made_by) == (["request.approved"], True, "admin01")
    shown = page(admin, f"/webhooks/{made.code}/")
    for fact in ("ops chat", receiver.url, "approved", "ProdMemberWorkGroup", "are sent", "Nothing was sent there yet"):
        assert fact in shown, fact
    for url in (f"/webhooks/{made.code}/", f"/webhooks/{made.code}/change/", "/webhooks/", "/admin/"):
        assert secret not in page(admin, url)
        assert made.secret not in page(admin, url)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, "Fill this in."),
        ({"url": "ftp://chat.example.com/"}, "Give an address such as"),
        (
            {"url": "https://169.254.169.254/latest/"},
            "169.254.169.254 leads to 169.254.169.254, which is not on the public internet",
        ),
        ({"url": "https://0x7f.1/", "name": "<script>"}, ""),
        ({"language": "tlh"}, "tlh is not one of the available choices"),
        ({"acts": ["request.deleted"]}, "request.deleted is not one of the available choices"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(
    admin: Client, receiver: Receiver, changes: dict[str, Any], says: str
) -> None:
    response = admin.post("/webhooks/new/", typed(receiver, **changes))
    if says:
        assert response.status_code == 422
        assert says in text(response)
        assert WebhookEndpoint.objects.count() == 0
    else:  # Loopback may be called in tests, however it is written; and a name is shown, and run by nobody.
        assert response.status_code == 200
        assert "<script>" not in admin.get("/webhooks/").content.decode().replace('<script src="', "")


def test_name_servers_that_take_their_time_hold_up_nobody(
    admin: Client, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite a transaction is the write lock: no grant and no end may wait for a look-up."""
    looked_up, look_up = [], socket.getaddrinfo

    def noting(*given: Any, **more: Any) -> Any:
        looked_up.append(len(connection.savepoint_ids))
        return look_up(*given, **more)

    at_rest = len(connection.savepoint_ids)
    monkeypatch.setattr(socket, "getaddrinfo", noting)
    endpoint, _secret = added(admin, receiver)
    admin.post(f"/webhooks/{endpoint.code}/change/", typed(receiver, name="other"))
    assert looked_up == [at_rest, at_rest]


def test_a_group_that_was_retired_meanwhile_still_narrows(admin: Client, receiver: Receiver, cast: Cast, clock: Clock) -> None:
    """None chosen means all: changing the name alone must not come to that."""
    endpoint, _secret = added(admin, receiver, work_groups=["ProdMemberWorkGroup"])
    WorkGroup.objects.update(retired_at=clock.now)
    form = page(admin, f"/webhooks/{endpoint.code}/change/")
    assert 'value="ProdMemberWorkGroup"' in form
    admin.post(f"/webhooks/{endpoint.code}/change/", typed(receiver, name="other", work_groups=["ProdMemberWorkGroup"]))
    assert [group.name for group in endpoint.work_groups.all()] == ["ProdMemberWorkGroup"]


def test_name_that_is_taken_is_refused(admin: Client, receiver: Receiver) -> None:
    added(admin, receiver)
    response = admin.post("/webhooks/new/", typed(receiver))
    assert response.status_code == 422
    assert "There is one of this name already." in text(response)


def test_change_begins_with_what_is_and_is_recorded(admin: Client, receiver: Receiver) -> None:
    made, _ = added(admin, receiver, acts=["request.approved"])
    form = page(admin, f"/webhooks/{made.code}/change/")
    assert 'value="ops chat"' in form
    assert re.search(r'value="request.approved"[^>]*checked', form)
    response = admin.post(f"/webhooks/{made.code}/change/", typed(receiver, name="leads", language="ja"), follow=True)
    assert "leads" in text(response)
    made.refresh_from_db()
    assert (made.acts, made.language) == ([], "ja")
    assert TrailEntry.objects.get(act="webhook.changed").actor == "admin01"


def test_test_says_on_the_page_whether_it_arrived(admin: Client, receiver: Receiver, clock: Clock) -> None:
    made, _ = added(admin, receiver)
    url = f"/webhooks/{made.code}/"
    waiting = text(admin.post(f"{url}test/", follow=True))
    assert "It is on its way." in waiting
    assert 'hx-trigger="every 2s"' in waiting
    receiver.status, receiver.said = 200, b"thank you"
    work(clock)
    part = page(admin, url, **HTMX)
    assert "<html" not in part
    assert "HTTP 200 thank you" in part
    assert 'hx-trigger="every 20s"' in part
    receiver.status, receiver.said = 301, b""
    admin.post(f"{url}test/")
    work(clock)
    assert "Redirects are not followed" in page(admin, url)
    assert "of the last day reached nobody" not in page(admin, "/")
    assert len(receiver.got) == 2


def test_rotation_asks_first_and_shows_the_new_secret(admin: Client, receiver: Receiver) -> None:
    made, old = added(admin, receiver)
    assert "For a day calls are signed by both" in page(admin, f"/webhooks/{made.code}/rotate/")
    response = admin.post(f"/webhooks/{made.code}/rotate/")
    found = re.search(r"whsec_[\w+/=]+", text(response))
    assert found
    assert found[0] != old
    assert "signs too, until" in page(admin, f"/webhooks/{made.code}/")


def test_disabled_says_why_and_is_enabled_again(admin: Client, receiver: Receiver, clock: Clock) -> None:
    made, _ = added(admin, receiver)
    url = f"/webhooks/{made.code}/"
    assert "Nothing is sent there: an administrator disabled it." in text(admin.post(f"{url}disable/", follow=True))
    WebhookEndpoint.objects.update(disabled_because="failing")
    assert "for days nothing that was sent to it arrived" in page(admin, url)
    assert "what happens from now on is sent there" in text(admin.post(f"{url}enable/", follow=True))
    WebhookEndpoint.objects.update(failing_since=clock.now)
    assert "Nothing has arrived there since <time" in page(admin, url)


def test_deletion_asks_first_and_leaves_the_log(admin: Client, receiver: Receiver, cast: Cast, clock: Clock) -> None:
    made, _ = added(admin, receiver)
    submitted(cast.member01, now=clock.now)
    work(clock)
    assert "Delete ops chat?" in page(admin, f"/webhooks/{made.code}/delete/")
    assert "The webhook ops chat is deleted." in text(admin.post(f"/webhooks/{made.code}/delete/", follow=True))
    assert admin.get(f"/webhooks/{made.code}/").status_code == 404
    assert made.code in page(admin, "/deliveries/")
    assert "No webhooks" in page(admin, "/webhooks/")


def test_log_shows_each_with_its_answer_and_contents(admin: Client, receiver: Receiver, cast: Cast, clock: Clock) -> None:
    added(admin, receiver)
    receiver.status, receiver.said = 503, b"<b>busy</b>\x1b[31m\xe2\x80\xae"
    request = submitted(cast.member01, now=clock.now)
    work(clock)
    delivery = Delivery.objects.get()
    log = page(admin, "/deliveries/")
    for fact in (delivery.code, "ops chat", request.code, "submitted", "waiting", "1 notice waits to be sent, for 0 seconds"):
        assert str(fact) in log, fact
    raw = admin.get(f"/deliveries/{delivery.code}/").content.decode()
    assert "HTTP 503 &lt;b&gt;busy&lt;/b&gt;\\x1b[31m<mark>⟦U+202E⟧</mark>" in raw
    assert "14:00:05" in raw  # The next try.
    assert "&quot;type&quot;: &quot;request.submitted&quot;" in raw
    assert "Send it again" not in raw
    clock.forward(minutes=3)
    assert "1 notice waits to be sent, for 3 minutes" in page(admin, "/webhooks/")


def test_same_is_sent_again_by_a_button_and_said(admin: Client, receiver: Receiver, cast: Cast, clock: Clock) -> None:
    added(admin, receiver)
    submitted(cast.member01, now=clock.now)
    work(clock)
    first = Delivery.objects.get()
    shown = text(admin.post(f"/deliveries/{first.code}/again/", follow=True))
    again = Delivery.objects.get(redelivers=first)
    assert f"It is sent again, as {again.code}." in shown
    assert "The same again as" in shown
    refused = admin.post(f"/deliveries/{again.code}/again/")
    assert refused.status_code == 409
    assert "This is no longer possible" in text(refused)
    work(clock)
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    assert len(receiver.got) == 2


def test_filters_narrow_the_log(admin: Client, receiver: Receiver, cast: Cast, clock: Clock) -> None:
    made, _ = added(admin, receiver)
    added(admin, receiver, name="quiet", acts=["request.lapsed"])
    submitted(cast.member01, now=clock.now)
    work(clock)
    sent = Delivery.objects.get()
    other = Delivery.objects.create(
        channel="other", target="C0OPS", act="request.approved", status="given_up", created_at=clock.now, settled_at=clock.now
    )
    expected = {
        "": [other, sent],
        "?channel=webhook": [sent],
        "?state=given_up": [other],
        "?state=delivered": [sent],
        "?recipient=OPS%20c": [sent],
        f"?recipient={made.code}": [sent],
        "?recipient=C0OPS": [other],
        "?recipient=quiet": [],
        "?state=nonsense": [other, sent],
        "?channel=webhook&state=given_up": [],
    }
    found = {query: list(admin.get(f"/deliveries/{query}").context["page"].rows) for query in expected}
    assert found == expected
    assert "Nothing matches" in page(admin, "/deliveries/?recipient=quiet")


def test_lists_take_the_same_number_of_queries_however_long_they_are(
    admin: Client, receiver: Receiver, cast: Cast, clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        fields = {"name": f"chat {number:02}", "url": receiver.url, "secret": "x", "made_by": "admin01", "made_at": clock.now}
        endpoint = WebhookEndpoint.objects.create(**fields)
        endpoint.work_groups.set([cast.prod_member])
        Delivery.objects.create(
            channel="webhook", target=endpoint.code, act="request.approved", try_again_at=clock.now, created_at=clock.now
        )
    with django_assert_num_queries(LIST_QUERIES):
        first = admin.get("/webhooks/").context["page"]
    second = admin.get(f"/webhooks/{first.next_url}").context["page"]
    assert [row.name for row in [*first.rows, *second.rows]] == [f"chat {number:02}" for number in range(60)]
    with django_assert_num_queries(LOG_QUERIES):
        first = admin.get("/deliveries/").context["page"]
    second = admin.get(f"/deliveries/{first.next_url}").context["page"]
    assert len({row.pk for row in [*first.rows, *second.rows]}) == 60


def test_empty_log_says_what_would_be_there(admin: Client) -> None:
    shown = page(admin, "/deliveries/")
    assert "Nothing was sent yet" in shown
    assert "No notice waits to be sent." in shown


def test_home_tells_administrators_of_what_reached_nobody_within_a_day(
    admin: Client, browse: Browse, cast: Cast, clock: Clock
) -> None:
    fields = {"channel": "webhook", "target": "W-00000000", "act": "request.approved", "status": "given_up", "entry_id": 1}
    Delivery.objects.create(**fields, created_at=clock.now, settled_at=clock.now)
    said = "1 notice of the last day reached nobody."
    assert said in page(admin, "/")
    assert said not in page(browse(cast.member01), "/")
    clock.forward(days=1, seconds=1)
    assert said not in page(browse(cast.admin01), "/")


def test_auditor_reads_and_gets_no_buttons(admin: Client, receiver: Receiver, browse: Browse, cast: Cast, clock: Clock) -> None:
    made, _ = added(admin, receiver)
    submitted(cast.member01, now=clock.now)
    work(clock)
    auditor = browse(cast.auditor01)
    shown = page(auditor, "/webhooks/") + page(auditor, f"/webhooks/{made.code}/")
    assert f"http://127.0.0.1:{receiver.port}/…" in shown
    assert receiver.url not in shown
    shown += page(auditor, f"/deliveries/{Delivery.objects.get().code}/")
    assert not any(button in shown for button in ("Send a test", "Disable", "Delete", "Send it again", "New secret"))


def test_one_without_a_number_is_listed(admin: Client, clock: Clock) -> None:
    """Of a delivery that code of before there were numbers has made."""
    Delivery.objects.create(
        code=None, channel="webhook", target="W-1", act="request.approved", try_again_at=clock.now, created_at=clock.now
    )
    assert "W-1" in page(admin, "/deliveries/")
