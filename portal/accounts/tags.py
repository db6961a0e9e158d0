"""What the pages of a log-in offer."""

from django import template
from django.conf import settings

from portal.providers.provider import Provider

register = template.Library()


@register.simple_tag
def ways_in() -> list[Provider]:
    """Return the providers by which one may log in."""
    return list(settings.LOGIN_PROVIDERS)


@register.simple_tag
def passwords_let_in() -> bool:
    """Return whether people log in by password here, and not the emergency accounts alone."""
    return bool(settings.PASSWORD_LOGIN)
