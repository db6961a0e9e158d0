"""The providers of the settings, by their keys."""

from django.conf import settings

from portal.providers.provider import Provider


def named(key: str) -> Provider | None:
    return next((provider for provider in settings.LOGIN_PROVIDERS if provider.key == key), None)


def origins() -> list[str]:
    """Return where a form of a log-in may lead to in the end."""
    return sorted({origin for provider in settings.LOGIN_PROVIDERS for origin in provider.origins})


def may_use_password(username: str) -> bool:
    """Return whether this person's own password lets them in: everybody's, or those of the emergency accounts."""
    return settings.PASSWORD_LOGIN or is_emergency(username)


def is_emergency(username: str) -> bool:
    """Return whether a log-in by password is the exception of which everybody is told."""
    return not settings.PASSWORD_LOGIN and username.lower() in map(str.lower, settings.EMERGENCY_ACCOUNTS)
