"""The mark, at the address where every browser looks."""

from django.contrib.staticfiles import finders
from django.test import Client


def test_browser_that_looks_for_an_icon_is_led_to_the_mark(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, "/static/sekisho/icon.svg")
    assert finders.find("sekisho/icon.svg")
