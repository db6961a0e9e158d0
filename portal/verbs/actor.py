"""Who does something, by which door, and how they proved to be who they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from django.db.models import QuerySet

from portal.users.models import User
from portal.verbs.proving import Proven


class Door(StrEnum):
    BROWSER = "browser"
    CHAT = "chat"
    CLIENT = "client"
    COMMAND = "command"
    WORKER = "worker"
    DIRECTORY = "directory"


class Credential(Protocol):
    """What let somebody in. Only the door that let them in knows what it is, and asks again when they act."""

    @property
    def proves_person(self) -> bool:
        """Whether the person has proven who they are; else a program named them."""

    def still_lets_in(self, person: User) -> QuerySet[User]:
        """Return the person, if they would be let in now by this; else nobody."""


@runtime_checkable
class OfNobody(Protocol):
    """What lets a program in that acts for no person, such as a directory, and by which it acts only while it is good."""

    def is_good(self) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Process:
    """The portal's own: a worker or a command. It has no rights that could end."""

    proves_person = True

    def still_lets_in(self, person: User) -> QuerySet[User]:
        return User.objects.filter(pk=person.pk)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Frozen for the trail: `name` acted, for the person of `on_behalf_of` where a client carried it.

    `operator`: who runs a command, as they or the machine say. `provider`: the key of the provider of log-in that says so.
    `credential` is what let them in, which `portal.verbs.authority` asks again when they act. `proof` is {"method": oidc | saml |
    passkey | totp | recovery | password | slack-signature | slack-socket | client-assertion | scim-token | operator-option |
    operating-system, "at": ISO time} and what belongs to it, as `audits.acts.shape.Proof` has it. `proven` is all that the person
    has proven in this log-in, or when they allowed this token: what rules read of it.
    """

    person: User | None
    door: Door
    credential: Credential
    client: str = ""
    operator: str = ""
    provider: str = ""
    proof: Mapping[str, object] = field(default_factory=dict)
    proven: tuple[Proven, ...] = ()

    @property
    def may_be_asked(self) -> bool:
        """Whether the person is there to prove more: in the browser, and by a program that acts for them alone."""
        return self.door in (Door.BROWSER, Door.CLIENT) and not self.by_service

    @property
    def by_service(self) -> bool:
        """Whether a program carried it in the name of a person who has proven nothing."""
        return not self.credential.proves_person

    @property
    def name(self) -> str:
        if self.client:
            return f"client:{self.client}"
        if self.operator:
            return f"command:{self.operator}"
        if self.provider:
            return f"provider:{self.provider}"
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
# The portal's own, such as the demo's: a command that somebody runs names them (`portal.verbs.operators`).
COMMAND = Actor(person=None, door=Door.COMMAND, credential=Process())
