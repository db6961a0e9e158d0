"""An API client as pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass

from access_requests import wording
from access_requests.models import ApiClient, KeptIn

MOST_NAMES = 5


@dataclass(frozen=True, kw_only=True)
class ShownClient:
    """A row that selectors.clients.in_full loaded."""

    row: ApiClient

    @property
    def scopes(self) -> Sequence[tuple[str, str]]:
        """Return each scope with its words, in the order in which all pages have them."""
        there = set(self.row.oauth_client.get_scopes())
        return [(word, wording.scope(word)) for word in wording.SCOPES if word in there]

    @property
    def people(self) -> Sequence[str]:
        return sorted(person.username for person in self.row.people.all())

    @property
    def first_people(self) -> Sequence[str]:
        return self.people[:MOST_NAMES]

    @property
    def more_people(self) -> int:
        return max(0, len(self.people) - MOST_NAMES)

    @property
    def is_kept_here(self) -> bool:
        return self.row.kept_in == KeptIn.BROWSER

    @property
    def is_revoked(self) -> bool:
        return self.row.retired_at is not None
