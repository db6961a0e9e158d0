from collections.abc import Iterator

import pytest

from tests.demo.running import Demo, running


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Return a demo that the tests of a module share: whoever spoils it takes one of their own."""
    with running(tmp_path_factory.mktemp("demo")) as demo:
        yield demo
