from collections.abc import Iterator

import pytest

from tests.demo.running import Demo, running


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Return a demo with its past that all tests share: a test that spoils it takes one of its own."""
    with running(tmp_path_factory.mktemp("demo"), DEMO_HISTORY="1") as demo:
        yield demo
