"""From the trail to deliveries, and what becomes of these: with a channel of the test's own that takes what it is told to."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.client import IncompleteRead

import pytest
from django.db import connection

from access_requests.messages import Task
from access_requests.models import Delivery, DeliveryStatus, NoticeCursor
from access_requests.services.notices import delivering, registry, sending, telling
from access_requests.services.notices.contract import Later, Undeliverable, Wanted
from access_requests.services.people import people
from audits import selectors
from audits.models import TrailEntry
from portal.verbs.actor import COMMAND
from portal.verbs.run import run
from tests.emptying import trail_unguarded
from tests.worlds.cast import Cast
from tests.worlds.story import elevated, submitted

SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.django_db


class Board:
    """A channel that wants everything, for one recipient, and writes down what it gets."""

    key = "board"

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.answer: Callable[[], str] = lambda: "pinned"

    def wants(self, entry: TrailEntry, *, now: datetime) -> Iterator[Wanted]:
        yield Wanted(target="wall", body={"said": entry.act})

    def send(self, delivery: Delivery, *, now: datetime) -> str:
        answer = self.answer()
        self.sent.append(f"{delivery.act} {delivery.subject}")
        return answer


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Board:
    board = Board()
    monkeypatch.setattr(registry, "CHANNELS", (board,))
    return board


@pytest.fixture
def delivery(cast: Cast, board: Board, now: datetime) -> Delivery:
    submitted(cast.member01, now=now)
    telling.tell(now=now)
    return Delivery.objects.get()


def failing(error: BaseException) -> Callable[[], str]:
    def answer() -> str:
        raise error

    return answer


def test_each_change_of_state_is_told_once_and_in_its_order(cast: Cast, board: Board, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    assert telling.tell(now=now) == 3
    told = list(Delivery.objects.order_by("id").values_list("act", "subject"))
    request = elevation.request.code
    assert set(told) == {
        ("request.submitted", request),
        ("request.approved", request),
        ("elevation.scheduled", elevation.code),
    }
    assert told[0] == ("request.submitted", request)
    assert telling.tell(now=now) == 0
    assert NoticeCursor.objects.get().entry_id == TrailEntry.objects.order_by("id").last().pk  # type: ignore[union-attr]


def test_what_is_no_news_is_passed_over_for_good(cast: Cast, board: Board, now: datetime) -> None:
    run(lambda: people.disable(person=cast.member02, actor=COMMAND, now=now))
    assert telling.tell(now=now) == 0
    assert NoticeCursor.objects.get().entry_id == TrailEntry.objects.get(act="person.disabled").pk


def test_cursor_that_stands_beyond_the_end_goes_back_to_it_and_tells_what_comes(
    cast: Cast, board: Board, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    submitted(cast.member01, now=now)
    NoticeCursor.objects.update(entry_id=2**63 - 2)
    assert telling.tell(now=now) == 0
    assert NoticeCursor.objects.get().entry_id == selectors.last_id()
    assert "beyond the end of the trail" in caplog.text
    submitted(cast.member02, now=now)
    assert telling.tell(now=now) == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="On SQLite ids go on from the greatest, and then there is none left.")
@pytest.mark.parametrize("made_up", [2**63 - 2, 2**62])
def test_row_from_before_with_a_made_up_id_moves_no_cursor_and_stops_no_entry(
    cast: Cast, board: Board, now: datetime, made_up: int
) -> None:
    submitted(cast.member01, now=now)
    with trail_unguarded():
        TrailEntry.objects.filter(pk=selectors.last_id()).update(id=made_up)
    for person in (cast.member02, cast.leader02):
        request = submitted(person, now=now)
        assert telling.tell(now=now) == 1
        assert NoticeCursor.objects.get().entry_id == TrailEntry.objects.get(subject=request.code).pk < made_up


def test_what_a_channel_cannot_read_silences_nothing_behind_it_and_no_other_channel(
    cast: Cast, board: Board, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Picky(Board):
        key = "picky"

        def wants(self, entry: TrailEntry, *, now: datetime) -> Iterator[Wanted]:
            if entry.act == "request.submitted":
                raise KeyError("what is not there")
            yield from super().wants(entry, now=now)

    monkeypatch.setattr(registry, "CHANNELS", (Picky(), board))
    elevated(cast.member01, cast.leader01, now=now)
    telling.tell(now=now)
    told = Delivery.objects.values_list("channel", "act")
    assert ("picky", "request.submitted") not in told
    assert {("board", "request.submitted"), ("picky", "request.approved")} <= set(told)
    assert telling.tell(now=now) == 0


def test_more_than_fits_into_one_go_is_told_in_several(
    cast: Cast, board: Board, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "BATCH", 2)
    elevated(cast.member01, cast.leader01, now=now)
    assert [telling.tell(now=now) for _ in range(3)] == [2, 1, 0]


def test_delivered_is_settled_with_the_answer_and_sent_no_more(delivery: Delivery, board: Board, now: datetime) -> None:
    assert list(delivering.due(now=now)) == [(Task.SEND_NOTICE, delivery.pk)]
    sending.deliver(delivery.pk, now=now)
    sending.deliver(delivery.pk, now=now)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.answer, delivery.attempts) == (DeliveryStatus.DELIVERED, "pinned", 1)
    assert (delivery.settled_at, delivery.try_again_at) == (now, None)
    assert board.sent == [f"request.submitted {delivery.subject}"]
    assert list(delivering.due(now=now + timedelta(days=9))) == []


def test_a_recipient_who_is_away_is_tried_with_growing_patience_and_given_up_in_the_end(
    delivery: Delivery, board: Board, now: datetime
) -> None:
    board.answer = failing(Later("HTTP 503"))
    waits = []
    while delivery.status == DeliveryStatus.WAITING:
        assert delivery.try_again_at
        at = delivery.try_again_at
        sending.deliver(delivery.pk, now=at - SECOND)
        sending.deliver(delivery.pk, now=at)
        delivery.refresh_from_db()
        waits.append((delivery.try_again_at or at) - at)
    assert waits == [*sending.PATIENCE, timedelta()]
    assert (delivery.status, delivery.answer) == (DeliveryStatus.GIVEN_UP, "HTTP 503")
    assert delivery.attempts == len(sending.PATIENCE) + 1


def test_a_recipient_who_asks_for_more_time_gets_it(delivery: Delivery, board: Board, now: datetime) -> None:
    board.answer = failing(Later("HTTP 429", after=timedelta(minutes=7)))
    sending.deliver(delivery.pk, now=now)
    delivery.refresh_from_db()
    assert delivery.try_again_at == now + timedelta(minutes=7)


def test_what_a_channel_did_not_foresee_is_tried_again_with_the_same_patience(
    delivery: Delivery, board: Board, now: datetime
) -> None:
    board.answer = failing(IncompleteRead(b""))
    sending.deliver(delivery.pk, now=now)
    delivery.refresh_from_db()
    assert (delivery.answer, delivery.try_again_at) == ("IncompleteRead", now + sending.PATIENCE[0])


def test_what_nobody_will_ever_take_is_given_up_at_once(delivery: Delivery, board: Board, now: datetime) -> None:
    board.answer = failing(Undeliverable("channel_not_found"))
    sending.deliver(delivery.pk, now=now)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.answer, delivery.attempts) == (DeliveryStatus.GIVEN_UP, "channel_not_found", 1)


def test_a_channel_that_is_gone_gives_up(delivery: Delivery, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "CHANNELS", ())
    sending.deliver(delivery.pk, now=now)
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.GIVEN_UP


def test_whoever_dies_while_sending_leaves_it_to_the_next(delivery: Delivery, board: Board, now: datetime) -> None:
    board.answer = failing(SystemExit())
    with pytest.raises(SystemExit):
        sending.deliver(delivery.pk, now=now)
    board.answer = lambda: "pinned"
    assert list(delivering.due(now=now + sending.LOST_AFTER - SECOND)) == []
    sending.deliver(delivery.pk, now=now + sending.LOST_AFTER)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.DELIVERED, 2)


def test_a_late_answer_overwrites_nothing_of_the_attempt_after_it(delivery: Delivery, board: Board, now: datetime) -> None:
    later = now + sending.LOST_AFTER

    def slow() -> str:
        board.answer = lambda: "in time"
        sending.deliver(delivery.pk, now=later)
        return "too late"

    board.answer = slow
    sending.deliver(delivery.pk, now=now)
    delivery.refresh_from_db()
    assert (delivery.answer, delivery.settled_at) == ("in time", later)


def test_the_same_is_sent_again_as_a_delivery_of_its_own(delivery: Delivery, board: Board, now: datetime) -> None:
    sending.deliver(delivery.pk, now=now)
    again = delivering.deliver_again(delivery, now=now)
    sending.deliver(again.pk, now=now)
    again.refresh_from_db()
    assert (again.redelivers, again.body, again.status) == (delivery, delivery.body, DeliveryStatus.DELIVERED)
    assert len(board.sent) == 2


def test_the_log_is_forgotten_after_its_time_and_what_waits_is_not(
    cast: Cast, delivery: Delivery, board: Board, now: datetime
) -> None:
    sending.deliver(delivery.pk, now=now)
    waiting = delivering.deliver_again(delivery, now=now)
    delivering.forget_old(now=now + timedelta(days=90))
    assert Delivery.objects.count() == 2
    delivering.forget_old(now=now + timedelta(days=90) + SECOND)
    assert Delivery.objects.get() == waiting
