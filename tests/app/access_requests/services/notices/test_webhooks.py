"""Webhooks: who wants what, what is sent and how it is signed, and what comes of the answer."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from standardwebhooks import Webhook, WebhookVerificationError

from access_requests import errors
from access_requests.models import Delivery, DeliveryStatus, WebhookEndpoint
from access_requests.services import sweep
from access_requests.services.notices import delivering, factors, findings, redelivery, reports, seal, sending, telling
from access_requests.services.notices.webhooks import channel, keeping, webhook_errors
from access_requests.services.notices.webhooks.keeping import Wishes
from access_requests.services.people import people
from audits.acts import TOLD, Act
from audits.models import TrailEntry
from portal.verbs import rejections
from portal.verbs.actor import COMMAND
from portal.verbs.run import run
from tests.stand_ins.webhook_receivers import Receiver, receiving
from tests.worlds.cast import Cast, actor_of
from tests.worlds.entry import of_another_release
from tests.worlds.story import approved, elevated, extension_asked, rejected, returned, sent_back, stopped, submitted, withdrawn

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def added(cast: Cast, receiver: Receiver, *, now: datetime, **wishes: Any) -> tuple[WebhookEndpoint, str]:
    said = {"name": "chat", "url": receiver.url, "language": "en", **wishes}
    return run(lambda: keeping.add(wishes=Wishes(**said), actor=actor_of(cast.admin01), now=now))


def told(now: datetime) -> list[Delivery]:
    telling.tell(now=now)
    return list(Delivery.objects.order_by("id"))


def sent(delivery: Delivery, now: datetime) -> Delivery:
    sending.deliver(delivery.pk, now=now)
    delivery.refresh_from_db()
    return delivery


def test_what_happens_to_a_request_arrives_signed(cast: Cast, receiver: Receiver, now: datetime) -> None:
    now = timezone.now()  # What checks a signature compares its time with the clock.
    _, secret = added(cast, receiver, now=now)
    request = submitted(cast.member01, now=now)
    (delivery,) = told(now)
    assert sent(delivery, now).status == DeliveryStatus.DELIVERED
    (got,) = receiver.got
    body = Webhook(secret).verify(got.body, got.headers)
    assert body["type"] == "request.submitted"
    assert body["id"] == got.headers["webhook-id"]
    assert body["data"]["request"] == {
        "id": request.code,
        "state": "pending",
        "requester": {"username": "member01", "name": "佐藤 美咲"},
        "work_groups": ["ProdMemberWorkGroup"],
        "starts_at": None,
        "ends_at": None,
        "duration_minutes": 30,
        "decide_until": json.loads(json.dumps(body["data"]["request"]["decide_until"])),
        "extends": None,
        "url": f"http://testserver/requests/{request.code}/",
    }
    waits = f"佐藤 美咲 (member01) asks for ProdMemberWorkGroup. {request.code} waits for approval. http://testserver/requests/{request.code}/"
    assert body["data"]["text"] == waits
    assert got.headers["content-type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(got.body.replace(b"pending", b"approved"), got.headers)


def test_reason_and_ticket_go_only_where_an_administrator_says_so(cast: Cast, receiver: Receiver, now: datetime) -> None:
    added(cast, receiver, now=now)
    added(cast, receiver, now=now, name="leads", with_details=True)
    request = submitted(cast.member01, now=now, reason="fix <!channel>", plan="secret plan")
    rejected(request, cast.leader01, now=now)
    elevated(cast.member02, cast.leader01, now=now)
    bodies = [delivery.body for delivery in told(now)]
    plain, detailed = bodies[::2], bodies[1::2]
    assert [body["type"] for body in plain] == [body["type"] for body in detailed]
    assert len(plain) == 5
    text = json.dumps(plain)
    assert not any(hidden in text for hidden in ("channel>", "CHG-123", "secret plan", "leader01", "fix"))
    said = [(body["data"].get("request") or body["data"]["elevation"])["details"] for body in detailed]
    assert said[1] == {"reason": "fix <!channel>", "change_ticket": "CHG-123", "by": "leader01"}
    assert said[-1] == {"reason": "fix the index", "change_ticket": "CHG-123", "by": "leader01"}
    assert "secret plan" not in json.dumps(detailed)


def test_each_gets_the_events_and_the_work_groups_that_it_wants(cast: Cast, receiver: Receiver, now: datetime) -> None:
    added(cast, receiver, now=now)
    added(cast, receiver, now=now, name="approvals", acts=["request.approved"])
    added(cast, receiver, now=now, name="leaders", work_groups=["ProdLeaderWorkGroup"])
    elevated(cast.member01, cast.leader01, now=now)
    submitted(cast.member02, now=now, work_groups=["ProdLeaderWorkGroup"])
    names = dict(WebhookEndpoint.objects.values_list("code", "name"))
    found = [(names[delivery.target], delivery.act) for delivery in told(now)]
    assert [act for name, act in found if name == "approvals"] == ["request.approved"]
    assert [act for name, act in found if name == "leaders"] == ["request.submitted"]
    assert len([name for name, _ in found if name == "chat"]) == 4


def test_text_is_in_the_language_of_the_endpoint(cast: Cast, receiver: Receiver, now: datetime) -> None:
    added(cast, receiver, now=now, language="ja", acts=["elevation.scheduled"])
    elevation = elevated(cast.member01, cast.leader01, now=now)
    (delivery,) = told(now)
    text = delivery.body["data"]["text"]
    assert "2026-11-23 14:00 JST" in text
    assert "2026-11-23 14:30 JST" in text
    assert text.endswith(f" http://testserver/elevations/{elevation.code}/")
    assert delivery.body["data"]["elevation"]["ends_at"] == "2026-11-23T05:30:00Z"


def test_extension_says_what_it_extends(cast: Cast, receiver: Receiver, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    type(elevation).objects.filter(pk=elevation.pk).update(status="active", granted_at=now)
    added(cast, receiver, now=now)
    told(now)
    extension_asked(elevation, cast.member01, ends_at=now + timedelta(hours=1), now=now)
    body = told(now)[-1].body
    assert body["data"]["request"]["extends"] == elevation.code
    assert "asks for more time" in body["data"]["text"]


def test_whatever_people_do_can_be_told(cast: Cast, receiver: Receiver, now: datetime) -> None:
    """What workers do is told in tests/crashes/test_notices.py."""
    added(cast, receiver, now=now, with_details=True)
    elevation = elevated(cast.member01, cast.leader01, now=now)
    type(elevation).objects.filter(pk=elevation.pk).update(status="active", granted_at=now)
    longer = extension_asked(elevation, cast.member01, ends_at=now + timedelta(hours=1), now=now)
    approved(longer, cast.leader01, now=now)
    two_levels = submitted(cast.member02, now=now, work_groups=["ProdLeaderWorkGroup"])
    approved(two_levels, cast.leader01, now=now)
    withdrawn(two_levels, cast.member02, now=now)
    sent_back(submitted(cast.member02, now=now), cast.leader01, now=now)
    returned(elevated(cast.member02, cast.leader01, now=now, starts_at=now + timedelta(hours=1)), cast.member02, now=now)
    stopped(elevation, cast.leader01, now=now)
    submitted(cast.member02, now=now)
    sweep.lapse_requests(now=now + timedelta(days=2))
    found = {delivery.act: delivery.body["data"]["text"] for delivery in told(now + timedelta(days=2))}
    acts = TOLD - {"elevation.granting", "elevation.active", "elevation.ended", "request.rejected"}
    acts -= {Act.COMPARISON_DRIFT_FOUND, Act.EMERGENCY_LOG_IN, Act.TRAIL_RECORDED_LATE, *seal.ACTS, *findings.ACTS, *factors.ACTS}
    acts -= reports.ACTS
    assert set(found) == acts
    assert not any("%" in text or "None" in text for text in found.values())


def test_entries_of_other_releases_are_told_as_they_are_where_their_act_is_news(
    cast: Cast, receiver: Receiver, now: datetime
) -> None:
    added(cast, receiver, now=now)
    approved(submitted(cast.member01, now=now), cast.leader01, now=now)
    before = [delivery.act for delivery in told(now)]
    entry = TrailEntry.objects.get(act=Act.REQUEST_APPROVED)
    of_another_release(entry, version=1, elevations=None)
    of_another_release(entry, version=9, act="request.archived")
    *others, last = told(now)
    assert [delivery.act for delivery in others] == before
    assert last.body["data"]["request"]["state"] == "approved"


def test_telling_costs_the_same_however_many_endpoints_there_are(
    cast: Cast, receiver: Receiver, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        added(cast, receiver, now=now, name=f"chat {number}", work_groups=["ProdMemberWorkGroup"], with_details=True)
    elevated(cast.member01, cast.leader01, now=now)
    entry = TrailEntry.objects.get(act="elevation.scheduled")
    with django_assert_num_queries(4):  # Endpoints, their work groups, the person's name, the reason.
        assert len(list(channel.WebhookChannel().wants(entry, now=now))) == 5
    WebhookEndpoint.objects.update(enabled=False, disabled_because="by_hand")
    with django_assert_num_queries(1):
        assert list(channel.WebhookChannel().wants(entry, now=now)) == []


@pytest.fixture
def delivery(cast: Cast, receiver: Receiver, now: datetime) -> Delivery:
    added(cast, receiver, now=now)
    submitted(cast.member01, now=now)
    (made,) = told(now)
    return made


def endpoint() -> WebhookEndpoint:
    return WebhookEndpoint.objects.get()


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 408, 429, 500, 502, 503])
def test_every_answer_but_a_yes_is_tried_again(delivery: Delivery, receiver: Receiver, status: int, now: datetime) -> None:
    receiver.status, receiver.said = status, b"no\x1b[31m"
    assert sent(delivery, now).status == DeliveryStatus.WAITING
    assert delivery.answer == ("redirect" if status == 301 else f"HTTP {status} no\\x1b[31m")
    assert delivery.try_again_at == now + sending.PATIENCE[0]
    assert endpoint().failing_since == now
    receiver.status, receiver.said = 200, b""
    assert sent(delivery, now + sending.PATIENCE[0]).status == DeliveryStatus.DELIVERED
    assert delivery.answer == "HTTP 200"
    assert endpoint().failing_since is None
    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 5


@pytest.mark.parametrize(
    ("status", "asked", "waits"), [(503, "600", 600), (429, "999999999", 86400), (500, "600", 5), (503, "1", 5)]
)
def test_receiver_that_is_busy_gets_the_time_that_it_asks_for_up_to_a_day(
    delivery: Delivery, receiver: Receiver, status: int, asked: str, waits: int, now: datetime
) -> None:
    receiver.status, receiver.headers = status, {"Retry-After": asked}
    assert sent(delivery, now).try_again_at == now + timedelta(seconds=waits)


def test_receiver_that_is_gone_for_good_is_disabled(delivery: Delivery, receiver: Receiver, now: datetime) -> None:
    receiver.status = 410
    assert sent(delivery, now).status == DeliveryStatus.GIVEN_UP
    assert (endpoint().enabled, endpoint().disabled_because) == (False, "gone")
    entry = TrailEntry.objects.get(act="webhook.disabled")
    assert (entry.actor, entry.subject) == ("sekisho:worker", f"webhook:{delivery.target}")
    assert (entry.data["before"]["enabled"], entry.data["after"]["disabled_because"]) == (True, "gone")


def test_receiver_that_is_not_reached_is_tried_again_and_disabled_after_five_days_of_it(
    delivery: Delivery, cast: Cast, now: datetime
) -> None:
    WebhookEndpoint.objects.update(url="http://127.0.0.1:1/")
    assert sent(delivery, now).answer == "not_reached"
    again = run(lambda: delivering.deliver_again(delivery, now=now + 5 * DAY))
    WebhookEndpoint.objects.update(failing_since=now + SECOND)
    sent(again, now + 5 * DAY)
    assert endpoint().enabled
    WebhookEndpoint.objects.update(failing_since=now)
    sent(again, now + 5 * DAY + timedelta(seconds=5))
    assert (endpoint().enabled, endpoint().disabled_because) == (False, "failing")
    assert TrailEntry.objects.filter(act="webhook.disabled").count() == 1
    run(lambda: keeping.enable(code=delivery.target, actor=actor_of(cast.admin01), now=now))
    assert (endpoint().enabled, endpoint().failing_since, endpoint().disabled_because) == (True, None, "")


def test_address_that_turned_inwards_after_it_was_typed_gets_nothing(
    delivery: Delivery, receiver: Receiver, settings: Settings, now: datetime
) -> None:
    settings.WEBHOOK_ALLOW_HTTP_TO_LOOPBACK = False
    assert sent(delivery, now).answer == "address_unusable"
    WebhookEndpoint.objects.update(url=receiver.url.replace("http:", "https:"))
    assert sent(delivery, now + sending.PATIENCE[0]).answer == "address_not_public"
    assert receiver.got == []


def test_what_waits_for_a_disabled_or_deleted_one_is_given_up(
    delivery: Delivery, receiver: Receiver, cast: Cast, now: datetime
) -> None:
    admin = actor_of(cast.admin01)
    run(lambda: keeping.disable(code=delivery.target, actor=admin, now=now))
    assert (sent(delivery, now).status, delivery.answer) == (DeliveryStatus.GIVEN_UP, "webhook_disabled")
    again = run(lambda: delivering.deliver_again(delivery, now=now))
    run(lambda: keeping.delete(code=delivery.target, actor=admin, now=now))
    assert (sent(again, now).status, again.answer) == (DeliveryStatus.GIVEN_UP, "webhook_deleted")
    assert receiver.got == []


def test_secret_is_in_no_row_and_no_entry_as_it_is(cast: Cast, receiver: Receiver, now: datetime) -> None:
    made, secret = added(cast, receiver, now=now)
    _, second = run(lambda: keeping.rotate(code=made.code, actor=actor_of(cast.admin01), now=now))
    assert secret.startswith("whsec_")
    assert secret != second
    assert receiver.url not in json.dumps(list(TrailEntry.objects.values("data")))
    kept = json.dumps([list(WebhookEndpoint.objects.values()), list(TrailEntry.objects.values("data"))], default=str)
    assert not any(one.removeprefix("whsec_") in kept for one in (secret, second))


def test_both_secrets_hold_for_a_day_after_a_rotation(cast: Cast, receiver: Receiver) -> None:
    now = timezone.now()
    made, old = added(cast, receiver, now=now)
    _, new = run(lambda: keeping.rotate(code=made.code, actor=actor_of(cast.admin01), now=now - DAY + timedelta(minutes=1)))
    request = submitted(cast.member01, now=now)
    delivery = next(one for one in told(now) if one.subject == request.code)
    sent(delivery, now)
    for secret in (old, new):
        assert Webhook(secret).verify(receiver.got[-1].body, receiver.got[-1].headers)["type"] == "request.submitted"
    again = run(lambda: delivering.deliver_again(delivery, now=now))
    sent(again, now + timedelta(minutes=1))
    assert Webhook(new).verify(receiver.got[-1].body, receiver.got[-1].headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(receiver.got[-1].body, receiver.got[-1].headers)


def test_secret_outlives_a_new_secret_key_that_names_the_one_before(
    delivery: Delivery, receiver: Receiver, settings: Settings, now: datetime
) -> None:
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10
    assert sent(delivery, now).answer == "secret_unreadable"
    settings.SECRET_KEY_FALLBACKS = [before]
    assert sent(delivery, now + sending.PATIENCE[0]).status == DeliveryStatus.DELIVERED


def test_same_sent_again_has_the_same_id_and_is_in_the_trail(
    delivery: Delivery, receiver: Receiver, cast: Cast, now: datetime
) -> None:
    admin = actor_of(cast.admin01)
    code = str(delivery.code)
    with pytest.raises(rejections.TransitionNotAllowed):
        run(lambda: redelivery.again(code=code, actor=admin, now=now))
    sent(delivery, now)
    again = run(lambda: redelivery.again(code=code, actor=admin, now=now))
    sent(again, now)
    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    entry = TrailEntry.objects.get(act="delivery.repeated")
    assert (entry.actor, entry.subject, entry.data["after"]["as"]) == ("admin01", f"delivery:{code}", again.code)
    assert again.code != code
    for nobody in (cast.leader01, cast.auditor01):
        actor = actor_of(nobody)
        with pytest.raises(rejections.NotAnAdministrator):
            run(lambda actor=actor: redelivery.again(code=code, actor=actor, now=now))  # type: ignore[misc]
    with pytest.raises(rejections.NotFound):
        run(lambda: redelivery.again(code="N-00000000", actor=admin, now=now))


def test_test_goes_out_once_even_to_a_disabled_one_and_says_what_came_of_it(cast: Cast, receiver: Receiver) -> None:
    now, admin = datetime.now(UTC), actor_of(cast.admin01)
    made, secret = added(cast, receiver, now=now)
    run(lambda: keeping.disable(code=made.code, actor=admin, now=now))
    test = sent(run(lambda: keeping.send_test(code=made.code, actor=admin, now=now)), now)
    assert test.status == DeliveryStatus.DELIVERED
    body = Webhook(secret).verify(receiver.got[0].body, receiver.got[0].headers)
    assert (body["type"], body["data"]) == ("sekisho.test", {"text": "Sekisho reaches this chat: notices to chat arrive."})
    receiver.status = 503
    test = sent(run(lambda: keeping.send_test(code=made.code, actor=admin, now=now)), now)
    assert (test.status, test.answer, test.attempts) == (DeliveryStatus.GIVEN_UP, "HTTP 503", 1)
    assert receiver.got[0].headers["webhook-id"] != receiver.got[1].headers["webhook-id"]


def test_what_waits_does_not_follow_a_webhook_to_another_address(cast: Cast, receiver: Receiver, now: datetime) -> None:
    made, _ = added(cast, receiver, now=now, with_details=True)
    submitted(cast.member01, now=now)
    (delivery,) = told(now)
    wishes = Wishes(name="chat", url=f"{receiver.url}other", language="en", with_details=True)
    run(lambda: keeping.change(code=made.code, wishes=wishes, actor=actor_of(cast.admin01), now=now))
    assert (sent(delivery, now).status, delivery.answer) == (DeliveryStatus.GIVEN_UP, "webhook_changed")
    assert receiver.got == []


def test_details_are_not_sent_once_they_are_no_longer_wished_for(cast: Cast, receiver: Receiver, now: datetime) -> None:
    made, _ = added(cast, receiver, now=now, with_details=True)
    submitted(cast.member01, now=now)
    (delivery,) = told(now)
    wishes = Wishes(name="chat", url=receiver.url, language="en")
    run(lambda: keeping.change(code=made.code, wishes=wishes, actor=actor_of(cast.admin01), now=now))
    assert (sent(delivery, now).status, delivery.answer) == (DeliveryStatus.GIVEN_UP, "webhook_changed")
    assert receiver.got == []


@pytest.mark.parametrize(
    ("wishes", "refusal"),
    [
        ({"name": ""}, rejections.Missing),
        ({"name": "\u3164"}, rejections.Missing),
        ({"name": "a\nb"}, rejections.ControlCharacters),
        ({"name": "n" * 101}, rejections.TooLong),
        ({"url": "https://user:word@chat.example.com/"}, webhook_errors.AddressUnusable),
        ({"language": "tlh"}, webhook_errors.UnknownChoice),
        ({"acts": ["request.deleted"]}, webhook_errors.UnknownChoice),
        ({"work_groups": ["NoSuchGroup"]}, errors.UnknownWorkGroup),
        ({"name": "taken"}, webhook_errors.NameTaken),
    ],
)
def test_unusable_wishes_are_refused_and_nothing_is_written(
    cast: Cast, receiver: Receiver, wishes: dict[str, Any], refusal: type[rejections.Rejection], now: datetime
) -> None:
    added(cast, receiver, now=now, name="taken")
    made, _ = added(cast, receiver, now=now, name="mine")
    before = list(WebhookEndpoint.objects.order_by("pk").values()), TrailEntry.objects.count()
    with pytest.raises(refusal):
        added(cast, receiver, now=now, **{"name": "other", **wishes})
    said = Wishes(**{"name": "mine", "url": receiver.url, "language": "en", **wishes})
    with pytest.raises(refusal):
        run(lambda: keeping.change(code=made.code, wishes=said, actor=actor_of(cast.admin01), now=now))
    assert (list(WebhookEndpoint.objects.order_by("pk").values()), TrailEntry.objects.count()) == before


def test_every_change_is_in_the_trail_and_only_administrators_make_one(cast: Cast, receiver: Receiver, now: datetime) -> None:
    made, _ = added(cast, receiver, now=now)
    wishes = Wishes(name="chat of the leads", url=receiver.url, language="ja", acts=["request.approved"])
    code = made.code
    acts: dict[str, Any] = {
        "added": lambda actor: keeping.add(wishes=Wishes(name="x", url=receiver.url, language="en"), actor=actor, now=now),
        "changed": lambda actor: keeping.change(code=code, wishes=wishes, actor=actor, now=now),
        "rotated": lambda actor: keeping.rotate(code=code, actor=actor, now=now),
        "disabled": lambda actor: keeping.disable(code=code, actor=actor, now=now),
        "enabled": lambda actor: keeping.enable(code=code, actor=actor, now=now),
        "deleted": lambda actor: keeping.delete(code=code, actor=actor, now=now),
    }
    for person in (cast.member01, cast.leader01, cast.auditor01):
        for verb in (*acts.values(), lambda actor: keeping.send_test(code=code, actor=actor, now=now)):
            with pytest.raises(rejections.NotAnAdministrator):
                run(lambda verb=verb, person=person: verb(actor_of(person)))  # type: ignore[misc]
    run(lambda: people.disable(person=cast.admin01, actor=COMMAND, now=now))
    cast.admin01.refresh_from_db()
    with pytest.raises(rejections.NotAnAdministrator):
        run(lambda: keeping.rotate(code=code, actor=actor_of(cast.admin01), now=now))
    run(lambda: people.enable(person=cast.admin01, actor=COMMAND, now=now))
    cast.admin01.refresh_from_db()
    for verb in acts.values():
        run(lambda verb=verb: verb(actor_of(cast.admin01)))  # type: ignore[misc]
    found = TrailEntry.objects.filter(act__startswith="webhook.").order_by("id")
    assert [entry.act.removeprefix("webhook.") for entry in found] == ["added", *acts]
    changed = found[2].data
    assert (changed["before"]["name"], changed["after"]["name"]) == ("chat", "chat of the leads")
    with pytest.raises(rejections.NotFound):
        run(lambda: keeping.enable(code=code, actor=actor_of(cast.admin01), now=now))
