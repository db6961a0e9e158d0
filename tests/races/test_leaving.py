"""Being disabled against what the same person, or an approver, does in that moment: nothing of it is left afterwards."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as StoredSession

from access_requests.models import AccessRequest, Elevation
from access_requests.services.people import log_ins, people
from access_requests.services.people.log_ins import Place
from audits.models import TrailEntry
from portal.pages.actor import Session
from portal.users.models import User
from portal.verbs.actor import Actor, Door
from portal.verbs.rejections import Rejection, RightsEnded
from portal.verbs.run import act_as, run
from tests.races.racing import race
from tests.worlds.cast import Cast, actor_of
from tests.worlds.story import approved, assert_trail_tells, submitted

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5
PLACE = Place(address="192.0.2.1", user_agent="a browser")


def disable(cast: Cast, now: datetime) -> None:
    run(partial(people.disable, person=cast.member01, actor=actor_of(cast.admin01), now=now))


def log_in(person: User, now: datetime) -> None:
    """Do what a log-in does once the password was right."""
    store = SessionStore()
    store.create()
    key = str(store.session_key)
    UserSession.objects.create(user=person, session_key=key, ip=PLACE.address)
    actor = Actor(person=person, door=Door.BROWSER, credential=Session(key=key, password=person.password))
    begin = partial(log_ins.begin, session_key=key, place=PLACE, is_new_device=False, is_emergency=False)
    try:
        act_as(actor, partial(begin, actor=actor, now=now))
    except Rejection:
        store.flush()
        raise


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_log_in_against_being_disabled_leaves_no_session(cast: Cast, now: datetime, _round: int) -> None:
    outcomes = race([partial(log_in, cast.member01, now), partial(disable, cast, now)])
    assert all(outcome is None or isinstance(outcome, RightsEnded) or outcome.code == "person_disabled" for outcome in outcomes)
    assert not StoredSession.objects.exists()
    began = TrailEntry.objects.filter(act="person.logged_in").count()
    assert began == (outcomes[0] is None), "who was let in has an entry of it, and who was not has none"


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_approval_against_being_disabled_gives_nothing(cast: Cast, now: datetime, _round: int) -> None:
    request = submitted(cast.member01, now=now)
    race([partial(approved, request, cast.leader01, now=now), partial(disable, cast, now)])
    request.refresh_from_db()
    assert request.status in ("approved", "withdrawn")
    assert set(Elevation.objects.values_list("status", flat=True)) <= {"cancelled"}
    assert_trail_tells(request)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_request_against_being_disabled_waits_for_nobody(cast: Cast, now: datetime, _round: int) -> None:
    race([partial(submitted, cast.member01, now=now, starts_at=now + timedelta(days=1)), partial(disable, cast, now)])
    assert not AccessRequest.objects.filter(status="pending").exists()
