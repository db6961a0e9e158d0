"""Data of what directories of providers say by SCIM, and of the tokens that they carry."""

from typing import ClassVar

from audits.acts.people import OfPerson
from audits.acts.shape import Done, Moment, PersonalText, Shape


class ScimToken(Shape):
    provider: str
    made_by: str
    made_at: Moment


class OfScimToken(Done):
    about: ClassVar = ("scim_token:",)
    since: ClassVar = 4


class MarkedScimToken(ScimToken):
    """`mark` tells the stored digest from another, and nothing of the token."""

    mark: str


class ScimTokenMade(OfScimToken):
    since: ClassVar = 5

    before: None
    after: MarkedScimToken


class ScimTokenRevoked(OfScimToken):
    before: ScimToken
    after: None


class Provided(Shape):
    """A person as the provider's directory says them; `active` is its word, by which the person is disabled or enabled."""

    provider: str
    id: str
    user_name: PersonalText
    external_id: PersonalText
    active: bool
    display_name: PersonalText
    name: dict[str, PersonalText]
    emails: list[PersonalText]


class PersonProvisioned(OfPerson):
    """`before` is null for somebody whom the directory says for the first time, `after` for whom it deleted.

    `disabled_by` is who keeps the person out from now on; empty where nobody does, or the catalogue's file.
    """

    since: ClassVar = 5

    before: Provided | None
    after: Provided | None
    disabled_by: str


class DirectoryGroup(Shape):
    """`members` are usernames."""

    provider: str
    name: str
    external_id: str
    members: list[str]


class DirectoryGroupChanged(Done):
    about: ClassVar = ("directory_group:",)
    since: ClassVar = 4

    before: DirectoryGroup | None
    after: DirectoryGroup | None
