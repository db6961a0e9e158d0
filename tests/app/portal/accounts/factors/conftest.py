"""Tries that are counted belong to one test alone."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _tries_are_counted_anew() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()
