"""People's own tokens under hands that come at the same time."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from allauth.core.context import request_context
from allauth.idp.oidc.models import Token
from django.test import RequestFactory

from access_requests.models import ApiClient, PersonalToken
from access_requests.services.people import clients, device_codes, people, personal_tokens
from access_requests.services.people.device_codes import Asked
from audits.models import TrailEntry
from portal.users.models import User
from portal.verbs.run import run
from tests.races.racing import Verb, race, won
from tests.stand_ins.bots import make_personal_client
from tests.worlds.cast import Cast, actor_of

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 8


def asked_by(client: ApiClient, now: datetime) -> Asked:
    with request_context(RequestFactory().post("/")):
        given = device_codes.begin(client=client, scopes=["requests:read"], address="192.0.2.1", now=now)
    found = device_codes.find(given.user_code)
    assert found is not None
    return found


def allow(asked: Asked, person: User, now: datetime) -> PersonalToken:
    return run(partial(personal_tokens.allow, asked=asked, actor=actor_of(person), now=now))


def collect(asked: Asked, now: datetime) -> personal_tokens.Collected:
    return run(partial(personal_tokens.collect, device_code=asked.device_code, address="192.0.2.1", now=now))


def test_program_that_asks_many_times_at_once_collects_one_token(cast: Cast, now: datetime) -> None:
    asked = asked_by(make_personal_client("scripts", cast), now)
    allow(asked, cast.member01, now)
    outcomes = race([partial(collect, asked, now) for _ in range(RACERS)])
    assert len(won(outcomes)) == Token.objects.count() == 1
    assert TrailEntry.objects.filter(act="token.collected").count() == 1


def test_two_people_who_allow_one_code_at_once_give_one_token(cast: Cast, now: datetime) -> None:
    asked = asked_by(make_personal_client("scripts", cast), now)
    people_at_it = (cast.member01, cast.member02, cast.leader01, cast.leader02)
    outcomes = race([partial(allow, asked, person, now) for person in people_at_it])
    assert len(won(outcomes)) == PersonalToken.objects.count() == 1
    assert TrailEntry.objects.filter(act="token.allowed").count() == 1


@pytest.mark.parametrize("end", ["disable", "revoke-client", "revoke-own"])
def test_nothing_opens_after_an_end_that_comes_while_tokens_are_collected(cast: Cast, now: datetime, end: str) -> None:
    client, admin = make_personal_client("scripts", cast), actor_of(cast.admin01)
    asked = [asked_by(client, now + timedelta(seconds=number)) for number in range(4)]
    for each in asked:
        allow(each, cast.member01, now)
    mine = PersonalToken.objects.filter(person=cast.member01).select_related("person", "client", "token")
    ends: dict[str, Verb] = {
        "disable": partial(people.disable, person=cast.member01, actor=admin, now=now),
        "revoke-client": partial(clients.revoke, client=client, actor=admin, now=now),
        "revoke-own": partial(personal_tokens.revoke, rows=mine, actor=actor_of(cast.member01), now=now),
    }
    race([partial(run, ends[end]), *(partial(collect, each, now) for each in asked)])
    assert not Token.objects.exists()
    assert not PersonalToken.objects.exists()
