"""Stored answers move to the kit of verbs, with every row, and back: processes of the release before go on beside this one."""

from datetime import datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.users.models import User
from portal.verbs.models import IdempotentAnswer

pytestmark = pytest.mark.django_db(transaction=True)
LAST = ("access_requests", "0018_what_was_in_the_way")
BEFORE = [LAST, ("verbs", None)]
AFTER = [("access_requests", "0019_answers_to_verbs"), ("verbs", "0001_stored_answers")]
ANSWER = {"client": "chatbot", "key": "k-1", "body_digest": "a" * 64, "status": 201, "answer": {"id": "REQ-1"}}


@pytest.mark.exhaustive  # A migration that has landed changes no more.
def test_answers_of_the_release_before_are_there_after_it_and_after_going_back(now: datetime) -> None:
    person = User.objects.create(username="member01")
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate(BEFORE)
        former = _of_the_release_before()
        former.objects.create(person_id=person.pk, created_at=now, **ANSWER)
        MigrationExecutor(connection).migrate(AFTER)
        assert IdempotentAnswer.objects.values(*ANSWER).get() == ANSWER
        IdempotentAnswer.objects.create(person=person, created_at=now, **{**ANSWER, "key": "k-2"})
        MigrationExecutor(connection).migrate(BEFORE)
        assert set(former.objects.values_list("key", flat=True)) == {"k-1", "k-2"}
    finally:
        MigrationExecutor(connection).migrate(latest)


def _of_the_release_before() -> type[IdempotentAnswer]:
    state = MigrationExecutor(connection).loader.project_state(LAST)
    model: type[IdempotentAnswer] = state.apps.get_model("access_requests", "IdempotentAnswer")
    return model
