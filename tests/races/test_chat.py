"""The same message from Slack at two processes of the web, two people with one code, and two codes for one account."""

from datetime import datetime
from functools import partial

import pytest

from access_requests.models import ReceivedSignature
from access_requests.services.people import identities, replays
from portal.users.models import LinkedIdentity
from portal.verbs.run import run
from tests.races.racing import race, won
from tests.worlds.cast import Cast, actor_of

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 12


def test_one_signature_is_new_to_one_of_many(now: datetime) -> None:
    outcomes = race([partial(replays.is_first, "v0=" + "0" * 64, now=now)] * RACERS)
    assert sorted(outcomes) == [False] * (RACERS - 1) + [True]
    assert ReceivedSignature.objects.count() == 1


def test_one_code_makes_one_of_many_somebody(cast: Cast, now: datetime) -> None:
    LinkedIdentity.objects.filter(person=cast.member01).delete()
    code = run(lambda: identities.make_code(person=cast.member01, actor=actor_of(cast.member01), now=now))
    link = partial(identities.link, code=code, provider="slack", proof={}, now=now)
    outcomes = race([partial(link, external_id=f"U0RACER{number:02}") for number in range(RACERS)])
    assert len(won(outcomes)) == 1
    assert LinkedIdentity.objects.get(person=cast.member01) == won(outcomes)[0]


def test_one_account_is_one_of_two_people(cast: Cast, now: datetime) -> None:
    LinkedIdentity.objects.all().delete()
    people = (cast.member01, cast.member02, cast.leader01, cast.leader02)
    codes = [run(partial(identities.make_code, person=who, actor=actor_of(who), now=now)) for who in people]
    link = partial(identities.link, provider="slack", external_id="U0RACER", proof={}, now=now)
    outcomes = race([partial(link, code=code) for code in codes])
    assert len(won(outcomes)) == 1
    assert LinkedIdentity.objects.count() == 1
