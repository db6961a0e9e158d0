from collections.abc import Iterator

import pytest

from tests.demo.running import Demo, running
from tests.stand_ins.slack_server import TOKEN, SlackServer, slack_server


@pytest.fixture(scope="session")
def slack() -> Iterator[SlackServer]:
    with slack_server() as made:
        yield made


@pytest.fixture(scope="session")
def demo(slack: SlackServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Return a demo with its past and a chat, which all tests share: a test that spoils it takes one of its own."""
    folder = tmp_path_factory.mktemp("demo")
    with running(folder, DEMO_HISTORY="1", SLACK_API_URL=slack.url, SLACK_BOT_TOKEN=TOKEN) as demo:
        yield demo
