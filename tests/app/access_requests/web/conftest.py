"""Fixtures: the workers' clock in the tests' hand, and people in front of their browsers."""

from collections.abc import Callable

import pytest
from django.test import Client

from portal.users.models import User

Browse = Callable[..., Client]


@pytest.fixture
def browse(clock: object) -> Browse:
    """Return a function that gives a person's browser, logged in; without a person, a stranger's. It asks for English."""

    def browser(person: User | None = None, *, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        if person is not None:
            client.force_login(person)
        return client

    return browser
