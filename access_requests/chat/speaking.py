"""Who says something in Slack, by what proof, and how they like to be answered."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.utils import timezone, translation

from access_requests.chat.refusals import AnotherTeam, NotLinked
from access_requests.selectors import identities
from access_requests.services.people.credentials import ChatAccount
from portal.users.models import User
from portal.verbs import rejections
from portal.verbs.actor import Actor, Door

COMMAND = "/prod"
PROVIDER = "slack"
USER_ID = re.compile(r"[UW][A-Z0-9]{2,40}", re.ASCII | re.IGNORECASE)
# How it reached the portal: signed by Slack, or over the connection that the portal opened with its app's token.
SIGNED, BY_SOCKET = "slack-signature", "slack-socket"


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """Whom Slack names. `teams` are the workspaces that it names with them; `method` is the proof that it was Slack."""

    user_id: str
    teams: tuple[str, ...]
    method: str
    now: datetime
    locale: str = ""

    def person(self) -> User:
        """Return who that is here. Raises AnotherTeam, NotLinked, PersonDisabled."""
        if settings.SLACK_TEAM_ID and set(self.teams) != {settings.SLACK_TEAM_ID}:
            raise AnotherTeam
        link = identities.verified(PROVIDER, self.user_id) if USER_ID.fullmatch(self.user_id) else None
        if link is None:
            raise NotLinked(url=portal_page(), command=COMMAND)
        if not link.person.is_active:
            raise rejections.PersonDisabled
        return link.person

    def actor(self, person: User) -> Actor:
        account = ChatAccount(provider=PROVIDER, external_id=self.user_id)
        return Actor(person=person, door=Door.CHAT, credential=account, proof=self.proof())

    def proof(self) -> Mapping[str, object]:
        at = self.now.astimezone(UTC).isoformat(timespec="seconds")
        said = {"method": self.method, "at": at, "identity": f"{PROVIDER}:{self.user_id}"}
        return said | ({"team": self.teams[0]} if self.teams else {})


def portal_page() -> str:
    """Return where people have a code made."""
    return f"{settings.PORTAL_URL}/me/"


@contextmanager
def read_by(person: User | None, locale: str = "") -> Iterator[None]:
    """Speak the language that the person chose, else Slack's for them, else the portal's; in their time zone."""
    zone = person.zone if person is not None else settings.DEFAULT_PERSON_TIME_ZONE
    with translation.override(_language(person, locale)), timezone.override(zone):
        yield


def _language(person: User | None, locale: str) -> str:
    chosen = person.language if person is not None else ""
    slacks = locale.lower().partition("-")[0]
    return chosen or (slacks if slacks in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)
