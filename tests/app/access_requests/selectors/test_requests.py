"""Who may see which request, and whom a request waits for."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access_requests.models import AccessRequest
from access_requests.selectors import requests, timeline
from access_requests.selectors.requests import Filters
from access_requests.services.requests import decide
from portal.users.models import User
from portal.verbs.rejections import Rejection
from tests.worlds.cast import NAMES, Cast, actor_of
from tests.worlds.factors import give_codes
from tests.worlds.story import approved, elevated, extension_asked, rejected, submitted

HOUR = timedelta(hours=1)


def person(name: str) -> User:
    return User.objects.get(username=name)


@pytest.mark.parametrize(
    ("who", "sees"),
    [("member01", True), ("member02", False), ("leader01", True), ("leader02", True), ("admin01", True), ("auditor01", True)],
)
def test_request_is_seen_by_requester_approvers_administrators_and_auditors(
    cast: Cast,
    now: datetime,
    who: str,
    sees: bool,  # noqa: FBT001
) -> None:
    submitted(cast.member01, now=now)
    assert requests.visible_to(person(who)).exists() == sees


def test_whoever_decided_still_sees_it_after_leaving_the_policy(cast: Cast, now: datetime) -> None:
    approved(submitted(cast.member01, now=now), cast.leader01, now=now)
    cast.one_lead.levels.get().approvers.remove(cast.leader01)
    assert requests.visible_to(cast.leader01).exists()


def test_request_waits_for_exactly_those_whose_decision_would_be_taken(cast: Cast, now: datetime) -> None:
    """The query of the queue and the rule of the verb agree, for everybody, at every stage of two levels."""
    request = submitted(cast.leader02, now=now, work_groups=["ProdLeaderWorkGroup"])
    assert _waits_for(now) == _would_be_taken(request, now) == {"leader01"}
    approved(request, cast.leader01, now=now)
    assert _waits_for(now) == _would_be_taken(request, now) == {"admin01"}
    approved(request, cast.admin01, now=now)
    assert _waits_for(now) == _would_be_taken(request, now) == set()


def test_disabled_approver_and_passed_deadline_are_not_waited_for(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    cast.leader01.is_active = False
    cast.leader01.save()
    assert _waits_for(now) == _would_be_taken(request, now) == {"leader02"}
    assert _waits_for(request.decide_until) == _would_be_taken(request, request.decide_until) == set()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_queue_lists_exactly_what_the_rules_let_each_person_decide_on(cast: Cast, now: datetime, data: st.DataObject) -> None:
    """The queue asks the database, the pages ask the rules: they agree over policies, approvals and deadlines of all kinds."""
    sid = transaction.savepoint()
    try:
        give_codes([person(name) for name in NAMES if not person(name).second_factors])
        request, moment = _some_request(cast, now, data)
        asked = requests.in_full(AccessRequest.objects.filter(pk=request.pk)).get()
        by_rule = {name for name in NAMES if decide.refusal(asked, seen=None, actor=actor_of(person(name)), now=moment) is None}
        assert _waits_for(moment) == by_rule
    finally:
        transaction.savepoint_rollback(sid)


def _some_request(cast: Cast, now: datetime, data: st.DataObject) -> tuple[AccessRequest, datetime]:
    """Return a request under a policy that was made up, with some approvals, and a moment at which it is looked at."""
    people = [person(name) for name in NAMES]
    request = submitted(cast.member01, now=now, work_groups=["ProdLeaderWorkGroup"])
    for level in request.policy.levels.all():
        level.approvals = data.draw(st.integers(1, 2), label="approvals")
        level.save()
        level.approvers.set([one for one in people if data.draw(st.booleans(), label=f"{one} at {level.number}")])
    for approver in [one for one in people if data.draw(st.booleans(), label=f"{one} approves")]:
        with suppress(Rejection):
            approved(request, approver, now=now)
    disabled = [one.pk for one in people if data.draw(st.booleans(), label=f"{one} is disabled")]
    User.objects.filter(pk__in=disabled).update(is_active=False)
    return request, data.draw(st.sampled_from([now, request.decide_until]), label="now")


def _waits_for(now: datetime) -> set[str]:
    return {name for name in NAMES if requests.waiting_for(person(name), now=now).exists()}


def _would_be_taken(request: AccessRequest, now: datetime) -> set[str]:
    """Return whose decision on the request the verb would take: each tries, and is rolled back."""
    return {name for name in NAMES if _takes(request, person(name), now)}


def _takes(request: AccessRequest, approver: User, now: datetime) -> bool:
    sid = transaction.savepoint()
    try:
        rejected(request, approver, now=now)
    except Rejection:
        return False
    else:
        return True
    finally:
        transaction.savepoint_rollback(sid)


def test_filters_narrow_and_nothing_leaks_through_them(cast: Cast, now: datetime) -> None:
    mine = submitted(cast.member01, now=now, reason="rebuild the 検索 index", change_ticket="CHG-1")
    submitted(cast.member02, now=now + HOUR, reason="rotate keys", change_ticket="CHG-2")
    everything, own = requests.visible_to(cast.auditor01), requests.visible_to(cast.member01)
    cases: list[tuple[Filters, int, int]] = [
        (Filters(), 2, 1),
        (Filters(requester="member01"), 1, 1),
        (Filters(requester="member02"), 1, 0),
        (Filters(work_group="ProdMemberWorkGroup"), 2, 1),
        (Filters(state="approved"), 0, 0),
        (Filters(since=now + HOUR), 1, 0),
        (Filters(until=now + HOUR), 1, 1),
        (Filters(words="検索"), 1, 1),
        (Filters(words="chg-2"), 1, 0),
        (Filters(words=mine.code.lower()), 1, 1),
        (Filters(words="' OR 1=1 --"), 0, 0),
        (Filters(words="%"), 0, 0),
        (Filters(waiting_for_me=True), 0, 0),
    ]
    for filters, seen_by_auditor, seen_by_member in cases:
        assert requests.filtered(everything, filters, cast.auditor01, now=now).count() == seen_by_auditor, filters
        assert requests.filtered(own, filters, cast.member01, now=now).count() == seen_by_member, filters


def test_list_costs_the_same_number_of_queries_however_long_it_is(cast: Cast, now: datetime) -> None:
    costs = []
    for number in range(3):
        submitted(cast.member01, now=now, starts_at=now + (2 * number + 1) * HOUR)
        with CaptureQueriesContext(connection) as queries:
            rows = [
                (row.requester.name, list(row.work_groups.all()), list(row.decisions.all()), list(row.elevations.all()))
                for row in requests.in_full(AccessRequest.objects.all())
            ]
        assert len(rows) == number + 1
        costs.append(len(queries))
    assert len(set(costs)) == 1


def test_timeline_tells_a_request_its_access_and_the_extensions_of_it(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    extension = extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now)
    submitted(cast.member02, now=now)
    told = [(entry.subject, entry.act) for entry in timeline.of_request(elevation.request)]
    assert told == [
        (elevation.request.code, "request.submitted"),
        (elevation.request.code, "request.approved"),
        (elevation.code, "elevation.scheduled"),
        (extension.code, "request.submitted"),
    ]
    assert (elevation.code, "elevation.scheduled") in [(entry.subject, entry.act) for entry in timeline.of_request(extension)]
