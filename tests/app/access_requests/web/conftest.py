"""Fixtures: the workers' clock in the tests' hand, and people in front of their browsers."""

import re
from collections.abc import Callable

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from portal.users.models import User
from tests.worlds.browsers import logged_in

Browse = Callable[..., Client]


def laid_out(response: HttpResponseBase) -> str:
    """Return the page as a browser takes it: however much white space is one space, and none beside a tag of a block."""
    text = re.sub(r"\s+", " ", response.getvalue().decode())
    return re.sub(r" ?(</?(?:dt|dd|dl|li|ul|p|div|tr|td|th)\b[^>]*>) ?", r"\1", text)


@pytest.fixture
def browse(clock: object) -> Browse:
    """Return a function that gives a person's browser, logged in; without a person, a stranger's. It asks for English."""

    def browser(person: User | None = None, *, language: str = "en") -> Client:
        return Client(headers={"accept-language": language}) if person is None else logged_in(person, language=language)

    return browser
