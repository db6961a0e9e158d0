"""Settings that decide are in the trail from when workers have them."""

from django.conf import LazySettings

from access_requests.services.record import deciding_settings
from audits.acts import Act
from audits.models import TrailEntry
from tests.worlds.clock import Clock


def test_settings_are_told_once_and_again_when_they_are_others(db: None, clock: Clock, settings: LazySettings) -> None:
    for pending in (20, 20, 21):
        settings.PERSON_PENDING_REQUESTS = pending
        deciding_settings.tell(now=clock.now)
    first, second = TrailEntry.objects.filter(act=Act.SETTINGS_CHANGED).order_by("pk")
    assert first.data["before"] is None
    assert first.data["after"] == second.data["before"]
    assert second.data["after"]["PERSON_PENDING_REQUESTS"] == 21
