"""Who calls, as far as every call needs to know it."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol

from django.http import HttpRequest
from ninja.security.base import AuthBase

from portal.users.models import User
from portal.verbs.actor import Actor

# Whom a program acts for.
PERSON_HEADER = "X-On-Behalf-Of"


class Caller(Protocol):
    """A program that was let in, and the person whom it acts for."""

    @property
    def key(self) -> str:
        """The program's own name, which stored answers are kept under."""

    @property
    def scopes(self) -> frozenset[str]: ...

    @property
    def who(self) -> User:
        """The person acted for. Raises PersonMissing where there is none."""

    @property
    def counted_as(self) -> tuple[str | None, str | None]:
        """What calls are counted under: of the program, of the person; None where they are not."""

    def actor(self, now: datetime) -> Actor:
        """Return who acts, as the trail keeps it."""


class ApiRequest(HttpRequest):
    """A call that was let in."""

    auth: Caller


class Authenticator(AuthBase):
    """Lets in whoever has a token of this scope; with None, of any. A service may leave the person out unless one is needed."""

    def __init__(self, scope: str | None, *, person_needed: bool = True) -> None:
        super().__init__()
        self.scope = scope
        self.person_needed = person_needed

    @abstractmethod
    def __call__(self, request: HttpRequest) -> Caller:
        """Return who calls. Raises Rejection."""
