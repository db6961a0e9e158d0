"""What pages say by themselves, in their fixed place."""

import pytest
from django.test import Client

from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db


def test_log_in_says_nothing_that_would_lie_over_what_waits(cast: Cast) -> None:
    cast.member02.set_password("a password for one test")
    cast.member02.save()
    browser = Client(headers={"accept-language": "en"})
    typed = {"login": "member02", "password": "a password for one test"}
    home = browser.post("/accounts/login/", typed, follow=True)
    assert home.status_code == 200
    assert "member02" in home.content.decode()
    assert list(home.context["messages"]) == []
