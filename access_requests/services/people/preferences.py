"""How a person likes to read the portal. Nobody's rights depend on it, so it leaves no trail."""

from portal.users.models import User


def choose(*, person: User, language: str, time_zone: str) -> None:
    """Keep the language and the time zone; empty ones mean the browser's and the portal's."""
    person.language, person.time_zone = language, time_zone
    person.save(update_fields=["language", "time_zone"])
