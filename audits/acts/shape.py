"""What every act's data is made of: objects whose fields are all named, each of one type."""

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, ClassVar, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue


class Personal:
    """Marks what tells more of a person than the name that they act by."""


# A display name, an e-mail address, an account in a chat, a network address, a user agent.
PersonalText = Annotated[str, Personal()]
Moment = AwareDatetime
Json = JsonValue


class Shape(BaseModel):
    """An object of JSON, without a field that is not named here."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Settings(Shape):
    """An object that may have further fields, each a plain value: the catalogue says their form, and adds some."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, int | bool | str | list[str] | None]


class LogIn(Shape):
    """How somebody proved who they are. Empty where nobody had to: the portal's own workers."""

    method: str | None = None
    at: Moment | None = None
    # `slack:` or `email:` and who that is there.
    identity: PersonalText | None = None
    team: str | None = None
    # Of a command: the account of the machine that it ran under.
    os_user: str | None = None
    # The provider of log-in that proved the person, by its key; and the number of the person's second factor.
    provider: str | None = None
    factor: str | None = None
    # All that was proven in this log-in: `password`, `totp`, `passkey`, `recovery`, `oidc`, `saml`; `provider-factor`, where the
    # provider says that it asked for a second factor.
    kinds: list[str] | None = None
    # The SHA-256 of the session's key: which acts were of one log-in can be seen, and nobody gets in by it.
    session: str | None = None
    address: PersonalText | None = None
    user_agent: PersonalText | None = None


class Allowed(Shape):
    at: Moment
    proof: LogIn


class OwnToken(Shape):
    """A person's own token: its code, and how they were logged in when they allowed it."""

    id: str
    allowed: Allowed


class Proof(LogIn):
    own_token: OwnToken | None = None


class Data(Shape):
    """All that an entry says beside act, actor, subject and times.

    `about` is how its subject begins. `since` is the schema version since which an act has this shape: whoever changes a shape
    gives the data that it is part of the next number, and says in the change log what becomes otherwise for those who read it.
    """

    about: ClassVar[tuple[str, ...]]
    since: ClassVar[int] = 3


class Done(Data):
    """What somebody did, or the portal by itself; by which door they came, and how they proved who they are."""

    since: ClassVar[int] = 5

    door: str
    proof: Proof


class Call(Shape):
    """A call to AWS. `outcome` is "ok" or AWS's error code."""

    action: str
    outcome: str
    request_id: str
    at: Moment
    milliseconds: int


@cache
def personal(shape: type[Shape]) -> frozenset[tuple[str, ...]]:
    """Return the paths to personal texts in data of this shape; `*` is each of a list's or an object's."""
    return frozenset(_in_fields(shape))


def _in_fields(shape: type[Shape]) -> Iterator[tuple[str, ...]]:
    for name, field in shape.model_fields.items():
        kind = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        yield from _personal(kind, (field.alias or name,))


def _personal(kind: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if any(isinstance(mark, Personal) for mark in getattr(kind, "__metadata__", ())):
        yield path
    elif isinstance(kind, type) and issubclass(kind, Shape):
        yield from ((*path, *inner) for inner in _in_fields(kind))
    elif get_origin(kind) in (list, dict):
        yield from _personal(get_args(kind)[-1], (*path, "*"))
    else:
        for part in get_args(kind):
            yield from _personal(part, path)
