"""What a process knows of accounts, roles and people: folded once, and gone on with."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from access_requests.grants.contract import Principal
from access_requests.services.people import people
from audits.acts import Act
from audits.log_ins import knowing
from audits.models import TrailEntry
from portal.aws.directory import IamUser
from portal.verbs.run import run
from tests.worlds.cast import Cast, actor_of
from tests.worlds.told import write_down


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    knowing.forget()
    yield
    knowing.forget()


def bind_again(cast: Cast, user_id: str, now: datetime) -> None:
    said: dict[str, Any] = {"person": cast.member01, "principal": Principal.IAM_USER, "actor": actor_of(cast.admin01), "now": now}
    people.unbind(**said)
    people.bind(**said, user=IamUser(name="member01", user_id=user_id))


def test_what_is_new_is_known_and_what_was_folded_is_not_read_again(cast: Cast, now: datetime) -> None:
    write_down(now=now)
    before = knowing.known()
    assert before.jump == "111111111111"
    run(lambda: bind_again(cast, "AIDANEW", now))
    with CaptureQueriesContext(connection) as read:
        known = knowing.known()
    assert known.people == {**before.people, "AIDANEW": "member01"}
    assert known.places == before.places
    # The last of them asks for the Regions that AWS told of.
    assert len(read) == 3
    newest = TrailEntry.objects.latest("pk").pk
    assert f">= {newest - 2}" in read[1]["sql"]
    with CaptureQueriesContext(connection) as read:
        assert knowing.known() == known
    assert len(read) == 2


def test_another_trail_is_folded_from_its_beginning(cast: Cast, now: datetime) -> None:
    write_down(now=now)
    with transaction.atomic():
        bind_again(cast, "AIDANEVER", now)
        assert "AIDANEVER" in knowing.known().people
        transaction.set_rollback(True)
    # Other entries get the ids of those that are gone.
    for _ in range(4):
        TrailEntry.objects.create(at=now, act=Act.LOGGED_OUT, actor="member01", subject="person:member01", data={})
    assert "AIDANEVER" not in knowing.known().people
    assert knowing.known().jump == "111111111111"
