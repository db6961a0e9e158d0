import logging

import pytest
from django.db import OperationalError, connection
from django.test import Client


@pytest.mark.django_db
def test_everybody_is_told_that_the_portal_serves(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


def test_portal_without_its_database_says_so_and_nothing_of_why(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> None:
        raise OperationalError("connection to 10.0.0.5 refused for role sekisho_app")

    monkeypatch.setattr(connection, "cursor", refuse)
    with caplog.at_level(logging.ERROR, logger="portal.health"):
        answer = client.get("/healthz")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["code"] == "unavailable"
    assert b"10.0.0.5" not in answer.content
    assert "10.0.0.5" in caplog.text


@pytest.mark.django_db
def test_health_is_read_only(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
