"""Fixtures: everybody begins without a second factor, and without wrong codes of others."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _begins_anew(without_factors: None) -> None:
    cache.clear()
