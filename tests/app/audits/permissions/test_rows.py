"""What the database refuses of looks and standings, each constraint broken once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audits.models import Look, RailStanding

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
LOOK: dict[str, Any] = {
    "account": "444444444444",
    "key": "production",
    "since": NOW,
    "until": NOW,
    "sha256": "a" * 64,
    "entry_id": 1,
}
STANDING = {
    "account": "444444444444",
    "key": "production",
    "carrier": "role",
    "name": "x",
    "rail": "DenyBilling",
    "state": "holds",
}
BREAKS: dict[str, tuple[type[Look | RailStanding], dict[str, Any]]] = {
    "look_read_or_not": (Look, {**LOOK, "problem": "AccessDenied"}),
    "look_goes_forward": (Look, {**LOOK, "until": NOW - timedelta(seconds=1)}),
    "rail_state_known": (RailStanding, {**STANDING, "state": "perhaps"}),
    "rail_stands_once": (RailStanding, STANDING),
}


@pytest.mark.parametrize("name", list(BREAKS))
def test_row_that_contradicts_itself_is_refused(name: str) -> None:
    model, values = BREAKS[name]
    RailStanding.objects.create(**STANDING)
    Look.objects.create(**LOOK)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**values)


def test_each_constraint_is_broken_once() -> None:
    named = {one.name for model in (Look, RailStanding) for one in model._meta.constraints}
    assert named == set(BREAKS)
