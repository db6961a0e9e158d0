from datetime import datetime, timedelta

import pytest

from tests.app.access_requests.services.catalogue.loading import DEMO, load


@pytest.fixture
def demo(now: datetime) -> None:
    load(DEMO, now)


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + timedelta(hours=1)
