from collections.abc import Iterator

import pytest

from tests.iam_simulate.peer import IamSimulate, started


@pytest.fixture(scope="session")
def peer() -> Iterator[IamSimulate]:
    yield from started()
