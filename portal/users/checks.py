"""System checks of how long a log-in is good."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  Django's names.

from portal.users import sessions

LONGEST, LONGEST_IDLE_OF_ADMINISTRATORS = timedelta(hours=12), timedelta(hours=1)
# Last use is written once a minute: a limit near that would end what is in use.
SHORTEST = timedelta(minutes=5)


@register(Tags.security)
def sessions_end(**_kwargs: Any) -> list[CheckMessage]:
    limits = {
        "SESSION_HOURS": sessions.longest(),
        "SESSION_IDLE_MINUTES": timedelta(minutes=settings.SESSION_IDLE_MINUTES),
        "SESSION_IDLE_MINUTES_ADMINISTRATOR": timedelta(minutes=settings.SESSION_IDLE_MINUTES_ADMINISTRATOR),
    }
    return [
        Error(
            f"{name} is less than five minutes: sessions in use would end.",
            hint="Last use is written down once a minute. Give a longer time.",
            id="users.E001",
        )
        for name, limit in limits.items()
        if limit < SHORTEST
    ]


@register(Tags.security, deploy=True)
def sessions_end_soon(**_kwargs: Any) -> list[CheckMessage]:
    """Name what is laxer than an audited company accepts: it is allowed, and deserves to be known."""
    whole, alone = sessions.longest(), sessions.idle(administrator=False)
    found = {
        "SESSION_HOURS": (whole > LONGEST, "log-ins last longer than 12 hours", "W001"),
        "SESSION_IDLE_MINUTES": (alone > whole, "log-ins that nobody uses never end before their longest time", "W002"),
        "SESSION_IDLE_MINUTES_ADMINISTRATOR": (
            sessions.idle(administrator=True) > LONGEST_IDLE_OF_ADMINISTRATORS,
            "administrators' log-ins outlast an hour without use",
            "W003",
        ),
    }
    return [
        Warning(f"{name}: {what}.", hint="Whoever sits down at the open browser acts as that person.", id=f"users.{number}")
        for name, (is_lax, what, number) in found.items()
        if is_lax
    ]
