"""Form fields that Django lacks."""

from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from portal.pages.fields import LocalTimeField
from portal.verbs.rejections import AmbiguousTime

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("typed", ["2026-03-29T02:30", "2026-10-25T02:30"], ids=["skipped", "repeated"])
def test_time_at_which_the_clocks_change_is_refused(typed: str) -> None:
    with timezone.override(BERLIN), translation.override("en"), pytest.raises(ValidationError) as refusal:
        LocalTimeField().clean(typed)
    assert refusal.value.messages == [AmbiguousTime.sentence]


def test_time_is_read_in_the_persons_zone() -> None:
    with timezone.override(BERLIN):
        moment = LocalTimeField().clean("2026-11-23T06:00")
    assert moment is not None
    assert moment.isoformat() == "2026-11-23T06:00:00+01:00"
