"""A release that is to come, which shows approvers more: one thing, which is empty so far."""

from collections.abc import Sequence
from typing import Any

import pytest

from access_requests.models import AccessRequest, WorkGroup
from access_requests.services.record import snapshot


def put_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    first = snapshot.VERSIONS[1]

    def second(request: AccessRequest, work_groups: Sequence[WorkGroup]) -> dict[str, Any]:
        return {**first(request, work_groups), "risk": ""}

    monkeypatch.setattr(snapshot, "VERSIONS", {1: first, 2: second})
    monkeypatch.setattr(snapshot, "TEXTS", {1: snapshot.TEXTS[1], 2: snapshot.TEXTS[1]})
    monkeypatch.setattr(snapshot, "LATEST", 2)
