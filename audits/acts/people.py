"""Data of changes of people, and of who they are in AWS and in chats."""

from typing import ClassVar

from audits.acts.requests import AwsUser
from audits.acts.shape import Done, Moment, PersonalText, Proof, Shape


class Link(Shape):
    """Who the person is at a provider. One that is not verified lets nobody in."""

    provider: str
    external_id: PersonalText
    verified_at: Moment | None


class Person(Shape):
    """`identities` is provider -> who the person is there, as administrators and chats say.

    In an entry's `after`: `links` are all identities, `roles` those of `Roles`, `disabled_by` who keeps them out, `made_by` which
    provider of log-in made them.
    """

    name: PersonalText
    email: PersonalText
    administrator: bool
    auditor: bool
    disabled: bool
    iam_user: AwsUser | None
    identity_center_user: AwsUser | None
    identities: dict[str, PersonalText]
    standing_groups: list[str]
    links: list[Link] | None = None
    roles: dict[str, list[str]] | None = None
    disabled_by: str | None = None
    made_by: str | None = None


class OfPerson(Done):
    about: ClassVar = ("person:",)


class PersonAdded(OfPerson):
    """`password` is the mark of what is stored in a password's place, by which another that is put there is found."""

    since: ClassVar = 5

    before: None
    after: Person
    password: str | None = None


class PersonChanged(OfPerson):
    since: ClassVar = 5

    before: Person
    after: Person


class PasswordSet(OfPerson):
    """`password` is the mark of its stored hash."""

    since: ClassVar = 5

    before: None
    after: None
    password: str | None = None


class Until(Shape):
    good_until: Moment


class FirstLinkMade(OfPerson):
    since: ClassVar = 5

    before: None
    after: Until
    password: str


class Bound(OfPerson):
    before: None
    after: AwsUser


class Unbound(OfPerson):
    before: AwsUser
    after: None


class Identity(Shape):
    provider: str
    external_id: PersonalText


class IdentityWithCode(Identity):
    """`code_made_by` is the proof of the log-in in which the code was made that was typed in the chat."""

    code_made_by: Proof


class Linked(OfPerson):
    before: None
    after: IdentityWithCode


class Unlinked(OfPerson):
    """`kept`: it stays as one that lets nobody in, so that it comes back for nobody else either."""

    since: ClassVar = 5

    before: Identity
    after: None
    kept: bool


class LogInLinked(OfPerson):
    """`by`: how the provider's subject found the person: `made` with it, `email`, or told by its `directory`."""

    since: ClassVar = 4

    before: None
    after: Identity
    by: str


class Roles(Shape):
    """Role -> who says so: `here`, or `login:` and the provider's key."""

    roles: dict[str, list[str]]


class RolesChanged(OfPerson):
    since: ClassVar = 4

    before: Roles
    after: Roles
