"""The pages that say where things are name things that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`((?:access_requests|audits|portal|tests|templates|docs)/[\w/.-]+)`")


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_place_that_is_named_exists(page: str) -> None:
    named = NAMED.findall((ROOT / page).read_text())
    assert len(named) > 10
    assert [place for place in named if not (ROOT / place).exists()] == []


def test_each_decision_has_a_number_of_its_own_and_says_it() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    numbers = [page.name.partition("-")[0] for page in pages]
    assert len(set(numbers)) == len(numbers)
    assert [page.name for page in pages if not page.read_text().startswith(f"# {int(page.name.partition('-')[0])}. ")] == []
