"""People and programs against each other: one winner, the rest refused, one outcome."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from pytest_django import Settings

from access_requests import errors
from access_requests.errors import TooManyPending, TooManySubmissions
from access_requests.lifecycle import ElevationStatus, RequestStatus
from access_requests.models import AccessRequest, Decision, Elevation
from access_requests.services import sweep
from access_requests.services.people import people
from access_requests.services.requests import decide, submit
from audits.models import TrailEntry
from portal.verbs import rejections
from portal.verbs.actor import WORKER
from portal.verbs.models import IdempotentAnswer
from portal.verbs.run import Answer, Claim, act_once, run
from tests.races.racing import Verb, race, won
from tests.worlds.cast import Cast, actor_of, add_person
from tests.worlds.factors import give_codes
from tests.worlds.story import (
    approved,
    ask,
    assert_trail_tells,
    elevated,
    extension_asked,
    rejected,
    returned,
    sent_back,
    stopped,
    submitted,
    withdrawn,
)

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
RACERS = 20


def test_twenty_leads_approving_and_rejecting_give_one_decision(cast: Cast, now: datetime) -> None:
    leads = [add_person(f"lead{number:02}") for number in range(RACERS)]
    give_codes(leads)
    cast.one_lead.levels.get().approvers.set(leads)
    request = submitted(cast.member01, now=now)
    verbs: list[Verb] = [partial((approved, rejected)[number % 2], request, lead, now=now) for number, lead in enumerate(leads)]
    outcomes = race(verbs)
    assert len(won(outcomes)) == Decision.objects.count() == 1
    assert {type(outcome) for outcome in outcomes if outcome not in won(outcomes)} == {rejections.TransitionNotAllowed}
    request.refresh_from_db()
    assert (request.status == RequestStatus.APPROVED) == (Elevation.objects.count() == 1)
    assert_trail_tells(request)


def test_one_lead_clicking_twenty_times_decides_once(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    outcomes = race([partial(approved, request, cast.leader01, now=now)] * RACERS)
    assert len(won(outcomes)) == Decision.objects.count() == Elevation.objects.count() == 1
    assert {type(outcome) for outcome in outcomes} == {AccessRequest, errors.AlreadyDecided}


def test_approval_rejection_withdrawal_and_lapse_have_one_winner(cast: Cast, now: datetime) -> None:
    for _ in range(5):
        request = submitted(cast.member01, now=now)
        late = request.decide_until
        race(
            [
                partial(approved, request, cast.leader01, now=now),
                partial(rejected, request, cast.leader02, now=now),
                partial(withdrawn, request, cast.member01, now=now),
                lambda: run(lambda: decide.lapse(request_id=request.pk, actor=WORKER, now=late)),  # noqa: B023  Run at once.
            ]
        )
        request.refresh_from_db()
        assert request.status != RequestStatus.PENDING
        assert Decision.objects.filter(request=request).count() <= 1
        assert_trail_tells(request)
        for elevation in request.elevations.all():
            stopped(elevation, cast.leader02, now=now)
            Elevation.objects.filter(pk=elevation.pk, status=ElevationStatus.REVOKING).update(status="ended", ended_at=now)


def test_twenty_requests_for_overlapping_windows_give_one(cast: Cast, now: datetime) -> None:
    starts = [now + timedelta(minutes=60 + number) for number in range(RACERS)]
    outcomes = race([partial(submitted, cast.member01, now=now, starts_at=start) for start in starts])
    assert len(won(outcomes)) == AccessRequest.objects.count() == 1
    assert {type(outcome) for outcome in outcomes} == {AccessRequest, errors.WindowsOverlap}


def test_twenty_requests_to_start_now_give_one(cast: Cast, now: datetime) -> None:
    outcomes = race([partial(submitted, cast.member01, now=now)] * RACERS)
    assert len(won(outcomes)) == AccessRequest.objects.count() == 1
    assert {type(outcome) for outcome in outcomes} == {AccessRequest, errors.AlreadyPending}


def test_twenty_requests_at_once_leave_no_more_waiting_than_may(cast: Cast, now: datetime, settings: Settings) -> None:
    settings.PERSON_PENDING_REQUESTS = 5
    starts = [now + number * HOUR for number in range(1, RACERS + 1)]
    outcomes = race([partial(submitted, cast.member01, now=now, starts_at=start) for start in starts])
    assert len(won(outcomes)) == AccessRequest.objects.count() == 5
    assert {type(outcome) for outcome in outcomes} == {AccessRequest, TooManyPending}


def test_twenty_requests_at_once_are_no_more_than_an_hour_takes(cast: Cast, now: datetime, settings: Settings) -> None:
    settings.PERSON_REQUESTS_PER_HOUR = 5
    starts = [now + number * HOUR for number in range(1, RACERS + 1)]
    outcomes = race([partial(submitted, cast.member01, now=now, starts_at=start) for start in starts])
    assert len(won(outcomes)) == AccessRequest.objects.count() == 5
    assert {type(outcome) for outcome in outcomes} == {AccessRequest, TooManySubmissions}


def test_two_approvals_of_overlapping_windows_give_one_elevation(cast: Cast, now: datetime) -> None:
    start_now = submitted(cast.member01, now=now, duration_minutes=60)
    later = submitted(cast.member01, now=now, starts_at=now + HOUR)
    moment = now + timedelta(minutes=30)
    outcomes = race(
        [partial(approved, start_now, cast.leader01, now=moment), partial(approved, later, cast.leader02, now=moment)]
    )
    assert len(won(outcomes)) == Elevation.objects.count() == 1


def test_one_key_used_by_twenty_gives_one_request_and_one_answer(cast: Cast, now: datetime) -> None:
    claim = Claim(client="chatbot", person_id=cast.member01.pk, key="k-1", body_digest="a" * 64)

    def verb() -> Answer:
        request = submit.submit(ask=ask(), actor=actor_of(cast.member01), now=now)
        return Answer(status=201, body={"id": request.code})

    answers = race([lambda: act_once(claim, verb, actor=WORKER, now=now)] * RACERS)
    assert answers == [Answer(status=201, body={"id": AccessRequest.objects.get().code})] * RACERS
    assert IdempotentAnswer.objects.count() == 1


def test_extension_approved_against_an_early_return_leaves_one_truth(cast: Cast, now: datetime) -> None:
    for _ in range(5):
        elevation = elevated(cast.member01, cast.leader01, now=now)
        extension = extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now)
        race([partial(approved, extension, cast.leader01, now=now), partial(returned, elevation, cast.member01, now=now)])
        elevation.refresh_from_db()
        assert elevation.status == ElevationStatus.CANCELLED
        extension.refresh_from_db()
        assert (extension.status == RequestStatus.APPROVED) == (elevation.ends_at == now + HOUR)
        assert_trail_tells(elevation)
        if extension.status == RequestStatus.PENDING:
            sent_back(extension, cast.leader01, now=now)


def test_extension_asked_for_while_the_person_is_disabled_meets_no_deadlock(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    race(
        [
            partial(extension_asked, elevation, cast.member01, ends_at=now + HOUR, now=now),
            lambda: run(lambda: people.disable(person=cast.member01, actor=actor_of(cast.admin01), now=now)),
            partial(stopped, elevation, cast.leader01, now=now),
            partial(returned, elevation, cast.member01, now=now),
        ]
    )
    elevation.refresh_from_db()
    assert elevation.status == ElevationStatus.CANCELLED
    assert_trail_tells(elevation)


def test_two_sweeps_let_a_request_lapse_once(cast: Cast, now: datetime) -> None:
    for person in (cast.member01, cast.member02, cast.leader01):
        submitted(person, now=now)
    late = now + timedelta(days=2)
    race([partial(sweep.housekeeping, now=late)] * 4)
    assert TrailEntry.objects.filter(act="request.lapsed").count() == 3
    for request in AccessRequest.objects.all():
        assert_trail_tells(request)


def test_trail_is_written_in_the_order_of_its_ids_by_twenty_at_once(cast: Cast, now: datetime) -> None:
    people = [add_person(f"person{number:02}") for number in range(RACERS)]
    race([partial(submitted, person, now=now) for person in people])
    assert TrailEntry.objects.filter(act="request.submitted").count() == RACERS
    as_recorded = TrailEntry.objects.order_by("recorded_at", "id").values_list("id", flat=True)
    assert list(as_recorded) == list(range(1, RACERS + 1))
