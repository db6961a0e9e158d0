"""The one way from a door to a verb: a durable transaction, in which who acts is looked at once more.

For programs, also an answer that survives a repeated call. `act_as` is for whoever comes by a door, `run` for the portal's own
processes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

from portal.verbs import authority
from portal.verbs.actor import Actor
from portal.verbs.models import IdempotentAnswer
from portal.verbs.rejections import KeyReused, RightsEnded

T = TypeVar("T")
# PostgreSQL's codes of what goes well when simply done again: serialization failure, deadlock.
DONE_AGAIN = frozenset({"40001", "40P01"})
ATTEMPTS = 3
ANSWERS_KEPT = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A call that is to happen once: whose, under which key, with which body (its SHA-256)."""

    client: str
    person_id: int
    key: str
    body_digest: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    body: Any


def run(verb: Callable[[], T]) -> T:
    """Run a verb in a durable transaction and return what it returns. After a deadlock it is done again, at most twice."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic(durable=True):
                return verb()
        except OperationalError as error:
            if attempt == ATTEMPTS or getattr(error.__cause__, "sqlstate", None) not in DONE_AGAIN:
                raise
    raise AssertionError("the last attempt returns or raises")


def act_as(actor: Actor, verb: Callable[[], T], *, ends_own_rights: bool = False) -> T:
    """Run a verb of somebody who may still act. Raises RightsEnded, and whatever the verb does.

    Where writers do not wait for one another, a verb may have waited for a lock while the rights ended: they are asked for again
    when it is done, and holds the trail's lock; only not where it is the verb itself that `ends_own_rights`.
    """

    def checked() -> T:
        rights = authority.check(actor)
        outcome = verb()
        if connection.features.has_select_for_update and not ends_own_rights and authority.check(actor) != rights:
            raise RightsEnded
        return outcome

    return run(checked)


def act_once(claim: Claim, verb: Callable[[], Answer], *, actor: Actor, now: datetime) -> Answer:
    """Run a verb once for its claim; the same call again gets the stored answer.

    Raises RightsEnded, and KeyReused for another body under the same key. While the first call is being handled the database
    holds the second one up. A refusal rolls back, and the claim with it: it is not stored.
    """
    try:
        return act_as(actor, lambda: _answer_once(claim, verb, now))
    except IntegrityError:
        if _stored(claim) is None:
            raise
        # The first call with this key committed between our look and our insert: its answer is there now.
        return act_as(actor, lambda: _answer_once(claim, verb, now))


def forget_old_answers(*, now: datetime) -> None:
    """Delete answers that nobody asks for again."""
    old = IdempotentAnswer.objects.filter(created_at__lt=now - ANSWERS_KEPT)
    if old.exists():
        old.delete()


def _answer_once(claim: Claim, verb: Callable[[], Answer], now: datetime) -> Answer:
    stored = _stored(claim)
    if stored is not None:
        if stored.body_digest != claim.body_digest:
            raise KeyReused(field="Idempotency-Key")
        return Answer(status=stored.status or 200, body=stored.answer)
    row = IdempotentAnswer.objects.create(
        client=claim.client, person_id=claim.person_id, key=claim.key, body_digest=claim.body_digest, created_at=now
    )
    answer = verb()
    row.status, row.answer = answer.status, answer.body
    row.save(update_fields=["status", "answer"])
    return answer


def _stored(claim: Claim) -> IdempotentAnswer | None:
    return IdempotentAnswer.objects.filter(client=claim.client, person_id=claim.person_id, key=claim.key).first()
