"""One secret is never two people: what a service carries counts as its owners' own word."""

from dataclasses import replace
from datetime import datetime

import pytest

from access_requests import errors
from access_requests.lifecycle import RequestStatus
from access_requests.models import AccessRequest, ApiClient
from access_requests.services.people.credentials import OwnToken, Terms
from access_requests.services.requests import decide
from portal.users.models import User
from portal.verbs.actor import Actor, Door
from portal.verbs.run import run
from tests.stand_ins.bots import make_client
from tests.worlds.cast import Cast, actor_of, add_person
from tests.worlds.story import approved, refused, rejected, submitted

GROUP = "ProdLeaderWorkGroup"


@pytest.fixture
def bot(cast: Cast) -> ApiClient:
    return make_client("bot", cast)


def by(client: ApiClient, person: User) -> Actor:
    """Return the service acting in the person's name."""
    return actor_of(person, door=Door.CLIENT, client=client.key)


def half_approved(cast: Cast, first: User | Actor, *, now: datetime) -> AccessRequest:
    """Return a request that takes two approvals and has one, by leader01."""
    request = submitted(cast.member01, now=now, work_groups=[GROUP])
    return approved(request, first, now=now)


def test_owner_of_a_service_does_not_approve_by_it_what_they_asked_for(cast: Cast, now: datetime, bot: ApiClient) -> None:
    bot.owners.set([cast.member01])
    request = submitted(cast.member01, now=now)
    with refused(errors.DecideInBrowser) as rejection:
        approved(request, by(bot, cast.leader01), now=now)
    assert rejection.value.data["url"] == f"http://testserver/requests/{request.code}/"
    assert approved(request, cast.leader01, now=now).status == RequestStatus.APPROVED


@pytest.mark.parametrize("verb", [decide.reject, decide.send_back])
def test_nor_do_they_refuse_it_in_somebody_elses_name(cast: Cast, now: datetime, bot: ApiClient, verb: object) -> None:
    bot.owners.set([cast.member01])
    request, leader = submitted(cast.member01, now=now), by(bot, cast.leader01)
    assert callable(verb)
    with refused(errors.DecideInBrowser):
        run(lambda: verb(request_id=request.pk, comment="no", seen=None, actor=leader, now=now))


def test_what_a_policy_lets_the_same_client_carry_is_refused_to_its_owner(cast: Cast, now: datetime, bot: ApiClient) -> None:
    cast.one_lead.same_client_may_decide = True
    cast.one_lead.save()
    bot.owners.set([cast.member01])
    mine, theirs = (submitted(by(bot, person), now=now) for person in (cast.member01, cast.member02))
    with refused(errors.DecideInBrowser):
        approved(mine, by(bot, cast.leader01), now=now)
    assert approved(theirs, by(bot, cast.leader01), now=now).status == RequestStatus.APPROVED


def test_service_of_one_owner_does_not_answer_what_another_of_theirs_asked(cast: Cast, now: datetime, bot: ApiClient) -> None:
    asking = make_client("asking", cast)
    asking.owners.set([cast.member02, cast.auditor01])
    bot.owners.set([cast.admin01, cast.member02])
    request = submitted(by(asking, cast.member01), now=now)
    with refused(errors.DecideInBrowser):
        approved(request, by(bot, cast.leader01), now=now)
    bot.owners.set([cast.admin01])
    assert approved(request, by(bot, cast.leader01), now=now).status == RequestStatus.APPROVED


def test_service_of_somebody_else_carries_the_decision(cast: Cast, now: datetime, bot: ApiClient) -> None:
    bot.owners.set([cast.member02, cast.admin01])
    request = submitted(cast.member01, now=now)
    assert approved(request, by(bot, cast.leader01), now=now).status == RequestStatus.APPROVED


def test_service_that_gave_one_approval_gives_no_second_in_another_name(cast: Cast, now: datetime, bot: ApiClient) -> None:
    request = half_approved(cast, by(bot, cast.leader01), now=now)
    with refused(errors.DecideInBrowser):
        approved(request, by(bot, cast.leader02), now=now)
    assert approved(request, cast.leader02, now=now).status == RequestStatus.APPROVED


def test_two_services_of_nobody_in_common_give_one_each(cast: Cast, now: datetime, bot: ApiClient) -> None:
    other = make_client("other", cast)
    bot.owners.set([cast.admin01])
    other.owners.set([cast.auditor01])
    request = half_approved(cast, by(bot, cast.leader01), now=now)
    assert approved(request, by(other, cast.leader02), now=now).status == RequestStatus.APPROVED


def test_two_services_of_one_owner_are_one_hand(cast: Cast, now: datetime, bot: ApiClient) -> None:
    other = make_client("other", cast)
    bot.owners.set([cast.admin01, cast.member02])
    other.owners.set([cast.admin01])
    request = half_approved(cast, by(bot, cast.leader01), now=now)
    with refused(errors.DecideInBrowser):
        approved(request, by(other, cast.leader02), now=now)


def test_who_has_approved_does_not_approve_again_by_their_service(cast: Cast, now: datetime, bot: ApiClient) -> None:
    bot.owners.set([cast.leader01])
    request = half_approved(cast, cast.leader01, now=now)
    with refused(errors.DecideInBrowser):
        approved(request, by(bot, cast.leader02), now=now)


def test_whose_service_has_approved_does_not_approve_as_well_and_may_still_refuse(
    cast: Cast, now: datetime, bot: ApiClient
) -> None:
    bot.owners.set([cast.leader02])
    request = half_approved(cast, by(bot, cast.leader01), now=now)
    with refused(errors.OwnClientDecided) as rejection:
        approved(request, cast.leader02, now=now)
    assert rejection.value.data == {"client": "bot"}
    assert rejected(request, cast.leader02, now=now).status == RequestStatus.REJECTED


def test_own_service_says_no_more_than_its_owner_says_once(cast: Cast, now: datetime, bot: ApiClient) -> None:
    """In their own name, by their own service: that is one yes of one person."""
    bot.owners.set([cast.leader01])
    request = half_approved(cast, by(bot, cast.leader01), now=now)
    assert approved(request, cast.leader02, now=now).status == RequestStatus.APPROVED


def test_people_behind_tokens_of_their_own_are_two_though_the_program_is_one(cast: Cast, now: datetime) -> None:
    engineer = add_person("engineer01")
    request = submitted(engineer, now=now, work_groups=[GROUP])
    for leader in (cast.leader01, cast.leader02):
        request = approved(request, own_token(leader), now=now)
    assert request.status == RequestStatus.APPROVED


def own_token(person: User) -> Actor:
    return replace(
        actor_of(person, door=Door.CLIENT, client="scripts"),
        credential=OwnToken(token_id=0, client=Terms(key="scripts", scopes="", source_addresses=())),
    )
