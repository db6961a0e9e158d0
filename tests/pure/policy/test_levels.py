"""Levels of approval, on values."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_requests.policy.levels import level_without_enough, waiting_level


@pytest.mark.parametrize(
    ("given_levels", "waits"), [([], 1), ([1], 2), ([1, 2], 2), ([1, 2, 2], None), ([2, 2], 1), ([1, 1, 1], 2)]
)
def test_lowest_level_that_lacks_approvals_waits(given_levels: list[int], waits: int | None) -> None:
    assert waiting_level([(2, 2), (1, 1)], given_levels) == waits


LEVELS = st.lists(st.tuples(st.integers(1, 2), st.sets(st.integers(0, 4), max_size=4)), min_size=1, max_size=3)


@given(LEVELS)
def test_policy_can_be_satisfied_exactly_when_different_people_can_take_all_seats(levels: list[tuple[int, set[int]]]) -> None:
    seats = [people for approvals, people in levels for _ in range(approvals)]
    satisfiable = any(
        all(person in seat for person, seat in zip(chosen, seats, strict=True)) for chosen in permutations(range(5), len(seats))
    )
    numbered = [(number, approvals, people) for number, (approvals, people) in enumerate(levels, start=1)]
    assert (level_without_enough(numbered) is None) == satisfiable


def test_person_named_at_two_levels_counts_at_one() -> None:
    assert level_without_enough([(1, 1, {1}), (2, 1, {1})]) == 2
    assert level_without_enough([(1, 1, {1, 2}), (2, 1, {1})]) is None
