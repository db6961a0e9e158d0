"""What the trail has of an endpoint, and disabling it, which people and the channel both do.

The trail goes into evidence, so it has neither the secret nor the whole address, which by itself opens some receivers.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from access_requests.models import DisabledBecause, WebhookEndpoint
from access_requests.services.record import changes, marks
from audits.acts import Act
from portal.verbs.actor import Actor

Fields = Mapping[str, Any]


def describe(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {
        "name": endpoint.name,
        "place": endpoint.place,
        # Tells one address from another.
        "url_sha256": hashlib.sha256(endpoint.url.encode()).hexdigest(),
        "acts": endpoint.acts,
        "work_groups": sorted(group.name for group in endpoint.work_groups.all()),
        "language": endpoint.language,
        "with_details": endpoint.with_details,
        "enabled": endpoint.enabled,
        "disabled_because": endpoint.disabled_because,
    }


def lock(endpoint_id: int) -> WebhookEndpoint | None:
    """Return the endpoint, locked until the transaction ends; None if somebody has deleted it."""
    return WebhookEndpoint.objects.select_for_update().filter(pk=endpoint_id).first()


def record(
    act: Act, endpoint: WebhookEndpoint, *, before: Fields | None, after: Fields | None, actor: Actor, now: datetime
) -> None:
    changes.record(act=act, subject=f"webhook:{endpoint.code}", before=before, after=after, actor=actor, now=now)


def record_secret(act: Act, endpoint: WebhookEndpoint, *, after: Fields, actor: Actor, now: datetime) -> None:
    """Record that the endpoint has another secret from now on, of which the trail keeps a mark."""
    data = {"before": None, "after": after, "mark": marks.of(endpoint.secret)}
    changes.record_data(act=act, subject=f"webhook:{endpoint.code}", data=data, actor=actor, now=now)


def disable(endpoint_id: int, because: DisabledBecause, *, actor: Actor, now: datetime) -> None:
    """Send nothing more there until somebody enables it. Of no effect on one that is disabled or gone already."""
    endpoint = lock(endpoint_id)
    if endpoint is None or not endpoint.enabled:
        return
    before = describe(endpoint)
    endpoint.enabled, endpoint.disabled_because = False, because
    endpoint.save(update_fields=["enabled", "disabled_because"])
    record(Act.WEBHOOK_DISABLED, endpoint, before=before, after=describe(endpoint), actor=actor, now=now)
