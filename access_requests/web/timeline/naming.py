"""How the people of entries are called: by their name of today, with the user name that the trail has kept."""

from collections.abc import Iterable, Mapping
from typing import Any

from audits.models import TrailEntry
from audits.sentences import Call
from portal.users.models import User


def of(entries: Iterable[TrailEntry]) -> Call:
    """Return what calls the people of these entries; whoever is unknown keeps the user name. Costs one query."""
    names = {name for entry in entries for name in (entry.actor, entry.on_behalf_of, _person(entry.data)) if name}
    people = {person.username: person.called for person in User.objects.filter(username__in=names)}
    return lambda username: people.get(username, username)


def _person(data: Mapping[str, Any]) -> str:
    elevation = data.get("elevation")
    return str(elevation.get("person", "")) if isinstance(elevation, Mapping) else ""
