"""System checks of the catalogue: what is allowed and deserves to be known."""

from typing import Any

from django.core.checks import CheckMessage, Info, Tags, Warning, register  # noqa: A004  Django's names.
from django.db import DatabaseError

from access_requests.actor import Door
from access_requests.models import ApiClient, ApprovalPolicy


@register(Tags.security, deploy=True)
def clients_are_kept_short(**_kwargs: Any) -> list[CheckMessage]:
    """A header names a person and does not prove one: whatever lets a client decide or act for all rests on that client alone.

    Not tagged `database`, since `check --deploy` leaves those out unless it is told of a database.
    """
    try:
        return [*_policies(), *_clients()]
    except DatabaseError:
        return [Info("The catalogue was not checked: the database did not answer.", id="access_requests.I001")]


def _policies() -> list[CheckMessage]:
    rules = ApprovalPolicy.objects.filter(retired_at=None, same_client_may_decide=True).order_by("key")
    return [
        Warning(
            f"Policy {rule.key}: the client that carries a request may carry its decision too.",
            hint="Whoever has that client's secret can be requester and approver. Take `client` out of decide_by, or say "
            "same_client_may_decide: false.",
            id="access_requests.W001",
        )
        for rule in rules
        if Door.CLIENT in rule.decide_by
    ]


def _clients() -> list[CheckMessage]:
    return [
        Warning(
            f"API client {client.key} may act for everyone.",
            hint="List the people that it may act for.",
            id="access_requests.W002",
        )
        for client in ApiClient.objects.filter(everyone=True).order_by("key")
    ]
