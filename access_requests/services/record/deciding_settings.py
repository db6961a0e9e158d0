"""Settings that decide who may do what: in the trail, whenever workers start with others than before."""

import json
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings

from audits import trail
from audits.acts import Act
from audits.models import TrailEntry
from portal.storable import AsTyped, storable
from portal.verbs.actor import WORKER
from portal.verbs.run import run

SUBJECT = "settings:workers"
NAMES = (
    *("GRANT_BACKENDS", "EMERGENCY_ACCOUNTS", "TTL_TAG_KEY", "PERSONAL_TOKEN_EXPIRES_IN", "PASSWORD_RESET_TIMEOUT"),
    *("PERSON_PENDING_REQUESTS", "PERSON_REQUESTS_PER_HOUR", "RECONCILE_SECONDS", "SETTLING_SECONDS", "COMPARE_TRAIL_SECONDS"),
    *("SECOND_FACTOR_REQUIRED", "STEP_UP_MINUTES", "STEP_UP_BY_PASSKEY", "AWS_JUMP_ROLE_ARN", "PORTAL_URL"),
)


def tell(*, now: datetime) -> None:
    """Append the settings if the last that workers said were others. One look into the trail, by an index."""
    before = TrailEntry.objects.filter(subject=SUBJECT, act=Act.SETTINGS_CHANGED).order_by("-pk").first()
    said, after = before.data["after"] if before else None, current()
    if after != said:
        data = {"before": said, "after": after}
        run(partial(trail.record, now=now, act=Act.SETTINGS_CHANGED, actor=WORKER.name, subject=SUBJECT, data=data))


def current() -> dict[str, Any]:
    """Return name -> value, as JSON has it, of those that this release has."""
    known = {name: getattr(settings, name) for name in NAMES if hasattr(settings, name)}
    said: dict[str, Any] = json.loads(json.dumps(storable(known), cls=AsTyped, default=str))
    return said
