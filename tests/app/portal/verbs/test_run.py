"""The one way from a door to a verb."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, OperationalError, transaction

from access_requests import errors
from access_requests.models import AccessRequest
from access_requests.services.requests import submit
from portal.verbs import rejections
from portal.verbs.actor import WORKER
from portal.verbs.models import IdempotentAnswer
from portal.verbs.run import Answer, Claim, act_once, forget_old_answers, run
from tests.worlds.cast import Cast, actor_of
from tests.worlds.story import ask, refused, submitted


def claim(cast: Cast, *, key: str = "k-1", body: str = "a" * 64, client: str = "chatbot") -> Claim:
    return Claim(client=client, person_id=cast.member01.pk, key=key, body_digest=body)


def created(cast: Cast, now: datetime) -> Answer:
    request = submit.submit(ask=ask(), actor=actor_of(cast.member01), now=now)
    return Answer(status=201, body={"id": request.code})


class Deadlock(Exception):
    """What psycopg raises has such an attribute."""

    sqlstate = "40P01"


def deadlocks(times: int) -> list[str]:
    """Return the attempts that a verb made which met so many deadlocks."""
    attempts: list[str] = []

    def verb() -> list[str]:
        attempts.append("tried")
        if len(attempts) <= times:
            raise OperationalError("deadlock detected") from Deadlock()
        return attempts

    return run(verb)


def test_same_call_again_gets_the_same_answer_and_does_nothing(cast: Cast, now: datetime) -> None:
    first = act_once(claim(cast), lambda: created(cast, now), actor=WORKER, now=now)
    again = act_once(claim(cast), lambda: created(cast, now), actor=WORKER, now=now)
    assert first == again
    assert first.status == 201
    assert AccessRequest.objects.count() == 1


def test_same_key_with_another_body_is_refused(cast: Cast, now: datetime) -> None:
    act_once(claim(cast), lambda: created(cast, now), actor=WORKER, now=now)
    with refused(rejections.KeyReused):
        act_once(claim(cast, body="b" * 64), lambda: created(cast, now), actor=WORKER, now=now)


def test_key_belongs_to_its_client_and_person(cast: Cast, now: datetime) -> None:
    act_once(claim(cast), lambda: Answer(status=200, body="one"), actor=WORKER, now=now)
    assert act_once(claim(cast, client="pager"), lambda: Answer(status=200, body="two"), actor=WORKER, now=now).body == "two"
    other = Claim(client="chatbot", person_id=cast.member02.pk, key="k-1", body_digest="a" * 64)
    assert act_once(other, lambda: Answer(status=200, body="three"), actor=WORKER, now=now).body == "three"


def test_refusal_is_not_stored(cast: Cast, now: datetime) -> None:
    first = submitted(cast.member01, now=now)
    with refused(errors.AlreadyPending):
        act_once(claim(cast), lambda: created(cast, now), actor=WORKER, now=now)
    AccessRequest.objects.filter(pk=first.pk).update(status="withdrawn", settled_at=now)
    first.requested_groups.update(waits_to_start_now=False)
    assert act_once(claim(cast), lambda: created(cast, now), actor=WORKER, now=now).status == 201


def test_violation_of_something_else_is_not_taken_for_a_repeated_call(cast: Cast, now: datetime) -> None:
    def verb() -> Answer:
        raise IntegrityError("something else")

    with pytest.raises(IntegrityError, match="something else"):
        act_once(claim(cast), verb, actor=WORKER, now=now)
    assert not IdempotentAnswer.objects.exists()


def test_old_answers_are_forgotten_and_younger_ones_kept(cast: Cast, now: datetime) -> None:
    act_once(claim(cast, key="old"), lambda: Answer(status=200, body=""), actor=WORKER, now=now - timedelta(hours=25))
    act_once(claim(cast, key="young"), lambda: Answer(status=200, body=""), actor=WORKER, now=now - timedelta(hours=23))
    forget_old_answers(now=now)
    assert [answer.key for answer in IdempotentAnswer.objects.all()] == ["young"]


@pytest.mark.django_db
def test_verb_that_met_a_deadlock_is_done_again_at_most_twice() -> None:
    assert len(deadlocks(2)) == 3
    with pytest.raises(OperationalError, match="deadlock"):
        deadlocks(3)


@pytest.mark.django_db
def test_other_trouble_of_the_database_is_not_tried_again() -> None:
    attempts: list[str] = []

    def verb() -> None:
        attempts.append("tried")
        raise OperationalError("database is locked")

    with pytest.raises(OperationalError, match="locked"):
        run(verb)
    assert attempts == ["tried"]


@pytest.mark.django_db(transaction=True)
def test_door_opens_the_transaction_and_nobody_around_it_does() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        run(lambda: None)
