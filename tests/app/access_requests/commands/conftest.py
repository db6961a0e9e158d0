"""Somebody at a terminal, as whom commands run unless they are told another name."""

import pytest

from portal.verbs import operators


@pytest.fixture(autouse=True)
def _operator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operators, "of_machine", lambda: "operator01")
