"""Rights that end while a verb waits for a lock: it is asked again when it is done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from access_requests.models import AccessRequest
from access_requests.services.people import people
from access_requests.services.requests import decide
from portal.pages.actor import Session
from portal.users.models import User
from portal.verbs.actor import COMMAND, Actor
from portal.verbs.rejections import RightsEnded
from portal.verbs.run import act_as, run
from tests.worlds.cast import Cast, actor_of
from tests.worlds.story import submitted

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="On SQLite writers wait for one another before they look."),
]
NEW_PASSWORD = "another long way from Hakone to Edo"


def elsewhere(act: Callable[[], object]) -> None:
    """Have another process do something, and commit."""

    def done() -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        other.submit(done).result()


def disable(person: User, _now: datetime) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def make_administrator(person: User, _now: datetime) -> None:
    User.objects.filter(pk=person.pk).update(is_administrator=True)


def set_password(person: User, now: datetime) -> None:
    run(lambda: people.set_password(person=User.objects.get(pk=person.pk), password=NEW_PASSWORD, actor=COMMAND, now=now))


def in_browser(person: User) -> Actor:
    session = SessionStore()
    session.create()
    return replace(actor_of(person), credential=Session(key=session.session_key or "", password=person.password))


@pytest.mark.parametrize("end", [disable, set_password, make_administrator])
def test_approval_that_waited_while_its_right_ended_is_none(
    cast: Cast, now: datetime, end: Callable[[User, datetime], None]
) -> None:
    request = submitted(cast.member01, now=now)
    actor = in_browser(cast.leader01)

    def waited() -> AccessRequest:
        elsewhere(lambda: end(cast.leader01, now))
        return decide.approve(request_id=request.pk, comment="", seen=None, actor=actor, now=now)

    with pytest.raises(RightsEnded):
        act_as(actor, waited)
    request.refresh_from_db()
    assert (request.status, request.decisions.exists()) == ("pending", False)


def test_verb_that_ends_the_rights_it_came_by_is_done(cast: Cast, now: datetime) -> None:
    actor = in_browser(cast.leader01)
    verb = partial(people.set_password, person=actor.who, password=NEW_PASSWORD, actor=actor, now=now)
    act_as(actor, verb, ends_own_rights=True)
    with pytest.raises(RightsEnded):
        act_as(actor, verb)
