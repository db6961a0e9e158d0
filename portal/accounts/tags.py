"""What the pages of a log-in offer."""

from django import template
from django.conf import settings

from portal.providers.provider import OidcProvider, Provider
from portal.users.models import User

register = template.Library()


@register.simple_tag
def ways_in() -> list[Provider]:
    """Return the providers by which one may log in."""
    return list(settings.LOGIN_PROVIDERS)


@register.simple_tag
def ways_to_confirm(person: User) -> list[Provider]:
    """Return the providers that have vouched for the person."""
    theirs = set(person.linked_identities.filter(verified_at__isnull=False).values_list("provider", flat=True))
    return [one for one in settings.LOGIN_PROVIDERS if one.identity in theirs and isinstance(one, OidcProvider) and one.confirms]


@register.simple_tag
def passwords_let_in() -> bool:
    """Return whether people log in by password here, and not the emergency accounts alone."""
    return bool(settings.PASSWORD_LOGIN)
