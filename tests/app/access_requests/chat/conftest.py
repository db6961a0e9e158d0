"""Fixtures: Slack before the portal's door, and a local Slack behind it."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.stand_ins.slack import Slack
from tests.stand_ins.slack_server import TOKEN, SlackServer, slack_server


@pytest.fixture
def slack(clock: object) -> Slack:
    return Slack()


@pytest.fixture
def server(settings: Settings) -> Iterator[SlackServer]:
    """Return a local Slack which the portal may call with a bot's token."""
    with slack_server() as made:
        settings.SLACK_API_URL, settings.SLACK_BOT_TOKEN = made.url, TOKEN
        yield made
