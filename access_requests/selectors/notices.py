"""Deliveries of notices: the log of them, and what an administrator should know of it without looking."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from access_requests.models import Delivery, DeliveryStatus, WebhookEndpoint

NEWEST_FIRST = "-id"
LATELY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the log is narrowed to. Empty ones narrow nothing. `recipient`: as its channel names it, or a webhook's name."""

    channel: str = ""
    status: str = ""
    recipient: str = ""


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What waits to be sent, and since when the oldest of it does."""

    count: int
    oldest_at: datetime | None


def filtered(filters: Filters) -> QuerySet[Delivery]:
    """Return the log narrowed, newest first."""
    rows = Delivery.objects.order_by(NEWEST_FIRST)
    exact = {"channel": filters.channel, "status": filters.status}
    rows = rows.filter(**{field: value for field, value in exact.items() if value})
    if filters.recipient:
        named = WebhookEndpoint.objects.filter(name__icontains=filters.recipient).values("code")
        rows = rows.filter(Q(target=filters.recipient) | Q(target__in=named))
    return rows


def backlog() -> Backlog:
    """Return what waits, in one query over what is due sooner or later."""
    waiting = Delivery.objects.filter(try_again_at__isnull=False)
    return Backlog(**waiting.aggregate(count=Count("pk"), oldest_at=Min("created_at")))


def given_up_lately(*, now: datetime) -> int:
    """Return how many of the last day's notices reached nobody. Tests are whoever tests' own affair."""
    rows = Delivery.objects.filter(settled_at__gt=now - LATELY, status=DeliveryStatus.GIVEN_UP, entry_id__isnull=False)
    return rows.count()


def names_of_webhooks() -> dict[str, str]:
    """Return code -> name."""
    return dict(WebhookEndpoint.objects.values_list("code", "name"))
