"""Data of changes of people, and of who they are in AWS and in chats."""

from typing import ClassVar

from audits.acts.requests import AwsUser
from audits.acts.shape import Done, Moment, PersonalText, Proof, Shape


class Person(Shape):
    """`identities` is provider -> who the person is there."""

    name: PersonalText
    email: PersonalText
    administrator: bool
    auditor: bool
    disabled: bool
    iam_user: AwsUser | None
    identity_center_user: AwsUser | None
    identities: dict[str, PersonalText]
    standing_groups: list[str]


class OfPerson(Done):
    about: ClassVar = ("person:",)


class PersonAdded(OfPerson):
    before: None
    after: Person


class PersonChanged(OfPerson):
    before: Person
    after: Person


class PasswordSet(OfPerson):
    before: None
    after: None


class Until(Shape):
    good_until: Moment


class FirstLinkMade(OfPerson):
    since: ClassVar = 4

    before: None
    after: Until


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
    before: Identity
    after: None


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
