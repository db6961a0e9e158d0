"""Settings that decide who may do what: in the trail, from the start of each process that has others than were said before.

A process that starts says `begins`, and `tell_begun` before it decides anything: the web before its first request, workers in
their first sweep. A database that is away is asked again by the next one.
"""

import hashlib
import json
import logging
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from audits import trail
from audits.acts import Act
from audits.findings import writing
from audits.models import TrailEntry
from portal.storable import AsTyped, storable
from portal.verbs.run import run

logger = logging.getLogger(__name__)
NAMES = (
    *("GRANT_BACKENDS", "LONGEST_ACCESS_MINUTES", "SETTLING_SECONDS", "TTL_TAG_KEY", "TTL_TAG_VALUE", "TTL_TAG_ZONE"),
    *("PERSON_PENDING_REQUESTS", "PERSON_REQUESTS_PER_HOUR", "RECONCILE_SECONDS", "COMPARE_TRAIL_SECONDS"),
    *("SECOND_FACTOR_REQUIRED", "STEP_UP_MINUTES", "STEP_UP_BY_PASSKEY", "MFA_TOTP_TOLERANCE"),
    *("LOGIN_PROVIDERS", "PASSWORD_LOGIN", "EMERGENCY_ACCOUNTS", "PASSWORD_RESET_TIMEOUT", "SLACK_TEAM_ID"),
    *("SESSION_COOKIE_AGE", "SESSION_IDLE_MINUTES", "SESSION_IDLE_MINUTES_ADMINISTRATOR", "TRUSTED_PROXY_COUNT"),
    *("PERSONAL_TOKEN_EXPIRES_IN", "IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN", "DEFAULT_PERSON_TIME_ZONE", "PORTAL_URL"),
    *("AWS_JUMP_ROLE_ARN", "AWS_IDENTITY_CENTER_ROLE_ARN", "AWS_RUNBOOK_ROLE_ARN", "AWS_CHANGE_PUBLISHER_ROLE_ARN"),
    # Whose answers are believed.
    *("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_IDENTITY_CENTER_REGION", "SLACK_API_URL"),
    *("AWS_CHANGE_REVIEWER_ROLE_ARN", "AWS_CHANGE_STARTER_ROLE_ARN", "AWS_CHANGE_APPROVER_ROLE_ARN"),
)


class Process(StrEnum):
    """Each has an environment of its own, and so settings of its own."""

    WEB = "web"
    WORKER = "worker"
    SLACK = "slack"


_begun: set[Process] = set()


def begins(process: Process) -> None:
    """Note that this process starts, and is one of these. Writes nothing yet."""
    _begun.add(process)


def tell_begun(**_signal: object) -> None:
    """Tell the settings of a process that has started, once."""
    for process in tuple(_begun):
        try:
            tell(process, now=timezone.now())
        except DatabaseError:
            logger.exception("the settings of %s are told later", process)
        else:
            _begun.discard(process)


def tell(process: Process, *, now: datetime) -> None:
    """Append the settings if the last that such a process said were others."""
    run(partial(_tell, process, current(), now))


def _tell(process: Process, after: dict[str, Any], now: datetime) -> None:
    # Of processes that start at once the first one says it.
    writing.hold()
    subject = f"settings:{process}"
    before = TrailEntry.objects.filter(subject=subject, act=Act.SETTINGS_CHANGED).order_by("-pk").first()
    said = before.data["after"] if before else None
    if after != said:
        data = {"before": said, "after": after}
        trail.record(now=now, act=Act.SETTINGS_CHANGED, actor=f"sekisho:{process}", subject=subject, data=data)


def current() -> dict[str, Any]:
    """Return name -> value, as JSON has it, of those that this release has."""
    known = {name: getattr(settings, name) for name in NAMES if hasattr(settings, name)}
    # Long, and of a company's inside; secrets are not in it.
    providers = {provider.key: _digest(provider.model_dump_json()) for provider in settings.LOGIN_PROVIDERS}
    said: dict[str, Any] = json.loads(json.dumps(storable(known | {"LOGIN_PROVIDERS": providers}), cls=AsTyped, default=str))
    return said


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
