"""The sample: nobody chooses it, and anybody computes it again."""

import subprocess
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from audits.evidence.sampling import LEAST, Stratum, draw, key_of, shares

SEED = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


def town(**sizes: int) -> list[tuple[str, Stratum]]:
    return [(f"E-{stratum}{number:05}", Stratum(stratum)) for stratum, size in sizes.items() for number in range(size)]


def test_key_is_what_a_shell_computes() -> None:
    line = f"printf %s '{SEED}|E-4D8WZ1NC' | sha256sum"
    said = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=True).stdout
    assert key_of(SEED, "E-4D8WZ1NC") == said.split()[0]


def test_each_stratum_has_its_least_and_the_rest_go_by_size() -> None:
    drawn = draw(town(ordinary=880, extended=90, failed=20, stopped=10, emergency=1), seed=SEED)
    assert drawn.drawn == {"emergency": 1, "stopped": 3, "failed": 3, "extended": 4, "ordinary": 14}
    assert (len(drawn.sample), drawn.population) == (25, 1001)
    assert [one.key for one in drawn.sample] == sorted(one.key for one in drawn.sample)


def test_of_a_stratum_the_first_by_their_keys_are_drawn() -> None:
    drawn = draw(town(ordinary=500), seed=SEED, count=10)
    expected = sorted(key_of(SEED, code) for code, _ in town(ordinary=500))[:10]
    assert [one.key for one in drawn.sample] == expected
    assert {one.id for one in draw(town(ordinary=500), seed="another", count=10).sample} != {one.id for one in drawn.sample}


def test_largest_remainder_gives_what_halves_leave_to_the_first() -> None:
    sizes = {Stratum.STOPPED: 103, Stratum.FAILED: 103, Stratum.ORDINARY: 103}
    assert shares(sizes, 10) == {"stopped": 4, "failed": 3, "ordinary": 3}


@given(st.dictionaries(st.sampled_from(Stratum), st.integers(0, 60)), st.integers(0, 60))
def test_as_many_are_drawn_as_there_can_be(found: dict[Stratum, int], count: int) -> None:
    sizes = {stratum: found.get(stratum, 0) for stratum in Stratum}
    drawn = shares(sizes, count)
    assert sum(drawn.values()) == min(count, sum(sizes.values()))
    assert all(drawn[stratum] <= size for stratum, size in sizes.items())
    if count >= LEAST * len(Stratum):
        assert all(drawn[stratum] >= min(size, LEAST) for stratum, size in sizes.items())


@given(st.permutations(town(ordinary=30, extended=8, failed=2)))
def test_order_in_which_the_population_comes_changes_nothing(population: list[tuple[str, Stratum]]) -> None:
    drawn = draw(population, seed=SEED, count=12)
    assert drawn == draw(town(ordinary=30, extended=8, failed=2), seed=SEED, count=12)
    assert Counter(one.stratum for one in drawn.sample) == {key: value for key, value in drawn.drawn.items() if value}
