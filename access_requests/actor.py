"""Who does something, by which door, and how they proved to be who they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.users.models import User


class Door(StrEnum):
    BROWSER = "browser"
    CHAT = "chat"
    CLIENT = "client"
    COMMAND = "command"
    WORKER = "worker"


@dataclass(frozen=True, kw_only=True)
class Session:
    """A log-in in the browser. `password` is the hash that it was begun under: a new password ends it."""

    key: str
    password: str


@dataclass(frozen=True, kw_only=True)
class ChatAccount:
    """An account of a chat, which the chat proves."""

    provider: str
    external_id: str


@dataclass(frozen=True, kw_only=True)
class ServiceToken:
    """A program's token, for a person whom it named by an identity. `scopes` are the program's, as they were stored."""

    token_id: int
    scopes: str
    provider: str
    external_id: str


@dataclass(frozen=True, kw_only=True)
class OwnToken:
    """A token that a person allowed for themselves, carried by a program with these scopes."""

    token_id: int
    scopes: str


@dataclass(frozen=True, kw_only=True)
class Process:
    """The portal's own: a worker or a command. It has no rights that could end."""


Credential = Session | ChatAccount | ServiceToken | OwnToken | Process


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Frozen for the trail: `name` acted, for the person of `on_behalf_of` where a client carried it.

    `operator`: who runs a command, as they or the machine say. `credential` is what let them in, which `services.authority` looks
    at again when they act. `proof` is {"method": passkey | totp | password | slack-signature | slack-socket |
    client-assertion | operator-option | operating-system, "at": ISO time} and what belongs to it.
    """

    person: User | None
    door: Door
    credential: Credential
    client: str = ""
    operator: str = ""
    proof: Mapping[str, object] = field(default_factory=dict)

    @property
    def by_service(self) -> bool:
        """Whether a program carried it in the name of a person who has proven nothing."""
        return isinstance(self.credential, ServiceToken)

    @property
    def name(self) -> str:
        if self.client:
            return f"client:{self.client}"
        if self.operator:
            return f"command:{self.operator}"
        return self.person.username if self.person is not None else f"sekisho:{self.door}"

    @property
    def on_behalf_of(self) -> str:
        return self.person.username if self.client and self.person is not None else ""

    @property
    def who(self) -> User:
        """The person whose rights hold. Asked for only by verbs that a person does."""
        if self.person is None:
            raise ValueError(f"{self.name} is nobody")
        return self.person


WORKER = Actor(person=None, door=Door.WORKER, credential=Process())
# The portal's own, such as the demo's: a command that somebody runs names them (`management.operators`).
COMMAND = Actor(person=None, door=Door.COMMAND, credential=Process())
