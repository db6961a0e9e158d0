"""The two state machines, as tables."""

import pytest

from access_requests.lifecycle import (
    ELEVATION_TRANSITIONS,
    IN_AWS,
    REQUEST_TRANSITIONS,
    STANDING,
    UNDECIDED,
    UNSETTLED,
    ElevationAction,
    ElevationStatus,
    RequestAction,
    RequestStatus,
)

E, R = ElevationStatus, RequestStatus


def test_every_end_of_a_request_is_reached_from_pending_and_none_is_left_again() -> None:
    assert frozenset({R.PENDING}) == UNDECIDED
    assert set(REQUEST_TRANSITIONS.values()) == set(R) - {R.PENDING}
    assert {action for _, action in REQUEST_TRANSITIONS} == set(RequestAction)


def test_elevation_ends_only_by_revoking_or_by_never_having_begun() -> None:
    before_ended = {before for (before, _), after in ELEVATION_TRANSITIONS.items() if after == E.ENDED}
    before_cancelled = {before for (before, _), after in ELEVATION_TRANSITIONS.items() if after == E.CANCELLED}
    assert before_ended == {E.REVOKING}
    assert before_cancelled == {E.SCHEDULED}


def test_what_aws_may_have_can_always_be_revoked() -> None:
    for status in IN_AWS - {E.REVOKING}:
        assert ELEVATION_TRANSITIONS[status, ElevationAction.START_REVOKE] == E.REVOKING


def test_nothing_returns_to_an_earlier_state() -> None:
    order = [E.SCHEDULED, E.GRANTING, E.ACTIVE, E.REVOKING, E.ENDED, E.CANCELLED]
    assert all(order.index(after) > order.index(before) for (before, _), after in ELEVATION_TRANSITIONS.items())


def test_over_is_what_has_no_way_on() -> None:
    assert set(E) - UNSETTLED == {E.ENDED, E.CANCELLED}
    assert {E.SCHEDULED, E.GRANTING, E.ACTIVE} == STANDING


@pytest.mark.parametrize("status", sorted(R))
def test_names_of_states_fit_their_column(status: RequestStatus) -> None:
    assert len(status) <= 20
