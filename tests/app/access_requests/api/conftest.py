"""Two programs before the API, which may act for everyone and about both work groups."""

from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.test import Client

from access_requests.models import ApiClient
from tests.stand_ins.bots import SCOPES, Bot, make_client, make_personal_client, token_of
from tests.worlds.cast import Cast


@pytest.fixture(autouse=True)
def _counts_begin_anew() -> Iterator[None]:
    caches["calls"].clear()
    yield
    caches["calls"].clear()


@pytest.fixture
def chatbot(cast: Cast) -> ApiClient:
    return make_client("chatbot", cast)


@pytest.fixture
def bot(chatbot: ApiClient) -> Bot:
    return Bot(token_of(chatbot, *SCOPES), Client(raise_request_exception=False))


@pytest.fixture
def command_line(cast: Cast) -> ApiClient:
    """The client of people's own scripts."""
    return make_personal_client("command-line", cast)


@pytest.fixture
def pager(cast: Cast) -> Bot:
    """Another program, so that a decision need not come through the one that asked."""
    return Bot(token_of(make_client("pager", cast), *SCOPES), Client(raise_request_exception=False))
